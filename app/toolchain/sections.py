"""Sections, what they hold, and symbols: the assembler's model of the output before addresses are known.

A section is a list of runs. A run is a stretch of items whose sizes are known while parsing, followed by at most one
item whose size depends on the layout (a branch, an alignment). So the layout only looks at the latter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct, field

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression, Value

if TYPE_CHECKING:
    from app.toolchain.layout import Layout

MAX_DATA_BYTES = 1 << 20
MAX_RESERVED_BYTES = 64 << 20


class Patch(Protocol):
    """An architecture's own way to put a number into an instruction."""

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """`code` (the `fixup.width` bytes that will lie at `address`) with the number filled in.

        `layout.number(fixup.expression)` is the number. Raises Mistake when it does not fit.
        """


FixupKind = Literal["absolute", "signed", "relative"] | Patch


class Fixup(Struct):
    """A number to be filled in after layout: `width` bytes at `position` of its chunk.

    Kind "absolute" is the value itself; "signed" the same, but the processor sign-extends the field; "relative" is the
    distance from the end of the chunk. Any other kind knows by itself how to fill the bytes.
    """

    position: int
    width: int
    expression: Expression
    kind: FixupKind


class Chunk(Struct):
    """`size` bytes at `delta` in its run; `data` None reserves them (.bss)."""

    delta: int
    size: int
    line: int
    data: bytes | None
    fixups: tuple[Fixup, ...] = ()


class Variable(Protocol):
    """An item whose size depends on the layout.

    `positional` items depend on nothing but their own offset (alignment).
    """

    size: int
    line: int
    positional: bool

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        """The size this item needs at `offset` of its section."""

    def emit(self, address: int, layout: Layout) -> bytes | None:
        """Its bytes, `size` of them; None reserves them."""


class Run(Struct):
    section: Section
    offset: int = 0
    length: int = 0
    chunks: list[Chunk] = field(default_factory=list)
    tail: Variable | None = None


class Place(Struct, frozen=True):
    """`delta` bytes into `run`."""

    run: Run
    delta: int


class Section:
    """`kind` decides where it lies in memory and with which permissions."""

    def __init__(self, name: str, kind: Literal["text", "rodata", "data", "bss"]) -> None:
        self.name = name
        self.kind = kind
        self.runs = [Run(self)]
        self.size = 0
        self.address = 0
        self.alignment = 1
        self.writable_code = False
        self._fixed_size = 0

    @property
    def perms(self) -> str:
        if self.writable_code:
            return "rwx"
        return {"text": "r-x", "rodata": "r--"}.get(self.kind, "rw-")

    @property
    def here(self) -> Place:
        run = self.runs[-1]
        return Place(run, run.length)

    @property
    def start(self) -> Place:
        return Place(self.runs[0], 0)

    def append(self, line: int, data: bytes | None, size: int, span: Span, fixups: tuple[Fixup, ...] = ()) -> None:
        """Append bytes of a known size. Raises Mistake when the section has no room for them."""
        if not size:
            return
        if data is not None and self.kind == "bss":
            if any(data) or fixups:
                raise Mistake(
                    span, f"{self.name} can't hold initialised data", "put it into .data, or reserve space only"
                )
            data = None
        self._fixed_size += size
        check_size(self, self._fixed_size, span)
        run = self.runs[-1]
        run.chunks.append(Chunk(run.length, size, line, data, fixups))
        run.length += size

    def append_variable(self, item: Variable) -> None:
        """Append an item sized by the layout."""
        self.runs[-1].tail = item
        self.runs.append(Run(self))


def check_size(section: Section, size: int, span: Span) -> None:
    """Raise Mistake when `section` may not have `size` bytes."""
    limit = MAX_RESERVED_BYTES if section.kind == "bss" else MAX_DATA_BYTES
    if size > limit:
        hint = "" if section.kind == "bss" else "large buffers belong into .bss"
        raise Mistake(span, f"{section.name} would become larger than the limit of {limit >> 20} MiB", hint)


class Symbol(Struct):
    """A label (`place`) or a constant (`expression`).

    `mode` are bits that its address carries when code jumps to it through a register (1 in Thumb code).
    """

    name: str
    span: Span
    place: Place | None = None
    expression: Expression | None = None
    redefinable: bool = False
    mode: int = 0
    value: Value | None = None
    value_pass: int = -1
    evaluating: bool = False


class Symbols:
    """All symbols of one source. GNU as allows a constant to be set again: uses in between see the value of then."""

    def __init__(self) -> None:
        self.by_name: dict[str, Symbol] = {}
        self.replaced: list[Symbol] = []

    def define(self, symbol: Symbol) -> None:
        """Raises Mistake when the name is taken."""
        old = self.by_name.get(symbol.name)
        if old is not None:
            if not (old.redefinable and symbol.redefinable):
                raise Mistake(symbol.span, f"`{symbol.name}` is already defined on line {old.span.line}")
            self.replaced.append(old)
        self.by_name[symbol.name] = symbol

    def all(self) -> list[Symbol]:
        """Every definition, replaced ones first."""
        return [*self.replaced, *self.by_name.values()]

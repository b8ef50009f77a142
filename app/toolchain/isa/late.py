"""Instructions that need addresses or numbers which only the layout knows, and literal pools; for ARM and AArch64."""

from __future__ import annotations

from collections.abc import Callable, Hashable

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Binary, Expression, Name
from app.toolchain.expression import Number as Constant
from app.toolchain.isa.arm_encodings import OutOfRange
from app.toolchain.items import Align
from app.toolchain.layout import Layout
from app.toolchain.sections import Fixup, FixupKind, Section, Symbol
from app.toolchain.unit import Unit

Maker = Callable[[int, Layout], bytes]
"""Bytes of an instruction that lies at an address."""


class Late(Struct):
    """A fix-up that makes the whole instruction when its address is known."""

    make: Maker

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """The instruction at `address`. Raises Mistake."""
        return _made(self.make, address, layout, fixup.expression.span, len(code))


def _made(make: Maker, address: int, layout: Layout, span: Span, size: int) -> bytes:
    try:
        data = make(address, layout)
    except OutOfRange as error:
        raise Mistake(span, error.message, error.hint) from None
    if len(data) != size:
        raise Mistake(span, "the size of this instruction depends on a value that is not known here")
    return data


class Relaxed:
    """A Thumb instruction of 2 bytes as long as that is enough, else of 4."""

    positional = False

    def __init__(
        self, span: Span, fits: Callable[[int, Layout], bool], make: Callable[[bool, int, Layout], bytes]
    ) -> None:
        self.line = span.line
        self.size = 2
        self._span = span
        self._fits = fits
        self.make = make

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        if self.size == 2 and (layout.impatient or not self._fits(section.address + offset, layout)):
            return 4
        return self.size

    def emit(self, address: int, layout: Layout) -> bytes:
        wide = self.size == 4
        return _made(lambda at, final: self.make(wide, at, final), address, layout, self._span, self.size)


def plain_number(layout: Layout, expression: Expression) -> int:
    """The value of `expression`, which must not be an address. Raises Mistake."""
    base, number = layout.value(expression)
    if base is not None:
        raise Mistake(
            expression.span, "the address of a label does not fit here", "load it with `ldr register, =label` or `adr`"
        )
    return number


class _Entry(Struct):
    symbol: Symbol
    expression: Expression
    size: int


class Literals:
    """The constants of one section that wait for a place near the code."""

    def __init__(self) -> None:
        self._entries: dict[Hashable, _Entry] = {}

    def add(self, expression: Expression, size: int, known: int | None) -> Name:
        """A name for the place where `expression` (its value, when `known`) will lie in `size` bytes."""
        key = _key(expression, size, known, len(self._entries))
        entry = self._entries.get(key)
        if entry is None:
            symbol = Symbol("=", expression.span)
            value = expression if known is None else Constant(known & ((1 << 8 * size) - 1), expression.span)
            entry = self._entries[key] = _Entry(symbol, value, size)
        return Name("=", expression.span, entry.symbol)

    def dump(self, unit: Unit, sizes: tuple[int, ...], kind: FixupKind) -> None:
        """Put them into the current section, by size. Raises Mistake when there is no room."""
        for size in sizes:
            entries = [entry for entry in self._entries.values() if entry.size == size]
            if not entries:
                continue
            section = unit.section
            line = entries[0].expression.span.line
            section.append_variable(Align(line, size, 0, None, section.kind == "bss"))
            for entry in entries:
                entry.symbol.place = section.here
                unit.number_datum(entry.expression.span.line, entry.expression, entry.size, kind)
        self._entries.clear()


def _key(expression: Expression, size: int, known: int | None, unique: int) -> Hashable:
    if known is not None:
        return size, known & ((1 << 8 * size) - 1)
    if isinstance(expression, Name):
        return size, expression.name, id(expression.symbol) if expression.symbol is not None else 0, 0
    if isinstance(expression, Binary) and isinstance(expression.left, Name) and isinstance(expression.right, Constant):
        left, right = expression.left, expression.right.value
        if expression.operator in ("+", "-") and left.symbol is None:
            return size, left.name, 0, right if expression.operator == "+" else -right
    return size, "other", unique

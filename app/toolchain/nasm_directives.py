"""The directives of NASM's assembler: sections, alignment, structures and the ones that have no effect here."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Binary, Cursor, Expression, Here, Name, Number
from app.toolchain.items import Align
from app.toolchain.lexer import Token
from app.toolchain.nasm_lexer import Piece, text_of
from app.toolchain.sections import MAX_RESERVED_BYTES, Symbol
from app.toolchain.unit import SectionKind, Unit, section_kind

_IGNORED = frozenset({"global", "extern", "static", "cpu", "required", "float", "warning", "list", "debug", "group"})
_REFUSED = {
    "org": ("is only for flat binary files", "the addresses are chosen when linking; leave the line out"),
    "import": ("is not available", "there are no other files to link with"),
    "export": ("is not available", "there are no other files to link with"),
    "library": ("is not available", "there are no other files to link with"),
}
_MAX_ALIGNMENT = 4096


class Front(Protocol):
    """What the directives need of the assembler."""

    def parse(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake."""

    def label(self, token: Token) -> None:
        """Define a label here. Raises Mistake."""

    def statement_after_label(self, tokens: list[Piece]) -> None:
        """Carry out a statement. Raises Mistake."""


class _Instance(Struct):
    """An `istruc` that is being filled in."""

    name: str
    start: Here
    span: Span


class Directives:
    """Carries out directives. `absolute` is the counter inside of `struc` and `absolute`, None outside of them."""

    def __init__(self, unit: Unit, front: Front) -> None:
        self._unit = unit
        self._front = front
        self.relative = False
        self.absolute: int | None = None
        self.fixed_here: tuple[object, object] | None = None
        self._structure: Token | None = None
        self._instance: _Instance | None = None
        self._commons: list[tuple[Symbol, Expression, int]] = []
        self.section_text = "[section .text]"

    @property
    def here(self) -> tuple[object, object]:
        """What `$` and `$$` mean at this place; in what `times` repeats, `$` is the place of the first."""
        if self.absolute is not None:
            return self.absolute, 0
        return self.fixed_here or (self._unit.section.here, self._unit.section.start)

    def advance(self, size: int, span: Span) -> None:
        """Reserve room in a structure. Raises Mistake when it becomes too large."""
        if size < 0 or size > MAX_RESERVED_BYTES:
            raise Mistake(span, f"a size of {size} is not possible")
        self.absolute = (self.absolute or 0) + size

    def run(self, word: str, first: Piece, tokens: list[Piece], cursor: Cursor, bracketed: bool) -> None:
        """Carry out the directive `first`. Raises Mistake.

        `bracketed` ones, such as `[section .data]`, leave `__SECT__` as it is.
        """
        if word in _REFUSED:
            raise Mistake(first.span, f"`{first.text}` {_REFUSED[word][0]}", _REFUSED[word][1])
        if word in _IGNORED:
            if cursor.token is None:
                raise Mistake(cursor.span, f"`{first.text}` needs a name")
            return
        if word == "at":
            self._at(first, tokens, cursor)
            return
        _HANDLERS[word](self, first, cursor)
        cursor.expect_end()
        if not bracketed and word in ("section", "segment", "absolute"):
            self.section_text = f"[{text_of(tokens)}]"

    def finish(self) -> None:
        """Place the `common` variables behind the rest of .bss. Raises Mistake for a structure without end."""
        if self._structure is not None:
            raise Mistake(self._structure.span, "`struc` has no `endstruc`")
        if self._instance is not None:
            raise Mistake(self._instance.span, "`istruc` has no `iend`")
        if not self._commons:
            return
        section = self._unit.enter(".bss", "bss")
        for symbol, size, alignment in self._commons:
            section.append_variable(Align(symbol.span.line, alignment, 0, None, reserve=True))
            symbol.place = section.here
            self._unit.reserve(symbol.span.line, size, 1, None)

    def _section(self, first: Token, cursor: Cursor) -> None:
        name = cursor.take()
        rest = cursor.tokens[cursor.index :]
        cursor.index = len(cursor.tokens)
        flags = [token.text.lower() for token in rest]
        kind: SectionKind | None = section_kind(name.text)
        if kind is None:
            kind = "rodata"
            if "exec" in flags:
                kind = "text"
            elif "write" in flags:
                kind = "bss" if "nobits" in flags else "data"
            elif name.text in ("text", "data", "bss", "rodata"):
                raise Mistake(name.span, f"the section `{name.text}` is unknown", f"did you mean `.{name.text}`?")
        self.absolute = None
        section = self._unit.enter(name.text, kind)
        if "write" in flags and "exec" in flags and not name.text.startswith(".text"):
            # ld keeps .text read-only, whatever the source says.
            section.writable_code = True

    def _bits(self, first: Token, cursor: Cursor) -> None:
        bits = first.text[3:] if first.text.lower().startswith("use") else cursor.take().text
        own = str(self._unit.machine.bits)
        if bits == own:
            return
        hint = f"only {own}-bit code is assembled here"
        if bits in ("32", "64"):
            hint = f"choose {'i386' if bits == '32' else 'x86-64'} as the architecture"
        span = first.span if first.text.lower().startswith("use") else cursor.last_span
        raise Mistake(span, f"`bits {bits}` is not available in a program for {self._unit.machine.title}", hint)

    def _default(self, first: Token, cursor: Cursor) -> None:
        while cursor.token is not None:
            mode = cursor.take()
            word = mode.text.lower()
            if word in ("rel", "abs"):
                self.relative = word == "rel"
            elif word not in ("bnd", "nobnd", ","):
                raise Mistake(mode.span, "`default` takes `rel` or `abs`")

    def _align(self, first: Token, cursor: Cursor) -> None:
        expression = self._front.parse(cursor)
        boundary = self._unit.constant(expression, "an alignment")
        if not 1 <= boundary <= _MAX_ALIGNMENT or boundary & (boundary - 1):
            hint = f"use a power of 2 up to {_MAX_ALIGNMENT}"
            raise Mistake(expression.span, f"an alignment of {boundary} is not possible", hint)
        if self.absolute is not None:
            self.absolute += -self.absolute % boundary
            cursor.index = len(cursor.tokens)
            return
        reserve = self._unit.section.kind == "bss"
        fill = 0 if first.text.lower() == "alignb" else 0x90
        if cursor.accept(","):
            fill, only_reserved = self._filling(cursor)
            reserve = reserve or only_reserved
        self._unit.section.append_variable(Align(first.span.line, boundary, fill, None, reserve))

    def _filling(self, cursor: Cursor) -> tuple[int, bool]:
        """The byte to fill with in `align 16, db 0`, and whether nothing is stored."""
        kind = cursor.take()
        word = kind.text.lower()
        if word == "nop":
            return 0x90, False
        if word == "int3":
            return 0xCC, False
        if word not in ("db", "resb"):
            raise Mistake(kind.span, "the filling must be one byte", "nop, db 0 or resb 1")
        value = self._unit.constant(self._front.parse(cursor), "the filling")
        return value & 0xFF, word == "resb"

    def _absolute(self, first: Token, cursor: Cursor) -> None:
        expression = self._front.parse(cursor)
        self.absolute = self._unit.constant(expression, "the start of `absolute`")

    def _struc(self, first: Token, cursor: Cursor) -> None:
        if self._structure is not None:
            raise Mistake(first.span, "a structure can't stand inside of another one")
        name = cursor.take()
        if name.kind != "name":
            raise Mistake(name.span, f"`{name.text}` can't be the name of a structure")
        self.absolute = 0
        if cursor.accept(","):
            self.absolute = self._unit.constant(self._front.parse(cursor), "the start of a structure")
        self._structure = name
        self._front.label(name)

    def _endstruc(self, first: Token, cursor: Cursor) -> None:
        name = self._structure
        if name is None:
            raise Mistake(first.span, f"`{first.text}` without `struc`")
        size = Binary("-", Number(self.absolute or 0, name.span), Name(name.text, name.span), name.span)
        self._structure = None
        self.absolute = None
        self._unit.define_constant(name.text + "_size", name.span, size, redefinable=False)

    def _istruc(self, first: Token, cursor: Cursor) -> None:
        name = cursor.take()
        if self._instance is not None:
            raise Mistake(first.span, "`istruc` can't stand inside of another one")
        if name.kind != "name":
            raise Mistake(name.span, f"`{name.text}` is not the name of a structure")
        self._instance = _Instance(name.text, Here(self._unit.section.here, name.span), first.span)

    def _at(self, first: Piece, tokens: list[Piece], cursor: Cursor) -> None:
        instance = self._instance
        if instance is None:
            raise Mistake(first.span, "`at` without `istruc`")
        if cursor.text.startswith(".") and not cursor.text.startswith(".."):
            field: Expression = Name(instance.name + cursor.text, cursor.take().span)
        else:
            field = self._front.parse(cursor)
        offset = Binary("-", field, Name(instance.name, field.span), field.span)
        self._fill_to(offset, instance, first)
        if cursor.accept(","):
            rest = tokens[cursor.index :]
            if not rest:
                raise Mistake(cursor.span, "the value is missing", "at field, dd 5")
            self._front.statement_after_label(rest)
        else:
            cursor.expect_end()

    def _iend(self, first: Token, cursor: Cursor) -> None:
        instance = self._instance
        if instance is None:
            raise Mistake(first.span, "`iend` without `istruc`")
        self._instance = None
        self._fill_to(Name(instance.name + "_size", instance.span), instance, first)

    def _fill_to(self, offset: Expression, instance: _Instance, first: Token) -> None:
        """Fill up to `offset` of the structure with zeros. Raises Mistake when that is behind this place."""
        used = Binary("-", Here(self._unit.section.here, first.span), instance.start, first.span)
        count = Binary("-", offset, used, offset.span)
        number = self._unit.known_number(count)
        if number is not None and number < 0:
            hint = "`at` follows the order of the structure, and a value can't be longer than its field"
            raise Mistake(offset.span, f"the fields before this one are {-number} bytes too long", hint)
        self._unit.reserve(first.span.line, count, 1, b"\0")

    def _common(self, first: Token, cursor: Cursor) -> None:
        name = cursor.take()
        size = self._front.parse(cursor)
        self._unit.constant(size, "the size")
        alignment = 16
        if cursor.accept(":"):
            alignment = self._unit.constant(self._front.parse(cursor), "an alignment")
        if not 1 <= alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
            raise Mistake(cursor.last_span, f"an alignment of {alignment} is not possible")
        symbol = Symbol(name.text, name.span)
        self._unit.symbols.define(symbol)
        self._commons.append((symbol, size, alignment))


_HANDLERS: dict[str, Callable[[Directives, Token, Cursor], None]] = {
    "section": Directives._section,
    "segment": Directives._section,
    "bits": Directives._bits,
    "use16": Directives._bits,
    "use32": Directives._bits,
    "use64": Directives._bits,
    "default": Directives._default,
    "align": Directives._align,
    "alignb": Directives._align,
    "sectalign": Directives._align,
    "absolute": Directives._absolute,
    "struc": Directives._struc,
    "endstruc": Directives._endstruc,
    "ends": Directives._endstruc,
    "istruc": Directives._istruc,
    "iend": Directives._iend,
    "common": Directives._common,
}
DIRECTIVES = _IGNORED | frozenset(_REFUSED) | frozenset(_HANDLERS) | {"at"}

"""The directives of GNU as."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from app.toolchain.conditions import CONDITIONALS
from app.toolchain.errors import Mistake, did_you_mean
from app.toolchain.expression import Cursor, Expression
from app.toolchain.gas_blocks import REPEATS
from app.toolchain.gas_data import DATA, Data
from app.toolchain.isa.base import Front, InstructionSet, Padding
from app.toolchain.items import Align, Origin
from app.toolchain.lexer import Token, string_bytes
from app.toolchain.sections import Section, Symbol
from app.toolchain.unit import SectionKind, Unit, section_kind

IGNORED = frozenset(
    [
        ".global",
        ".globl",
        ".extern",
        ".func",
        ".endfunc",
        ".size",
        ".file",
        ".ident",
        ".local",
        ".weak",
        ".hidden",
        ".protected",
        ".internal",
        ".loc",
        ".title",
        ".sbttl",
        ".addrsig",
        ".addrsig_sym",
        ".list",
        ".nolist",
        ".psize",
        ".eject",
        ".version",
    ]
)

_REFUSED = {
    ".include": "a program here is one text; paste the other file's text instead",
    ".altmacro": "write the macro in the usual syntax, with \\name and \\@",
    ".subsection": "write the pieces in the order that they shall have",
    ".rodata": "write .section .rodata",
    ".struct": "write .equ NAME, OFFSET for each member",
    ".abort": "",
    ".incbin": "a program can't read files while it is assembled; use .byte or .ascii",
}
_BLOCKS = CONDITIONALS | {*REPEATS, ".endr", ".macro", ".endm", ".exitm", ".purgem", ".end"}
_MAX_ALIGNMENT = 4096


class Directives:
    """Carries out one directive at a time."""

    def __init__(self, unit: Unit, front: Front, isa: InstructionSet) -> None:
        self._unit = unit
        self._assembler = front
        self._isa = isa
        self._data = Data(unit, front, isa)
        self._previous = unit.section
        self._stack: list[tuple[Section, Section]] = []
        self._common_blocks: list[tuple[bool, Symbol, int, Expression, int]] = []

    def run(self, token: Token, cursor: Cursor) -> None:
        """The directive `token` with the arguments at `cursor`. Raises Mistake."""
        word = token.text.lower()
        isa = self._isa
        if word in isa.directives:
            isa.directive(token, cursor)
            cursor.expect_end()
            return
        if word in IGNORED or word in isa.ignored or word.startswith(".cfi_"):
            return
        if word in _REFUSED:
            raise Mistake(token.span, f"`{token.text}` is not available", _REFUSED[word])
        if word in isa.widths or word in DATA:
            self._data.run(token, cursor)
        elif word in DIRECTIVES:
            DIRECTIVES[word](self, token, cursor)
        else:
            raise Mistake(token.span, f"unknown directive `{token.text}`", self._suggest(word))
        cursor.expect_end()

    def assign(self, name: Token, expression: Expression, redefinable: bool) -> None:
        """`name = expression`; to `.` it moves the location counter. Raises Mistake."""
        if name.text == ".":
            self._origin(expression, 0)
            return
        self._unit.define_constant(name.text, name.span, expression, redefinable)

    def _comma(self, cursor: Cursor) -> bool:
        return cursor.accept(",")

    def _switch(self, name: str, kind: SectionKind) -> None:
        self._previous = self._unit.section
        self._unit.enter(name, kind)

    def _plain_section(self, token: Token, cursor: Cursor) -> None:
        if cursor.token is not None and self._unit.constant(self._assembler.expression(cursor), "a subsection"):
            raise Mistake(cursor.last_span, "subsections are not supported")
        name = token.text.lower()
        kind = section_kind(name)
        assert kind is not None  # noqa: S101
        self._switch(name, kind)

    def _type(self, token: Token, cursor: Cursor) -> None:
        """`.type name, @function`; the sign is `@`, `%` or `#`, or the kind is a string."""
        name = cursor.take()
        self._comma(cursor)
        if cursor.text in ("@", "%", "#"):
            cursor.take()
        self._isa.typed(name.text.strip('"'), cursor.take().text.strip('"').lower())

    def _section(self, token: Token, cursor: Cursor) -> None:
        if cursor.token is None:
            raise Mistake(cursor.span, "a section name is missing")
        first = cursor.take()
        name = first.text.strip('"')
        while cursor.text == "-":
            name += cursor.take().text + cursor.take().text
        flags = None
        if self._comma(cursor) and cursor.token is not None:
            if cursor.token.kind == "string":
                flags = cursor.take().text.strip('"')
            while cursor.accept(","):
                cursor.accept("@")
                cursor.accept("%")
                cursor.take()
        kind = section_kind(name)
        if kind is None:
            self._switch(name, _kind_of_flags(flags or ""))
            if name.startswith((".note", ".comment", ".debug", ".eh_frame")) and "a" not in (flags or ""):
                self._unit.sections.pop(name, None)
        else:
            self._switch(name, kind)

    def _return_section(self, token: Token, cursor: Cursor) -> None:
        current = self._unit.section
        self._unit.section, self._previous = self._previous, current

    def _push_section(self, token: Token, cursor: Cursor) -> None:
        self._stack.append((self._unit.section, self._previous))
        self._section(token, cursor)

    def _pop_section(self, token: Token, cursor: Cursor) -> None:
        if not self._stack:
            raise Mistake(token.span, "`.popsection` without `.pushsection`")
        self._unit.section, self._previous = self._stack.pop()

    def _set(self, token: Token, cursor: Cursor) -> None:
        name = cursor.take()
        if name.kind != "name":
            raise Mistake(name.span, f"`{name.text}` can't be a name")
        cursor.expect(",")
        self.assign(name, self._assembler.expression(cursor), redefinable=token.text.lower() != ".equiv")

    def _skip(self, token: Token, cursor: Cursor) -> None:
        count = self._assembler.expression(cursor)
        fill = 0
        if self._comma(cursor):
            fill = self._unit.constant(self._assembler.expression(cursor), "the fill value") & 0xFF
        self._unit.reserve(token.span.line, count, 1, bytes([fill]))

    def _fill(self, token: Token, cursor: Cursor) -> None:
        count = self._assembler.expression(cursor)
        width, value = 1, 0
        if self._comma(cursor):
            size = self._assembler.expression(cursor)
            width = self._unit.constant(size, "the size")
            if not 0 <= width <= 8:
                raise Mistake(size.span, "the size of `.fill` must be 0 to 8")
            if self._comma(cursor):
                value = self._unit.constant(self._assembler.expression(cursor), "the value")
        unit = (value & 0xFFFFFFFF).to_bytes(8, "little")[:width]
        if width:
            self._unit.reserve(token.span.line, count, width, unit)

    def _align(self, token: Token, cursor: Cursor) -> None:
        word = token.text.lower()
        expression = self._assembler.expression(cursor)
        boundary = self._unit.constant(expression, "an alignment")
        if word.startswith(".p2align") or (word == ".align" and self._isa.align_is_power):
            if not 0 <= boundary <= 12:
                raise Mistake(expression.span, f"an alignment of 2^{boundary} is not possible", "2^12 is the largest")
            boundary = 1 << boundary
        boundary = boundary or 1
        if not 1 <= boundary <= _MAX_ALIGNMENT or boundary & (boundary - 1):
            raise Mistake(expression.span, f"an alignment of {boundary} is not possible", "use a power of 2 up to 4096")
        section = self._unit.section
        fill: int | Padding = self._isa.padding() if section.kind == "text" else 0
        most = None
        if self._comma(cursor):
            if cursor.text not in (",", ""):
                byte = self._unit.constant(self._assembler.expression(cursor), "the fill value") & 0xFF
                if section.kind != "text" or byte != self._isa.padding_byte:
                    fill = byte
            if self._comma(cursor):
                most = self._unit.constant(self._assembler.expression(cursor), "the most bytes to skip")
        section.append_variable(Align(token.span.line, boundary, fill, most or None, section.kind == "bss"))

    def _org(self, token: Token, cursor: Cursor) -> None:
        target = self._assembler.expression(cursor)
        fill = 0
        if self._comma(cursor):
            fill = self._unit.constant(self._assembler.expression(cursor), "the fill value") & 0xFF
        self._origin(target, fill)

    def _origin(self, target: Expression, fill: int) -> None:
        section = self._unit.section
        section.append_variable(Origin(target.span.line, target, fill, section.kind == "bss", target.span))

    def _common(self, token: Token, cursor: Cursor) -> None:
        name = cursor.take()
        if name.kind != "name":
            raise Mistake(name.span, f"`{name.text}` can't be a name")
        cursor.expect(",")
        size = self._assembler.expression(cursor)
        alignment = 0
        if self._comma(cursor):
            alignment = self._unit.constant(self._assembler.expression(cursor), "an alignment")
        if not 0 <= alignment <= _MAX_ALIGNMENT or alignment & (alignment - 1):
            raise Mistake(cursor.last_span, f"an alignment of {alignment} is not possible")
        self._unit.constant(size, "the size")
        size_number = self._unit.constant(size, "the size")
        symbol = Symbol(name.text, name.span)
        self._unit.symbols.define(symbol)
        self._common_blocks.append((token.text.lower() == ".comm", symbol, size_number, size, alignment))

    def finish(self) -> None:
        """Give `.lcomm` and then `.comm` symbols their place behind the rest of .bss. Raises Mistake."""
        if not self._common_blocks:
            return
        section = self._unit.enter(".bss", "bss")
        for _is_common, symbol, number, size, alignment in sorted(self._common_blocks, key=lambda block: block[0]):
            boundary = alignment or min(16, 1 << max(0, number.bit_length() - 1))
            section.append_variable(Align(symbol.span.line, boundary, 0, None, reserve=True))
            symbol.place = section.here
            self._unit.reserve(symbol.span.line, size, 1, None)

    def is_directive(self, word: str) -> bool:
        """Whether `word`, in lower case, is a directive here."""
        isa = self._isa
        return is_directive(word) or word in isa.widths or word in isa.directives or word in isa.ignored

    def _suggest(self, word: str) -> str:
        isa = self._isa
        known = [*DIRECTIVES, *IGNORED, *DATA, *isa.widths, *isa.directives, *isa.ignored]
        return did_you_mean(word, known)

    def _error(self, token: Token, cursor: Cursor) -> None:
        """`.error "text"` and `.err`: the program refuses to be assembled this way."""
        text = string_bytes(cursor.take(), "gas").decode("utf-8", "replace") if cursor.token is not None else ""
        raise Mistake(token.span, text or f"`{token.text}` was reached")

    def _message(self, token: Token, cursor: Cursor) -> None:
        """`.print "text"` and `.warning "text"`: nobody listens."""
        cursor.take()

    def _stray(self, token: Token, cursor: Cursor) -> None:
        raise Mistake(token.span, f"`{token.text}` without its beginning")


def _kind_of_flags(flags: str) -> Literal["text", "rodata", "data", "bss"]:
    if "x" in flags:
        return "text"
    return "data" if "w" in flags else "rodata"


def is_directive(word: str) -> bool:
    """Whether `word`, in lower case, is a directive that GNU as has for every architecture."""
    return word.startswith(".cfi_") or any(word in table for table in (DIRECTIVES, IGNORED, _BLOCKS, _REFUSED, DATA))


DIRECTIVES: dict[str, Callable[[Directives, Token, Cursor], None]] = {
    ".type": Directives._type,
    ".text": Directives._plain_section,
    ".data": Directives._plain_section,
    ".bss": Directives._plain_section,
    ".section": Directives._section,
    ".previous": Directives._return_section,
    ".pushsection": Directives._push_section,
    ".popsection": Directives._pop_section,
    ".set": Directives._set,
    ".equ": Directives._set,
    ".equiv": Directives._set,
    ".skip": Directives._skip,
    ".space": Directives._skip,
    ".zero": Directives._skip,
    ".fill": Directives._fill,
    ".align": Directives._align,
    ".balign": Directives._align,
    ".p2align": Directives._align,
    ".org": Directives._org,
    ".error": Directives._error,
    ".err": Directives._error,
    ".print": Directives._message,
    ".warning": Directives._message,
    ".comm": Directives._common,
    ".lcomm": Directives._common,
    ".endr": Directives._stray,
    ".endm": Directives._stray,
}

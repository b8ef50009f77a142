"""The directives of GNU as that store numbers and text."""

from __future__ import annotations

import re

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor, Number
from app.toolchain.isa.base import Front, InstructionSet
from app.toolchain.items import Leb128, leb128
from app.toolchain.lexer import Token, number_value, string_bytes
from app.toolchain.unit import Unit

_WIDTHS = {
    ".byte": 1,
    ".dc.b": 1,
    ".short": 2,
    ".hword": 2,
    ".2byte": 2,
    ".dc.w": 2,
    ".long": 4,
    ".int": 4,
    ".4byte": 4,
    ".dc.l": 4,
    ".quad": 8,
    ".8byte": 8,
    ".octa": 16,
}
_FLOATS = {".float": 4, ".single": 4, ".double": 8}
_STRINGS = {".ascii": b"", ".asciz": b"\0", ".string": b"\0", ".string8": b"\0"}
# What the lexer does not take for a floating-point number, but these directives do.
_FLOAT = re.compile(r"[0-9]+(?:[eE][0-9]+)?|\.[0-9]+(?:[eE][0-9]+)?|inf|infinity|nan", re.IGNORECASE)
DATA = frozenset([*_WIDTHS, *_FLOATS, *_STRINGS, ".uleb128", ".sleb128"])
"""The directives that every architecture has; some have more (`InstructionSet.widths`)."""


class Data:
    """Carries out one directive at a time."""

    def __init__(self, unit: Unit, front: Front, isa: InstructionSet) -> None:
        self._unit = unit
        self._front = front
        self._isa = isa

    def run(self, token: Token, cursor: Cursor) -> None:
        """The directive `token` with the values at `cursor`. Raises Mistake."""
        word = token.text.lower()
        width = self._isa.widths.get(word) or _WIDTHS.get(word)
        if width is not None:
            self._numbers(token, cursor, width)
        elif word in _FLOATS:
            self._floats(token, cursor, _FLOATS[word])
        elif word in _STRINGS:
            self._strings(token, cursor, _STRINGS[word])
        else:
            self._leb128(token, cursor)

    def _numbers(self, token: Token, cursor: Cursor, width: int) -> None:
        if cursor.token is None:
            return
        while True:
            here = cursor.token
            if here is not None and here.kind == "number" and width == 16:
                cursor.take()
                value = number_value(here, "gas", (1 << 128) - 1)
                self._unit.number_datum(token.span.line, Number(value, here.span), width)
            else:
                self._unit.number_datum(token.span.line, self._front.expression(cursor), width, self._isa.data_kind)
            if not cursor.accept(","):
                return

    def _floats(self, token: Token, cursor: Cursor, width: int) -> None:
        while True:
            negative = cursor.accept("-")
            number = cursor.take()
            if number.kind not in ("float", "number", "name") or (
                number.kind != "float" and not _FLOAT.fullmatch(number.text)
            ):
                raise Mistake(number.span, f"`{number.text}` is not a floating-point number")
            self._unit.float_datum(token.span.line, number, width, negative)
            if not cursor.accept(","):
                return

    def _strings(self, token: Token, cursor: Cursor, ending: bytes) -> None:
        while True:
            string = cursor.token
            if string is None or string.kind != "string":
                raise Mistake(
                    cursor.span if string is not None else token.span, "a string is missing here", 'write "text"'
                )
            data = b""
            while cursor.token is not None and cursor.token.kind == "string":
                data += string_bytes(cursor.take(), "gas")
            self._unit.append(token.span.line, data + ending, string.span)
            if not cursor.accept(","):
                return

    def _leb128(self, token: Token, cursor: Cursor) -> None:
        signed = token.text.lower() == ".sleb128"
        while True:
            expression = self._front.expression(cursor)
            number = self._unit.known_number(expression)
            if number is None:
                self._unit.section.append_variable(Leb128(token.span.line, expression, signed))
            elif number < 0 and not signed:
                raise Mistake(expression.span, f"the number {number} has a sign", "use .sleb128")
            else:
                self._unit.append(token.span.line, leb128(number, signed), expression.span)
            if not cursor.accept(","):
                return

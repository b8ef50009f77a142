"""NASM's data: `db` to `do`, and the room of `resb` to `rest`."""

from __future__ import annotations

from collections.abc import Callable

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor, Expression, Number
from app.toolchain.lexer import Token, string_bytes
from app.toolchain.nasm_defines import plain_name
from app.toolchain.nasm_floats import SPECIAL, float_bytes
from app.toolchain.sections import MAX_DATA_BYTES
from app.toolchain.unit import Unit

DATA = {"db": 1, "dw": 2, "dd": 4, "dq": 8, "dt": 10, "do": 16, "dy": 32, "dz": 64}
RESERVE = {"resb": 1, "resw": 2, "resd": 4, "resq": 8, "rest": 10, "reso": 16, "resy": 32, "resz": 64}
_SIZES = {"byte": 1, "word": 2, "dword": 4, "qword": 8, "tword": 10, "oword": 16, "yword": 32, "zword": 64}
_UTF = {"__utf8__": "utf-8"} | {
    f"__utf{bits}{order}__": f"utf-{bits}-{'be' if order == 'be' else 'le'}"
    for bits in (16, 32)
    for order in ("", "le", "be")
}
MAX_NESTING = 20


class DataParser:
    """The values of one data statement."""

    def __init__(self, unit: Unit, cursor: Cursor, line: int, parse: Callable[[Cursor], Expression]) -> None:
        """`parse` reads an expression, in which `$` is the start of the statement."""
        self._unit = unit
        self._cursor = cursor
        self._line = line
        self._parse = parse

    def values(self, width: int, closing: str = "", depth: int = 0) -> None:
        """Append values of `width` bytes up to the end of the line or `closing`. Raises Mistake."""
        cursor = self._cursor
        if cursor.token is None or cursor.text == closing:
            raise Mistake(cursor.span, "a value is missing here")
        while cursor.token is not None and cursor.text != closing:
            self._value(width, depth)
            if not cursor.accept(","):
                break

    def _value(self, width: int, depth: int) -> None:
        cursor = self._cursor
        token = cursor.token
        if token is None:
            raise Mistake(cursor.span, "a value is missing here")
        following = cursor.peek()
        last = following in (",", "", ")")
        if depth > MAX_NESTING:
            raise Mistake(token.span, "this is nested too deeply")
        if token.text == "?" and last:
            cursor.take()
            self._unit.append(self._line, bytes(width), token.span)
            return
        size = _SIZES.get(token.text.lower())
        if size is not None and token.kind == "name":
            cursor.take()
            if cursor.text == "(":
                self._group(size, depth)
            else:
                self._value(size, depth)
        elif token.text == "%" and following == "(":
            cursor.take()
            self._group(width, depth)
        elif token.kind == "string" and last:
            cursor.take()
            data = string_bytes(token, "nasm")
            self._unit.append(self._line, data + bytes(-len(data) % width), token.span)
        elif plain_name(token.text) in _UTF and following == "(":
            self._converted(token, width)
        elif not self._float(width):
            self._number(width, depth)

    def _group(self, width: int, depth: int) -> None:
        self._cursor.expect("(")
        self.values(width, ")", depth + 1)
        self._cursor.expect(")")

    def _converted(self, token: Token, width: int) -> None:
        """`__utf16__("text")`."""
        cursor = self._cursor
        cursor.take()
        cursor.expect("(")
        text = cursor.take()
        if text.kind != "string":
            raise Mistake(text.span, f"`{token.text}` needs a string")
        cursor.expect(")")
        data = string_bytes(text, "nasm").decode("utf-8", "replace").encode(_UTF[plain_name(token.text)], "replace")
        self._unit.append(self._line, data + bytes(-len(data) % width), text.span)

    def _float(self, width: int) -> bool:
        """A floating-point constant with its sign, if that is what stands here."""
        cursor = self._cursor
        ahead = 0
        negative = False
        while cursor.peek(ahead) in ("-", "+"):
            negative ^= cursor.peek(ahead) == "-"
            ahead += 1
        index = cursor.index + ahead
        if index >= len(cursor.tokens):
            return False
        token = cursor.tokens[index]
        if token.kind != "float" and plain_name(token.text) not in SPECIAL:
            return False
        cursor.index = index + 1
        named = Token(token.kind, plain_name(token.text), token.span)
        self._unit.append(self._line, float_bytes(named, negative, width), token.span)
        return True

    def _number(self, width: int, depth: int) -> None:
        cursor = self._cursor
        first = cursor.span
        if cursor.text == "?":
            raise Mistake(first, "`?` stands alone")
        expression = self._parse(cursor)
        if cursor.text.lower() != "dup":
            if width > 8:
                hint = "write a floating-point number such as 5.0, or two dq"
                raise Mistake(expression.span, f"a whole number can't be stored in {width} bytes", hint)
            self._unit.number_datum(self._line, expression, width)
            return
        cursor.take()
        count = self._unit.constant(expression, "the count of `dup`")
        if not 1 <= count <= MAX_DATA_BYTES:
            raise Mistake(expression.span, f"a count of {count} is not possible")
        start = cursor.index
        run = self._unit.section.runs[-1]
        known = len(run.chunks)
        self._repeated(width, depth)
        made = run.chunks[known:]
        if not any(chunk.fixups for chunk in made):
            unit = b"".join(bytes(chunk.size) if chunk.data is None else chunk.data for chunk in made)
            self._unit.reserve(self._line, Number(count - 1, expression.span), len(unit), unit)
            return
        for _ in range(count - 1):
            cursor.index = start
            self._unit.count_statement(first)
            self._repeated(width, depth)

    def _repeated(self, width: int, depth: int) -> None:
        """What stands behind `dup`."""
        if self._cursor.text == "(":
            self._group(width, depth)
        else:
            self._value(width, depth + 1)

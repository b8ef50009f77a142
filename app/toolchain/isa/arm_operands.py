"""Operands of ARM and AArch64 instructions: from tokens to structures, and from these to text for Keystone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import ClassVar, Protocol

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, Unary
from app.toolchain.expression import Number as Constant
from app.toolchain.lexer import Token

_MAX_OPERANDS = 8
_MAX_PARTS = 32
_FLOAT = re.compile(r"[0-9]{1,4}\.[0-9]{0,12}")


class Register(Struct):
    """`name` is canonical (`r13` is `sp`); it may carry the arrangement of a vector (`v0.4s`)."""

    name: str
    span: Span
    writeback: bool = False
    lane: str = ""
    negative: bool = False


class Immediate(Struct):
    """A number; `marked` when a `#` stood before it."""

    expression: Expression
    span: Span
    marked: bool


class Float(Struct):
    text: str
    span: Span


class Relocated(Struct):
    """A part of a number or address, such as `:lo12:message`."""

    function: str
    expression: Expression
    span: Span


class Literal(Struct):
    """`=x`: the value comes from the literal pool."""

    expression: Expression
    span: Span


class Word(Struct):
    """A shift or extension (with its amount), a condition, a system register, a barrier ..."""

    name: str
    span: Span
    amount: Immediate | Register | None = None


class Memory(Struct):
    """`[base, offset, shift]`."""

    parts: list[Operand]
    span: Span
    writeback: bool = False
    alignment: str = ""


class RegisterList(Struct):
    """`{r0-r3, lr}`; each part is one register or a range."""

    parts: list[tuple[Register, Register | None]]
    span: Span
    lane: str = ""
    user: bool = False


Operand = Register | Immediate | Float | Relocated | Literal | Word | Memory | RegisterList


class Context(Protocol):
    """What the parser asks of the instruction set."""

    keywords: ClassVar[frozenset[str]]
    """Words that are no symbols when they stand behind the first operand."""
    functions: ClassVar[frozenset[str]]
    """Names that may stand between colons (`:lo12:x`)."""

    def register(self, name: str) -> str | None:
        """The canonical name of the register `name`, in lower case; None when it isn't one."""

    def is_register(self, name: str) -> bool:
        """Whether the register `name` can't be a label too."""

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake."""


class OperandParser:
    """Reads the operands of one instruction.

    With `wordy`, bare names are words (system registers and such). With `labelled`, the last operand is a label, which
    may have the name of a register that is no core register.
    """

    def __init__(self, context: Context, cursor: Cursor, wordy: bool, labelled: bool) -> None:
        self._context = context
        self._cursor = cursor
        self._wordy = wordy
        self._labelled = labelled
        self._first = True

    def parse(self) -> list[Operand]:
        """All operands up to the end of the statement. Raises Mistake."""
        operands: list[Operand] = []
        cursor = self._cursor
        while cursor.token is not None:
            operands.append(self._operand())
            self._first = False
            if len(operands) > _MAX_OPERANDS:
                raise Mistake(cursor.last_span, "there are too many operands")
            if not cursor.accept(","):
                break
            if cursor.token is None:
                raise Mistake(cursor.span, "an operand is missing after the `,`")
        if cursor.text == "@":
            raise Mistake(
                cursor.span, "`@` after a name is macOS syntax", "write `adrp x0, name`, `add x0, x0, :lo12:name`"
            )
        cursor.expect_end()
        return operands

    def _operand(self) -> Operand:
        cursor = self._cursor
        start = cursor.span
        text = cursor.text
        if text == "[":
            return self._memory()
        if text == "{":
            return self._list()
        if text == "=":
            cursor.take()
            cursor.accept("#")
            expression = self._context.expression(cursor)
            return Literal(expression, start.to(cursor.last_span))
        if text in ("#", "$") or text == ":":
            return self._marked()
        token = cursor.token
        assert token is not None  # noqa: S101  callers look first
        if text in ("-", "+", "%") and self._register_name(cursor.peek()) is not None:
            cursor.take()
            register = self._register(cursor.take())
            register.negative = text == "-"
            return register
        if token.kind == "name":
            if self._register_name(text) is not None and not self._is_label(text):
                return self._register(cursor.take())
            if self._wordy or (not self._first and text.lower() in self._context.keywords):
                return self._word(cursor.take())
        return self._number(start, marked=False)

    def _is_label(self, text: str) -> bool:
        last = self._cursor.index + 1 == len(self._cursor.tokens) or self._cursor.peek() in ("+", "-")
        return self._labelled and last and not self._context.is_register(text.lower())

    def _register_name(self, text: str) -> str | None:
        return self._context.register(text.lower()) if text[:1].isalpha() or text[:1] == "_" else None

    def _register(self, token: Token) -> Register:
        name = self._register_name(token.text)
        assert name is not None  # noqa: S101
        lane = self._lane() if self._cursor.text == "[" else ""
        writeback = self._cursor.accept("!")
        return Register(name, token.span.to(self._cursor.last_span), writeback, lane)

    def _lane(self) -> str:
        cursor = self._cursor
        cursor.expect("[")
        if cursor.accept("]"):
            return "[]"
        expression = self._context.expression(cursor)
        cursor.expect("]")
        if not isinstance(expression, Constant) or not 0 <= expression.value <= 15:
            raise Mistake(expression.span, "a lane is a number from 0 to 15")
        return f"[{expression.value}]"

    def _marked(self) -> Operand:
        cursor = self._cursor
        start = cursor.span
        if cursor.text != ":":
            cursor.take()
        if not cursor.accept(":"):
            return self._number(start, marked=True)
        name = cursor.take()
        if name.text.lower() not in self._context.functions:
            known = ", ".join(f":{word}:" for word in sorted(self._context.functions)[:6])
            raise Mistake(name.span, f"`:{name.text}:` can't be used here", f"known are {known}")
        cursor.expect(":")
        expression = self._context.expression(cursor)
        return Relocated(name.text.lower(), expression, start.to(cursor.last_span))

    def _number(self, start: Span, marked: bool) -> Operand:
        cursor = self._cursor
        sign = "-" if cursor.text == "-" else ""
        token = cursor.tokens[cursor.index + bool(sign)] if cursor.index + bool(sign) < len(cursor.tokens) else None
        if token is not None and token.kind == "float":
            cursor.index += 1 + bool(sign)
            return Float(sign + _decimal(token), start.to(token.span))
        expression = self._context.expression(cursor)
        return Immediate(expression, start.to(cursor.last_span), marked)

    def _word(self, token: Token) -> Word:
        cursor = self._cursor
        if cursor.token is None or cursor.text in (",", "]"):
            return Word(token.text.lower(), token.span)
        amount = self._operand()
        if not isinstance(amount, Immediate | Register):
            raise Mistake(amount.span, f"`{token.text}` needs a number or a register")
        return Word(token.text.lower(), token.span.to(cursor.last_span), amount)

    def _memory(self) -> Memory:
        cursor = self._cursor
        start = cursor.take().span
        parts: list[Operand] = []
        alignment = ""
        self._first = False
        while cursor.text not in ("]", ""):
            if cursor.text in ("[", "{"):
                raise Mistake(cursor.span, f"`{cursor.text}` can't stand inside `[ ]`")
            parts.append(self._operand())
            if cursor.text in (":", "@") and len(parts) == 1:
                alignment = self._alignment()
            if len(parts) > 3:
                raise Mistake(cursor.last_span, "there are too many parts between `[` and `]`")
            if not cursor.accept(","):
                break
            if cursor.text == ":" and len(parts) == 1 and cursor.peek().isdigit():
                alignment = self._alignment()
                break
        if cursor.token is None:
            raise Mistake(start, "this `[` is not closed", "add the missing `]`")
        cursor.expect("]")
        writeback = cursor.accept("!")
        return Memory(parts, start.to(cursor.last_span), writeback, alignment)

    def _alignment(self) -> str:
        self._cursor.take()
        token = self._cursor.take()
        if token.text not in ("16", "32", "64", "128", "256"):
            raise Mistake(token.span, f"an alignment of `{token.text}` bits is not possible", "64, 128 and 256 are")
        return token.text

    def _list(self) -> RegisterList:
        cursor = self._cursor
        start = cursor.take().span
        parts: list[tuple[Register, Register | None]] = []
        while cursor.text != "}":
            first = self._listed()
            parts.append((first, self._listed() if cursor.accept("-") else None))
            if len(parts) > _MAX_PARTS:
                raise Mistake(cursor.last_span, "there are too many registers in this list")
            if not cursor.accept(","):
                break
        if cursor.token is None:
            raise Mistake(start, "this `{` is not closed", "add the missing `}`")
        cursor.expect("}")
        if not parts:
            raise Mistake(start.to(cursor.last_span), "the register list is empty")
        lane = self._lane() if cursor.text == "[" else ""
        user = cursor.accept("^")
        return RegisterList(parts, start.to(cursor.last_span), lane, user)

    def _listed(self) -> Register:
        cursor = self._cursor
        token = cursor.token
        if token is None or self._register_name(token.text) is None:
            found = f"`{token.text}`" if token is not None else "the end of the line"
            raise Mistake(cursor.span, f"expected a register in the list, found {found}")
        return self._register(cursor.take())


def _decimal(token: Token) -> str:
    """A floating-point number without exponent, as Keystone takes it. Raises Mistake."""
    text = token.text
    if _FLOAT.fullmatch(text) is None:
        try:
            text = f"{float(text):.12f}"
        except ValueError:
            raise Mistake(token.span, f"`{token.text}` is not a number") from None
    if _FLOAT.fullmatch(text) is None:
        raise Mistake(token.span, f"`{token.text}` can't be stored in an instruction", "load it from memory")
    return text if text[-1] != "." else text + "0"


def expressions(operands: list[Operand]) -> list[Expression]:
    """The expressions of all numbers among `operands`."""
    found: list[Expression] = []
    for operand in operands:
        if isinstance(operand, Immediate | Relocated | Literal):
            found.append(operand.expression)
        elif isinstance(operand, Word) and isinstance(operand.amount, Immediate):
            found.append(operand.amount.expression)
        elif isinstance(operand, Memory):
            found += expressions(operand.parts)
    return found


Numbers = Callable[[Expression], int]


def render(operand: Operand, number: Numbers, as_float: bool = False) -> str:
    """`operand` as Keystone reads it; `number` gives values."""
    if isinstance(operand, Register):
        sign, mark = "-" if operand.negative else "", "!" if operand.writeback else ""
        return f"{sign}{operand.name}{operand.lane}{mark}"
    if isinstance(operand, Immediate):
        value = number(operand.expression)
        if as_float and abs(value) < 1000:
            return f"#{value}.0"
        return f"#-{-value:#x}" if value < 0 else f"#{value:#x}"
    if isinstance(operand, Float):
        return "#" + operand.text
    if isinstance(operand, Word):
        return operand.name if operand.amount is None else f"{operand.name} {render(operand.amount, number)}"
    if isinstance(operand, Memory):
        inside = ", ".join(render(part, number) for part in operand.parts)
        if operand.alignment:
            inside += ":" + operand.alignment
        return f"[{inside}]{'!' * operand.writeback}"
    if isinstance(operand, RegisterList):
        inside = ", ".join(
            render(first, number) + (f"-{render(last, number)}" if last is not None else "")
            for first, last in operand.parts
        )
        return f"{{{inside}}}{operand.lane}{'^' * operand.user}"
    raise Mistake(operand.span, "this operand can't stand here")


def describe_operand(operand: Operand) -> str:
    """Words for an error message."""
    if isinstance(operand, Register):
        return f"the register `{operand.name}`"
    if isinstance(operand, Immediate):
        return "a number" if operand.marked or isinstance(operand.expression, Constant | Unary) else "a label"
    if isinstance(operand, Word):
        return f"`{operand.name}`"
    return {
        Float: "a floating-point number",
        Relocated: "a part of an address",
        Literal: "`=value`",
        Memory: "memory",
        RegisterList: "a register list",
    }[type(operand)]


def numbered(prefix: str, count: int) -> Mapping[str, str]:
    """`prefix0` to `prefix{count-1}`, each its own canonical name."""
    return {f"{prefix}{number}": f"{prefix}{number}" for number in range(count)}

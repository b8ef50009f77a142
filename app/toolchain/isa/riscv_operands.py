"""Operands of RISC-V instructions: from tokens to structures."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, Name
from app.toolchain.isa.riscv_registers import FLOAT, INTEGER

_MAX_OPERANDS = 8
FUNCTIONS = frozenset(["hi", "lo", "pcrel_hi", "pcrel_lo"])
"""What may stand behind `%` in front of an address in parentheses."""
_REFUSED = frozenset(
    ["got_pcrel_hi", "tls_ie_pcrel_hi", "tls_gd_pcrel_hi", "tprel_hi", "tprel_lo", "tprel_add", "dtprel_hi"]
)


class Register(Struct):
    """`bank` is `x` for integer and `f` for floating-point registers; `label` is its use as a symbol, if it is one."""

    bank: str
    number: int
    name: str
    span: Span
    label: Name | None = None


class Number(Struct):
    """An expression: `value` when it is known (as a signed 64-bit number), `function` such as `pcrel_hi`.

    `word` is the text when it is a single name: a CSR, a rounding mode, what a fence orders.
    """

    expression: Expression
    span: Span
    value: int | None = None
    function: str = ""
    word: str = ""


class Memory(Struct):
    """`offset(base)`; `offset` None is `(base)`."""

    offset: Number | None
    base: int
    span: Span


Operand = Register | Number | Memory


class Context(Protocol):
    """What the parser asks of the instruction set."""

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake."""

    def known(self, expression: Expression) -> int | None:
        """The value of `expression` when it is a plain number that is known by now."""

    def is_label(self, name: str) -> bool:
        """Whether the source makes the register name `name` a symbol too."""


def parse(context: Context, cursor: Cursor) -> list[Operand]:
    """All operands up to the end of the statement. Raises Mistake."""
    operands: list[Operand] = []
    while cursor.token is not None:
        operands.append(_operand(context, cursor))
        if len(operands) > _MAX_OPERANDS:
            raise Mistake(cursor.last_span, "there are too many operands")
        if not cursor.accept(","):
            break
        if cursor.token is None:
            raise Mistake(cursor.span, "an operand is missing after the `,`")
    cursor.expect_end()
    return operands


def _register(text: str, span: Span) -> Register | None:
    for bank, names in (("x", INTEGER), ("f", FLOAT)):
        number = names.get(text)
        if number is not None:
            return Register(bank, number, text, span)
    return None


def _operand(context: Context, cursor: Cursor) -> Operand:
    token = cursor.token
    assert token is not None  # noqa: S101  callers look first
    if token.kind == "name" and cursor.peek() in ("", ","):
        register = _register(token.text, token.span)
        if register is not None:
            cursor.take()
            if context.is_label(token.text):
                register.label = Name(token.text, token.span)
            return register
        if token.text.lower() in INTEGER and not context.is_label(token.text):
            raise Mistake(token.span, f"`{token.text}` is not a register", f"write it small: `{token.text.lower()}`")
    start = token.span
    if token.text == "(" and cursor.peek() in INTEGER and cursor.peek(2) == ")":
        base = _base(cursor)
        return Memory(None, base, start.to(cursor.last_span))
    if token.text in ("#", "$", "[", "{", "="):
        hint = {"[": "an address in a register is `0(a0)`", "=": "`la a0, label` or `li a0, number` loads a value"}
        raise Mistake(start, f"`{token.text}` can't begin an operand", hint.get(token.text, "numbers have no sign"))
    number = _function(context, cursor) if token.text == "%" else _number(context, cursor)
    if cursor.text == "(":
        base = _base(cursor)
        return Memory(number, base, start.to(cursor.last_span))
    return number


def _base(cursor: Cursor) -> int:
    cursor.expect("(")
    token = cursor.take()
    number = INTEGER.get(token.text)
    if number is None:
        raise Mistake(token.span, f"`{token.text}` can't hold an address", "expected an integer register such as `sp`")
    cursor.expect(")")
    return number


def _number(context: Context, cursor: Cursor) -> Number:
    token = cursor.token
    assert token is not None  # noqa: S101
    expression = context.expression(cursor)
    value = context.known(expression)
    if value is not None:
        value = signed(value)
    word = token.text if isinstance(expression, Name) and token.kind == "name" else ""
    return Number(expression, token.span.to(cursor.last_span), value, "", word)


def _function(context: Context, cursor: Cursor) -> Number:
    sign = cursor.take()
    name = cursor.take()
    word = name.text.lower()
    span = sign.span.to(name.span)
    if word in _REFUSED:
        hint = "nothing is linked at run time here; use `la`, or compile with -fno-pic"
        raise Mistake(span, f"`%{name.text}` is not available", hint)
    if word not in FUNCTIONS:
        x86 = cursor.text != "("
        hint = "this is a register in AT&T syntax: switch the architecture?" if x86 else "known are %hi, %lo, "
        raise Mistake(span, f"`%{name.text}` means nothing here", hint if x86 else hint + "%pcrel_hi and %pcrel_lo")
    cursor.expect("(")
    expression = context.expression(cursor)
    cursor.expect(")")
    return Number(expression, sign.span.to(cursor.last_span), None, word)


def signed(value: int) -> int:
    """`value` as the signed number that its low 64 bits are."""
    value &= (1 << 64) - 1
    return value - (1 << 64) if value >> 63 else value


def describe_operand(operand: Operand) -> str:
    """What kind of operand this is, for messages."""
    if isinstance(operand, Register):
        return f"the register `{operand.name}`"
    if isinstance(operand, Memory):
        return "an address in memory"
    if operand.word:
        return f"`{operand.word}`"
    return "a number" if operand.value is not None else "an expression"

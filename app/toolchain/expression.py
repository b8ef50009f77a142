"""Arithmetic on numbers, labels and constants: the parser for both dialects, and the evaluator."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.lexer import Dialect, Token, number_value, string_bytes, unescape
from app.toolchain.nasm_floats import FUNCTIONS, encode

MAX_DEPTH = 60
MAX_OPERATORS = 250
_MASK = (1 << 64) - 1


class Value(NamedTuple):
    """`offset` from `base`; `base` None means a plain number, else the thing (run or section) it is relative to."""

    base: object | None
    offset: int


class Number(Struct):
    value: int
    span: Span


class Name(Struct):
    """A symbol by name, or bound to one definition (`symbol`) when the name can be defined again."""

    name: str
    span: Span
    symbol: object | None = None


class Here(Struct):
    """The location counter at one place: `.`, `$` or `$$`."""

    place: object
    span: Span


class RegisterTerm(Struct):
    """A register inside a memory operand; never reaches the evaluator of numbers."""

    name: str
    span: Span


class Unary(Struct):
    operator: str
    operand: Expression
    span: Span


class Binary(Struct):
    operator: str
    left: Expression
    right: Expression
    span: Span


Expression = Number | Name | Here | RegisterTerm | Unary | Binary

_GAS_LEVELS = (
    ("||",),
    ("&&",),
    ("+", "-", "==", "!=", "<>", "<", ">", "<=", ">="),
    ("|", "&", "^", "!"),
    ("*", "/", "%", "<<", ">>"),
)
_NASM_LEVELS = (
    ("||",),
    ("^^",),
    ("&&",),
    ("=", "==", "!=", "<>", "<", "<=", ">", ">=", "<=>"),
    ("|",),
    ("^",),
    ("&",),
    ("<<", ">>", "<<<", ">>>"),
    ("+", "-"),
    ("*", "/", "//", "%", "%%"),
)


def _by_operator(levels: tuple[tuple[str, ...], ...]) -> dict[str, int]:
    return {operator: level for level, operators in enumerate(levels) for operator in operators}


_LEVELS: dict[Dialect, dict[str, int]] = {"gas": _by_operator(_GAS_LEVELS), "nasm": _by_operator(_NASM_LEVELS)}
# NASM's operators that mean something else than those of GNU as. `/` and `%` are unsigned, and true is 1, not -1.
_NASM_MEANINGS = {
    operator: "nasm" + operator for operator in ("/", "%", "=", "==", "!=", "<>", "<", "<=", ">", ">=", "<=>")
}
_WORDS = {
    "shl": "<<",
    "shr": ">>",
    "and": "&",
    "or": "|",
    "xor": "^",
    "mod": "%",
}


class Cursor:
    """A position in the tokens of one statement."""

    def __init__(self, tokens: list[Token], end: Span) -> None:
        self.tokens = tokens
        self.index = 0
        self._end = end

    @property
    def token(self) -> Token | None:
        return self.tokens[self.index] if self.index < len(self.tokens) else None

    @property
    def text(self) -> str:
        """Text of the token here, "" at the end."""
        return self.tokens[self.index].text if self.index < len(self.tokens) else ""

    def peek(self, ahead: int = 1) -> str:
        index = self.index + ahead
        return self.tokens[index].text if index < len(self.tokens) else ""

    @property
    def span(self) -> Span:
        """Where the token here is; at the end, the place just behind the last token."""
        return self.tokens[self.index].span if self.index < len(self.tokens) else self._end

    @property
    def last_span(self) -> Span:
        """Span of the token before the cursor."""
        return self.tokens[self.index - 1].span if self.index else self.span

    def take(self) -> Token:
        token = self.token
        if token is None:
            raise Mistake(self._end, "the line ends too early")
        self.index += 1
        return token

    def accept(self, text: str) -> bool:
        if self.index < len(self.tokens) and self.tokens[self.index].text == text:
            self.index += 1
            return True
        return False

    def expect(self, text: str) -> Token:
        if self.text != text:
            found = f"`{self.text}`" if self.text else "the end of the line"
            raise Mistake(self.span, f"expected `{text}`, found {found}")
        return self.take()

    def expect_end(self) -> None:
        if self.token is not None:
            raise Mistake(self.span, f"unexpected `{self.text}`", "one statement a line; separate operands by `,`")


class ExpressionParser:
    """Recursive descent over a Cursor.

    `place` is what `.` (GNU as) or `$` (NASM) means here, `start` what `$$` means; both are numbers in `absolute` of
    NASM. `register` tells whether a name is a register and is only given where registers may stand (inside memory
    operands). Afterwards `brackets` counts the `[` that were met, and `through_table` tells of an `@GOTPCREL`.
    """

    def __init__(
        self,
        cursor: Cursor,
        dialect: Dialect,
        name: Callable[[Token], Expression],
        place: object,
        start: object | None = None,
        register: Callable[[str], bool] | None = None,
    ) -> None:
        self.cursor = cursor
        self.dialect = dialect
        self._name = name
        self._place = place
        self._start = start
        self._register = register
        self._levels = _LEVELS[dialect]
        self._depth = 0
        self._operators = 0
        self.brackets = 0
        self.through_table = False

    def parse(self) -> Expression:
        """Parse one expression. Raises Mistake."""
        condition = self._binary(0)
        if self.dialect == "gas" or self.cursor.text != "?":
            return condition
        self._enter(self.cursor.take())
        first = self.parse()
        self.cursor.expect(":")
        second = self.parse()
        self._depth -= 1
        span = condition.span.to(second.span)
        if isinstance(condition, Number):
            return first if condition.value else second
        return Binary("?", condition, Binary(":", first, second, span), span)

    def _count(self) -> None:
        self._operators += 1
        if self._operators > MAX_OPERATORS:
            raise Mistake(self.cursor.span, "this expression is too long", f"at most {MAX_OPERATORS} operators")

    def _binary(self, level: int) -> Expression:
        left = self._postfix()
        while True:
            token = self.cursor.token
            if token is None or token.kind in ("string", "char"):
                return left
            operator = _WORDS.get(token.text.lower(), token.text)
            here = self._levels.get(operator, -1)
            if here < level:
                return left
            self._count()
            self.cursor.take()
            right = self._binary(here + 1)
            if self.dialect == "nasm":
                operator = _NASM_MEANINGS.get(operator, operator)
            left = combine(operator, left, right, self.dialect)

    def _unary(self) -> Expression:
        token = self.cursor.token
        if token is not None and token.text.lower() == "not" and self._register is not None and self.dialect == "gas":
            token = self.cursor.tokens[self.cursor.index] = Token("punct", "~", token.span)
        if token is not None and token.kind == "punct" and token.text in ("-", "+", "~", "!"):
            self._count()
            self._enter(token)
            self.cursor.take()
            operand = self._unary()
            self._depth -= 1
            if token.text == "+":
                return operand
            span = token.span.to(operand.span)
            if isinstance(operand, Number):
                return Number(wrap(_unary(token.text, operand.value)), span)
            return Unary(token.text, operand, span)
        return self._primary()

    def _enter(self, token: Token) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Mistake(token.span, "this expression is nested too deeply", f"at most {MAX_DEPTH} levels")

    def _postfix(self) -> Expression:
        """`-4[rbp]` of GNU as is `[rbp-4]`: the bracket adds to what stands before it, sign included."""
        left = self._unary()
        while self._register is not None and self.dialect == "gas" and self.cursor.text == "[":
            self._count()
            right = self._primary()
            left = Binary("+", left, right, left.span.to(right.span))
        return left

    def _primary(self) -> Expression:
        cursor = self.cursor
        token = cursor.token
        if token is None:
            raise Mistake(cursor.span, "a value is missing here")
        if token.kind == "number":
            cursor.take()
            return Number(number_value(token, self.dialect), token.span)
        if token.kind in ("name", "local"):
            cursor.take()
            if token.text == "." and self.dialect == "gas":
                return Here(self._place, token.span)
            if self._register is not None and self._register(token.text.lower()):
                return RegisterTerm(token.text.lower(), token.span)
            if cursor.text == "@" and self.dialect == "gas":
                self._relocation()
            if self.dialect == "nasm" and cursor.text == "(":
                return self._function(token)
            return self._name(token)
        if token.kind in ("char", "string"):
            cursor.take()
            return self._text(token)
        if token.text == "$" and self.dialect == "gas" and cursor.peek() in ("", "+", "-", ",", "]"):
            cursor.take()
            return Here(self._place, token.span)
        if token.text in ("$", "$$") and self.dialect == "nasm":
            cursor.take()
            place = self._place if token.text == "$" else self._start
            return Number(place, token.span) if isinstance(place, int) else Here(place, token.span)
        if token.text == "%" and self._register is not None and self._register(cursor.peek().lower()):
            cursor.take()
            return RegisterTerm(cursor.take().text.lower(), token.span)
        if token.text == "(" or (token.text == "[" and self._register is not None and self.dialect == "gas"):
            self._enter(token)
            cursor.take()
            self.brackets += token.text == "["
            inner = self.parse()
            closing = cursor.expect(")" if token.text == "(" else "]")
            self._depth -= 1
            inner.span = token.span.to(closing.span)
            return inner
        if token.kind == "float":
            raise Mistake(token.span, f"`{token.text}` is a floating-point number", "only data directives take these")
        raise Mistake(token.span, f"a value is missing before `{token.text}`")

    def _relocation(self) -> None:
        """The `@PLT` and `@GOTPCREL` of compiled code. Without shared libraries the first means the function itself."""
        cursor = self.cursor
        sign = cursor.take()
        if cursor.text == "GOTPCREL":
            self.through_table = True
        elif cursor.text.upper() != "PLT":
            hint = "compile with -fno-pic to get code without a table of addresses"
            raise Mistake(sign.span.to(cursor.span), f"`@{cursor.text}` is not available", hint)
        cursor.take()

    def _function(self, token: Token) -> Expression:
        """`__float64__(1.5)` of NASM: the bits of a constant as a number."""
        form = FUNCTIONS.get(token.text.replace("?", ""))
        if form is None:
            raise Mistake(token.span, f"`{token.text}` is neither a function nor a macro with parameters")
        cursor = self.cursor
        cursor.take()
        negative = cursor.accept("-")
        constant = cursor.take()
        if constant.kind != "float":
            raise Mistake(constant.span, f"`{constant.text}` is not a floating-point constant", "for example 1.5")
        closing = cursor.expect(")")
        return Number(encode(constant, negative, form), token.span.to(closing.span))

    def _text(self, token: Token) -> Expression:
        if self.dialect == "gas":
            if token.kind == "string":
                raise Mistake(token.span, "a string can't stand here", "use .ascii or .asciz for text")
            body = token.text[1:]
            if len(body) > 1 and body.endswith("'") and body != "\\'":
                body = body[:-1]
            data = unescape(body, token.span, "gas")
        else:
            data = string_bytes(token, "nasm")
        if len(data) > 8:
            raise Mistake(token.span, "this text has more than 8 bytes, too many for a number")
        return Number(int.from_bytes(data, "little"), token.span)


def wrap(value: int) -> int:
    """Keep `value` in the range that 64 bits can mean, signed or unsigned."""
    if -(1 << 63) <= value <= _MASK:
        return value
    return ((value + (1 << 63)) & _MASK) - (1 << 63)


def _unary(operator: str, value: int) -> int:
    if operator == "-":
        return -value
    return ~value if operator == "~" else int(not value)


def _divide(left: int, right: int) -> int:
    quotient = abs(left) // abs(right)
    return quotient if (left < 0) == (right < 0) else -quotient


def _shift_left(left: int, right: int) -> int:
    return (left << right) & _MASK if 0 <= right < 64 else 0


def _shift_right(left: int, right: int) -> int:
    return (left & _MASK) >> right if 0 <= right < 64 else 0


def _shift_right_signed(left: int, right: int) -> int:
    signed = left - (1 << 64) if left >= 1 << 63 else left
    return signed >> right if 0 <= right < 64 else -int(signed < 0)


_COMPARISONS = frozenset(["==", "!=", "<>", "<", ">", "<=", ">="])
_COMPARISONS |= {"nasm" + operator for operator in (*_COMPARISONS, "=", "<=>")}

_OPERATIONS: dict[str, Callable[[int, int], int]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": _divide,
    "//": _divide,
    "%": lambda a, b: a - b * _divide(a, b),
    "%%": lambda a, b: a - b * _divide(a, b),
    "<<": _shift_left,
    ">>": _shift_right,
    "&": lambda a, b: a & b,
    "|": lambda a, b: a | b,
    "^": lambda a, b: a ^ b,
    "!": lambda a, b: a | ~b,
    "==": lambda a, b: -int(a == b),
    "!=": lambda a, b: -int(a != b),
    "<>": lambda a, b: -int(a != b),
    "<": lambda a, b: -int(a < b),
    ">": lambda a, b: -int(a > b),
    "<=": lambda a, b: -int(a <= b),
    ">=": lambda a, b: -int(a >= b),
    "nasm/": lambda a, b: (a & _MASK) // (b & _MASK),
    "nasm%": lambda a, b: (a & _MASK) % (b & _MASK),
    "nasm=": lambda a, b: int(a == b),
    "nasm==": lambda a, b: int(a == b),
    "nasm!=": lambda a, b: int(a != b),
    "nasm<>": lambda a, b: int(a != b),
    "nasm<": lambda a, b: int(a < b),
    "nasm>": lambda a, b: int(a > b),
    "nasm<=": lambda a, b: int(a <= b),
    "nasm>=": lambda a, b: int(a >= b),
    "nasm<=>": lambda a, b: (a > b) - (a < b),
    "<<<": _shift_left,
    ">>>": _shift_right_signed,
    "^^": lambda a, b: int(bool(a) != bool(b)),
    "&&": lambda a, b: int(bool(a and b)),
    "||": lambda a, b: int(bool(a or b)),
}


def _calculate(operator: str, left: int, right: int, span: Span) -> int:
    if operator.removeprefix("nasm") in ("/", "//", "%", "%%") and right == 0:
        raise Mistake(span, "division by zero")
    return wrap(_OPERATIONS[operator](left, right))


def combine(operator: str, left: Expression, right: Expression, dialect: Dialect) -> Expression:
    """`left operator right`, already calculated when both are numbers. Raises Mistake (division by zero)."""
    span = left.span.to(right.span)
    if isinstance(left, Number) and isinstance(right, Number):
        return Number(_calculate(operator, left.value, right.value, span), span)
    return Binary(operator, left, right, span)


class NotYet(Exception):
    """The value is not known at this point of the source."""


def evaluate(
    expression: Expression, lookup: Callable[[Name | Here], Value], distance: Callable[[Value, Value], int]
) -> Value:
    """The value of `expression`.

    `lookup` gives names and places their values; `distance` subtracts two values with different bases (or raises
    NotYet). Raises Mistake for what has no meaning, such as the product of two labels.
    """
    if isinstance(expression, Number):
        return Value(None, expression.value)
    if isinstance(expression, Name | Here):
        return lookup(expression)
    if isinstance(expression, Unary):
        base, offset = evaluate(expression.operand, lookup, distance)
        if base is not None:
            raise Mistake(expression.span, f"`{expression.operator}` does not work on an address")
        return Value(None, wrap(_unary(expression.operator, offset)))
    if isinstance(expression, RegisterTerm):
        raise Mistake(expression.span, f"the register `{expression.name}` can't be part of a number")
    left = evaluate(expression.left, lookup, distance)
    if expression.operator == "?" and isinstance(expression.right, Binary):
        if left.base is not None:
            raise Mistake(expression.left.span, "this condition is an address, not a number")
        return evaluate(expression.right.left if left.offset else expression.right.right, lookup, distance)
    right = evaluate(expression.right, lookup, distance)
    operator = expression.operator
    if left.base is None and right.base is None:
        return Value(None, _calculate(operator, left.offset, right.offset, expression.span))
    if operator == "+" and (left.base is None or right.base is None):
        return Value(left.base or right.base, wrap(left.offset + right.offset))
    if operator == "-" and right.base is None:
        return Value(left.base, wrap(left.offset - right.offset))
    if left.base is not None and right.base is not None:
        if operator == "-":
            same = left.base is right.base
            return Value(None, left.offset - right.offset if same else distance(left, right))
        if operator in _COMPARISONS:
            return Value(None, _calculate(operator, distance(left, right), 0, expression.span))
    raise Mistake(
        expression.span,
        f"`{operator.removeprefix('nasm')}` does not work on addresses",
        "an address is only known when the program is laid out; addresses can be subtracted from each other",
    )

"""Conditional assembly of GNU as: `.if` and its kin."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression
from app.toolchain.lexer import Line, Token
from app.toolchain.macros import text_of
from app.toolchain.unit import Unit

_COMPARISONS: dict[str, Callable[[int], bool]] = {
    ".if": lambda value: value != 0,
    ".ifne": lambda value: value != 0,
    ".ifeq": lambda value: value == 0,
    ".ifgt": lambda value: value > 0,
    ".ifge": lambda value: value >= 0,
    ".iflt": lambda value: value < 0,
    ".ifle": lambda value: value <= 0,
}
_NAMES = {".ifdef": True, ".ifndef": False, ".ifnotdef": False}
_BLANKS = {".ifb": True, ".ifnb": False}
_TEXTS = {".ifc": True, ".ifnc": False, ".ifeqs": True, ".ifnes": False}
OPENERS = frozenset([*_COMPARISONS, *_NAMES, *_BLANKS, *_TEXTS])
CONDITIONALS = OPENERS | {".else", ".elseif", ".endif"}
MAX_DEPTH = 64


class _Condition(Struct):
    """`active`: this branch is assembled; `done`: one branch was already, or none may be."""

    span: Span
    active: bool
    done: bool
    has_else: bool = False


class Conditions:
    """The conditions that are open at this point of the source."""

    def __init__(self, unit: Unit, expression: Callable[[Cursor], Expression], spaced: str) -> None:
        self._unit = unit
        self._expression = expression
        self._spaced = spaced
        self._open: list[_Condition] = []

    @property
    def skipping(self) -> bool:
        """Whether statements here are left out."""
        return bool(self._open) and not self._open[-1].active

    @property
    def depth(self) -> int:
        return len(self._open)

    def close_to(self, depth: int) -> Span | None:
        """Forget the conditions above `depth`; where the first of them began."""
        left = self._open[depth:]
        del self._open[depth:]
        return left[0].span if left else None

    def run(self, line: Line, cursor: Cursor, base: int) -> None:
        """Carry out one of CONDITIONALS; `base` conditions belong to what is around this macro. Raises Mistake."""
        token = line.tokens[0]
        word = token.text.lower()
        if word in OPENERS:
            if len(self._open) >= MAX_DEPTH:
                raise Mistake(token.span, f"conditions are nested more than {MAX_DEPTH} deep")
            skipped = self.skipping
            self._open.append(_Condition(token.span, active=False, done=True))
            # With a mistake in the condition no branch is assembled, so that it makes no further mistakes.
            if not skipped:
                holds = self._holds(word, token, cursor)
                self._open[-1] = _Condition(token.span, holds, holds)
            return
        if len(self._open) <= base:
            raise Mistake(token.span, f"`{token.text}` without `.if`")
        condition = self._open[-1]
        if word == ".endif":
            self._open.pop()
            return
        if condition.has_else:
            raise Mistake(token.span, f"`{token.text}` after `.else`")
        condition.active = False
        if word == ".else":
            condition.has_else = True
            condition.active = not condition.done
        elif not condition.done:
            condition.active = condition.done = self._holds(".if", token, cursor)

    def _holds(self, word: str, token: Token, cursor: Cursor) -> bool:
        if word in _COMPARISONS:
            value = self._unit.constant(self._expression(cursor), f"the condition of `{token.text}`")
            cursor.expect_end()
            return _COMPARISONS[word](value)
        if word in _NAMES:
            name = cursor.take()
            cursor.expect_end()
            return (name.text in self._unit.symbols.by_name) == _NAMES[word]
        rest = cursor.tokens[cursor.index :]
        if word in _BLANKS:
            return (not rest) == _BLANKS[word]
        comma = next((index for index, part in enumerate(rest) if part.text == ","), None)
        if comma is None:
            raise Mistake(token.span, f"`{token.text}` needs two texts", f"{word} first,second")
        return (text_of(rest[:comma], self._spaced) == text_of(rest[comma + 1 :], self._spaced)) == _TEXTS[word]

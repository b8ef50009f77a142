"""Conditional assembly of GNU as: `.if` and its kin."""

from __future__ import annotations

from collections.abc import Callable

from app.toolchain.condition_stack import ConditionStack
from app.toolchain.errors import Mistake
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


class Conditions(ConditionStack):
    """The conditions that are open at this point of the source."""

    prefix = "."

    def __init__(self, unit: Unit, expression: Callable[[Cursor], Expression], spaced: str) -> None:
        super().__init__()
        self._unit = unit
        self._expression = expression
        self._spaced = spaced

    def run(self, line: Line, cursor: Cursor, base: int) -> None:
        """Carry out one of CONDITIONALS; `base` conditions belong to what is around this macro. Raises Mistake."""
        token = line.tokens[0]
        word = token.text.lower()
        if word in OPENERS:
            self.begin(token.span, lambda: self._holds(word, token, cursor))
            return
        condition = self.turn(token.span, token.text, base)
        if condition is not None:
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

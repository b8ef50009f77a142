"""Conditional assembly of NASM: `%if` and its kin."""

from __future__ import annotations

from typing import Protocol

from app.toolchain.condition_stack import ConditionStack
from app.toolchain.errors import Mistake
from app.toolchain.nasm_lexer import Piece, split, text_of

_KINDS = ("", "def", "macro", "ctx", "idn", "idni", "id", "num", "str", "token", "empty", "env")
_TESTS = {f"{negative}{kind}": (kind, negative == "") for kind in _KINDS for negative in ("", "n")}
OPENERS = frozenset("%if" + test for test in _TESTS)
CONDITIONALS = OPENERS | frozenset("%elif" + test for test in _TESTS) | {"%else", "%endif"}


class Front(Protocol):
    """What a condition can ask about the program so far."""

    def expanded(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` with the single-line macros replaced. Raises Mistake."""

    def number(self, pieces: list[Piece], what: str, before: Piece) -> int:
        """The value of an expression that must be known by now. Raises Mistake."""

    def is_defined(self, name: str) -> bool:
        """Whether there is a single-line macro of this name."""

    def has_macro(self, pieces: list[Piece]) -> bool:
        """Whether there is a multi-line macro as `%ifmacro` describes it. Raises Mistake."""

    def is_context(self, name: str) -> bool:
        """Whether the context on top has this name."""


class Conditions(ConditionStack):
    """The conditions that are open at this point of the source."""

    prefix = "%"

    def __init__(self, front: Front) -> None:
        super().__init__()
        self._front = front

    def run(self, pieces: list[Piece], base: int) -> None:
        """Carry out one of CONDITIONALS; `base` conditions belong to what is around this macro. Raises Mistake."""
        head = pieces[0]
        word = head.text.lower()
        if word in OPENERS:
            self.begin(head.span, lambda: self._holds(word[3:], pieces))
            return
        condition = self.turn(head.span, head.text, base)
        if condition is not None:
            condition.done = True
            condition.active = self._holds(word[5:], pieces)
            condition.done = condition.active

    def _holds(self, test: str, pieces: list[Piece]) -> bool:
        kind, wanted = _TESTS[test]
        head, rest = pieces[0], pieces[1:]
        if kind == "":
            value = self._front.number(rest, f"the condition of `{head.text}`", head)
            return (value != 0) == wanted
        if kind == "def":
            if not rest:
                raise Mistake(head.span, f"`{head.text}` needs a name")
            return any(self._front.is_defined(piece.text) for piece in rest if piece.kind == "name") == wanted
        if kind == "macro":
            return self._front.has_macro(rest) == wanted
        if kind == "ctx":
            return any(self._front.is_context(piece.text) for piece in rest) == wanted
        if kind == "env":
            return not wanted
        rest = self._front.expanded(rest)
        if kind in ("idn", "idni"):
            return self._same(rest, head, any_case=kind == "idni") == wanted
        return _is_kind(kind, rest) == wanted

    @staticmethod
    def _same(rest: list[Piece], head: Piece, any_case: bool) -> bool:
        groups = split(rest)
        if len(groups) != 2:
            raise Mistake(head.span, f"`{head.text}` needs two texts", f"{head.text} first, second")
        first, second = ([_comparable(piece, any_case) for piece in group] for group in groups)
        return first == second


def _comparable(piece: Piece, any_case: bool) -> str:
    text = "'" + piece.text[1:-1] + "'" if piece.kind == "string" and piece.text[0] != "`" else piece.text
    return text.lower() if any_case else text


def _is_kind(kind: str, rest: list[Piece]) -> bool:
    if kind == "empty":
        return not rest
    if kind == "token":
        return len(rest) == 1
    first = rest[0] if rest else None
    if first is None:
        return False
    if kind == "num":
        signed = rest[1] if first.text in ("+", "-") and len(rest) > 1 else first
        return signed.kind == "number"
    return first.kind == ("string" if kind == "str" else "name")


def describe(pieces: list[Piece]) -> str:
    """The message of `%error`: a string or the words as they stand."""
    if len(pieces) == 1 and pieces[0].kind == "string":
        return pieces[0].text[1:-1]
    return text_of(pieces)

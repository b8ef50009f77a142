"""Conditional assembly of NASM: `%if` and its kin."""

from __future__ import annotations

from typing import Protocol

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.nasm_lexer import Piece, split, text_of

MAX_DEPTH = 64
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


class _Condition(Struct):
    """`active`: this branch is assembled; `done`: one branch was already, or none may be."""

    span: Span
    active: bool
    done: bool
    has_else: bool = False


class Conditions:
    """The conditions that are open at this point of the source."""

    def __init__(self, front: Front) -> None:
        self._front = front
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

    def run(self, pieces: list[Piece], base: int) -> None:
        """Carry out one of CONDITIONALS; `base` conditions belong to what is around this macro. Raises Mistake."""
        head = pieces[0]
        word = head.text.lower()
        if word in OPENERS:
            if len(self._open) >= MAX_DEPTH:
                raise Mistake(head.span, f"conditions are nested more than {MAX_DEPTH} deep")
            skipped = self.skipping
            # With a mistake in the condition no branch is assembled, so that it makes no further mistakes.
            self._open.append(_Condition(head.span, active=False, done=True))
            if not skipped:
                holds = self._holds(word[3:], pieces)
                self._open[-1] = _Condition(head.span, holds, holds)
            return
        if len(self._open) <= base:
            raise Mistake(head.span, f"`{head.text}` without `%if`")
        condition = self._open[-1]
        if word == "%endif":
            self._open.pop()
            return
        if condition.has_else:
            raise Mistake(head.span, f"`{head.text}` after `%else`")
        condition.active = False
        if word == "%else":
            condition.has_else = True
            condition.active = not condition.done
        elif not condition.done:
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

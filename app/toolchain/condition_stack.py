"""The conditions that are open at one point of a source, whatever the dialect calls them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct

from app.toolchain.errors import Mistake, Span

MAX_DEPTH = 64


class Condition(Struct):
    """`active`: this branch is assembled; `done`: one branch was already, or none may be."""

    span: Span
    active: bool
    done: bool
    has_else: bool = False


class ConditionStack:
    """`prefix` is what the dialect writes before `if`, `else` and `endif`."""

    prefix: str

    def __init__(self) -> None:
        self._open: list[Condition] = []

    @property
    def skipping(self) -> bool:
        """Whether statements here are left out."""
        return bool(self._open) and not self._open[-1].active

    @property
    def depth(self) -> int:
        """How many are open."""
        return len(self._open)

    def close_to(self, depth: int) -> Span | None:
        """Forget the conditions above `depth`; where the first of them began."""
        left = self._open[depth:]
        del self._open[depth:]
        return left[0].span if left else None

    def begin(self, span: Span, holds: Callable[[], bool]) -> None:
        """Open a condition; `holds` is asked only where statements count. Raises Mistake."""
        if len(self._open) >= MAX_DEPTH:
            raise Mistake(span, f"conditions are nested more than {MAX_DEPTH} deep")
        skipped = self.skipping
        # With a mistake in the condition no branch is assembled, so that it makes no further mistakes.
        self._open.append(Condition(span, active=False, done=True))
        if not skipped:
            held = holds()
            self._open[-1] = Condition(span, held, held)

    def turn(self, span: Span, text: str, base: int) -> Condition | None:
        """Carry out what ends a branch; `base` conditions belong to what is around this macro. Raises Mistake.

        Returns the condition when another one decides about the branch that begins.
        """
        if len(self._open) <= base:
            raise Mistake(span, f"`{text}` without `{self.prefix}if`")
        condition = self._open[-1]
        word = text.lower()
        if word == f"{self.prefix}endif":
            self._open.pop()
            return None
        if condition.has_else:
            raise Mistake(span, f"`{text}` after `{self.prefix}else`")
        condition.active = False
        if word == f"{self.prefix}else":
            condition.has_else = True
            condition.active = not condition.done
            return None
        return None if condition.done else condition

"""How the assembler's parts report a mistake: `Mistake` for one, `Report` for all that one source has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.program import Diagnostic, SourceError

MAX_DIAGNOSTICS = 20
_LONGEST_GUESSED = 40


class Span(Struct, frozen=True):
    """A marked piece of one source line: 1-based line and column, `end` exclusive."""

    line: int
    column: int
    end: int

    def to(self, other: Span) -> Span:
        """The span from the start of this one to the end of `other`, when both are on one line."""
        return Span(self.line, self.column, max(self.end, other.end)) if other.line == self.line else self


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The hint that names the word that was probably meant; empty when none is like it.

    Letters that changed places are the most likely slip.
    """
    word = word[:_LONGEST_GUESSED]
    letters = sorted(word)
    words = list(known)
    close = [other for other in words if len(other) == len(word) and sorted(other) == letters]
    close = close or get_close_matches(word, words, n=1)
    return f"did you mean `{close[0]}`?" if close else ""


class Mistake(Exception):
    """One thing wrong at one place; parsing goes on with the next statement."""

    def __init__(self, span: Span, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.span = span
        self.message = message
        self.hint = hint


class Report:
    """Collects mistakes of one source; gives up with SourceError after MAX_DIAGNOSTICS."""

    def __init__(self) -> None:
        self._diagnostics: list[Diagnostic] = []

    def __len__(self) -> int:
        return len(self._diagnostics)

    def add(self, mistake: Mistake) -> None:
        """Note `mistake`. Raises SourceError when there are too many."""
        span = mistake.span
        end = max(span.end, span.column + 1)
        diagnostic = Diagnostic(span.line, span.column, end, mistake.message, mistake.hint)
        if diagnostic not in self._diagnostics:
            self._diagnostics.append(diagnostic)
        if len(self._diagnostics) >= MAX_DIAGNOSTICS:
            hints = [hint for hint in (mistake.hint, f"only the first {MAX_DIAGNOSTICS} mistakes are shown") if hint]
            self._diagnostics[-1] = replace(self._diagnostics[-1], hint="; ".join(hints))
            self.finish()

    def finish(self) -> None:
        """Raise SourceError in source order if anything was noted."""
        if self._diagnostics:
            raise SourceError(sorted(self._diagnostics, key=lambda d: (d.line, d.column)))

"""The context stack of NASM's preprocessor: `%push`, `%pop` and the names that begin with `%$`."""

from __future__ import annotations

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.nasm_lexer import Piece, glue

MAX_CONTEXTS = 1000


class Context(Struct):
    """`number` makes its names different from those of all other contexts."""

    name: str
    number: int
    span: Span


class Contexts:
    """The contexts that are open."""

    def __init__(self) -> None:
        self._open: list[Context] = []
        self._made = 0

    @property
    def top(self) -> Context | None:
        return self._open[-1] if self._open else None

    def directive(self, word: str, head: Piece, rest: list[Piece]) -> None:
        """Carry out `%push`, `%pop` or `%repl`. Raises Mistake."""
        name = rest[0].text if rest else ""
        if word == "%push":
            if len(self._open) >= MAX_CONTEXTS:
                raise Mistake(head.span, f"more than {MAX_CONTEXTS} contexts are open")
            self._made += 1
            self._open.append(Context(name, self._made, head.span))
            return
        if not self._open:
            raise Mistake(head.span, f"`{head.text}` without `%push`")
        if word == "%repl":
            self._open[-1].name = name
            return
        if name and self._open[-1].name != name:
            raise Mistake(rest[0].span, f"the context on top is `{self._open[-1].name}`, not `{name}`")
        self._open.pop()

    def resolve(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` with each `%$name` as a name of its own. Raises Mistake without a context."""
        if not any(piece.kind == "macro" and piece.text[1] == "$" for piece in pieces):
            return pieces
        out = []
        for piece in pieces:
            if piece.kind == "macro" and piece.text[1] == "$":
                name = piece.text.lstrip("%$")
                level = len(piece.text) - 1 - len(name)
                if level > len(self._open):
                    raise Mistake(piece.span, f"`{piece.text}` needs a context", "`%push name` begins one")
                number = self._open[-level].number
                piece = Piece("name", f"..@c{number}.{name}", piece.span, piece.space)  # noqa: PLW2901
            out.append(piece)
        return glue(out)

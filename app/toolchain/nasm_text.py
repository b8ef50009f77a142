"""The directives of NASM's preprocessor that work on text: `%strlen`, `%substr`, `%defstr` and others."""

from __future__ import annotations

from typing import Protocol

from app.toolchain.errors import Mistake
from app.toolchain.lexer import string_bytes
from app.toolchain.nasm_defines import quoted
from app.toolchain.nasm_lexer import Piece, lex_text, text_of

TEXT_DIRECTIVES = frozenset(
    {"%strlen", "%istrlen", "%substr", "%isubstr", "%strcat", "%istrcat", "%defstr", "%idefstr", "%deftok", "%ideftok"}
)
MAX_STRING = 1 << 16


class Front(Protocol):
    """What these directives need of the preprocessor."""

    def expanded(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` with the single-line macros replaced. Raises Mistake."""

    def number(self, pieces: list[Piece], what: str, before: Piece) -> int:
        """The value of an expression that must be known by now. Raises Mistake."""


def text_directive(word: str, head: Piece, rest: list[Piece], front: Front) -> list[Piece]:
    """What the name of the directive stands for from now on; `rest` follows the name. Raises Mistake."""
    rest = front.expanded(rest)
    if rest and rest[0].text == ",":
        rest = rest[1:]
    kind = word.lstrip("%").removeprefix("i")
    if kind == "defstr":
        return [_string(text_of(rest), head)]
    strings = [piece for piece in rest if piece.kind == "string"]
    if not strings:
        raise Mistake(rest[0].span if rest else head.span, f"`{head.text}` needs a string")
    if kind == "deftok":
        return lex_text(_text(strings[0]), head.span, space=False)
    if kind == "strcat":
        return [_string("".join(map(_text, strings)), head)]
    if kind == "strlen":
        return lex_text(str(len(string_bytes(strings[0], "nasm"))), head.span, space=False)
    return [_string(_part(head, rest, front), head)]


def _part(head: Piece, rest: list[Piece], front: Front) -> str:
    """`%substr name string start, count`: counted from 1, a negative count is a place counted from the end."""
    text = _text(rest[0])
    groups: list[list[Piece]] = [[]]
    for piece in rest[1:]:
        if piece.text == ",":
            groups.append([])
        else:
            groups[-1].append(piece)
    groups = [group for group in groups if group]
    if not groups:
        raise Mistake(head.span, "`%substr` needs the place of the first character", "%substr name 'text' 2, 3")
    numbers = [front.number(group, "a place in a string", head) for group in groups[:2]]
    start, count = numbers[0], numbers[1] if len(numbers) > 1 else 1
    if start < 1:
        return ""
    end = start - 1 + count if count >= 0 else len(text) + count + 1
    return text[start - 1 : max(end, 0)]


def _text(piece: Piece) -> str:
    return string_bytes(piece, "nasm").decode("utf-8", "surrogateescape")


def _string(text: str, head: Piece) -> Piece:
    if len(text) > MAX_STRING:
        raise Mistake(head.span, "this text is too long")
    return Piece("string", quoted(text), head.span)

"""NASM text to tokens. Blanks matter to its preprocessor, so every token knows whether one stands before it."""

from __future__ import annotations

import re

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.lexer import MAX_TOKENS, Token

_PATTERN = re.compile(
    r"(?P<space>[ \t\r\f\v\ufeff]+)"
    r"|(?P<comment>;.*)"
    r"|(?P<string>\"[^\"]*\"|'[^']*'|`(?:[^`\\]|\\.)*`)"
    r"|(?P<float>0[xX][0-9A-Fa-f_]+(?:\.[0-9A-Fa-f_]*)?[pP][-+]?[0-9]+"
    r"|[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?(?![0-9A-Za-z_])|[0-9][0-9_]*[eE][-+]?[0-9]+(?![0-9A-Za-z_]))"
    r"|(?P<number>\$?[0-9][0-9A-Za-z_]*)"
    r"|(?P<name>[A-Za-z_.?@][A-Za-z0-9_.?$#@~]*|\$[A-Za-z_.?@][A-Za-z0-9_.?$#@~]*)"
    r"|(?P<macro>%\{[^{}]*\}|%[-+]?[0-9]+|%%[A-Za-z0-9_.?@~#$]+|%\$+[A-Za-z0-9_.?@~#$]*|%!(?:[A-Za-z0-9_]+|'[^']*')"
    r"|%\*?\?\??|%\[|%\+|%[A-Za-z_][A-Za-z0-9_]*)"
    r"|(?P<punct><=>|<<<|>>>|<<|>>|//|%%|\$\$|==|!=|<>|<=|>=|&&|\|\||\^\^|[-+*/%&|^~!(),:=\[\]{}<>$\\#;])"
    r"|(?P<bad>.)",
    re.DOTALL,
)
MAX_WORD = 4096
_WORDS = frozenset({"name", "number", "float"})


class Piece(Token):
    """A token; `space` says that blanks stand before it. Of kind "macro" are the preprocessor's own, such as `%1`."""

    space: bool = False


class SourceLine(Struct):
    """The tokens of one statement; `number` is its first line."""

    number: int
    tokens: list[Piece]


def _pieces(text: str, number: int, place: Span | None) -> list[Piece]:
    """The tokens of `text`, which is line `number`; with `place`, that is where all of them are shown."""
    pieces: list[Piece] = []
    space = False
    for match in _PATTERN.finditer(text):
        kind = match.lastgroup
        if kind == "space":
            space = True
        elif kind != "comment":
            word = match.group()
            if kind == "number" and word[0] == "$":
                word = "0x" + word[1:]
            elif kind == "macro" and word[1] == "{":
                word = _braced(word)
            span = place or Span(number, match.start() + 1, match.end() + 1)
            pieces.append(Piece(kind, word, span, space))  # type: ignore[arg-type]
            if len(pieces) > MAX_TOKENS:
                raise Mistake(span, f"the program has more than {MAX_TOKENS:,} words and signs")
            space = False
    return pieces


def _braced(word: str) -> str:
    """`%{1}` is another way to write `%1`, and so on for all; only ranges such as `%{1:2}` need the braces."""
    inner = word[2:-1].strip()
    return word if ":" in inner or not inner else "%" + inner


def lex_nasm(source: str) -> list[SourceLine]:
    """Split `source` into statements of tokens. Raises Mistake when there are more than MAX_TOKENS.

    A backslash at the end of a line joins it with the next one, in a comment too.
    """
    lines: list[SourceLine] = []
    count = 0
    joined = commented = False
    for number, raw in enumerate(source.split("\n"), start=1):
        text = raw.removesuffix("\r")
        pieces = [] if commented else _pieces(text, number, None)
        continued = text.endswith("\\")
        ends_in_comment = commented
        if continued and pieces and pieces[-1].text == "\\" and pieces[-1].span.end == len(text) + 1:
            pieces.pop()
        elif continued and not commented:
            # The backslash is part of a comment, or of a string that is not closed.
            ends_in_comment = not any(piece.kind == "bad" for piece in pieces)
        commented = continued and ends_in_comment
        count += len(pieces)
        if count > MAX_TOKENS:
            raise Mistake(pieces[0].span, f"the program has more than {MAX_TOKENS:,} words and signs")
        if joined:
            lines[-1].tokens += pieces
        elif pieces:
            lines.append(SourceLine(number, pieces))
        joined = continued and not commented and bool(joined or pieces)
    return lines


def lex_text(text: str, place: Span, space: bool) -> list[Piece]:
    """The tokens of text that the preprocessor made; all of them are shown at `place`."""
    pieces = _pieces(text, place.line, place)
    if pieces:
        pieces[0].space = space
    return pieces


def moved(pieces: list[Piece], place: Span) -> list[Piece]:
    """Copies that are shown at `place`."""
    return [Piece(piece.kind, piece.text, place, piece.space) for piece in pieces]


def text_of(pieces: list[Piece]) -> str:
    """The text of `pieces` without comments, each stretch of blanks as one."""
    return "".join(" " + piece.text if piece.space else piece.text for piece in pieces).strip()


def glue(pieces: list[Piece]) -> list[Piece]:
    """Join what stands side by side after a replacement: `label` and `1` become `label1`."""
    out: list[Piece] = []
    for piece in pieces:
        if not piece.space and out and piece.kind in _WORDS and out[-1].kind in _WORDS:
            before = out.pop()
            if len(before.text) + len(piece.text) > MAX_WORD:
                raise Mistake(before.span, f"this makes a word of more than {MAX_WORD:,} characters")
            out += lex_text(before.text + piece.text, before.span, before.space)
        else:
            out.append(piece)
    return out


def split(pieces: list[Piece]) -> list[list[Piece]]:
    """Arguments at the commas outside of `{braces}`, which are taken off; none when there are no tokens."""
    if not pieces:
        return []
    groups: list[list[Piece]] = [[]]
    depth = 0
    for piece in pieces:
        if piece.text == "," and depth == 0:
            groups.append([])
            continue
        depth += (piece.text == "{") - (piece.text == "}" and depth > 0)
        groups[-1].append(piece)
    return [unbraced(group) for group in groups]


def unbraced(group: list[Piece]) -> list[Piece]:
    """The inside of `{group}`."""
    if len(group) > 1 and group[0].text == "{" and group[-1].text == "}":
        return group[1:-1]
    return group

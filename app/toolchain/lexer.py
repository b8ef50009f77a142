"""Source text to tokens, line by line, for both dialects. Every token knows its line and columns."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Literal

from msgspec import Struct

from app.toolchain.errors import Mistake, Span

Dialect = Literal["gas", "nasm"]
Kind = Literal["name", "number", "float", "string", "char", "local", "macro", "punct", "bad"]


class CommentStyle(Struct, frozen=True):
    """Signs that begin a comment in GNU as: `anywhere` in a line, or only as the first thing `at_start` of one."""

    anywhere: tuple[str, ...]
    at_start: tuple[str, ...] = ()


class Token(Struct):
    """`text` is the exact source text; `kind` "local" is a numeric label reference such as `1f`."""

    kind: Kind
    text: str
    span: Span


class Line(Struct):
    """The tokens of one source line or of a part of it; comments and blanks are gone.

    `text` is the whole line. A line that a macro made has the number of the line in the macro; the columns of its
    tokens mean nothing in the source, and `place` is where its mistakes are shown.
    """

    number: int
    text: str
    tokens: list[Token]
    place: Span | None = None


MAX_TOKENS = 100_000

_SPACE = r"(?P<space>[ \t\r\f\v\ufeff]+)"
_NUMBER = r"(?P<float>[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+][0-9]+)|(?P<number>[0-9][0-9A-Za-z_]*)"
_GAS = (
    r"|(?P<block>/\*)"
    + r'|(?P<string>"(?:[^"\\]|\\.)*")'
    + r"|(?P<char>'(?:\\(?:x[0-9A-Fa-f]{1,2}|[0-7]{1,3}|.)|[^\\])'?)"
    + r"|(?P<local>[0-9]+[fb](?![0-9A-Za-z_]))|"
    + _NUMBER
    + r"|(?P<name>[A-Za-z_.][A-Za-z0-9_.$]*)"
    + r"|(?P<punct><<|>>|==|!=|<>|<=|>=|&&|\|\||\\@|[-+*/%&|^~!(),:;=\[\]{}@<>$#\\])"
    + r"|(?P<bad>.)"
)


@cache
def _gas_pattern(anywhere: tuple[str, ...]) -> re.Pattern[str]:
    comment = "|".join(re.escape(sign) + ".*" for sign in anywhere)
    return re.compile(f"{_SPACE}|(?P<comment>{comment}){_GAS}", re.DOTALL)


X86_COMMENTS = CommentStyle(("#", "//"), ("/",))


def lex(source: str, comments: CommentStyle = X86_COMMENTS) -> list[Line]:
    """Split `source`, written for GNU as, into lines of tokens. Raises Mistake when there are more than MAX_TOKENS.

    `comments` is the style of the architecture.
    What is no token becomes one of kind "bad", reported by whoever meets it, since it may
    stand in text that turns out to be a comment.
    """
    pattern = _gas_pattern(comments.anywhere)
    at_start = comments.at_start
    lines = []
    in_comment = False
    count = 0
    for number, raw in enumerate(source.split("\n"), start=1):
        text = raw.removesuffix("\r")
        tokens: list[Token] = []
        position = 0
        if at_start and not in_comment and text.lstrip().startswith(at_start) and not text.lstrip().startswith("/*"):
            position = len(text)
        while position < len(text):
            if in_comment:
                end = text.find("*/", position)
                in_comment = end < 0
                position = len(text) if in_comment else end + 2
                continue
            match = pattern.match(text, position)
            assert match is not None  # noqa: S101  the last alternative takes any character
            kind = match.lastgroup
            position = match.end()
            if kind in ("space", "comment"):
                continue
            if kind == "block":
                in_comment = True
                continue
            span = Span(number, match.start() + 1, position + 1)
            tokens.append(Token(kind, match.group(), span))  # type: ignore[arg-type]
            count += 1
            if count > MAX_TOKENS:
                raise Mistake(span, f"the program has more than {MAX_TOKENS:,} words and signs")
        lines.append(Line(number, text, tokens))
    return lines


def reject_bad(tokens: Sequence[Token]) -> None:
    """Raise Mistake for the first token that is not a token of the language."""
    for token in tokens:
        if token.kind == "bad":
            raise Mistake(token.span, *_describe(token.text))


def _describe(character: str) -> tuple[str, str]:
    if character in "\"'`":
        return "this text is not closed", f"add the missing {character} on the same line"
    code = f"U+{ord(character):04X}"
    if character.isprintable() and ord(character) < 128:
        return f"`{character}` means nothing here", ""
    if unicodedata.category(character)[0] == "Z":
        return f"the space {code} is only allowed in comments and strings", "replace it by a plain space"
    if character.isprintable():
        return f"`{character}` ({code}) is only allowed in comments and strings", _ascii_hint(character)
    return f"the control character U+{ord(character):04X} is not allowed in a program", "is this a binary file?"


def _ascii_hint(character: str) -> str:
    if character in "\u2018\u2019\u201a\u201c\u201d\u201e\u2032\u2033":
        return "write the straight quote ' or \""
    if character in "\u2010\u2011\u2012\u2013\u2014\u2212":
        return "write the plain minus -"
    return ""


_ESCAPES = {"b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "\\": 92, '"': 34, "'": 39, "`": 96}
_NASM_ESCAPES = _ESCAPES | {"a": 7, "e": 27, "v": 11, "?": 63}
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|[xX]([0-9A-Fa-f]+)|([uU])([0-9A-Fa-f]{4,8})|(.))|([^\\]+)", re.DOTALL)


def unescape(body: str, span: Span, dialect: Dialect) -> bytes:
    """The bytes that the inside of an escaped string means. Raises Mistake for an unknown escape."""
    if "\\" not in body:
        return body.encode("utf-8", "surrogatepass")
    known = _NASM_ESCAPES if dialect == "nasm" else _ESCAPES
    out = bytearray()
    for match in _ESCAPE.finditer(body):
        octal, hexadecimal, unicode, point, letter, plain = match.groups()
        if plain is not None:
            out += plain.encode("utf-8", "surrogatepass")
        elif octal is not None:
            out.append(int(octal, 8) & 0xFF)
        elif hexadecimal is not None:
            out.append(int(hexadecimal[-2:], 16))
        elif unicode is not None and dialect == "nasm" and int(point, 16) < 0x110000:
            out += chr(int(point, 16)).encode("utf-8", "surrogatepass")
        elif letter is not None and letter in known:
            out.append(known[letter])
        else:
            raise Mistake(span, f"unknown escape `{match.group()[:2]}` in a string", "use \\n, \\t, \\0, \\\\ or \\x41")
    return bytes(out)


def string_bytes(token: Token, dialect: Dialect) -> bytes:
    """The bytes of a string token. NASM knows escapes only between backquotes."""
    body = token.text[1:-1]
    if dialect == "nasm" and token.text[0] != "`":
        return body.encode("utf-8", "surrogatepass")
    return unescape(body, token.span, dialect)


_GAS_NUMBER = re.compile(r"0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|(0[0-7]*)|([1-9][0-9]*)")
_NASM_NUMBER = re.compile(
    r"0[xXhH]([0-9a-fA-F]+)|0[bByY]([01]+)|0[oOqQ]([0-7]+)|(?:0[dDtT])?([0-9]+)|([0-9][0-9a-fA-F]*)[hHxX]"
    r"|([01]+)[bByY]|([0-7]+)[oOqQ]|([0-9]+)[dDtT]"
)
MAX_NUMBER = (1 << 64) - 1


def number_value(token: Token, dialect: Dialect, limit: int = MAX_NUMBER) -> int:
    """The value of a number token. Raises Mistake when it is malformed or above `limit`."""
    if len(token.text) > 80:
        raise Mistake(token.span, "this number is too long", "numbers have at most 64 bits")
    if dialect == "gas":
        match, bases = _GAS_NUMBER.fullmatch(token.text), (16, 2, 8, 10)
    else:
        match, bases = _NASM_NUMBER.fullmatch(token.text.replace("_", "")), (16, 2, 8, 10, 16, 2, 8, 10)  # type: ignore[assignment]
    if match is None:
        raise Mistake(token.span, f"`{token.text}` is not a number", "hexadecimal numbers start with 0x")
    value = next(int(text, base) for text, base in zip(match.groups(), bases, strict=True) if text is not None)
    if value > limit:
        raise Mistake(token.span, f"the number {token.text} does not fit in {limit.bit_length()} bits")
    return value

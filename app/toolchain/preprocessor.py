"""The little of the C preprocessor that hand-written `.S` files use: `#define NAME value` and system call numbers.

In GNU as itself these lines are comments.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec.structs import replace

from app.toolchain.errors import Mistake, Report, Span
from app.toolchain.lexer import CommentStyle, Line, Token, lex

_MAX_EXPANSION = 2000
_MAX_NESTING = 20
_DEFINE = re.compile(r"\s*#define\s+([A-Za-z_]\w*)(\(.*|\s+\S.*)")
_UNDEF = re.compile(r"\s*#\s*undef\s+([A-Za-z_]\w*)\s*")
_INCLUDE = re.compile(r"\s*#\s*include\s*[<\"]([^>\"]*)[>\"].*")
_CONDITION = re.compile(r"\s*#(?:ifdef|ifndef)\s+\w+\s*|\s*#(?:if|elif)\s+(?:defined|__).*")
_HEADERS = re.compile(r"(?:sys/|asm/|bits/|asm-generic/)?(?:syscall|unistd(?:_\w+)?|asm)\.h")
_CALL = re.compile(r"(?:SYS|__NR)_(\w+)")


def is_preprocessed(source: str) -> bool:
    """Whether `source` has lines that are meant for the C preprocessor."""
    return "#define" in source or "#include" in source or "#ifdef" in source or "#ifndef" in source


def preprocess(lines: list[Line], comments: CommentStyle, calls: Mapping[str, int], report: Report) -> None:
    """Carry out the preprocessor's lines and replace defined names in the others, in place.

    `calls` has the number of each system call, for `SYS_write` and `__NR_write` after the header that defines them.
    """
    defines: dict[str, list[Token]] = {}
    names: Mapping[str, int] = {}
    for line in lines:
        try:
            if line.text.lstrip().startswith("#"):
                if _INCLUDE.fullmatch(line.text):
                    _include(line)
                    names = calls
                else:
                    _directive(line, comments, defines)
            elif line.tokens and (names or defines):
                line.tokens = _expand(line.tokens, defines, names, frozenset())
        except Mistake as mistake:
            report.add(mistake)


def _whole(line: Line) -> Span:
    return Span(line.number, len(line.text) - len(line.text.lstrip()) + 1, len(line.text.rstrip()) + 1)


def _include(line: Line) -> None:
    match = _INCLUDE.fullmatch(line.text)
    if match is None or _HEADERS.fullmatch(match[1]) is None:
        hint = "no file is read; <sys/syscall.h> and <asm/unistd.h> are known, for the names of system calls"
        raise Mistake(_whole(line), "this header is not available", hint)


def _directive(line: Line, comments: CommentStyle, defines: dict[str, list[Token]]) -> None:
    undef = _UNDEF.fullmatch(line.text)
    if undef is not None:
        defines.pop(undef[1], None)
        return
    if _CONDITION.fullmatch(line.text):
        raise Mistake(_whole(line), "there is no C preprocessor here", "use .if, .ifdef, .else and .endif")
    match = _DEFINE.fullmatch(line.text)
    if match is None:
        return
    if match[2][0] == "(":
        raise Mistake(_whole(line), "`#define` with parameters is not available", "use .macro")
    defines[match[1]] = lex(match[2], comments)[0].tokens


def _expand(
    tokens: list[Token], defines: Mapping[str, list[Token]], calls: Mapping[str, int], hidden: frozenset[str]
) -> list[Token]:
    """Replace names by their values, which take the place of the name in error messages."""
    out: list[Token] = []
    for token in tokens:
        if token.kind != "name":
            out.append(token)
            continue
        value = defines.get(token.text) if token.text not in hidden else None
        if value is not None:
            inner = value
            if len(hidden) < _MAX_NESTING:
                inner = _expand(value, defines, calls, hidden | {token.text})
            out += [replace(piece, span=token.span) for piece in inner]
        elif (call := _CALL.fullmatch(token.text)) is not None and call[1] in calls:
            out.append(Token("number", str(calls[call[1]]), token.span))
        else:
            out.append(token)
        if len(out) > _MAX_EXPANSION:
            raise Mistake(token.span, f"`{token.text}` expands to too much text")
    return out

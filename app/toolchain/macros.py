"""Macros of GNU as: definitions, how arguments are bound to parameters, and the text that comes out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.lexer import Line, Token

MAX_EXPANDED_CHARACTERS = 8192
"""The longest line that may come out of a macro."""

MAX_PARAMETERS = 100

_WORD_END = re.compile(r"[\w.$\"']")
_WORD_START = re.compile(r"[\w.\"'\\]")
_PARAMETER = re.compile(r"\\(?:([A-Za-z_.$][\w.$]*)|(@)|\(\))")


class Parameter(Struct):
    name: str
    default: str = ""
    required: bool = False
    rest: bool = False


class Macro(Struct):
    """`body` are the lines between `.macro` and `.endm`, numbered as in the source."""

    name: str
    parameters: list[Parameter]
    body: list[Line]


def words(tokens: Sequence[Token], spaced: str) -> list[tuple[str, Span]]:
    """Pieces of text between the blanks that count: between words, and before the signs of `spaced`."""
    pieces: list[tuple[str, Span]] = []
    before: Token | None = None
    for token in tokens:
        if before is not None and not _is_gap(before, token, spaced):
            text, span = pieces[-1]
            pieces[-1] = (text + token.text, span.to(token.span))
        else:
            pieces.append((token.text, token.span))
        before = token
    return pieces


def _is_gap(before: Token, token: Token, spaced: str) -> bool:
    """Whether there is a blank that counts; the words of one `#define` all have the place of its name."""
    if before.span.end >= token.span.column and before.span != token.span:
        return False
    starts = _WORD_START.match(token.text) is not None or token.text[0] in spaced
    return starts and _WORD_END.match(before.text[-1]) is not None


def text_of(tokens: Sequence[Token], spaced: str) -> str:
    """The text of `tokens` without comments, blanks reduced to those that count."""
    return " ".join(text for text, _span in words(tokens, spaced))


def arguments(tokens: Sequence[Token], spaced: str) -> list[tuple[str, Span, int]]:
    """Arguments at commas and blanks, each with its place and the index of its first token."""
    found: list[tuple[str, Span, int]] = []
    start = 0
    for index in range(len(tokens) + 1):
        if index < len(tokens) and tokens[index].text != ",":
            continue
        if index > start:
            found += _between_commas(tokens, start, index, spaced)
        elif index < len(tokens):
            found.append(("", tokens[index].span, index))
        start = index + 1
    return found


def _between_commas(tokens: Sequence[Token], start: int, end: int, spaced: str) -> list[tuple[str, Span, int]]:
    """The arguments of one group: blanks separate them, but not inside of parentheses."""
    found: list[tuple[str, Span, int]] = []
    index = start
    depth = 0
    for text, span in words(tokens[start:end], spaced):
        while tokens[index].span.column < span.column:
            index += 1
        if depth > 0:
            before, place, first = found[-1]
            found[-1] = (f"{before} {text}", place.to(span), first)
        else:
            found.append((text, span, index))
        if text[0] not in "\"'":
            depth += text.count("(") + text.count("[") - text.count(")") - text.count("]")
    return found


def unquoted(text: str) -> str:
    """An argument in quotes means what is inside."""
    if len(text) >= 2 and text[0] == text[-1] == '"':
        return text[1:-1]
    return text


def definition(head: Line, body: list[Line], spaced: str) -> Macro:
    """The macro of `.macro NAME PARAMETERS`. Raises Mistake."""
    tokens = head.tokens[1:]
    if not tokens or tokens[0].kind != "name":
        raise Mistake(head.tokens[0].span, "`.macro` needs a name", ".macro name first, second")
    name = tokens[0]
    rest = tokens[1:]
    if rest and rest[0].text == ",":
        rest = rest[1:]
    parameters: list[Parameter] = []
    index = 0
    while index < len(rest):
        token = rest[index]
        index += 1
        if token.text == ",":
            continue
        if token.kind != "name":
            raise Mistake(token.span, f"`{token.text}` can't be a parameter", ".macro name first, second=5")
        parameter = Parameter(token.text)
        if len(parameters) >= MAX_PARAMETERS:
            raise Mistake(token.span, f"a macro has at most {MAX_PARAMETERS} parameters")
        if any(other.name == token.text for other in parameters):
            raise Mistake(token.span, f"the macro has two parameters `{token.text}`")
        if index < len(rest) and rest[index].text == ":":
            kind = rest[index + 1] if index + 1 < len(rest) else rest[index]
            if kind.text not in ("req", "vararg"):
                raise Mistake(kind.span, f"a parameter can't be `{kind.text}`", "`:req` and `:vararg` are possible")
            parameter.required, parameter.rest = kind.text == "req", kind.text == "vararg"
            index += 2
        if index < len(rest) and rest[index].text == "=":
            index += 1
            start = index
            while (
                index < len(rest)
                and rest[index].text != ","
                and (index == start or len(words(rest[index - 1 : index + 1], spaced)) == 1)
            ):
                index += 1
            parameter.default = unquoted(text_of(rest[start:index], spaced))
        parameters.append(parameter)
    return Macro(name.text, parameters, body)


def bind(macro: Macro, token: Token, tokens: Sequence[Token], spaced: str) -> dict[str, str]:
    """What each parameter stands for in the invocation `token` with the arguments `tokens`. Raises Mistake."""
    values: dict[str, str] = {}
    position = 0
    names = [parameter.name for parameter in macro.parameters]
    for text, span, index in arguments(tokens, spaced):
        name, equals, value = text.partition("=")
        if equals and name in names:
            values[name] = unquoted(value)
            continue
        if position >= len(names):
            hint = f"it takes {', '.join(names)}" if names else "it takes none"
            raise Mistake(span, f"too many arguments for the macro `{macro.name}`", hint)
        parameter = macro.parameters[position]
        if parameter.rest:
            values[parameter.name] = text_of(tokens[index:], spaced)
            break
        if text:
            values[parameter.name] = unquoted(text)
        position += 1
    for parameter in macro.parameters:
        if parameter.required and not values.get(parameter.name):
            hint = f"{macro.name} {', '.join(names)}"
            raise Mistake(token.span, f"the macro `{macro.name}` needs a value for `{parameter.name}`", hint)
        values.setdefault(parameter.name, parameter.default)
    return values


def substitute(text: str, values: Mapping[str, str], number: int | None, span: Span) -> str:
    """`text` with `\\name` replaced, `\\()` removed, and `\\@` as `number` when it is given. Raises Mistake."""

    def value(match: re.Match[str]) -> str:
        name, counter = match.groups()
        if name is not None:
            found = values.get(name)
            return match.group() if found is None else found
        if counter is not None:
            return match.group() if number is None else str(number)
        return ""

    if "\\" not in text:
        return text
    result = _PARAMETER.sub(value, text)
    if len(result) > MAX_EXPANDED_CHARACTERS:
        raise Mistake(span, "this expands to too much text", f"a line may have {MAX_EXPANDED_CHARACTERS:,} characters")
    return result

"""Statements of GNU as out of lines, and the blocks that span lines."""

from __future__ import annotations

from collections.abc import Callable, Container

from msgspec import Struct

from app.toolchain.errors import Mistake
from app.toolchain.lexer import Line
from app.toolchain.macros import arguments, text_of, unquoted
from app.toolchain.unit import Unit

REPEATS = (".rept", ".rep", ".irp", ".irpc")
MAX_DEPTH = 100
"""How deep macros and repetitions may be nested, as in GNU as."""
_MARKS = (*REPEATS, ".endr", ".macro", ".endm", ".endmacro")


class Expansion(Struct, frozen=True):
    """What the present lines come from: the macro, if any, and how many expansions are around them."""

    macro: str
    depth: int


def statements(line: Line, macros: Container[str]) -> list[Line]:
    """The statements of `line`, split at `;` and behind a label that a directive or macro follows."""
    tokens = line.tokens
    if len(tokens) < 3 or (tokens[1].text != ":" and not any(token.text == ";" for token in tokens)):
        return [line] if len(tokens) != 1 or tokens[0].text != ";" else []
    parts: list[Line] = []
    start = 0
    while start < len(tokens):
        end = start
        while end < len(tokens) and tokens[end].text != ";":
            end += 1
        while end - start > 2 and tokens[start + 1].text == ":":
            after = tokens[start + 2].text.lower()
            if after[0] != "." and after not in macros:
                break
            parts.append(Line(line.number, line.text, tokens[start : start + 2], line.place))
            start += 2
        if end > start:
            parts.append(line if end - start == len(tokens) else _part(line, start, end))
        start = end + 1
    return parts


def _part(line: Line, start: int, end: int) -> Line:
    return Line(line.number, line.text, line.tokens[start:end], line.place)


class Stream:
    """Lines as statements, one after the other; `split` divides a line and leaves out comments."""

    def __init__(self, lines: list[Line], split: Callable[[Line], list[Line]]) -> None:
        self._lines = lines
        self._split = split
        self._index = 0
        self._parts: list[Line] = []

    def next(self) -> Line | None:
        """The next statement, None at the end."""
        while not self._parts:
            if self._index == len(self._lines):
                return None
            line = self._lines[self._index]
            self._index += 1
            if line.tokens:
                self._parts = self._split(line)[::-1]
        return self._parts.pop()

    def block(self, head: Line, opening: tuple[str, ...], closing: tuple[str, ...], unit: Unit) -> list[Line]:
        """The lines up to the one that closes the block of `head`, which is taken too. Raises Mistake without one."""
        body: list[Line] = []
        level = 1
        while self._parts or self._index < len(self._lines):
            if self._parts:
                line = self._parts.pop()
            else:
                line = self._lines[self._index]
                self._index += 1
                if not line.tokens:
                    continue
                parts = statements(line, ())
                if len(parts) > 1 and any(part.tokens[0].text.lower() in _MARKS for part in parts):
                    self._parts = parts[::-1]
                    continue
            word = line.tokens[0].text.lower()
            level += (word in opening) - (word in closing)
            if level == 0:
                return body
            unit.count_line(head.place or head.tokens[0].span)
            body.append(line)
        token = head.tokens[0]
        raise Mistake(token.span, f"`{token.text}` has no `{closing[0]}`")


def with_text(body: list[Line], spaced: str) -> list[Line]:
    """`body` with only the text of its statements, as macros see it."""
    return [Line(line.number, text_of(line.tokens, spaced), line.tokens, line.place) for line in body]


def irp_values(head: Line, spaced: str) -> list[dict[str, str]]:
    """What the name of `.irp NAME, VALUES` or `.irpc NAME, LETTERS` stands for in each round. Raises Mistake."""
    token = head.tokens[0]
    rest = head.tokens[1:]
    if not rest or rest[0].kind != "name":
        raise Mistake(token.span, f"`{token.text}` needs a name", f"{token.text} name, 1, 2, 3")
    name, values = rest[0].text, rest[1:]
    if values and values[0].text == ",":
        values = values[1:]
    if token.text.lower() == ".irpc":
        return [{name: letter} for letter in unquoted(text_of(values, spaced)).replace(" ", "")] or [{name: ""}]
    return [{name: unquoted(text)} for text, _span, _index in arguments(values, spaced)] or [{name: ""}]

"""NASM's single-line macros: `%define` and its kin, and the names that NASM itself defines."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.nasm_lexer import MAX_WORD, Piece, glue, lex_text, text_of, unbraced

MAX_EXPANDED_WORDS = 250_000
"""How many tokens all macros of a program may make."""

MAX_LINE_WORDS = 20_000
MAX_DEPTH = 100

_NOWHERE = Span(1, 1, 2)
_FIXED = {
    "__NASM_MAJOR__": "2",
    "__NASM_MINOR__": "16",
    "__NASM_SUBMINOR__": "1",
    "__NASM_PATCHLEVEL__": "0",
    "__NASM_VERSION_ID__": "0x02100100",
    "__NASM_VER__": "'2.16.01'",
    "__PASS__": "2",
    "__DEBUG_FORMAT__": "'null'",
    "__FILE__": "'program.asm'",
}
_TIMES = frozenset({"__DATE__", "__TIME__", "__DATE_NUM__", "__TIME_NUM__", "__UTC_DATE__", "__POSIX_TIME__"})


class Parameter(Struct):
    """`&name` makes text of its argument, `=name` a number, `name+` takes the rest of the line."""

    name: str
    is_text: bool = False
    is_number: bool = False
    rest: bool = False


class Define(Struct):
    """`parameters` None means that the name stands alone."""

    name: str
    parameters: list[Parameter] | None
    body: list[Piece]


def plain_name(name: str) -> str:
    """NASM 2.15 and later write `__?LINE?__` for `__LINE__`; both are known."""
    if name.startswith("__?") and name.endswith("?__"):
        return f"__{name[3:-3]}__"
    return name


@cache
def _fixed(name: str) -> Define:
    return Define(name, None, lex_text(_FIXED[name], _NOWHERE, space=False))


class Defines:
    """The single-line macros that are defined at this point of the source."""

    def __init__(self, bits: int, section: Callable[[], str], number: Callable[[list[Piece]], int]) -> None:
        """`section` is the directive for `__SECT__`, `number` calculates the value of an argument."""
        self._bits = bits
        self._section = section
        self._number = number
        self._exact: dict[str, dict[int, Define]] = {}
        self._folded: dict[str, dict[int, Define]] = {}
        self._made = 0
        self._made_in_line = 0

    def define(self, define: Define, any_case: bool) -> None:
        """Add or replace one. Several may share a name when they take different numbers of arguments."""
        table, key = (self._folded, define.name.lower()) if any_case else (self._exact, define.name)
        count = -1 if define.parameters is None else len(define.parameters)
        known = table.setdefault(key, {})
        if count < 0 or -1 in known:
            known.clear()
        known[count] = define

    def undefine(self, name: str) -> None:
        self._exact.pop(name, None)
        self._folded.pop(name.lower(), None)

    def find(self, name: str) -> dict[int, Define] | None:
        """The macros called `name`, by the number of their parameters."""
        found = self._exact.get(name)
        if found is not None:
            return found
        found = self._folded.get(name.lower()) if self._folded else None
        if found is None and name[:2] == "__" and name[-2:] == "__":
            name = plain_name(name)
            if name in _FIXED:
                return {-1: _fixed(name)}
        return found

    def count(self, made: int, span: Span) -> None:
        """`made` tokens came out of a macro. Raises Mistake, TooMuchTextError for the last time."""
        self._made += made
        self._made_in_line += made
        if self._made > MAX_EXPANDED_WORDS:
            raise TooMuchTextError(span)
        if self._made_in_line > MAX_LINE_WORDS:
            raise Mistake(span, "this expands to too much text")

    def expand(self, pieces: list[Piece]) -> list[Piece]:
        """One line with every macro replaced. Raises Mistake."""
        self._made_in_line = 0
        return self._with_pastes(pieces, frozenset())

    def _with_pastes(self, pieces: list[Piece], hidden: frozenset[str]) -> list[Piece]:
        out = self._expand(pieces, hidden)
        for _ in range(MAX_DEPTH):
            if not any(piece.text == "%+" for piece in out):
                break
            out = self._expand(_pasted(out), hidden)
        return out

    def _expand(self, pieces: list[Piece], hidden: frozenset[str]) -> list[Piece]:
        if len(hidden) > MAX_DEPTH:
            raise Mistake(pieces[0].span, f"definitions are nested more than {MAX_DEPTH} deep")
        out: list[Piece] = []
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            position += 1
            if piece.kind == "macro":
                if piece.text == "%[":
                    position = self._indirect(pieces, position, out, hidden)
                else:
                    out.append(piece)
                continue
            if piece.kind != "name" or piece.text in hidden:
                out.append(piece)
                continue
            found = self.find(piece.text)
            if found is None:
                out += self._own(piece) if piece.text[:2] == "__" else [piece]
                continue
            position = self._use(found, piece, pieces, position, out, hidden)
        return out

    def inline(self, pieces: list[Piece]) -> list[Piece]:
        """`pieces` of a directive with only the `%[parts]` replaced."""
        if not any(piece.text == "%[" for piece in pieces):
            return pieces
        self._made_in_line = 0
        out: list[Piece] = []
        position = 0
        while position < len(pieces):
            piece = pieces[position]
            position += 1
            if piece.text == "%[":
                position = self._indirect(pieces, position, out, frozenset())
            else:
                out.append(piece)
        return glue(out)

    def _indirect(self, pieces: list[Piece], position: int, out: list[Piece], hidden: frozenset[str]) -> int:
        """Append what `%[...]` means, whose inside begins at `position`; the position behind it."""
        opening = pieces[position - 1]
        depth = 1
        end = position
        while end < len(pieces):
            text = pieces[end].text
            depth += (text in ("[", "%[")) - (text == "]")
            if depth == 0:
                break
            end += 1
        else:
            raise Mistake(opening.span, "`%[` has no `]`")
        inner = self._with_pastes(pieces[position:end], hidden | {f"%[{len(hidden)}"})
        if inner:
            inner = [Piece(inner[0].kind, inner[0].text, inner[0].span, opening.space), *inner[1:]]
        out[:] = [*out[:-1], *glue([*out[-1:], *inner])]
        if end + 1 < len(pieces) and not pieces[end + 1].space and pieces[end + 1].kind in ("name", "number"):
            out[:] = [*out[:-1], *glue([*out[-1:], pieces[end + 1]])]
            return end + 2
        return end + 1

    def _own(self, piece: Piece) -> list[Piece]:
        """What a name means that depends on its place; `piece` itself when it is not one of those."""
        name = plain_name(piece.text)
        if name == "__LINE__":
            text = str(piece.span.line)
        elif name == "__BITS__":
            text = str(self._bits)
        elif name == "__OUTPUT_FORMAT__":
            text = f"elf{self._bits}"
        elif name == "__SECT__":
            text = self._section()
        elif name in _TIMES:
            raise Mistake(piece.span, f"`{piece.text}` is not available", "a run never depends on the time")
        else:
            return [piece]
        return lex_text(text, piece.span, piece.space)

    def _use(
        self,
        found: dict[int, Define],
        piece: Piece,
        pieces: list[Piece],
        position: int,
        out: list[Piece],
        hidden: frozenset[str],
    ) -> int:
        """Append what the macro `piece` stands for; the position behind its arguments."""
        define = found.get(-1)
        values: dict[str, list[Piece]] = {}
        if define is None:
            if position >= len(pieces) or pieces[position].text != "(":
                out.append(piece)
                return position
            groups, position = _arguments(piece, pieces, position + 1)
            define = _overload(found, groups, piece)
            values = self._bind(define, groups, piece, hidden)
        self.count(len(define.body) + sum(map(len, values.values())) + 1, piece.span)
        body: list[Piece] = []
        for part in define.body:
            value = values.get(part.text) if part.kind == "name" else None
            if value is None:
                body.append(Piece(part.kind, part.text, piece.span, part.space))
            elif value:
                body.append(Piece(value[0].kind, value[0].text, value[0].span, part.space))
                body += value[1:]
                self.count(len(value), piece.span)
        if body:
            body[0].space = piece.space
        # Text of a macro may call another one; itself it may not.
        out += self._expand(body, hidden | {piece.text})
        if define.parameters is None and position < len(pieces) and pieces[position].text == "(":
            # The text may end with the name of a macro whose arguments follow here.
            following = self.find(out[-1].text) if body and out and out[-1].text not in hidden else None
            if following is not None and -1 not in following:
                return self._use(following, out.pop(), pieces, position, out, hidden)
        return position

    def _bind(
        self, define: Define, groups: list[list[Piece]], piece: Piece, hidden: frozenset[str]
    ) -> dict[str, list[Piece]]:
        values: dict[str, list[Piece]] = {}
        for index, parameter in enumerate(define.parameters or ()):
            group = groups[index] if index < len(groups) else []
            if parameter.rest:
                for more in groups[index + 1 :]:
                    group = [*group, Piece("punct", ",", piece.span), *more]
            if parameter.is_text:
                values[parameter.name] = [Piece("string", quoted(text_of(group)), piece.span)]
                continue
            value = self._expand(group, hidden | {f"({len(hidden)}"})
            if parameter.is_number:
                value = lex_text(str(self._number(value)), piece.span, space=False)
            values[parameter.name] = value
        return values


class TooMuchTextError(Mistake):
    """The macros of a program make more than anybody needs; reading it ends."""

    def __init__(self, span: Span) -> None:
        super().__init__(span, "the macros of this program expand to too much text")


def quoted(text: str) -> str:
    """`text` as a string of the source."""
    for quote in "'\"":
        if quote not in text:
            return f"{quote}{text}{quote}"
    return "`" + text.replace("\\", "\\\\").replace("`", "\\`") + "`"


def _overload(found: dict[int, Define], groups: list[list[Piece]], piece: Piece) -> Define:
    define = found.get(len(groups))
    if define is None and groups == [[]]:
        define = found.get(0)
    if define is None:
        define = next(
            (one for n, one in found.items() if n <= len(groups) and one.parameters and one.parameters[-1].rest), None
        )
    if define is None:
        wanted = " or ".join(str(count) for count in sorted(found))
        raise Mistake(piece.span, f"`{piece.text}` takes {wanted} argument{'s' * (wanted != '1')}, not {len(groups)}")
    return define


def _arguments(piece: Piece, pieces: list[Piece], position: int) -> tuple[list[list[Piece]], int]:
    """The arguments from `position`, behind the `(`, and the position behind the `)`."""
    groups: list[list[Piece]] = [[]]
    depth = braces = 0
    while position < len(pieces):
        part = pieces[position]
        position += 1
        text = part.text if part.kind == "punct" else ""
        if text == ")" and depth == 0 and not braces:
            return [unbraced(group) for group in groups], position
        if text == "," and depth == 0 and not braces:
            groups.append([])
            continue
        depth += (text == "(") - (text == ")")
        braces += (text == "{") - (text == "}" and braces > 0)
        groups[-1].append(part)
    raise Mistake(piece.span, f"`{piece.text}(` has no `)`")


def _pasted(pieces: list[Piece]) -> list[Piece]:
    """`a %+ b` becomes `ab`. Raises Mistake when there is nothing to paste."""
    out: list[Piece] = []
    position = 0
    while position < len(pieces):
        piece = pieces[position]
        position += 1
        if piece.text != "%+":
            out.append(piece)
            continue
        while position < len(pieces) and pieces[position].text == "%+":
            position += 1
        if not out or position == len(pieces):
            continue
        left, right = out.pop(), pieces[position]
        position += 1
        text = left.text + right.text
        if len(text) > MAX_WORD:
            raise Mistake(left.span, f"this makes a word of more than {MAX_WORD:,} characters")
        out += lex_text(text, left.span, left.space)
    return out


def read_define(name: Piece, rest: list[Piece]) -> tuple[list[Parameter] | None, list[Piece]]:
    """Parameters and body of `%define name...`; the parenthesis of parameters touches the name. Raises Mistake."""
    if not rest or rest[0].text != "(" or rest[0].space:
        return None, rest
    parameters: list[Parameter] = []
    position = 1
    while position < len(rest) and rest[position].text != ")":
        marks = ""
        while position < len(rest) and rest[position].text in ("&", "=", "&&", "!"):
            marks += rest[position].text
            position += 1
        if position == len(rest) or rest[position].kind != "name":
            span = rest[min(position, len(rest) - 1)].span
            raise Mistake(span, "the name of a parameter is missing", "%define twice(x) ((x) * 2)")
        parameter = Parameter(rest[position].text, is_text="&" in marks, is_number="=" in marks)
        position += 1
        if position < len(rest) and rest[position].text == "+":
            parameter.rest = True
            position += 1
        if any(other.name == parameter.name for other in parameters):
            raise Mistake(name.span, f"`{name.text}` has two parameters `{parameter.name}`")
        parameters.append(parameter)
        if position < len(rest) and rest[position].text == ",":
            position += 1
        elif position < len(rest) and rest[position].text != ")":
            raise Mistake(rest[position].span, f"expected `,` or `)`, found `{rest[position].text}`")
    if position == len(rest):
        raise Mistake(rest[0].span, "the parameters have no `)`", "%define twice(x) ((x) * 2)")
    return parameters, rest[position + 1 :]

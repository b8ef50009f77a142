"""NASM's multi-line macros: definitions, their arguments, and the lines that come out."""

from __future__ import annotations

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.mnemonics import CONDITIONS
from app.toolchain.nasm_lexer import Piece, SourceLine, glue, split

MAX_PARAMETERS = 1000
_CONDITION_NAMES = {code: name for name, code in reversed(CONDITIONS.items())}


class MultiMacro(Struct):
    """A macro that takes `least` to `most` arguments (None: any number); with `rest` the last one keeps its commas.

    `defaults` are for the arguments behind the first `least`. `active` counts the uses that are being carried out:
    inside of its own body a name means the instruction again, unless the macro is `recursive`.
    """

    name: str
    any_case: bool
    least: int
    most: int | None
    rest: bool
    recursive: bool
    defaults: list[list[Piece]]
    body: list[SourceLine]
    active: int = 0

    def takes(self, count: int) -> bool:
        return self.least <= count and (self.most is None or count <= self.most or self.rest)

    @property
    def counts(self) -> str:
        """How many arguments it takes, in words."""
        if self.most is None or self.rest:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


class Invocation(Struct):
    """One use of a macro. `number` makes its `%%labels` different from all others."""

    macro: MultiMacro
    arguments: list[list[Piece]]
    number: int
    place: Span
    label: list[Piece]
    rotation: int = 0

    def argument(self, number: int) -> list[Piece]:
        """Argument `number`, counted from 1; empty when there are not so many."""
        count = len(self.arguments)
        if not 1 <= number <= count:
            return []
        return self.arguments[(number - 1 + self.rotation) % count]


def definition(head: list[Piece], body: list[SourceLine]) -> MultiMacro:
    """The macro of `%macro NAME COUNT`. Raises Mistake."""
    word = head[0].text.lower()
    hint = "for example `%macro print 2`: a name, and how many arguments it takes"
    if len(head) < 2 or head[1].kind != "name":
        raise Mistake(head[0].span, f"`{head[0].text}` needs a name", hint)
    name, rest = head[1], head[2:]
    if not rest or rest[0].kind != "number":
        raise Mistake(rest[0].span if rest else name.span, "the number of arguments is missing", hint)
    least, position = _count(rest[0]), 1
    most: int | None = least
    if len(rest) > 2 and rest[1].text == "-":
        most = None if rest[2].text == "*" else _count(rest[2])
        position = 3
        if most is not None and most < least:
            raise Mistake(rest[2].span, f"the most, {most}, is smaller than the least, {least}")
    greedy = len(rest) > position and rest[position].text == "+"
    position += greedy
    if len(rest) > position and rest[position].text.lower() == ".nolist":
        position += 1
    defaults = split(rest[position:])
    if most is not None:
        defaults = defaults[: most - least]
    return MultiMacro(name.text, word[1] == "i", least, most, greedy, word[1:].startswith("r"), defaults, body)


def _count(piece: Piece) -> int:
    if not piece.text.isdigit() or len(piece.text) > 6 or int(piece.text) > MAX_PARAMETERS:
        raise Mistake(
            piece.span, f"`{piece.text}` can't be a number of arguments", f"0 to {MAX_PARAMETERS} are possible"
        )
    return int(piece.text)


def bind(macro: MultiMacro, groups: list[list[Piece]]) -> list[list[Piece]]:
    """The arguments as `macro` sees them: the rest joined to the last one, and defaults."""
    arguments = list(groups)
    if macro.rest and macro.most is not None and len(arguments) > max(macro.most, 1):
        last = max(macro.most, 1)
        joined = arguments[last - 1]
        for group in arguments[last:]:
            joined = [*joined, Piece("punct", ",", group[0].span if group else joined[-1].span, space=False), *group]
        arguments[last - 1 :] = [joined]
    missing = macro.least + len(macro.defaults) - len(arguments)
    if missing > 0:
        arguments += macro.defaults[len(macro.defaults) - missing :]
    return arguments


def substitute(pieces: list[Piece], use: Invocation) -> list[Piece]:
    """A line of the body with the arguments put in, all of it shown where the macro is used. Raises Mistake."""
    out: list[Piece] = []
    changed = blank = False
    place = use.place
    for piece in pieces:
        value = _value(piece, use) if piece.kind == "macro" else None
        blank = blank or piece.space
        if value is None:
            out.append(Piece(piece.kind, piece.text, place, blank))
            blank = False
            continue
        changed = True
        if value:
            out.append(Piece(value[0].kind, value[0].text, value[0].span, blank))
            out += value[1:]
            blank = False
    return glue(out) if changed else out


def _value(piece: Piece, use: Invocation) -> list[Piece] | None:
    """What a piece such as `%1` stands for; None when it is none of the macro's."""
    text = piece.text
    if text[1:].isdigit():
        if text == "%0":
            return [Piece("number", str(len(use.arguments)), use.place)]
        if text == "%00":
            return use.label
        return use.argument(int(text[1:7]))
    if text[:2] == "%%" and len(text) > 2:
        return [Piece("name", f"..@{use.number}.{text[2:]}", use.place)]
    if text[1] in "+-" and text[2:].isdigit():
        return _condition(piece, use)
    if text in ("%?", "%??", "%*?", "%*??"):
        return [Piece("name", use.macro.name, use.place)]
    if text[:2] == "%{":
        return _range(piece, use)
    return None


def _condition(piece: Piece, use: Invocation) -> list[Piece]:
    """`%+1`: the argument as a condition such as `nz`; `%-1`: its opposite."""
    argument = use.argument(int(piece.text[2:8]))
    name = argument[0].text.lower() if len(argument) == 1 else ""
    extra = {"cxz": "", "ecxz": "", "rcxz": ""} if piece.text[1] == "+" else {}
    if name not in CONDITIONS and name not in extra:
        raise Mistake(use.place, f"`{piece.text}` needs a condition as its argument", "for example e, ne, z, nz or g")
    if piece.text[1] == "-":
        name = _CONDITION_NAMES[CONDITIONS[name] ^ 1]
    return [Piece("name", name, use.place)]


def _range(piece: Piece, use: Invocation) -> list[Piece]:
    """`%{2:-1}`: arguments 2 to the last one, with commas; a range that goes backwards turns the order around."""
    first, _, last = piece.text[2:-1].partition(":")
    try:
        bounds = [int(bound) for bound in (first, last)]
    except ValueError:
        raise Mistake(use.place, f"`{piece.text}` is not a range of arguments", "%{2:-1} is one") from None
    count = len(use.arguments)
    start, end = (bound + count + 1 if bound < 0 else bound for bound in bounds)
    if not (1 <= start <= count and 1 <= end <= count):
        return []
    step = 1 if start <= end else -1
    out: list[Piece] = []
    for number in range(start, end + step, step):
        if out:
            out.append(Piece("punct", ",", use.place))
        out += use.argument(number)
    return out

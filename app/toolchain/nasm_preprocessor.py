"""NASM's preprocessor: macros, repetitions and conditions, one statement at a time.

The assembler asks for the next statement when it has carried out the one before, so that conditions can use its
labels and constants.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import Literal

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.nasm_conditions import CONDITIONALS, Conditions, describe
from app.toolchain.nasm_contexts import Contexts
from app.toolchain.nasm_defines import Define, Defines, TooMuchTextError, read_define
from app.toolchain.nasm_lexer import Piece, SourceLine, lex_text, split
from app.toolchain.nasm_macros import Invocation, MultiMacro, bind, definition, substitute
from app.toolchain.nasm_text import TEXT_DIRECTIVES, text_directive
from app.toolchain.unit import Unit

MAX_DEPTH = 100
_MACROS = frozenset({"%macro", "%imacro", "%rmacro", "%irmacro"})
_END_MACRO = ("%endmacro", "%endm")
_IGNORED = frozenset({"%pragma", "%line", "%note", "%warning", "%clear"})
_FILES = frozenset({"%include", "%pathsearch", "%depend", "%require"})
_UNSUPPORTED = frozenset({"%arg", "%local", "%stacksize", "%aliases", "%defalias", "%undefalias"})


class _Frame(Struct):
    """Lines being read: the source, the body of a macro, or one of a repetition.

    `use` is the macro whose arguments they see, `place` where their mistakes are shown (None: where they stand).
    `base` conditions belong to what is around them. `rounds` are still to come.
    """

    lines: list[SourceLine]
    use: Invocation | None = None
    place: Span | None = None
    base: int = 0
    rounds: int = 0
    kind: Literal["source", "macro", "repetition"] = "source"
    index: int = 0
    line: int = 0


class Preprocessor:
    """Yields the statements of a source with everything of the preprocessor carried out."""

    def __init__(
        self,
        lines: list[SourceLine],
        unit: Unit,
        number: Callable[[list[Piece], str, Piece], int],
        section: Callable[[], str],
        is_operation: Callable[[Piece], bool],
    ) -> None:
        """`number` calculates an expression, `section` is the current one's directive, `is_operation` knows
        what can't be a label before a macro."""
        self._unit = unit
        self._number = number
        self._is_operation = is_operation
        self._frames = [_Frame(lines)]
        self._macros: dict[str, list[MultiMacro]] = {}
        self._invocations = 0
        self._contexts = Contexts()
        self._conditions = Conditions(self)
        self.defines = Defines(unit.machine.bits, section, self._argument)

    def next(self) -> list[Piece] | None:
        """The next statement, None at the end. Raises Mistake; calling again goes on behind it."""
        while self._frames:
            frame = self._frames[-1]
            if frame.index == len(frame.lines):
                self._finish(frame)
                continue
            line = frame.lines[frame.index]
            frame.index += 1
            frame.line = line.number
            pieces = self._statement(line.tokens, frame)
            if pieces:
                return pieces
        return None

    def blame(self, mistake: Mistake) -> None:
        """Say where in a macro `mistake` was made, and end what would only repeat it."""
        for frame in reversed(self._frames):
            if frame.kind == "macro" and frame.use is not None:
                mistake.message += f" (line {frame.line} of the macro `{frame.use.macro.name}`)"
                break
        for frame in self._frames:
            frame.rounds = 0
        if isinstance(mistake, TooMuchTextError):
            self._unit.report.add(mistake)
            self._unit.report.finish()

    def _finish(self, frame: _Frame) -> None:
        """The end of a body: again, or back to what is around it."""
        left = self._conditions.close_to(frame.base)
        if left is None and frame.rounds > 0:
            frame.rounds -= 1
            frame.index = 0
            self._unit.count_statement(frame.place or frame.lines[0].tokens[0].span)
            return
        self._pop()
        if left is not None:
            raise Mistake(frame.place or left, "`%if` has no `%endif`")
        if not self._frames and (open_context := self._contexts.top) is not None:
            raise Mistake(open_context.span, "`%push` has no `%pop`")

    def _pop(self) -> _Frame:
        frame = self._frames.pop()
        self._conditions.close_to(frame.base)
        if frame.kind == "macro" and frame.use is not None:
            frame.use.macro.active -= 1
        return frame

    def _push(self, frame: _Frame, span: Span, name: str) -> None:
        if len(self._frames) > MAX_DEPTH:
            hint = f"does `{name}` use itself without an `%if` that ends it?"
            raise Mistake(span, f"macros are nested more than {MAX_DEPTH} deep", hint)
        frame.base = self._conditions.depth
        self._frames.append(frame)

    def _statement(self, pieces: list[Piece], frame: _Frame) -> list[Piece]:
        """Carry out a line of the preprocessor, or return what is left for the assembler."""
        head = pieces[0]
        word = head.text.lower() if head.kind == "macro" else ""
        if self._conditions.skipping:
            self._unit.count_line(frame.place or head.span)
            if word not in CONDITIONALS:
                return []
        if frame.use is not None:
            pieces = substitute(pieces, frame.use)
            if not pieces:
                return []
            self.defines.count(len(pieces), frame.use.place)
        if any(piece.kind == "macro" for piece in pieces):
            pieces = self._contexts.resolve(pieces)
        head = pieces[0]
        if head.kind == "macro" and head.text[1].isalpha():
            self._unit.count_statement(head.span)
            self._directive(head.text.lower(), self.defines.inline(pieces), frame)
            return []
        pieces = self.defines.expand(pieces)
        return self._multi(pieces, frame) if self._macros and pieces else pieces

    def _directive(self, word: str, pieces: list[Piece], frame: _Frame) -> None:
        head, rest = pieces[0], pieces[1:]
        if word in CONDITIONALS:
            self._conditions.run(pieces, frame.base)
        elif word in ("%define", "%xdefine", "%idefine", "%ixdefine"):
            self._define(word, head, rest)
        elif word in ("%assign", "%iassign"):
            name = _name(head, rest, "%assign count 5")
            value = self._number(self.expanded(rest[1:]), f"the value of `{head.text}`", name)
            self._set(name, [*lex_text(str(value), name.span, space=False)], any_case=word[1] == "i")
        elif word == "%undef":
            self.defines.undefine(_name(head, rest, "%undef name").text)
        elif word in TEXT_DIRECTIVES:
            name = _name(head, rest, f"{word} name, text")
            value_pieces = text_directive(word, head, rest[1:], self)
            self._set(name, value_pieces, any_case=word[1] == "i")
        elif word in _MACROS:
            self._define_macro(pieces, frame)
        elif word == "%unmacro":
            name = _name(head, rest, "%unmacro name 1")
            self._macros.pop(name.text.lower(), None)
        elif word == "%rep":
            self._repeat(head, rest, frame)
        elif word in ("%exitrep", "%exitmacro"):
            self._leave(word, head)
        elif word == "%rotate":
            if frame.use is None:
                raise Mistake(head.span, "`%rotate` outside of a macro")
            turns = self._number(self.expanded(rest), "the count of `%rotate`", head)
            frame.use.rotation += turns
        elif word in ("%push", "%pop", "%repl"):
            self._contexts.directive(word, head, rest)
        elif word in ("%error", "%fatal"):
            raise Mistake(head.span, describe(self.expanded(rest)) or f"`{head.text}`", "the program itself says so")
        elif word == "%comment":
            self._block(head, frame, ("%comment",), ("%endcomment",))
        elif word not in _IGNORED:
            raise _refused(word, head)

    def _define(self, word: str, head: Piece, rest: list[Piece]) -> None:
        name = _name(head, rest, "%define name value")
        parameters, body = read_define(name, rest[1:])
        if word.endswith("xdefine"):
            body = self.expanded(body)
        self.defines.define(Define(name.text, parameters, body), any_case=word[1] == "i")

    def _set(self, name: Piece, body: list[Piece], any_case: bool) -> None:
        self.defines.define(Define(name.text, None, body), any_case)

    def _block(self, head: Piece, frame: _Frame, opening: Container[str], closing: tuple[str, ...]) -> list[SourceLine]:
        """The lines up to the one that closes the block of `head`, which is taken too. Raises Mistake without one."""
        level = 1
        start = frame.index
        while frame.index < len(frame.lines):
            line = frame.lines[frame.index]
            frame.index += 1
            first = line.tokens[0]
            self._unit.count_line(frame.place or head.span)
            if first.kind == "macro":
                word = first.text.lower()
                level += (word in opening) - (word in closing)
                if level == 0:
                    return frame.lines[start : frame.index - 1]
        raise Mistake(head.span, f"`{head.text}` has no `{closing[0]}`")

    def _define_macro(self, pieces: list[Piece], frame: _Frame) -> None:
        body = self._block(pieces[0], frame, _MACROS, _END_MACRO)
        macro = definition(pieces, body)
        known = self._macros.setdefault(macro.name.lower(), [])
        same = [old for old in known if old.name == macro.name or old.any_case or macro.any_case]
        for old in same:
            if (old.least, old.most) == (macro.least, macro.most):
                known.remove(old)
        known.insert(0, macro)

    def _repeat(self, head: Piece, rest: list[Piece], frame: _Frame) -> None:
        body = self._block(head, frame, ("%rep",), ("%endrep",))
        rest = [piece for piece in self.expanded(rest) if piece.text.lower() != ".nolist"]
        count = self._number(rest, "the count of `%rep`", head)
        if count > 0 and body:
            inner = _Frame(body, frame.use, frame.place, rounds=count - 1, kind="repetition")
            self._push(inner, head.span, "%rep")

    def _leave(self, word: str, head: Piece) -> None:
        kind = "repetition" if word == "%exitrep" else "macro"
        if not any(frame.kind == kind for frame in self._frames):
            raise Mistake(head.span, f"`{head.text}` outside of a {kind}")
        while self._pop().kind != kind:
            pass

    def _multi(self, pieces: list[Piece], frame: _Frame) -> list[Piece]:
        """Begin the macro that `pieces` use, if they do; otherwise they are for the assembler."""
        label: list[Piece] = []
        position = 0
        if self._lookup(pieces[0]) is None or (len(pieces) > 1 and pieces[1].text == ":"):
            position = 2 if len(pieces) > 1 and pieces[1].text == ":" else 1
            if position >= len(pieces) or self._lookup(pieces[position]) is None:
                return pieces
            if position == 1 and (pieces[0].kind != "name" or self._is_operation(pieces[0])):
                return pieces
            label = pieces[:position]
        name = pieces[position]
        groups = split(pieces[position + 1 :])
        candidates = self._lookup(name) or []
        macro = next((one for one in candidates if one.takes(len(groups))), None)
        if macro is None and not groups:
            macro = next((one for one in candidates if one.takes(1) and one.least == 0), None)
        if macro is None:
            if self._is_operation(name) or any(one.active for one in candidates):
                return pieces
            counts = " or ".join(dict.fromkeys(one.counts for one in candidates))
            plural = "" if counts == "1" else "s"
            raise Mistake(name.span, f"the macro `{name.text}` takes {counts} argument{plural}, not {len(groups)}")
        if macro.active and not macro.recursive:
            return pieces
        place = frame.place or name.span.to(pieces[-1].span)
        self._unit.count_statement(place)
        self._invocations += 1
        use = Invocation(macro, bind(macro, groups), self._invocations, place, label[:1])
        self._push(_Frame(macro.body, use, place, kind="macro"), place, macro.name)
        macro.active += 1
        return label if label and not any(_uses_label(line) for line in macro.body) else []

    def _lookup(self, piece: Piece) -> list[MultiMacro] | None:
        if piece.kind != "name":
            return None
        known = self._macros.get(piece.text.lower())
        if not known:
            return None
        return [macro for macro in known if macro.any_case or macro.name == piece.text] or None

    def expanded(self, pieces: list[Piece]) -> list[Piece]:
        """See `nasm_conditions.Front`."""
        return self.defines.expand(pieces)

    def number(self, pieces: list[Piece], what: str, before: Piece) -> int:
        """See `nasm_conditions.Front`."""
        return self._number(self.expanded(pieces), what, before)

    def _argument(self, pieces: list[Piece]) -> int:
        return self._number(pieces, "this argument", pieces[0] if pieces else Piece("bad", "", Span(1, 1, 2)))

    def is_defined(self, name: str) -> bool:
        """See `nasm_conditions.Front`."""
        return self.defines.find(name) is not None or name in ("__LINE__", "__SECT__", "__BITS__", "__OUTPUT_FORMAT__")

    def has_macro(self, pieces: list[Piece]) -> bool:
        """See `nasm_conditions.Front`."""
        known = self._lookup(pieces[0]) if pieces else None
        if not known or len(pieces) == 1:
            return bool(known)
        wanted = definition([pieces[0], *pieces], [])
        return any(
            macro.takes(wanted.least) or (macro.least, macro.most) == (wanted.least, wanted.most) for macro in known
        )

    def is_context(self, name: str) -> bool:
        """See `nasm_conditions.Front`."""
        top = self._contexts.top
        return top is not None and top.name == name


def _name(head: Piece, rest: list[Piece], example: str) -> Piece:
    if not rest or rest[0].kind != "name":
        raise Mistake(rest[0].span if rest else head.span, f"`{head.text}` needs a name", example)
    return rest[0]


def _uses_label(line: SourceLine) -> bool:
    return any(piece.text == "%00" for piece in line.tokens)


def _refused(word: str, head: Piece) -> Mistake:
    """Why a directive is not carried out."""
    if word in _FILES:
        hint = "a program here is one text and reads no files; put the text of the file here"
        return Mistake(head.span, f"`{head.text}` is not available", hint)
    if word == "%use":
        return Mistake(head.span, "`%use` is not available", "write the macros of the package into the program")
    if word in _UNSUPPORTED:
        return Mistake(head.span, f"`{head.text}` is not supported", "use [rsp+n] or [rbp-n] with names from %define")
    partner = {"%endmacro": "%macro", "%endm": "%macro", "%endrep": "%rep", "%endcomment": "%comment"}.get(word)
    if partner is not None:
        return Mistake(head.span, f"`{head.text}` without `{partner}`")
    return Mistake(head.span, f"`{head.text}` is no directive of the preprocessor")

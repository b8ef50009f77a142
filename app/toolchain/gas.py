"""GNU as for every architecture: statements, labels and comments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from itertools import repeat

from app.toolchain.conditions import CONDITIONALS, Conditions
from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser, Name
from app.toolchain.gas_blocks import MAX_DEPTH, REPEATS, Expansion, Stream, irp_values, statements, with_text
from app.toolchain.gas_directives import Directives
from app.toolchain.isa import instruction_set
from app.toolchain.lexer import Line, Token, lex, reject_bad
from app.toolchain.macros import Macro, arguments, bind, definition, substitute
from app.toolchain.preprocessor import is_preprocessed, preprocess
from app.toolchain.unit import Unit

MAX_EXPANDED_CHARACTERS = 1 << 19
_LABEL = re.compile(
    r"(?:^|;)[^\S\n]*([A-Za-z_.][\w.$]*|[0-9]+)\s*[:=]|\.(?:equ|set|equiv|l?comm)\s+([A-Za-z_.][\w.$]*)\s*,",
    re.MULTILINE,
)
_NASM_WORDS = frozenset(
    [
        "section",
        "segment",
        "global",
        "extern",
        "bits",
        "default",
        "db",
        "dw",
        "dd",
        "dq",
        "resb",
        "resw",
        "resd",
        "resq",
        "times",
        "equ",
        "align",
        "istruc",
        "struc",
        "incbin",
        "dt",
    ]
)
_NASM_PREPROCESSOR = frozenset(("define", "macro", "include", "assign", "if", "ifdef", "ifndef", "rep", "endmacro"))


class GasAssembler:
    """Parses one source into a Unit."""

    def __init__(self, source: str, arch: str = "x86_64", calls: Mapping[str, int] | None = None) -> None:
        """`calls` has the numbers of the system calls, for sources that include their names.

        Raises Mistake for a source that is too large.
        """
        kind = instruction_set(arch)
        self.unit = Unit("gas", arch)
        self._lines = lex(source, kind.comments)
        if is_preprocessed(source):
            preprocess(self._lines, kind.comments, calls or {}, self.unit.report)
        self._isa = kind(self, self._lines)
        self._labels = {match.group(1) or match.group(2) for match in _LABEL.finditer(source)}
        self._numeric: dict[str, int] = {}
        self._macros: dict[str, Macro] = {}
        self._invocations = 0
        self._expanded = 0
        self._ended = False
        self._conditions = Conditions(self.unit, self.expression, kind.spaced)
        self._directives = Directives(self.unit, self, self._isa)

    def run(self) -> Unit:
        """Parse everything. Raises SourceError only when there are too many mistakes; others stay in the report."""
        self._run(self._lines, None)
        try:
            self._isa.finish()
            self._directives.finish()
        except Mistake as mistake:
            self.unit.report.add(mistake)
        return self.unit

    def _run(self, lines: list[Line], inside: Expansion | None) -> bool:
        """Carry out `lines`; False when they ended early, by `.exitm` or a mistake in a macro."""
        stream = Stream(lines, self._split)
        base = self._conditions.depth
        while not self._ended and (line := stream.next()) is not None:
            try:
                if not self._line(line, stream, inside, base):
                    self._conditions.close_to(base)
                    return False
            except Mistake as mistake:
                self._report(mistake, line, inside)
        left = self._conditions.close_to(base)
        if left is not None and not self._ended:
            self._report(Mistake(left, "`.if` has no `.endif`"), None, inside)
        return True

    def _report(self, mistake: Mistake, line: Line | None, inside: Expansion | None) -> None:
        """Note a mistake; one in a macro is shown where the macro is used."""
        if line is not None and line.place is not None:
            mistake.span = line.place
        if line is not None and inside is not None and inside.macro:
            mistake.message += f" (line {line.number} of the macro `{inside.macro}`)"
        self.unit.report.add(mistake)

    def _line(self, line: Line, stream: Stream, inside: Expansion | None, base: int) -> bool:
        """Carry out one statement with the block that it begins; False when its macro ends here. Raises Mistake."""
        token = line.tokens[0]
        word = token.text.lower()
        conditions = self._conditions
        if word in CONDITIONALS:
            self.unit.count_statement(line.place or token.span)
            cursor = self._cursor(line.tokens, token)
            cursor.take()
            conditions.run(line, cursor, base)
        elif conditions.skipping:
            self.unit.count_statement(line.place or token.span)
        elif word == ".macro":
            self._define_macro(line, stream)
        elif word in REPEATS:
            self._repeat(word, line, stream, inside)
        elif word == ".exitm":
            if inside is None:
                raise Mistake(token.span, "`.exitm` outside of a macro")
            return False
        elif word == ".end":
            self._ended = True
        elif word == ".purgem":
            for name, _span, _index in arguments(line.tokens[1:], self._isa.spaced):
                if self._macros.pop(name.lower(), None) is None:
                    raise Mistake(line.tokens[1].span, f"there is no macro `{name}`")
        elif word in self._macros and (len(line.tokens) == 1 or line.tokens[1].text not in ("=", "==", ":")):
            known = len(self.unit.report)
            self._invoke(self._macros[word], line, inside)
            # A macro that uses a wrong one ends here: what follows would mostly be the same mistake again.
            return inside is None or len(self.unit.report) == known
        else:
            tokens = line.tokens
            if line.place is not None:
                tokens = [Token(part.kind, part.text, line.place) for part in tokens]
            self._statement(tokens)
        return True

    def _define_macro(self, head: Line, stream: Stream) -> None:
        body = stream.block(head, (".macro",), (".endm", ".endmacro"), self.unit)
        macro = definition(head, with_text(body, self._isa.spaced), self._isa.spaced)
        if macro.name.lower() in self._macros:
            raise Mistake(head.tokens[1].span, f"the macro `{macro.name}` exists already", "`.purgem` forgets it")
        self._macros[macro.name.lower()] = macro

    def _invoke(self, macro: Macro, line: Line, inside: Expansion | None) -> None:
        token = line.tokens[0]
        place = line.place or token.span.to(line.tokens[-1].span)
        self.unit.count_statement(place)
        depth = inside.depth + 1 if inside is not None else 1
        if depth > MAX_DEPTH:
            hint = f"does `{macro.name}` use itself without an `.if` that ends it?"
            raise Mistake(place, f"macros are nested more than {MAX_DEPTH} deep", hint)
        values = bind(macro, token, line.tokens[1:], self._isa.spaced)
        number = self._invocations
        self._invocations += 1
        self._run(self._expand(macro.body, values, number, place), Expansion(macro.name, depth))

    def _repeat(self, word: str, head: Line, stream: Stream, inside: Expansion | None) -> None:
        """Run the block of a `.rept`, `.irp` or `.irpc` as often as it says."""
        body = stream.block(head, REPEATS, (".endr",), self.unit)
        token = head.tokens[0]
        place = head.place or token.span
        depth = inside.depth + 1 if inside is not None else 1
        if depth > MAX_DEPTH:
            raise Mistake(place, f"`{token.text}` is nested more than {MAX_DEPTH} deep")
        rounds: Iterable[dict[str, str]]
        if word in (".irp", ".irpc"):
            rounds = irp_values(head, self._isa.spaced)
            body = with_text(body, self._isa.spaced)
        else:
            cursor = self._cursor(head.tokens[1:], token)
            count = self.unit.constant(self.expression(cursor), f"the count of `{token.text}`")
            cursor.expect_end()
            rounds = repeat({}, count if body else 0)
        known = len(self.unit.report)
        around = Expansion(inside.macro if inside is not None else "", depth)
        for values in rounds:
            self.unit.count_statement(place)
            if not self._run(self._expand(body, values, None, head.place), around):
                break
            if len(self.unit.report) > known:
                # Each repetition has the same mistakes, and looking for a hint takes time.
                break

    def _expand(self, body: list[Line], values: dict[str, str], number: int | None, place: Span | None) -> list[Line]:
        """The lines of `body`, which know their text, with `values` put in. Raises Mistake for too much text."""
        if not values and number is None:
            return body
        lines = []
        for line in body:
            shown = place or line.place or line.tokens[0].span.to(line.tokens[-1].span)
            text = substitute(line.text, values, number, shown)
            if text is line.text:
                lines.append(Line(line.number, text, line.tokens, place or line.place))
                continue
            self._expanded += len(text)
            if self._expanded > MAX_EXPANDED_CHARACTERS:
                self.unit.report.add(Mistake(shown, "the macros of this program expand to too much text"))
                self.unit.report.finish()
            tokens = lex(text, self._isa.comments)[0].tokens
            if tokens:
                lines.append(Line(line.number, text, tokens, shown))
        return lines

    def _split(self, line: Line) -> list[Line]:
        """The statements of a line. What follows a `;` and can't be meant as one is taken for a comment."""
        parts = statements(line, self._macros)
        if not any(token.text == ";" for token in line.tokens):
            return parts
        kept: list[Line] = []
        defined = self._is_defined if line.place is None else _anything
        position = 0
        for part in parts:
            leading = position == 0 and line.text.lstrip().startswith(";")
            follows = False
            while line.tokens[position].text == ";":
                position += 1
                follows = True
            if follows and not self._is_statement(part.tokens, leading, defined):
                break
            kept.append(part)
            position += len(part.tokens)
        return kept

    def _is_statement(self, tokens: list[Token], leading: bool, defined: Callable[[str], bool]) -> bool:
        """Whether what follows a `;` can be meant as a statement; otherwise it is taken for a comment."""
        if any(token.kind == "bad" for token in tokens):
            return False
        words = [token.text.lower() for token in tokens[:2]]
        if words[1:] == [":"]:
            return len(tokens) == 2 or self._is_statement(tokens[2:], leading, defined)
        if words[1:] == ["="] or words[0] in self._macros or self._directives.is_directive(words[0]):
            return True
        return self._isa.is_statement(tokens, leading, defined)

    def _is_defined(self, name: str) -> bool:
        return name in self._labels or name in self.unit.symbols.by_name

    def _cursor(self, tokens: list[Token], before: Token) -> Cursor:
        last = tokens[-1] if tokens else before
        return Cursor(tokens, Span(last.span.line, last.span.end, last.span.end + 1))

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression of a directive. Raises Mistake."""
        return ExpressionParser(cursor, "gas", self.name, self.unit.section.here).parse()

    def name(self, token: Token) -> Expression:
        """The use of a symbol or numeric label. Raises Mistake for a register."""
        if token.kind == "local":
            digits = token.text[:-1].lstrip("0") or "0"
            seen = self._numeric.get(digits, 0)
            number = seen if token.text[-1] == "b" else seen + 1
            if number == 0:
                raise Mistake(token.span, f"there is no label `{digits}:` before this line")
            return _numeric(digits, number, token)
        if self._isa.is_register(token.text.lower()):
            raise Mistake(token.span, f"the register `{token.text}` can't stand here")
        return self.unit.name(token)

    def _statement(self, tokens: list[Token]) -> None:
        first = tokens[0]
        self.unit.count_statement(first.span)
        while len(tokens) >= 2 and tokens[1].text == ":" and tokens[0].kind in ("name", "number", "local"):
            self._label(tokens[0])
            tokens = tokens[2:]
        if not tokens:
            return
        reject_bad(tokens)
        first = tokens[0]
        if first.text == "%" and len(tokens) > 1 and tokens[1].text.lower() in _NASM_PREPROCESSOR:
            span = first.span.to(tokens[1].span)
            raise Mistake(span, f"`%{tokens[1].text}` is NASM, not GNU as", "choose NASM as the language")
        if first.kind != "name":
            raise Mistake(first.span, f"a statement can't start with `{first.text}`")
        cursor = self._cursor(tokens, first)
        cursor.take()
        word = first.text.lower()
        if cursor.text in ("=", "==") and cursor.token is not None:
            operator = cursor.take().text
            self._directives.assign(first, self.expression(cursor), redefinable=operator == "=")
            cursor.expect_end()
        elif word[0] == ".":
            self._directives.run(first, cursor)
        elif word in _NASM_WORDS or (cursor.text.lower() in _NASM_WORDS and not self._isa.is_instruction(word)):
            wrong = first if word in _NASM_WORDS else cursor.take()
            raise Mistake(wrong.span, f"`{wrong.text}` is NASM, not GNU as", "choose NASM as the language")
        else:
            self.unit.reject_code_in_bss(first.span)
            self._isa.instruction(first, cursor)

    def _label(self, token: Token) -> None:
        if token.kind == "name":
            self._isa.label(self.unit.define_label(token.text, token.span))
            return
        digits = token.text.lstrip("0") or "0"
        if not digits.isdigit():
            raise Mistake(token.span, f"`{token.text}` can't be a label", "labels start with a letter, `_` or `.`")
        number = self._numeric[digits] = self._numeric.get(digits, 0) + 1
        self._isa.label(self.unit.define_label(_numeric(digits, number, token).name, token.span))


def _anything(_name: str) -> bool:
    return True


def _numeric(digits: str, number: int, token: Token) -> Name:
    """The name that the `number`th label `digits:` has inside; no source can write it."""
    return Name(f"{digits}:{number}", token.span)

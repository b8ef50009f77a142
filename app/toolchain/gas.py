"""GNU as for every architecture: statements, labels and comments."""

from __future__ import annotations

import re

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser, Name
from app.toolchain.gas_directives import UNSUPPORTED, Directives
from app.toolchain.isa import instruction_set
from app.toolchain.lexer import Line, Token, lex, reject_bad
from app.toolchain.unit import Unit

_LABEL = re.compile(r"^\s*([A-Za-z_.][\w.$]*|[0-9]+)\s*:", re.MULTILINE)
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
_MAX_REPEAT_DEPTH = 16
_REPEATS = (".rept", ".rep")


def _apart_from_label(line: Line) -> list[Line]:
    """`name: .rept 3` as two lines: the directives that span lines are looked for at the beginning of one."""
    label, rest = line.tokens[:2], line.tokens[2:]
    if rest and label[1].text == ":" and rest[0].text.lower() in (*_REPEATS, *UNSUPPORTED):
        return [Line(line.number, line.text, label), Line(line.number, line.text, rest)]
    return [line]


class GasAssembler:
    """Parses one source into a Unit."""

    def __init__(self, source: str, arch: str = "x86_64") -> None:
        """Raises SourceError for an architecture that can't be assembled, Mistake for a source that is too large."""
        kind = instruction_set(arch)
        self.unit = Unit("gas", arch)
        self._lines = lex(source, "gas", kind.comments)
        self._isa = kind(self, self._lines)
        self._labels = {match.group(1) for match in _LABEL.finditer(source)}
        self._numeric: dict[str, int] = {}
        self._directives = Directives(self.unit, self, self._isa)

    def run(self) -> Unit:
        """Parse everything. Raises SourceError only when there are too many mistakes; others stay in the report."""
        self._run([part for line in self._lines for part in _apart_from_label(line)], 0)
        try:
            self._isa.finish()
            self._directives.finish()
        except Mistake as mistake:
            self.unit.report.add(mistake)
        return self.unit

    def _run(self, lines: list[Line], depth: int) -> None:
        index = 0
        while index < len(lines):
            line = lines[index]
            index += 1
            if not line.tokens:
                continue
            word = line.tokens[0].text.lower()
            try:
                if word in _REPEATS:
                    index = self._repeat(lines, index - 1, depth)
                elif word in UNSUPPORTED:
                    index = self._skip_block(lines, index - 1)
                else:
                    self._line(line)
            except Mistake as mistake:
                self.unit.report.add(mistake)

    def _repeat(self, lines: list[Line], start: int, depth: int) -> int:
        """Run the body of the `.rept` at `start` as often as it says; the index behind its `.endr`."""
        head = lines[start]
        level = 0
        end = start
        for end in range(start, len(lines)):
            word = lines[end].tokens[0].text.lower() if lines[end].tokens else ""
            level += (word in (".rept", ".rep", ".irp", ".irpc")) - (word == ".endr")
            if level == 0:
                break
        else:
            self.unit.report.add(Mistake(head.tokens[0].span, "`.rept` has no `.endr`"))
            return len(lines)
        if depth >= _MAX_REPEAT_DEPTH:
            raise Mistake(head.tokens[0].span, f"`.rept` is nested more than {_MAX_REPEAT_DEPTH} deep")
        try:
            cursor = self._cursor(head.tokens[1:], head.tokens[0])
            count = self.unit.constant(self.expression(cursor), "the count of `.rept`")
            cursor.expect_end()
        except Mistake as mistake:
            self.unit.report.add(mistake)
            return end + 1
        body = [line for line in lines[start + 1 : end] if line.tokens]
        known = len(self.unit.report)
        for _ in range(count if body else 0):
            self.unit.count_statement(head.tokens[0].span)
            self._run(body, depth + 1)
            if len(self.unit.report) > known:
                # Each repetition has the same mistakes, and looking for a hint takes time.
                break
        return end + 1

    def _skip_block(self, lines: list[Line], start: int) -> int:
        token = lines[start].tokens[0]
        what, closing = UNSUPPORTED[token.text.lower()]
        self.unit.report.add(Mistake(token.span, f"`{token.text}` is not supported yet", what))
        if closing:
            for index in range(start + 1, len(lines)):
                if lines[index].tokens and lines[index].tokens[0].text.lower() == closing:
                    return index + 1
        return start + 1

    def _line(self, line: Line) -> None:
        tokens = line.tokens
        start = 0
        while start <= len(tokens):
            end = start
            while end < len(tokens) and tokens[end].text != ";":
                end += 1
            statement = tokens[start:end]
            if end == 0 and tokens[1:] and not self._is_statement(tokens[1:], leading=True):
                return
            if start > 0 and statement and not self._is_statement(statement, leading=False):
                return
            if statement:
                try:
                    self._statement(statement)
                except Mistake as mistake:
                    self.unit.report.add(mistake)
            start = end + 1

    def _is_statement(self, tokens: list[Token], leading: bool) -> bool:
        """Whether what follows a `;` can be meant as a statement; otherwise it is taken for a comment."""
        if any(token.kind == "bad" for token in tokens):
            return False
        words = [token.text.lower() for token in tokens[:2]]
        if words[1:] == [":"]:
            return len(tokens) == 2 or self._is_statement(tokens[2:], leading)
        if not words or words[1:] == ["="] or self._directives.is_directive(words[0]):
            return True
        return self._isa.is_statement(tokens, leading, self._is_defined)

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


def _numeric(digits: str, number: int, token: Token) -> Name:
    """The name that the `number`th label `digits:` has inside; no source can write it."""
    return Name(f"{digits}:{number}", token.span)

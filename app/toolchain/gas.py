"""GNU as: statements, labels, comments and the choice between AT&T and Intel syntax."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Literal

from app.toolchain.att import AttParser, branch_name, translate
from app.toolchain.encoder_x86_64 import unknown_instruction
from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser, Name
from app.toolchain.gas_directives import UNSUPPORTED, Directives, is_directive
from app.toolchain.intel import IntelParser
from app.toolchain.lexer import Line, Token, lex, reject_bad
from app.toolchain.mnemonics import MNEMONICS, PREFIXES, WITHOUT_OPERANDS
from app.toolchain.operands import REGISTERS
from app.toolchain.unit import Unit

Syntax = Literal["att", "intel"]

_MNEMONIC = re.compile(r"[a-z][a-z0-9]*")
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
_SIZE_WORDS = frozenset(["byte", "word", "dword", "qword", "ptr", "offset", "short", "near", "rep", "lock"])
_MAX_REPEAT_DEPTH = 16
_REPEATS = (".rept", ".rep")


def guess_syntax(lines: list[Line]) -> Syntax:
    """AT&T, as GNU as takes without a word, unless the text uses registers and never a `%` before one."""
    bare = 0
    for line in lines:
        previous = ""
        for token in line.tokens:
            if token.text == "%" or (token.text == "$" and previous in (",", "")):
                return "att"
            if token.text == ";":
                break
            if token.kind == "name" and token.text.lower() in REGISTERS and previous not in ("", ".", ":"):
                bare += 1
            previous = token.text
    return "intel" if bare else "att"


def _apart_from_label(line: Line) -> list[Line]:
    """`name: .rept 3` as two lines: the directives that span lines are looked for at the beginning of one."""
    label, rest = line.tokens[:2], line.tokens[2:]
    if rest and label[1].text == ":" and rest[0].text.lower() in (*_REPEATS, *UNSUPPORTED):
        return [Line(line.number, line.text, label), Line(line.number, line.text, rest)]
    return [line]



class GasAssembler:
    """Parses one source into a Unit."""

    def __init__(self, source: str) -> None:
        self.unit = Unit("gas")
        self._lines = lex(source, "gas")
        self.syntax: Syntax = guess_syntax(self._lines)
        self._labels = {match.group(1) for match in _LABEL.finditer(source)}
        self._numeric: dict[str, int] = {}
        self._directives = Directives(self.unit, self)

    def run(self) -> Unit:
        """Parse everything. Raises SourceError only when there are too many mistakes; others stay in the report."""
        self._run([part for line in self._lines for part in _apart_from_label(line)], 0)
        try:
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
            if end == 0 and self.syntax == "intel":
                return
            if start > 0 and statement and not self._is_statement(statement):
                return
            if statement:
                try:
                    self._statement(statement)
                except Mistake as mistake:
                    self.unit.report.add(mistake)
            start = end + 1

    def _is_statement(self, tokens: list[Token]) -> bool:
        """Whether what follows a `;` can be meant as a statement; otherwise it is taken for a comment."""
        words = [token.text.lower() for token in tokens]
        first = words[0]
        if any(token.kind == "bad" for token in tokens):
            return False
        if words[1:2] == [":"]:
            return len(tokens) == 2 or self._is_statement(tokens[2:])
        if words[1:2] == ["="] or is_directive(first):
            return True
        while words and words[0] in PREFIXES:
            words.pop(0)
        if not words:
            return True
        names = [(a, b) for a, b in pairwise(tokens) if a.kind in ("name", "number") and b.kind in ("name", "number")][
            1:
        ]
        if any(a.text.lower() not in _SIZE_WORDS and b.text.lower() not in _SIZE_WORDS for a, b in names):
            return False
        if words[0] in WITHOUT_OPERANDS and len(words) == 1:
            return True
        known = words[0] in MNEMONICS or words[0][:-1] in MNEMONICS
        operands = tokens[-len(words) + 1 :] if len(words) > 1 else []
        if not operands:
            return False
        symbols = [
            t.text
            for t in operands
            if t.kind == "name" and t.text.lower() not in REGISTERS | dict.fromkeys(_SIZE_WORDS)
        ]
        if any(symbol not in self._labels and symbol not in self.unit.symbols.by_name for symbol in symbols):
            return False
        return known or any(t.text == "," for t in operands)

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
        if token.text.lower() in REGISTERS and self.syntax == "intel":
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
        elif word in _NASM_WORDS or (cursor.text.lower() in _NASM_WORDS and word not in MNEMONICS):
            wrong = first if word in _NASM_WORDS else cursor.take()
            raise Mistake(wrong.span, f"`{wrong.text}` is NASM, not GNU as", "choose NASM as the language")
        else:
            self._instruction(first, cursor)

    def _label(self, token: Token) -> None:
        if token.kind == "name":
            self.unit.define_label(token.text, token.span)
            return
        digits = token.text.lstrip("0") or "0"
        if not digits.isdigit():
            raise Mistake(token.span, f"`{token.text}` can't be a label", "labels start with a letter, `_` or `.`")
        number = self._numeric[digits] = self._numeric.get(digits, 0) + 1
        self.unit.define_label(_numeric(digits, number, token).name, token.span)

    def _instruction(self, first: Token, cursor: Cursor) -> None:
        prefixes: list[Token] = []
        token = first
        while token.text.lower() in PREFIXES and cursor.token is not None:
            prefixes.append(token)
            token = cursor.take()
        mnemonic = token.text.lower()
        if mnemonic in PREFIXES:
            self.unit.append(
                token.span.line, b"".join(PREFIXES[p.text.lower()] for p in [*prefixes, token]), token.span
            )
            return
        if token.kind != "name" or _MNEMONIC.fullmatch(mnemonic) is None:
            raise unknown_instruction(token.text, token.span)
        if self.syntax == "intel":
            if mnemonic not in MNEMONICS and mnemonic[0] != "v":
                raise unknown_instruction(token.text, token.span)
            operands = IntelParser(self.unit, cursor, self.name, mnemonic).parse()
        else:
            name = branch_name(mnemonic)
            if (
                name not in MNEMONICS
                and name[:-1] not in MNEMONICS
                and name[:3] not in ("mov", "fil", "fis")
                and name[0] != "v"
            ):
                raise unknown_instruction(token.text, token.span)
            parser = AttParser(self.unit, cursor, self.name, name)
            operands = parser.parse()
            mnemonic, operands = translate(mnemonic, operands, token.span, parser.indirect)
        self.unit.instruction(mnemonic, token, prefixes, operands)


def _numeric(digits: str, number: int, token: Token) -> Name:
    """The name that the `number`th label `digits:` has inside; no source can write it."""
    return Name(f"{digits}:{number}", token.span)

"""NASM: statements, labels, constants, repeated statements and instructions."""

from __future__ import annotations

import re
from difflib import get_close_matches

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser, Name, Number
from app.toolchain.gas_directives import is_directive
from app.toolchain.intel import IntelParser
from app.toolchain.lexer import Token, reject_bad
from app.toolchain.mistakes_x86 import unknown_instruction
from app.toolchain.mnemonics import MNEMONICS, NASM_PREFIXES, WITHOUT_OPERANDS
from app.toolchain.nasm_data import DATA, RESERVE, DataParser
from app.toolchain.nasm_directives import DIRECTIVES, Directives
from app.toolchain.nasm_lexer import Piece, lex_nasm
from app.toolchain.nasm_preprocessor import Preprocessor
from app.toolchain.operands import REGISTERS
from app.toolchain.unit import MAX_STATEMENTS, Unit
from app.toolchain.x86_instructions import append_instruction

_MNEMONIC = re.compile(r"[a-z][a-z0-9]*")
_GAS_HINT = "this looks like GNU as; choose GNU as as the language"
_OPERATIONS = (
    MNEMONICS | frozenset(NASM_PREFIXES) | frozenset(DATA) | frozenset(RESERVE) | DIRECTIVES | {"times", "equ"}
)


class NasmAssembler:
    """Parses one source into a Unit."""

    def __init__(self, source: str, arch: str = "x86_64") -> None:
        """Raises Mistake for a source that is too large."""
        self.unit = Unit("nasm", arch)
        self.directives = Directives(self.unit, self)
        self._preprocessor = Preprocessor(
            lex_nasm(source), self.unit, self._number, lambda: self.directives.section_text, is_operation
        )
        self._parent = ""
        self._in_times = False

    def run(self) -> Unit:
        """Parse everything. Raises SourceError only when there are too many mistakes; others stay in the report."""
        while True:
            try:
                pieces = self._preprocessor.next()
                if pieces is None:
                    break
                self._statement(pieces)
            except Mistake as mistake:
                self._preprocessor.blame(mistake)
                self.unit.report.add(mistake)
        try:
            self.directives.finish()
        except Mistake as mistake:
            self.unit.report.add(mistake)
        return self.unit

    def _number(self, pieces: list[Piece], what: str, before: Piece) -> int:
        """The value of an expression of the preprocessor. Raises Mistake."""
        reject_bad(pieces)
        cursor = self.cursor(pieces, before)
        value = self.unit.constant(self.parse(cursor), what)
        cursor.expect_end()
        return value

    @staticmethod
    def cursor(tokens: list[Piece], before: Token) -> Cursor:
        """A cursor over the rest of a statement; `before` is the token in front of it."""
        last = tokens[-1] if tokens else before
        return Cursor(list[Token](tokens), Span(last.span.line, last.span.end, last.span.end + 1))

    def parse(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake."""
        place, start = self.directives.here
        return ExpressionParser(cursor, "nasm", self._name, place, start).parse()

    def _full_name(self, token: Token) -> str:
        name = token.text.removeprefix("$")
        if name.startswith(".") and not name.startswith(".."):
            return self._parent + name
        return name

    def _name(self, token: Token) -> Expression:
        word = token.text.lower()
        if word in REGISTERS:
            raise Mistake(token.span, f"the register `{token.text}` can't stand here", "addresses need [brackets]")
        if word in ("offset", "ptr") and token.kind == "name":
            hint = "NASM means the address when it says `msg`, and memory when it says `[msg]`"
            raise Mistake(token.span, f"NASM has no `{token.text}`", hint)
        if word == "seg":
            raise Mistake(token.span, "`seg` is not available", "there is one address space without segments")
        if token.kind != "name":
            raise Mistake(token.span, f"`{token.text}` is not a name")
        return Name(self._full_name(token), token.span)

    def _statement(self, tokens: list[Piece]) -> None:
        first = tokens[0]
        self.unit.count_statement(first.span)
        reject_bad(tokens)
        _reject_leftovers(tokens)
        if first.text == "[" and tokens[-1].text == "]" and len(tokens) > 2:
            tokens = tokens[1:-1]
            first = tokens[0]
            if first.text.lower() in DIRECTIVES:
                self.statement_after_label(tokens, bracketed=True)
                return
        if first.kind != "name":
            raise _no_statement(first, tokens)
        if len(tokens) > 1 and tokens[1].text == ":":
            rest = tokens[2:]
            if rest and rest[0].text.lower() == "equ":
                self._equ(first, rest)
                return
            self.label(first)
            if rest:
                self.statement_after_label(rest)
            return
        if len(tokens) > 1 and tokens[1].text.lower() == "equ":
            self._equ(first, tokens[1:])
            return
        if not is_operation(first) and self._is_label_without_colon(tokens):
            self.label(first)
            tokens = tokens[1:]
            if not tokens:
                return
        self.statement_after_label(tokens)

    @staticmethod
    def _is_label_without_colon(tokens: list[Piece]) -> bool:
        word = tokens[0].text.lower()
        if len(tokens) > 1 or is_directive(word):
            return len(tokens) > 1 and is_operation(tokens[1])
        close = get_close_matches(word, WITHOUT_OPERANDS, n=1, cutoff=0.8) if len(word) < 20 else []
        if close:
            raise unknown_instruction(word, tokens[0].span)
        return not word.startswith("..") or word.startswith("..@")

    def label(self, token: Token) -> None:
        """Define a label here. Raises Mistake."""
        name = self._full_name(token)
        if token.text.lower() in REGISTERS:
            raise Mistake(token.span, f"the register name `{token.text}` can't be a label")
        absolute = self.directives.absolute
        if absolute is not None:
            self.unit.define_constant(name, token.span, Number(absolute, token.span), redefinable=False)
        else:
            self.unit.define_label(name, token.span)
        if not token.text.startswith("."):
            self._parent = name

    def _equ(self, name: Token, tokens: list[Piece]) -> None:
        cursor = self.cursor(tokens[1:], tokens[0])
        expression = self.parse(cursor)
        cursor.expect_end()
        self.unit.define_constant(self._full_name(name), name.span, expression, redefinable=False)
        if not name.text.startswith("."):
            self._parent = name.text.removeprefix("$")

    def statement_after_label(self, tokens: list[Piece], bracketed: bool = False) -> None:
        """Carry out a statement that has no label (any more). Raises Mistake."""
        first = tokens[0]
        if first.kind != "name":
            raise _no_statement(first, tokens)
        word = first.text.lower()
        cursor = self.cursor(tokens, first)
        cursor.take()
        if word == "times":
            self._times(first, tokens, cursor)
        elif word in RESERVE:
            self._reserve(first, cursor, RESERVE[word])
        elif word in DIRECTIVES:
            self.directives.run(word, first, tokens, cursor, bracketed)
        elif self.directives.absolute is not None:
            raise Mistake(
                first.span, f"`{first.text}` can't stand here", "a structure only reserves: resb, resw, resd, resq"
            )
        elif word in DATA:
            self._data(first, cursor, DATA[word])
        elif word == "incbin":
            raise Mistake(first.span, "`incbin` is not available", "a program can't read files while it is assembled")
        elif word == "equ":
            raise Mistake(first.span, "`equ` needs a name before it", "NAME equ value")
        elif is_directive(word):
            raise Mistake(first.span, f"`{first.text}` is a directive of GNU as", _GAS_HINT)
        else:
            self._instruction(first, cursor)

    def _instruction(self, first: Token, cursor: Cursor) -> None:
        prefixes: list[Token] = []
        token = first
        while token.text.lower() in NASM_PREFIXES and cursor.token is not None:
            prefixes.append(token)
            token = cursor.take()
        mnemonic = token.text.lower()
        if mnemonic in NASM_PREFIXES:
            bits = self.unit.machine.bits
            code = b"".join(NASM_PREFIXES[p.text.lower()][bits == 32] for p in [*prefixes, token])
            self.unit.append(token.span.line, code, token.span)
            return
        if token.kind != "name" or _MNEMONIC.fullmatch(mnemonic) is None:
            raise unknown_instruction(token.text, token.span)
        if mnemonic not in MNEMONICS and mnemonic[0] != "v":
            raise unknown_instruction(token.text, token.span)
        parser = IntelParser(self.unit, cursor, self._name, mnemonic, self.directives.relative)
        append_instruction(self.unit, mnemonic, token, prefixes, parser.parse())

    def _times(self, first: Piece, tokens: list[Piece], cursor: Cursor) -> None:
        if self._in_times:
            raise Mistake(first.span, "`times` can't repeat `times`")
        count = self.parse(cursor)
        body = tokens[cursor.index :]
        if not body:
            raise Mistake(cursor.span, "`times` needs something to repeat")
        number = self.unit.known_number(count)
        if number is not None and number < 0:
            raise Mistake(count.span, f"a count can't be negative ({number})")
        if number == 0:
            return
        if body[0].text.lower() in RESERVE and self.directives.absolute is not None:
            for _ in range(min(number or 0, MAX_STATEMENTS + 1)):
                self.unit.count_statement(first.span)
                self.statement_after_label(body)
            return
        constant = self._constant_bytes(body)
        if constant is not None:
            self.unit.reserve(first.span.line, count, constant[1], constant[0])
            return
        if number is None:
            message = "`times` can't repeat this with a count that is not a plain number"
            raise Mistake(body[0].span.to(body[-1].span), message)
        self._in_times = True
        self.directives.fixed_here = self.directives.here
        try:
            for _ in range(min(number, MAX_STATEMENTS + 1)):
                self.unit.count_statement(first.span)
                self.statement_after_label(body)
        finally:
            self._in_times = False
            self.directives.fixed_here = None

    def _constant_bytes(self, body: list[Piece]) -> tuple[bytes | None, int] | None:
        """What one statement makes, with its size, when that is the same wherever it stands; no bytes when it reserves.

        None when it depends on its place.
        """
        scratch = NasmAssembler("", self.unit.machine.name)
        scratch._in_times = True
        scratch._parent = self._parent
        scratch.directives.relative = self.directives.relative
        scratch.directives.fixed_here = self.directives.here
        scratch.unit.symbols.by_name.update(
            (name, symbol) for name, symbol in self.unit.symbols.by_name.items() if symbol.value is not None
        )
        section = self.unit.section
        scratch.unit.enter(section.name, section.kind)
        if section.kind != "bss" and body[0].text.lower() in RESERVE:
            scratch.unit.enter(".bss", "bss")
        scratch.statement_after_label(body)
        run = scratch.unit.section.runs[0]
        if len(scratch.unit.section.runs) > 1 or any(chunk.fixups for chunk in run.chunks):
            return None
        if scratch.unit.section.kind == "bss":
            return None, run.length
        return b"".join(chunk.data or b"" for chunk in run.chunks), run.length

    def _data(self, first: Token, cursor: Cursor, width: int) -> None:
        place, start = self.directives.here
        parser = DataParser(
            self.unit,
            cursor,
            first.span.line,
            lambda here: ExpressionParser(here, "nasm", self._name, place, start).parse(),
        )
        if cursor.token is None:
            raise Mistake(cursor.span, f"`{first.text}` needs a value")
        parser.values(width)
        cursor.expect_end()

    def _reserve(self, first: Token, cursor: Cursor, width: int) -> None:
        count = self.parse(cursor)
        cursor.expect_end()
        if self.directives.absolute is not None:
            self.directives.advance(self.unit.constant(count, "a size in a structure") * width, count.span)
        else:
            self.unit.reserve(first.span.line, count, width, None)


def is_operation(token: Token) -> bool:
    """Whether `token` begins a statement, and so is no label."""
    return token.kind == "name" and token.text.lower() in _OPERATIONS


def _reject_leftovers(tokens: list[Piece]) -> None:
    """Raise Mistake for what only means something in a macro, and for the registers of AT&T syntax."""
    for token in tokens:
        if token.kind != "macro":
            continue
        if token.text[1:].lower() in REGISTERS:
            raise Mistake(token.span, "this is AT&T syntax", _GAS_HINT)
        if token.text[1:2].isdigit() or token.text[:2] == "%%" or token.text[1:2] in "+-?":
            hint = "the operator `%` needs a blank behind it" if token.text[1:2].isdigit() else ""
            raise Mistake(token.span, f"`{token.text}` only means something inside of a macro", hint)
        if token.text[1] == "!":
            raise Mistake(token.span, "environment variables are not available while a program is assembled")
        raise Mistake(token.span, f"`{token.text}` is not supported here")


def _no_statement(first: Token, tokens: list[Piece]) -> Mistake:
    hint = "comments begin with `;`" if first.text in ("#", "//", "/", "*") else ""
    if first.text == "[" and len(tokens) > 1:
        hint = "only directives such as [bits 64] stand in brackets"
    return Mistake(first.span, f"a statement can't start with `{first.text}`", hint)

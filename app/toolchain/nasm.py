"""NASM: statements, labels, directives, and simple `%define`."""

from __future__ import annotations

import re
from difflib import get_close_matches

from msgspec.structs import replace

from app.toolchain.encoder_x86 import unknown_instruction
from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression, ExpressionParser, Name
from app.toolchain.gas_directives import is_directive
from app.toolchain.intel import IntelParser
from app.toolchain.items import Align
from app.toolchain.lexer import Token, lex, reject_bad, string_bytes
from app.toolchain.mnemonics import MNEMONICS, PREFIXES, WITHOUT_OPERANDS
from app.toolchain.operands import REGISTERS
from app.toolchain.unit import MAX_STATEMENTS, SectionKind, Unit, section_kind
from app.toolchain.x86_instructions import append_instruction

_MNEMONIC = re.compile(r"[a-z][a-z0-9]*")
_DATA = {"db": 1, "dw": 2, "dd": 4, "dq": 8, "do": 16}
_RESERVE = {"resb": 1, "resw": 2, "resd": 4, "resq": 8, "rest": 10, "reso": 16}
_IGNORED = frozenset({"global", "extern", "static", "cpu", "required", "common"})
_LATER = "only simple `%define NAME value` is known so far"
_MAX_EXPANSION = 2000
_GAS_HINT = "this looks like GNU as; choose GNU as as the language"


class NasmAssembler:
    """Parses one source into a Unit."""

    def __init__(self, source: str, arch: str = "x86_64") -> None:
        self.unit = Unit("nasm", arch)
        self._lines = lex(source, "nasm")
        self._defines: dict[str, list[Token]] = {}
        self._relative = False
        self._parent = ""
        self._in_times = False

    def run(self) -> Unit:
        """Parse everything. Raises SourceError only when there are too many mistakes; others stay in the report."""
        index = 0
        while index < len(self._lines):
            line = self._lines[index]
            index += 1
            tokens = line.tokens
            while tokens and tokens[-1].text == "\\" and index < len(self._lines):
                tokens = tokens[:-1] + self._lines[index].tokens
                index += 1
            if not tokens:
                continue
            try:
                if tokens[0].text == "%" and len(tokens) > 1:
                    index = self._preprocessor(tokens, index)
                else:
                    self._statement(self._expand(tokens))
            except Mistake as mistake:
                self.unit.report.add(mistake)
        return self.unit

    def _preprocessor(self, tokens: list[Token], index: int) -> int:
        """Carry out `%define`; refuse the rest. The index of the next line."""
        word = tokens[1].text.lower()
        span = tokens[0].span.to(tokens[1].span)
        if word in ("include", "pathsearch", "use", "depend"):
            raise Mistake(span, f"`%{word}` is not available", "a program here is one text and reads no files")
        if word in ("define", "xdefine", "idefine", "assign") and len(tokens) > 2 and tokens[2].kind == "name":
            name, value = tokens[2], tokens[3:]
            if value and value[0].text == "(" and value[0].span.column == name.span.end:
                raise Mistake(span.to(value[0].span), "`%define` with parameters is not supported yet", _LATER)
            if word == "assign":
                self.unit.constant(self._parse(self._cursor(self._expand(value), name)), "the value of `%assign`")
            self._defines[name.text] = self._expand(value) if word != "define" else value
            return index
        if word == "undef" and len(tokens) > 2:
            self._defines.pop(tokens[2].text, None)
            return index
        mistake = Mistake(span, f"`%{word}` is not supported yet", _LATER)
        closing = {"macro": "endmacro", "imacro": "endmacro", "rep": "endrep"}.get(word)
        if word.startswith("if"):
            closing = "endif"
        self.unit.report.add(mistake)
        for after in range(index, len(self._lines) if closing else index):
            words = [token.text.lower() for token in self._lines[after].tokens[:2]]
            if words in (["%", closing], ["%", "endm"]):
                return after + 1
        return index

    def _expand(self, tokens: list[Token], hidden: frozenset[str] = frozenset()) -> list[Token]:
        """Replace defined names by their values, which take the place of the name in error messages."""
        if not self._defines or not any(token.text in self._defines for token in tokens):
            return tokens
        out: list[Token] = []
        for token in tokens:
            value = self._defines.get(token.text) if token.kind == "name" and token.text not in hidden else None
            if value is None:
                out.append(token)
            else:
                inner = self._expand(value, hidden | {token.text}) if len(hidden) < 20 else value
                out += [replace(piece, span=token.span) for piece in inner]
            if len(out) > _MAX_EXPANSION:
                raise Mistake(token.span, f"`{token.text}` expands to too much text")
        return out

    @staticmethod
    def _cursor(tokens: list[Token], before: Token) -> Cursor:
        last = tokens[-1] if tokens else before
        return Cursor(tokens, Span(last.span.line, last.span.end, last.span.end + 1))

    def _parse(self, cursor: Cursor) -> Expression:
        section = self.unit.section
        return ExpressionParser(cursor, "nasm", self._name, section.here, section.start).parse()

    def _full_name(self, token: Token) -> str:
        name = token.text.removeprefix("$")
        if name.startswith(".") and not name.startswith(".."):
            return self._parent + name
        return name

    def _name(self, token: Token) -> Expression:
        if token.text.lower() in REGISTERS:
            raise Mistake(token.span, f"the register `{token.text}` can't stand here", "addresses need [brackets]")
        if token.kind != "name":
            raise Mistake(token.span, f"`{token.text}` is not a name")
        return Name(self._full_name(token), token.span)

    def _statement(self, tokens: list[Token]) -> None:
        first = tokens[0] if tokens else None
        if first is None:
            return
        self.unit.count_statement(first.span)
        reject_bad(tokens)
        if first.text == "[" and tokens[-1].text == "]" and len(tokens) > 2:
            tokens = tokens[1:-1]
            first = tokens[0]
        if first.kind != "name":
            raise Mistake(first.span, f"a statement can't start with `{first.text}`")
        if len(tokens) > 1 and tokens[1].text == ":":
            label, rest = first, tokens[2:]
            if rest and rest[0].text.lower() == "equ":
                self._equ(label, rest)
                return
            self._label(label)
            if rest:
                self._statement_after_label(rest)
            return
        if len(tokens) > 1 and tokens[1].text.lower() == "equ":
            self._equ(first, tokens[1:])
            return
        if not self._is_operation(first) and self._is_label_without_colon(tokens):
            self._label(first)
            tokens = tokens[1:]
            if not tokens:
                return
        self._statement_after_label(tokens)

    def _is_label_without_colon(self, tokens: list[Token]) -> bool:
        word = tokens[0].text.lower()
        if len(tokens) > 1 or is_directive(word):
            return len(tokens) > 1 and self._is_operation(tokens[1])
        close = get_close_matches(word, WITHOUT_OPERANDS, n=1, cutoff=0.8)
        if close:
            raise unknown_instruction(word, tokens[0].span)
        return not word.startswith("..")

    @staticmethod
    def _is_operation(token: Token) -> bool:
        word = token.text.lower()
        return token.kind == "name" and (
            word in MNEMONICS or word in PREFIXES or word in _DATA or word in _RESERVE or word in _DIRECTIVES
        )

    def _label(self, token: Token) -> None:
        name = self._full_name(token)
        if token.text.lower() in REGISTERS:
            raise Mistake(token.span, f"the register name `{token.text}` can't be a label")
        self.unit.define_label(name, token.span)
        if not token.text.startswith("."):
            self._parent = name

    def _equ(self, name: Token, tokens: list[Token]) -> None:
        cursor = self._cursor(tokens[1:], tokens[0])
        expression = self._parse(cursor)
        cursor.expect_end()
        self.unit.define_constant(self._full_name(name), name.span, expression, redefinable=False)
        if not name.text.startswith("."):
            self._parent = name.text

    def _statement_after_label(self, tokens: list[Token]) -> None:
        first = tokens[0]
        if first.kind != "name":
            raise Mistake(first.span, f"a statement can't start with `{first.text}`")
        word = first.text.lower()
        cursor = self._cursor(tokens, first)
        cursor.take()
        if word == "times":
            self._times(first, cursor)
        elif word in _DATA:
            self._data(first, cursor, _DATA[word])
        elif word in _RESERVE:
            self._reserve(first, cursor, _RESERVE[word])
        elif word in _DIRECTIVES:
            self._directive(word, first, cursor)
        elif word == "incbin":
            raise Mistake(first.span, "`incbin` is not available", "a program can't read files while it is assembled")
        elif word == "equ":
            raise Mistake(first.span, "`equ` needs a name before it", "NAME equ value")
        elif word in ("struc", "istruc", "endstruc", "iend", "at"):
            raise Mistake(first.span, f"`{first.text}` is not supported yet")
        elif is_directive(word):
            raise Mistake(first.span, f"`{first.text}` is a directive of GNU as", _GAS_HINT)
        else:
            self._instruction(first, cursor)

    def _instruction(self, first: Token, cursor: Cursor) -> None:
        prefixes: list[Token] = []
        token = first
        while token.text.lower() in PREFIXES and cursor.token is not None:
            prefixes.append(token)
            token = cursor.take()
        mnemonic = token.text.lower()
        if mnemonic in PREFIXES:
            code = b"".join(PREFIXES[p.text.lower()] for p in [*prefixes, token])
            self.unit.append(token.span.line, code, token.span)
            return
        if token.kind != "name" or _MNEMONIC.fullmatch(mnemonic) is None:
            raise unknown_instruction(token.text, token.span)
        if mnemonic not in MNEMONICS and mnemonic[0] != "v":
            raise unknown_instruction(token.text, token.span)
        if cursor.text == "%" or (cursor.text == "$" and cursor.peek().isdigit()):
            raise Mistake(cursor.span, "this is AT&T syntax", _GAS_HINT)
        operands = IntelParser(self.unit, cursor, self._name, mnemonic, self._relative).parse()
        append_instruction(self.unit, mnemonic, token, prefixes, operands)

    def _times(self, first: Token, cursor: Cursor) -> None:
        if self._in_times:
            raise Mistake(first.span, "`times` can't repeat `times`")
        count = self._parse(cursor)
        body = cursor.tokens[cursor.index :]
        if not body:
            raise Mistake(cursor.span, "`times` needs something to repeat")
        number = self.unit.known_number(count)
        if number is not None and number < 0:
            raise Mistake(count.span, f"a count can't be negative ({number})")
        word = body[0].text.lower()
        if number is not None and word not in _DATA and word not in _RESERVE and number <= MAX_STATEMENTS:
            self._in_times = True
            try:
                for _ in range(number):
                    self.unit.count_statement(first.span)
                    self._statement_after_label(body)
            finally:
                self._in_times = False
            return
        unit, width = self._constant_bytes(body)
        self.unit.reserve(first.span.line, count, width, unit)

    def _constant_bytes(self, body: list[Token]) -> tuple[bytes | None, int]:
        """What one statement makes, when that is the same wherever it stands; None with a size when it reserves."""
        scratch = NasmAssembler("", self.unit.machine.name)
        scratch._defines = self._defines
        scratch._in_times = True
        scratch.unit.symbols.by_name.update(
            (name, symbol) for name, symbol in self.unit.symbols.by_name.items() if symbol.value is not None
        )
        if body[0].text.lower() in _RESERVE:
            scratch.unit.enter(".bss", "bss")
        scratch._statement_after_label(body)
        run = scratch.unit.section.runs[0]
        if len(scratch.unit.section.runs) > 1 or any(chunk.fixups for chunk in run.chunks):
            raise Mistake(
                body[0].span.to(body[-1].span), "`times` can't repeat this with a count that is not a plain number"
            )
        if scratch.unit.section.kind == "bss":
            return None, run.length
        return b"".join(chunk.data or b"" for chunk in run.chunks), run.length

    def _data(self, first: Token, cursor: Cursor, width: int) -> None:
        line = first.span.line
        here = self.unit.section.here
        while True:
            token = cursor.token
            if token is None:
                raise Mistake(cursor.span, f"`{first.text}` needs a value")
            following = cursor.peek()
            if token.kind == "string" and following in (",", ""):
                cursor.take()
                data = string_bytes(token, "nasm")
                self.unit.append(line, data + bytes(-len(data) % width), token.span)
            elif token.text == "?" and following in (",", ""):
                cursor.take()
                self.unit.append(line, bytes(width), token.span)
            elif token.kind == "float" or (
                token.text == "-"
                and cursor.tokens[cursor.index + 1 : cursor.index + 2]
                and cursor.tokens[cursor.index + 1].kind == "float"
            ):
                negative = cursor.accept("-")
                self.unit.float_datum(line, cursor.take(), width, negative)
            else:
                section = self.unit.section
                expression = ExpressionParser(cursor, "nasm", self._name, here, section.start).parse()
                self.unit.number_datum(line, expression, width)
            if not cursor.accept(","):
                break
            if cursor.token is None:
                break
        cursor.expect_end()

    def _reserve(self, first: Token, cursor: Cursor, width: int) -> None:
        count = self._parse(cursor)
        cursor.expect_end()
        self.unit.reserve(first.span.line, count, width, None)

    def _directive(self, word: str, first: Token, cursor: Cursor) -> None:
        if word in _IGNORED:
            if cursor.token is None:
                raise Mistake(cursor.span, f"`{first.text}` needs a name")
            return
        if word in ("section", "segment"):
            self._section(cursor)
            return
        if word == "bits":
            if cursor.text != "64":
                raise Mistake(
                    cursor.span, f"`bits {cursor.text}` is not available", "only 64-bit code is assembled here"
                )
            cursor.take()
        elif word == "default":
            mode = cursor.text.lower()
            if mode not in ("rel", "abs"):
                raise Mistake(cursor.span, "`default` takes `rel` or `abs`")
            self._relative = mode == "rel"
            cursor.take()
        elif word == "org":
            raise Mistake(first.span, "`org` is only for flat binary files", "the addresses are chosen when linking")
        elif word in ("align", "alignb"):
            self._align(first, cursor)
        cursor.expect_end()

    def _section(self, cursor: Cursor) -> None:
        name = cursor.take()
        flags = [token.text.lower() for token in cursor.tokens[cursor.index :]]
        kind: SectionKind | None = section_kind(name.text)
        if kind is None:
            kind = "rodata"
            if "exec" in flags:
                kind = "text"
            elif "write" in flags:
                kind = "bss" if "nobits" in flags else "data"
            elif name.text in ("text", "data", "bss", "rodata"):
                raise Mistake(name.span, f"the section `{name.text}` is unknown", f"did you mean `.{name.text}`?")
        self.unit.enter(name.text, kind)

    def _align(self, first: Token, cursor: Cursor) -> None:
        expression = self._parse(cursor)
        boundary = self.unit.constant(expression, "an alignment")
        if not 1 <= boundary <= 4096 or boundary & (boundary - 1):
            raise Mistake(expression.span, f"an alignment of {boundary} is not possible", "use a power of 2 up to 4096")
        reserve = self.unit.section.kind == "bss"
        fill = 0x90
        if cursor.accept(","):
            rest = cursor.tokens[cursor.index :]
            if not rest:
                raise Mistake(cursor.span, "the filling is missing")
            cursor.index = len(cursor.tokens)
            unit, width = self._constant_bytes(rest)
            reserve = reserve or unit is None
            if width != 1:
                raise Mistake(rest[0].span.to(rest[-1].span), "the filling must be one byte")
            fill = unit[0] if unit else 0
        self.unit.section.append_variable(Align(first.span.line, boundary, fill, None, reserve))


_DIRECTIVES = _IGNORED | {"section", "segment", "bits", "default", "org", "align", "alignb", "times", "use64"}

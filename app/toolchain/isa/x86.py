"""x86-64 and i386 in GNU as: AT&T and Intel syntax, and the guess which of the two a source is in."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar, Literal

from app.toolchain.att import AttParser, branch_name, translate
from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor
from app.toolchain.intel import IntelParser
from app.toolchain.isa.base import Front, InstructionSet, Padding
from app.toolchain.lexer import X86_COMMENTS, Line, Token
from app.toolchain.mistakes_x86 import unknown_instruction
from app.toolchain.mnemonics import MNEMONICS, PREFIXES, WITHOUT_OPERANDS, X87
from app.toolchain.operands import REGISTERS
from app.toolchain.x86_instructions import append_instruction, nops, nops_32

Syntax = Literal["att", "intel"]

_FOREIGN = {
    **dict.fromkeys(("svc", "ldr", "adr", "bl"), "ARM and AArch64"),
    **dict.fromkeys(("swi", "bx", "ldmfd", "stmfd"), "ARM"),
    **dict.fromkeys(("stp", "ldp", "adrp", "cbz", "cbnz"), "AArch64"),
    **dict.fromkeys(("ecall", "li", "la", "addi", "jal", "auipc", "beqz", "bnez"), "RISC-V"),
}
"""Words that tell which other architecture a program was written for."""

_MNEMONIC = re.compile(r"[a-z][a-z0-9]*")
_SIZE_WORDS = frozenset(["byte", "word", "dword", "qword", "ptr", "offset", "short", "near", "rep", "lock"])


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


class X86_64(InstructionSet):  # noqa: N801 - the name of the architecture
    """64-bit code."""

    bits: ClassVar[int] = 64
    comments = X86_COMMENTS
    widths: ClassVar[dict[str, int]] = {".word": 2, ".value": 2}
    align_is_power = False
    padding_byte = 0x90
    spaced = "*%-([{$"
    ignored = frozenset({".arch", ".att_mnemonic", ".intel_mnemonic"})
    directives = frozenset({".intel_syntax", ".att_syntax", ".code16", ".code32", ".code64"})

    def __init__(self, front: Front, lines: list[Line]) -> None:
        super().__init__(front, lines)
        self._syntax: Syntax = guess_syntax(lines)

    def is_register(self, name: str) -> bool:
        """In AT&T syntax a register has a `%`, so no bare name is one."""
        return self._syntax == "intel" and name in REGISTERS

    def is_instruction(self, word: str) -> bool:
        return word in MNEMONICS or word in PREFIXES

    def padding(self) -> Padding:
        return nops if self.bits == 64 else nops_32

    def directive(self, token: Token, cursor: Cursor) -> None:
        word = token.text.lower()
        if word.startswith(".code"):
            if word != f".code{self.bits}":
                raise Mistake(token.span, f"`{token.text}` is not available", f"only {self.bits}-bit code runs here")
            return
        argument = cursor.take().text.lower() if cursor.token is not None else ""
        self._syntax = "intel" if word == ".intel_syntax" else "att"
        if argument not in ("", "prefix", "noprefix"):
            raise Mistake(cursor.last_span, f"`{token.text}` does not take `{argument}`", "`noprefix` or `prefix`")

    def is_statement(self, tokens: list[Token], leading: bool, defined: Callable[[str], bool]) -> bool:
        """NASM's `; comment` is so common that text after a `;` only counts when it looks like an instruction."""
        if leading and self._syntax == "intel":
            return False
        words = [token.text.lower() for token in tokens]
        while words and words[0] in PREFIXES:
            words.pop(0)
        if not words:
            return True
        names = [(a, b) for a, b in pairwise(tokens) if a.kind in ("name", "number") and b.kind in ("name", "number")][
            1:
        ]
        if any(a.text.lower() not in _SIZE_WORDS and b.text.lower() not in _SIZE_WORDS for a, b in names):
            return False
        if self._syntax == "att" and any(a.text == "%" and b.text.lower() in REGISTERS for a, b in pairwise(tokens)):
            return True
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
        if not all(defined(symbol) for symbol in symbols):
            return False
        return known or any(t.text == "," for t in operands)

    def instruction(self, token: Token, cursor: Cursor) -> None:
        unit = self.front.unit
        prefixes: list[Token] = []
        while token.text.lower() in PREFIXES and cursor.token is not None:
            prefixes.append(token)
            token = cursor.take()
        mnemonic = token.text.lower()
        if mnemonic in PREFIXES:
            unit.append(token.span.line, b"".join(PREFIXES[p.text.lower()] for p in [*prefixes, token]), token.span)
            return
        if mnemonic in _FOREIGN:
            message = f"`{token.text}` is an instruction of {_FOREIGN[mnemonic]}, not of {unit.machine.title}"
            raise Mistake(token.span, message, "choose the architecture that the program is written for")
        if token.kind != "name" or _MNEMONIC.fullmatch(mnemonic) is None:
            raise unknown_instruction(token.text, token.span)
        if self._syntax == "intel":
            if mnemonic not in MNEMONICS and mnemonic[0] != "v":
                raise unknown_instruction(token.text, token.span)
            operands = IntelParser(unit, cursor, self.front.name, mnemonic).parse()
        else:
            name = branch_name(mnemonic)
            if (
                name not in MNEMONICS
                and name[:-1] not in MNEMONICS
                and name[:3] not in ("mov", "fil", "fis")
                and name[0] != "v"
            ):
                raise unknown_instruction(token.text, token.span)
            parser = AttParser(unit, cursor, self.front.name, name)
            operands = parser.parse()
            stem = mnemonic[:-1]
            if self.bits == 32 and mnemonic not in MNEMONICS and mnemonic[-1] == "q" and stem in MNEMONICS - X87:
                message = f"`{token.text}` works on 64 bits; this program is for i386"
                raise Mistake(token.span, message, f"write `{mnemonic[:-1]}l`, or choose x86-64")
            mnemonic, operands = translate(mnemonic, operands, token.span, parser.indirect)
        append_instruction(unit, mnemonic, token, prefixes, operands)


class I386(X86_64):
    """32-bit code."""

    bits = 32

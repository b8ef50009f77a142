"""Directives, registers and the state (Thumb, syntax, features) of ARM."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from app.toolchain.errors import Mistake
from app.toolchain.expression import Cursor, Expression
from app.toolchain.isa.arm_mnemonics import words
from app.toolchain.isa.arm_operands import numbered
from app.toolchain.isa.arm_symbols import ADDRESS
from app.toolchain.isa.base import Front, InstructionSet
from app.toolchain.isa.foreign import reject_foreign_register
from app.toolchain.isa.late import Literals
from app.toolchain.items import Align
from app.toolchain.lexer import CommentStyle, Line, Token
from app.toolchain.sections import FixupKind, Section, Symbol

_REGISTERS: dict[str, str] = {
    **numbered("r", 13),
    **numbered("s", 32),
    **numbered("d", 32),
    **numbered("q", 16),
    **{name: name for name in ("sp", "lr", "pc")},
    **{f"a{number}": f"r{number - 1}" for number in range(1, 5)},
    **{f"v{number}": f"r{number + 3}" for number in range(1, 9)},
    **{"r13": "sp", "r14": "lr", "r15": "pc", "sb": "r9", "sl": "r10", "fp": "r11", "ip": "r12", "wr": "r7"},
}
_CORE = frozenset(["sp", "lr", "pc", *(f"r{number}" for number in range(16))])
_ARCHITECTURE = re.compile(r"armv([4-9])(.*)")
_MAX_ALIGNMENT = 12


class Features(Struct, frozen=True):
    """What `.arch` and `.cpu` say: whether NOP has an encoding of its own, and which constants Thumb can load."""

    modern_nop: bool = False
    thumb2: bool = True
    thumb_nop: bool = False


_OLD = Features(False, False, False)
_ALL = Features(True, True, True)


def features(name: str) -> Features:
    """What the processor or architecture `name` has; the names are those of GNU as."""
    match = _ARCHITECTURE.match(name)
    if match is not None:
        version, rest = int(match[1]), match[2]
        if version >= 7:
            return _ALL
        if version == 6 and rest.startswith("t2"):
            return Features(False, True, True)
        return Features(version == 6 and "k" in rest, False, False)
    if name.startswith(("cortex-m0", "cortex-m1")):
        return _OLD
    if name.startswith(("cortex", "neoverse", "marvell", "xgene", "exynos")):
        return _ALL
    if name.startswith(("arm1176", "mpcore")):
        return Features(True, False, False)
    return Features(False, True, True) if name.startswith("arm1156t2") else _OLD


class ArmDirectives(InstructionSet):
    """The part of the instruction set that is not instructions."""

    comments: ClassVar[CommentStyle] = CommentStyle(("@", "//"), ("#",))
    widths: ClassVar[Mapping[str, int]] = {".word": 4, ".dword": 8, ".xword": 8}
    data_kind: ClassVar[FixupKind] = ADDRESS
    ignored: ClassVar[frozenset[str]] = words("""
        .fpu .arch_extension .object_arch .eabi_attribute .fnstart .fnend .save .vsave .setfp .pad .cantunwind
        .personality .personalityindex .handlerdata .movsp .unwind_raw
        """)
    directives: ClassVar[frozenset[str]] = words("""
        .arm .thumb .code .force_thumb .thumb_func .thumb_set .syntax .ltorg .pool .unreq .even .inst .inst.n .inst.w
        .arch .cpu .align
        """)

    def __init__(self, front: Front, lines: list[Line]) -> None:
        super().__init__(front, lines)
        self._lines = lines
        self.thumb = False
        self.unified = False
        self.condition = ""
        self.features = Features()
        self.arm_functions: set[str] = set()
        self._aliases: dict[str, str] = {}
        self._functions: set[str] = set()
        self._labels_in_thumb: dict[str, bool] = {}
        self._next_is_function = False
        self._pools: dict[str, tuple[Section, Literals]] = {}

    def register(self, name: str) -> str | None:
        """The canonical name of a register or `.req` alias, in lower case."""
        return _REGISTERS.get(name) or self._aliases.get(name)

    def is_register(self, name: str) -> bool:
        # Labels may be called `s1` or `d0`, as in GNU as: only what stands where a register is expected is one.
        return name in _CORE

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake, also for registers of other architectures."""
        reject_foreign_register(cursor, "arm", self._lines)
        return self.front.expression(cursor)

    def alias(self, token: Token, cursor: Cursor) -> None:
        """`name .req register`. Raises Mistake."""
        cursor.take()
        target = cursor.take()
        register = self.register(target.text.lower())
        if register is None:
            raise Mistake(target.span, f"`{target.text}` is not a register")
        if token.text.lower() in _REGISTERS:
            raise Mistake(token.span, f"`{token.text}` is already a register")
        self._aliases[token.text.lower()] = register
        cursor.expect_end()

    def label(self, symbol: Symbol) -> None:
        if self._next_is_function or (self.thumb and symbol.name in self._functions):
            symbol.mode = 1
        elif symbol.name in self._functions:
            self.arm_functions.add(symbol.name)
        self._next_is_function = False
        self._labels_in_thumb[symbol.name] = self.thumb

    def typed(self, name: str, kind: str) -> None:
        if kind not in ("function", "gnu_indirect_function", "stt_func"):
            return
        self._functions.add(name)
        symbol = self.front.unit.symbols.by_name.get(name)
        if symbol is not None and symbol.place is not None:
            if self._labels_in_thumb.get(name, False):
                symbol.mode = 1
            else:
                self.arm_functions.add(name)

    def literals(self) -> Literals:
        """The pool of the current section."""
        section = self.front.unit.section
        return self._pools.setdefault(section.name, (section, Literals()))[1]

    def _dump(self) -> None:
        self.literals().dump(self.front.unit, (4,), self.data_kind)

    def finish(self) -> None:
        unit = self.front.unit
        for section, literals in self._pools.values():
            unit.section = section
            literals.dump(unit, (4,), self.data_kind)

    def directive(self, token: Token, cursor: Cursor) -> None:
        word = token.text.lower()
        if word in (".arm", ".thumb", ".force_thumb", ".code"):
            self._mode(token, cursor)
        elif word == ".thumb_func":
            self._switch(True, token.span.line)
            self._next_is_function = True
            cursor.index = len(cursor.tokens)
        elif word == ".thumb_set":
            name = cursor.take()
            cursor.expect(",")
            unit = self.front.unit
            unit.define_constant(name.text, name.span, self.front.expression(cursor), True)
            unit.symbols.by_name[name.text].mode = 1
        elif word == ".syntax":
            syntax = cursor.take()
            if syntax.text.lower() not in ("unified", "divided"):
                raise Mistake(syntax.span, f"`{syntax.text}` is not a syntax of ARM", "`.syntax unified`")
            self.unified = syntax.text.lower() == "unified"
        elif word in (".ltorg", ".pool"):
            self._dump()
        elif word == ".unreq":
            self._aliases.pop(cursor.take().text.lower(), None)
        elif word in (".even", ".align"):
            self._align(token, cursor)
        elif word in (".arch", ".cpu"):
            start = cursor.index
            cursor.index = len(cursor.tokens)
            self.features = features("".join(token.text for token in cursor.tokens[start:]).lower())
        else:
            self._raw(token, cursor)

    def _mode(self, token: Token, cursor: Cursor) -> None:
        word = token.text.lower()
        thumb = word != ".arm"
        if word == ".code":
            bits = cursor.take()
            if bits.text not in ("16", "32"):
                raise Mistake(bits.span, f"`.code {bits.text}` is not possible", "16 is Thumb, 32 is ARM")
            thumb = bits.text == "16"
        self._switch(thumb, token.span.line)

    def _switch(self, thumb: bool, line: int) -> None:
        unit = self.front.unit
        if self.thumb and not thumb and unit.section.kind != "bss":
            unit.section.append_variable(Align(line, 4, 0, None, False))
        self.thumb = thumb

    def _align(self, token: Token, cursor: Cursor) -> None:
        """`.align n` and `.even`; without a number it is 2^2."""
        unit = self.front.unit
        power = 1 if token.text.lower() == ".even" else 2
        fill = self.padding() if unit.section.kind == "text" else 0
        most = None
        if cursor.token is not None and power == 2:
            expression = self.front.expression(cursor)
            power = unit.constant(expression, "an alignment")
            if not 0 <= power <= _MAX_ALIGNMENT:
                raise Mistake(expression.span, f"an alignment of 2^{power} is not possible", "2^12 is the largest")
            if cursor.accept(",") and cursor.text not in (",", ""):
                fill = unit.constant(self.front.expression(cursor), "the fill value") & 0xFF
            if cursor.accept(","):
                most = unit.constant(self.front.expression(cursor), "the most bytes to skip") or None
        unit.section.append_variable(Align(token.span.line, 1 << power, fill, most, unit.section.kind == "bss"))

    def _raw(self, token: Token, cursor: Cursor) -> None:
        """`.inst`: instructions as numbers."""
        unit, word = self.front.unit, token.text.lower()
        unit.reject_code_in_bss(token.span)
        while True:
            expression = self.front.expression(cursor)
            value = unit.constant(expression, "an instruction")
            if word == ".inst.w" and not self.thumb:
                raise Mistake(token.span, "`.inst.w` is only in Thumb code", "use `.inst`")
            wide = word == ".inst.w" or (word == ".inst" and (not self.thumb or value > 0xFFFF))
            if not 0 <= value < 1 << (32 if wide else 16):
                raise Mistake(expression.span, f"{value:#x} is not an instruction")
            halves = (value >> 16, value & 0xFFFF) if self.thumb and wide else (value,)
            size = 2 if len(halves) == 2 or not wide else 4
            data = b"".join(half.to_bytes(size, "little") for half in halves)
            unit.append(token.span.line, data, token.span)
            if not cursor.accept(","):
                return

"""AArch64 in the syntax of GNU as."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Cursor, Expression
from app.toolchain.expression import Number as Constant
from app.toolchain.isa import aarch64_encodings as own
from app.toolchain.isa.aarch64_mnemonics import (
    ATOMICS,
    BRANCHES,
    CONDITIONAL,
    CRYPTO,
    HINTS,
    NAMES,
    SHORT_CONDITIONS,
    SYSTEM,
    explain,
    unknown_instruction,
)
from app.toolchain.isa.arm_mnemonics import CONDITIONS, words
from app.toolchain.isa.arm_operands import (
    Immediate,
    Literal,
    Memory,
    Numbers,
    Operand,
    OperandParser,
    Register,
    Relocated,
    Word,
    expressions,
    render,
)
from app.toolchain.isa.base import Front, InstructionSet, Padding
from app.toolchain.isa.foreign import reject_foreign_register
from app.toolchain.isa.keystone_arm import machine_code
from app.toolchain.isa.late import Late, Literals, Maker, plain_number
from app.toolchain.layout import Layout
from app.toolchain.lexer import CommentStyle, Line, Token
from app.toolchain.sections import Fixup, Section

_ALIASES = {"lr": "x30", "fp": "x29", "ip0": "x16", "ip1": "x17", "wsp": "wsp", "sp": "sp", "xzr": "xzr", "wzr": "wzr"}
_REGISTER = re.compile(
    r"[xw](?:[12]?[0-9]|30)|[bhsdq](?:[12]?[0-9]|3[01])|v(?:[12]?[0-9]|3[01])(?:\.[0-9]{0,2}[bhsdq])?"
)
_FLOATS = words("fmov fcmp fcmpe fcmeq fcmge fcmgt fcmle fcmlt")
_HALVES = {
    name: (part, checked) for part in range(4) for name, checked in ((f"abs_g{part}", True), (f"abs_g{part}_nc", False))
}
_REFUSED = frozenset(["got", "got_lo12", "gottprel", "gottprel_lo12", "tlsdesc", "tlsdesc_lo12", "tprel_lo12"])
_LABELLED = BRANCHES | frozenset(["cbz", "cbnz", "tbz", "tbnz", "adr", "adrp"])
_LABEL_LOADS = frozenset(["ldr", "ldrsw"])


@lru_cache(maxsize=4096)
def _register(name: str) -> str | None:
    if name in _ALIASES:
        return _ALIASES[name]
    return name if _REGISTER.fullmatch(name) else None


class AArch64(InstructionSet):
    """`aarch64`."""

    comments: ClassVar[CommentStyle] = CommentStyle(("//",), ("#",))
    widths: ClassVar[Mapping[str, int]] = {".word": 4, ".xword": 8, ".dword": 8}
    ignored: ClassVar[frozenset[str]] = words(
        ".arch .cpu .arch_extension .variant_pcs .tlsdescadd .tlsdesccall .tlsdescldr .cfi_b_key_frame"
    )
    directives: ClassVar[frozenset[str]] = frozenset([".ltorg", ".pool", ".inst", ".unreq"])
    keywords: ClassVar[frozenset[str]] = words("lsl lsr asr ror msl uxtb uxth uxtw uxtx sxtb sxth sxtw sxtx")
    functions: ClassVar[frozenset[str]] = frozenset(["lo12", "pg_hi21", "pg_hi21_nc", *_HALVES, *_REFUSED])

    def __init__(self, front: Front, lines: list[Line]) -> None:
        super().__init__(front, lines)
        self._lines = lines
        self._aliases: dict[str, str] = {}
        self._pools: dict[str, tuple[Section, Literals]] = {}

    def register(self, name: str) -> str | None:
        """The canonical name of a register or `.req` alias, in lower case."""
        found = _register(name)
        if found is None and self._aliases:
            stem, dot, arrangement = name.partition(".")
            target = self._aliases.get(stem)
            found = _register(target + dot + arrangement) if target is not None else None
        return found

    def is_register(self, name: str) -> bool:
        # Labels may be called `s1` or `d0`, as in GNU as: only what stands where a register is expected is one.
        return name[0] in "xw" and _register(name) is not None

    def is_instruction(self, word: str) -> bool:
        return word in NAMES or word in SHORT_CONDITIONS

    def padding(self) -> Padding:
        return own.padding

    def expression(self, cursor: Cursor) -> Expression:
        """Parse an expression. Raises Mistake, also for registers of other architectures."""
        reject_foreign_register(cursor, "aarch64", self._lines)
        return self.front.expression(cursor)

    def directive(self, token: Token, cursor: Cursor) -> None:
        word, unit = token.text.lower(), self.front.unit
        if word == ".unreq":
            self._aliases.pop(cursor.take().text.lower(), None)
        elif word == ".inst":
            unit.reject_code_in_bss(token.span)
            while True:
                expression = self.front.expression(cursor)
                value = unit.constant(expression, "an instruction")
                if not 0 <= value < 1 << 32:
                    raise Mistake(expression.span, f"{value:#x} is not an instruction", "it has 32 bits")
                unit.append(token.span.line, own.word(value), token.span)
                if not cursor.accept(","):
                    return
        else:
            self._literals().dump(unit, (4, 8, 16), self.data_kind)

    def _literals(self) -> Literals:
        section = self.front.unit.section
        return self._pools.setdefault(section.name, (section, Literals()))[1]

    def finish(self) -> None:
        unit = self.front.unit
        for section, literals in self._pools.values():
            unit.section = section
            literals.dump(unit, (4, 8, 16), self.data_kind)

    def instruction(self, token: Token, cursor: Cursor) -> None:
        name = token.text.lower()
        if cursor.text.lower() == ".req":
            self._alias(token, cursor)
            return
        name = SHORT_CONDITIONS.get(name, name)
        if name not in NAMES:
            raise unknown_instruction(token.text, token.span)
        operands = OperandParser(self, cursor, name in SYSTEM or name in CONDITIONAL, name in _LABELLED).parse()
        if not self._special(name, operands, token.span):
            self._plain(name, operands, token.span)

    def _alias(self, token: Token, cursor: Cursor) -> None:
        cursor.take()
        target = cursor.take()
        register = self.register(target.text.lower())
        if register is None:
            raise Mistake(target.span, f"`{target.text}` is not a register")
        if _register(token.text.lower()) is not None:
            raise Mistake(token.span, f"`{token.text}` is already a register")
        self._aliases[token.text.lower()] = register
        cursor.expect_end()

    def _late(self, expression: Expression, span: Span, make: Maker) -> None:
        self.front.unit.append(span.line, bytes(4), span, (Fixup(0, 4, expression, Late(make)),))

    def _special(self, name: str, operands: list[Operand], span: Span) -> bool:
        """What holds addresses of labels. False when this is none of these."""
        last = operands[-1] if operands else None
        if name in BRANCHES:
            self._branch(name, operands, span)
        elif name in ("cbz", "cbnz", "tbz", "tbnz"):
            self._test(name, operands, span)
        elif name in ("adr", "adrp"):
            self._address_of(name, operands, span)
        elif isinstance(last, Literal):
            self._load_constant(name, operands, last, span)
        elif name in _LABEL_LOADS and len(operands) == 2 and isinstance(last, Immediate) and not last.marked:
            self._load_label(name, self._loaded(name, operands[0]), last.expression, span)
        elif isinstance(last, Relocated) or (isinstance(last, Memory) and isinstance(last.parts[-1], Relocated)):
            self._relocated(name, operands, span)
        else:
            return False
        return True

    def _branch(self, name: str, operands: list[Operand], span: Span) -> None:
        if len(operands) != 1 or not isinstance(operands[0], Immediate):
            hint = "to an address in a register it is `br x0` or `blr x0`"
            raise Mistake(operands[0].span if operands else span, f"`{name}` takes one label", hint)
        target = operands[0].expression
        condition = CONDITIONS[name[2:]] if name[1:2] == "." else None

        def make(address: int, layout: Layout) -> bytes:
            distance = layout.number(target) - address
            if condition is not None:
                return own.conditional_branch(condition, distance)
            return own.branch(name == "bl", distance)

        self._late(target, span, make)

    def _test(self, name: str, operands: list[Operand], span: Span) -> None:
        test = name[0] == "t"
        count = 3 if test else 2
        register, target = operands[0] if operands else None, operands[-1] if operands else None
        shape = Mistake(span, f"`{name}` needs a register, {'a bit number ' * test}and a label")
        if len(operands) != count or not isinstance(register, Register) or not isinstance(target, Immediate):
            raise shape
        if register.name[0] not in "xw" or register.name == "wsp":
            raise Mistake(register.span, f"`{register.name}` can't stand here", "use x0 to x30, w0 to w30, xzr or wzr")
        where, core, bit = target.expression, register.name, operands[1]
        if not test:
            self._late(where, span, lambda at, layout: own.compare_and_branch(name, core, layout.number(where) - at))
            return
        if not isinstance(bit, Immediate):
            raise shape
        number = bit.expression
        self._late(
            where,
            span,
            lambda at, layout: own.test_and_branch(name, core, plain_number(layout, number), layout.number(where) - at),
        )

    def _address_of(self, name: str, operands: list[Operand], span: Span) -> None:
        register, target = operands if len(operands) == 2 else (None, None)
        if isinstance(target, Relocated):
            self._refuse(target)
        if not isinstance(register, Register) or not isinstance(target, Immediate | Relocated):
            raise Mistake(span, f"`{name}` needs a register and a label", f"such as `{name} x0, message`")
        if register.name[0] != "x":
            raise Mistake(register.span, "an address needs an x register")
        core, expression = register.name, target.expression
        if name == "adr":
            self._late(expression, span, lambda at, layout: own.address_of(core, layout.number(expression) - at))
        else:
            self._late(expression, span, lambda at, layout: own.page_of(core, at, layout.number(expression)))

    def _loaded(self, name: str, operand: Operand) -> str:
        """The register that a load from a label fills."""
        if not isinstance(operand, Register) or operand.name in ("sp", "wsp") or operand.name[0] not in "wxsdq":
            raise Mistake(operand.span, f"`{name}` from a label needs a w, x, s, d or q register")
        if name == "ldrsw" and operand.name[0] != "x":
            raise Mistake(operand.span, "`ldrsw` fills an x register")
        return operand.name

    def _load_constant(self, name: str, operands: list[Operand], literal: Literal, span: Span) -> None:
        if name not in _LABEL_LOADS or len(operands) != 2:
            raise Mistake(literal.span, "`=value` is only for `ldr register, =value`")
        register = self._loaded(name, operands[0])
        size = 4 if name == "ldrsw" else own.LITERAL_SIZES[register[0]]
        known = self.front.unit.known_number(literal.expression)
        if known is not None and size == 4 and not -(1 << 31) <= known < 1 << 32:
            raise Mistake(literal.span, f"the number {known:#x} does not fit in 32 bits", f"use x{register[1:]}")
        place = self._literals().add(literal.expression, size, known)
        self._load_label(name, register, place, span)

    def _load_label(self, name: str, register: str, target: Expression, span: Span) -> None:
        self._late(target, span, lambda at, layout: own.load_literal(name, register, layout.number(target) - at))

    def _refuse(self, part: Relocated) -> None:
        if part.function in _REFUSED:
            hint = "nothing is linked at run time here; use `adrp x0, label` and `add x0, x0, :lo12:label`"
            raise Mistake(part.span, f"`:{part.function}:` is not available", hint)

    def _relocated(self, name: str, operands: list[Operand], span: Span) -> None:
        """`add x0, x0, :lo12:label`, `ldr x0, [x1, :lo12:label]`, `movz x0, #:abs_g1:label`."""
        last = operands[-1]
        part = last.parts[-1] if isinstance(last, Memory) else last
        assert isinstance(part, Relocated)  # noqa: S101
        self._refuse(part)
        zero = Immediate(Constant(0, part.span), part.span, True)
        if isinstance(last, Memory):
            plain: list[Operand] = [*operands[:-1], Memory([*last.parts[:-1], zero], last.span, last.writeback)]
            wanted = "lo12"
            fits = len(last.parts) == 2 and not last.writeback and name[:2] in ("ld", "st")
        else:
            plain = [*operands[:-1], zero]
            wanted = "lo12" if name in ("add", "adds") else "abs_g"
            fits = len(operands) == (3 if wanted == "lo12" else 2) and name in ("add", "adds", "movz", "movk", "movn")
        if not fits or not part.function.startswith(wanted):
            raise Mistake(part.span, f"`:{part.function}:` can't be used with this `{name}`")
        code = _encode(name, plain, _constant, span)
        expression = part.expression
        if wanted == "lo12":
            if isinstance(last, Memory) and int.from_bytes(code, "little") >> 24 & 0x3B != 0x39:
                raise Mistake(part.span, f"`:lo12:` can't be used with `{name}`", "add it to the base register first")
            self._late(expression, span, lambda at, layout: own.with_low_bits(code, layout.number(expression)))
            return
        half, checked = _HALVES[part.function]
        self._late(expression, span, lambda at, layout: own.with_half(code, layout.number(expression), half, checked))

    def _plain(self, name: str, operands: list[Operand], span: Span) -> None:
        unit = self.front.unit
        late = None
        for expression in expressions(operands):
            if not isinstance(expression, Constant) and unit.known_number(expression) is None:
                late = expression
        if late is None:
            unit.append(span.line, _encode(name, operands, lambda e: unit.known_number(e) or 0, span), span)
            return
        self._late(late, span, lambda at, layout: _encode(name, operands, lambda e: plain_number(layout, e), span))


def _constant(expression: Expression) -> int:
    if not isinstance(expression, Constant):
        raise Mistake(expression.span, "a number is expected here")
    return expression.value


def _encode(name: str, operands: list[Operand], number: Numbers, span: Span) -> bytes:
    """Machine code of an instruction whose numbers are known. Raises Mistake."""
    data = _own(name, operands, number, span)
    if data is None:
        texts = ", ".join(render(operand, number, name in _FLOATS) for operand in operands)
        data = machine_code("aarch64", f"{name}{' ' * bool(texts)}{texts}")
    if data is None or len(data) != 4:
        raise explain(name, operands, number, span)
    return data


def _own(name: str, operands: list[Operand], number: Numbers, span: Span) -> bytes | None:
    if name in HINTS and (not operands or name == "bti"):
        kinds = {"c": 2, "j": 4, "jc": 6}
        kind = operands[0].name if operands and isinstance(operands[0], Word) else ""
        if kind and kind not in kinds:
            raise Mistake(operands[0].span, f"`bti {kind}` does not exist", "c, j and jc do")
        return own.hint(HINTS[name] + kinds.get(kind, 0))
    registers = [operand.name for operand in operands if isinstance(operand, Register) and not operand.lane]
    if name in ATOMICS:
        memory = operands[-1] if operands else None
        data = None
        if isinstance(memory, Memory) and not memory.writeback and len(registers) == len(operands) - 1 and registers:
            base = memory.parts[0] if len(memory.parts) == 1 else None
            data = own.atomic(name, registers, base.name) if isinstance(base, Register) else None
        if data is None:
            raise Mistake(span, f"`{name}` does not take these operands", f"such as `{name} w0, w1, [x2]`")
        return data
    if name in CRYPTO:
        data = own.crypto(name, registers) if len(registers) == len(operands) else None
        if data is None:
            raise Mistake(span, f"`{name}` does not take these operands")
        return data
    if name == "udf" and len(operands) == 1 and isinstance(operands[0], Immediate):
        value = number(operands[0].expression)
        if not 0 <= value <= 0xFFFF:
            raise Mistake(operands[0].span, f"the number {value} does not fit in 16 bits")
        return own.word(value)
    if name == "ext" and len(operands) == 4 and isinstance(operands[3], Immediate):
        value, limit = number(operands[3].expression), 15 if registers and registers[0].endswith("16b") else 7
        if not 0 <= value <= limit:
            raise Mistake(operands[3].span, f"the number {value} is not possible here", f"it can be 0 to {limit}")
    if name == "uxtw" and len(registers) == len(operands) == 2:
        if registers[1][0] != "w" or registers[0][0] != "x" or "wsp" in registers:
            raise Mistake(span, "`uxtw` needs an x and a w register", "such as `uxtw x0, w1`")
        return own.word(0x2A0003E0 | own.register_number(registers[1]) << 16 | own.register_number(registers[0]))
    return None

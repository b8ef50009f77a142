"""x86 instructions into sections: operands whose numbers are known, short and long branches, prefixes."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from app.toolchain.encoder_x86 import Encoding, encode
from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression
from app.toolchain.layout import Layout, describe, early_value
from app.toolchain.lexer import Token
from app.toolchain.mnemonics import BRANCHES, JUMPS, LOCKABLE, NASM_PREFIXES, PREFIXES, SHORT_JUMPS, SHORT_JUMPS_32
from app.toolchain.operands import Immediate, Memory, Operand, Register
from app.toolchain.sections import Fixup, Section
from app.toolchain.unit import Unit

# What GNU as fills code with, by length: the longest first, then the rest.
_NOPS = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "90",
        "6690",
        "0f1f00",
        "0f1f4000",
        "0f1f440000",
        "660f1f440000",
        "0f1f8000000000",
        "0f1f840000000000",
        "660f1f840000000000",
        "662e0f1f840000000000",
        "66662e0f1f840000000000",
    )
)


_NOPS_32 = tuple(
    bytes.fromhex(text)
    for text in ("", "90", "6690", "8d7600", "8d742600", "8d74260090", "8db600000000", "8db42600000000")
)


def nops(size: int) -> bytes:
    """`size` bytes of long NOP instructions, jumped over when they are many, as GNU as fills 64-bit code."""
    return _padding(size, _NOPS, 88)


def nops_32(size: int) -> bytes:
    """The same for i386: `lea` of a register into itself, which every processor has."""
    return _padding(size, _NOPS_32, 21)


def _padding(size: int, patterns: tuple[bytes, ...], many: int) -> bytes:
    jump = b""
    if size >= many:
        jump = b"\xeb" + bytes([size - 2]) if size - 2 < 128 else b"\xe9" + (size - 5).to_bytes(4, "little")
        size -= len(jump)
    longest = len(patterns) - 1
    return jump + patterns[longest] * (size // longest) + patterns[size % longest]


def append_instruction(
    unit: Unit, mnemonic: str, token: Token, prefixes: Sequence[Token], operands: list[Operand]
) -> None:
    """Append one instruction to the current section. Raises Mistake."""
    if unit.dialect == "nasm":
        prefix = b"".join(NASM_PREFIXES[p.text.lower()][unit.machine.bits == 32] for p in prefixes)
    else:
        prefix = b"".join(PREFIXES[p.text.lower()] for p in prefixes)
    if unit.dialect == "nasm":
        mnemonic, prefix = _nasm_forms(mnemonic, prefix, operands)
    line = token.span.line
    unit.reject_code_in_bss(token.span)
    _check_lock(mnemonic, prefixes, operands)
    if mnemonic in BRANCHES and len(operands) == 1 and isinstance(operands[0], Immediate):
        _branch(unit, mnemonic, line, prefix, operands[0], token.span)
        return
    mnemonic = _without_table(mnemonic, operands)
    flexible = False
    numbers: list[int | None] = []
    for index, operand in enumerate(operands):
        number: int | None = None
        expression = _expression(operand)
        if expression is not None:
            value = early_value(expression, unit.symbols)
            if value is not None and value.base is None:
                number = value.offset
            if isinstance(operand, Memory):
                if operand.wide:
                    number = None
                if unit.machine.bits == 32:
                    operand.relative = False
                elif operand.base == "rip" and number is None:
                    operands[index] = replace(operand, base="", relative=True)
            elif isinstance(operand, Immediate) and operand.strict:
                number = None
            elif unit.dialect == "nasm" and value is None:
                flexible = True
            if (
                isinstance(operand, Memory)
                and unit.dialect == "nasm"
                and value is None
                and operand.base
                and not operand.wide
            ):
                flexible = True
        numbers.append(number)
    if flexible:
        unit.section.append_variable(Flexible(line, prefix, mnemonic, operands, token.span, unit.machine.bits))
        return
    encoding = encode(mnemonic, operands, numbers, token.span, unit.dialect, unit.machine.bits)
    unit.append(line, *_with_prefix(prefix, encoding, token.span))


def _nasm_forms(mnemonic: str, prefix: bytes, operands: list[Operand]) -> tuple[str, bytes]:
    """Where NASM chooses otherwise than Keystone: prefixes that have no effect stay, and `xchg` is turned around."""
    for operand in operands:
        if isinstance(operand, Memory):
            if (operand.base or operand.index)[:1] == "e":
                # The address says so already.
                prefix = prefix.replace(b"\x67", b"")
            if operand.segment:
                prefix += NASM_PREFIXES[operand.segment][0]
                operand.segment = ""
            if operand.wide == 8 and mnemonic == "mov" and not operand.base and not operand.index:
                return "movabs", prefix
    if mnemonic == "xchg" and len(operands) == 2 and all(isinstance(operand, Register) for operand in operands):
        operands.reverse()
    if mnemonic.startswith("fcmov") and len(operands) == 1:
        operands.insert(0, Register("st(0)", operands[0].span))
    return mnemonic, prefix


def _without_table(mnemonic: str, operands: list[Operand]) -> str:
    """What ld makes of `mov name@GOTPCREL(%rip), %rax`: a `lea` of the name. Raises Mistake for other instructions."""
    for operand in operands:
        if isinstance(operand, Memory) and operand.through_table:
            if mnemonic != "mov" or operand is operands[0] or operand.base != "rip":
                hint = "compile with -fno-pic to get code without a table of addresses"
                raise Mistake(operand.span, "`@GOTPCREL` only works in `mov` to a register", hint)
            operand.size = 0
            return "lea"
    return mnemonic


def _branch(unit: Unit, mnemonic: str, line: int, prefix: bytes, target: Immediate, span: Span) -> None:
    expression = target.expression
    short = SHORT_JUMPS if unit.machine.bits == 64 else SHORT_JUMPS_32
    if mnemonic in ("jcxz", "jrcxz") and mnemonic not in short:
        raise Mistake(span, f"`{mnemonic}` does not exist for {unit.machine.title}", "jecxz does")
    if mnemonic in short or target.distance == "short":
        if mnemonic == "call":
            raise Mistake(target.span, "`call` has no short form")
        opcode = short[mnemonic] if mnemonic in short else JUMPS[mnemonic][0]
        width = 1
    elif mnemonic == "call" or target.distance == "near":
        opcode = b"\xe8" if mnemonic == "call" else JUMPS[mnemonic][1]
        width = 4
    else:
        unit.section.append_variable(Branch(line, prefix, *JUMPS[mnemonic], expression))
        return
    code = prefix + opcode
    unit.append(line, code + bytes(width), span, (Fixup(len(code), width, expression, "relative"),))


class Branch:
    """`jmp` or a conditional jump, short as long as the target allows it."""

    positional = False

    def __init__(self, line: int, prefix: bytes, short: bytes, near: bytes, target: Expression) -> None:
        self.line = line
        self.size = len(prefix) + len(short) + 1
        self._prefix = prefix
        self._short = short
        self._near = near
        self._target = target
        self._is_near = False

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        if not self._is_near:
            base, target = layout.value(self._target)
            distance = target - offset - self.size
            self._is_near = base is not section or not -128 <= distance <= 127 or layout.impatient
            if self._is_near:
                return len(self._prefix) + len(self._near) + 4
        return self.size

    def emit(self, address: int, layout: Layout) -> bytes:
        distance = layout.number(self._target) - address - self.size
        if not self._is_near:
            return self._prefix + self._short + distance.to_bytes(1, "little", signed=True)
        if not -(1 << 31) <= distance < 1 << 31:
            raise Mistake(self._target.span, f"the target is too far away ({describe(distance)} bytes)")
        return self._prefix + self._near + distance.to_bytes(4, "little", signed=True)


def _expression(operand: Operand) -> Expression | None:
    if isinstance(operand, Immediate):
        return operand.expression
    return None if isinstance(operand, Register) else operand.displacement


def _with_prefix(prefix: bytes, encoding: Encoding, span: Span) -> tuple[bytes, Span, tuple[Fixup, ...]]:
    fixups = encoding.fixups
    if prefix:
        fixups = tuple(replace(fixup, position=fixup.position + len(prefix)) for fixup in fixups)
    return prefix + encoding.data, span, fixups


def _check_lock(mnemonic: str, prefixes: Sequence[Token], operands: Sequence[Operand]) -> None:
    for prefix in prefixes:
        if prefix.text.lower() == "lock" and (
            mnemonic not in LOCKABLE or not any(isinstance(operand, Memory) for operand in operands)
        ):
            raise Mistake(
                prefix.span,
                f"`lock` can't be used with this `{mnemonic}`",
                "it needs an instruction such as add, xchg or cmpxchg that changes memory",
            )


class Flexible:
    """A NASM instruction that uses names of later lines: its size depends on what they turn out to be."""

    positional = False

    def __init__(self, line: int, prefix: bytes, mnemonic: str, operands: list[Operand], span: Span, bits: int) -> None:
        self.line = line
        self.size = len(prefix) + 1
        self._bits = bits
        self._prefix = prefix
        self._mnemonic = mnemonic
        self._operands = operands
        self._span = span
        self._fixups: tuple[Fixup, ...] = ()
        self._data = b""

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        numbers: list[int | None] = []
        for operand in self._operands:
            expression = _expression(operand)
            value = None if expression is None else layout.value(expression)
            known = value is not None and value.base is None and not layout.impatient
            numbers.append(value.offset if known and value is not None else None)
        encoding = encode(self._mnemonic, self._operands, numbers, self._span, "nasm", self._bits)
        self._data, _span, self._fixups = _with_prefix(self._prefix, encoding, self._span)
        return len(self._data)

    def emit(self, address: int, layout: Layout) -> bytes:
        return layout.patch(self._data, self._fixups, address)

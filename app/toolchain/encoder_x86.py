"""Instructions to bytes for x86-64 and i386: checks that Keystone lacks, then Keystone, then numbers put into place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from msgspec.structs import replace

from app.toolchain.errors import Mistake, Span
from app.toolchain.keystone_x86 import keystone_bytes
from app.toolchain.layout import describe
from app.toolchain.lexer import Dialect
from app.toolchain.mistakes_x86 import check_32_bits, check_operands, explain_refusal
from app.toolchain.mnemonics import ONLY_32, PLAIN, WITHOUT_OPERANDS
from app.toolchain.operands import (
    SIZE_NAMES,
    Immediate,
    Memory,
    Operand,
    Register,
)
from app.toolchain.sections import Fixup, FixupKind
from app.toolchain.string_operations import encode_string_operation

# Stand-ins for numbers that are filled in later: no byte sequence of an instruction looks like them by chance.
_IMMEDIATE_32 = 0x5A3C1E77
_IMMEDIATE_64 = 0x5A3C1E7769584736
_DISPLACEMENT = 0x4B2D1F66

_ALSO_WITH_OPERANDS = frozenset({"ret", "retf", "retn", "retq", "lret", "nop"}) | {
    stem + suffix for stem in ("movs", "cmps", "stos", "lods", "scas", "ins", "outs") for suffix in "bwdq"
}
_RETURNS = {"retq": "ret", "retn": "ret", "lret": "retf"}
_STACK_SIZED = frozenset({"push", "pop", "call", "jmp"})
_BYTE_IMMEDIATES = frozenset(
    [
        "rol",
        "ror",
        "rcl",
        "rcr",
        "shl",
        "shr",
        "sal",
        "sar",
        "shld",
        "shrd",
        "bt",
        "btc",
        "btr",
        "bts",
        "in",
        "out",
        "rorx",
    ]
)
_IGNORES_SIZE = frozenset(
    [
        "lea",
        "lgdt",
        "lidt",
        "sgdt",
        "sidt",
        "invlpg",
        "fxsave",
        "fxrstor",
        "xsave",
        "xrstor",
        "fsave",
        "fnsave",
        "frstor",
        "fldenv",
        "fnstenv",
        "fstenv",
        "cmpxchg16b",
        "cmpxchg8b",
        "clflush",
        "clflushopt",
        "prefetcht0",
        "prefetcht1",
        "prefetcht2",
        "prefetchnta",
        "prefetchw",
    ]
)


_NO_OPERAND_PREFIX = frozenset({"push", "pop", "sgdt", "sidt", "lgdt", "lidt"})


class Encoding(NamedTuple):
    data: bytes
    fixups: tuple[Fixup, ...]


def encode(
    mnemonic: str,
    operands: Sequence[Operand],
    numbers: Sequence[int | None],
    span: Span,
    dialect: Dialect,
    bits: int = 64,
) -> Encoding:
    """Machine code of one instruction, of 64-bit code or (`bits` 32) of i386.

    `numbers` holds, for each operand, the value of its immediate or displacement when it is known; None leaves a
    field of full width and a Fixup. Raises Mistake when there is no such instruction.
    """
    if bits == 32:
        check_32_bits(mnemonic, operands, span)
    elif mnemonic in ONLY_32:
        raise Mistake(span, f"`{mnemonic}` does not exist in 64-bit code", "it is an instruction of i386")
    if not operands and mnemonic in PLAIN:
        return Encoding(PLAIN[mnemonic], ())
    if operands:
        mnemonic = _other_name(mnemonic, operands)
        if mnemonic in WITHOUT_OPERANDS and mnemonic not in _ALSO_WITH_OPERANDS:
            raise Mistake(operands[0].span.to(operands[-1].span), f"`{mnemonic}` takes no operands")
        code = encode_string_operation(mnemonic, operands, span, bits)
        if code is not None:
            return Encoding(code, ())
    operands = _with_sizes(mnemonic, operands, bits)
    check_operands(mnemonic, operands, span)
    if mnemonic == "movabs" and any(isinstance(operand, Memory) for operand in operands):
        return _move_absolute(operands, span)
    special = _special(mnemonic, operands, numbers, dialect, bits)
    if special is not None:
        return special
    if dialect == "nasm" and bits == 64 and mnemonic == "mov" and len(operands) == 2:
        mnemonic, operands, numbers = _shortest_move(operands, numbers)
    wide_byte = False
    while True:
        text = _text(mnemonic, operands, numbers, wide_byte, bits)
        data = keystone_bytes(text, bits)
        if data is not None:
            return _place_numbers(mnemonic, bytearray(data), operands, numbers, wide_byte, span, bits)
        sized = _next_vector_size(mnemonic, operands)
        if sized is not None:
            operands = sized
            continue
        if wide_byte or not any(isinstance(o, Immediate) and n is None for o, n in zip(operands, numbers, strict=True)):
            raise explain_refusal(mnemonic, operands, span)
        wide_byte = True


def _other_name(mnemonic: str, operands: Sequence[Operand]) -> str:
    """Keystone's name for what GNU as also knows by another one."""
    kinds = {operand.info.kind for operand in operands if isinstance(operand, Register)}
    if mnemonic == "movq" and not kinds & {"vector", "mmx"}:
        return "mov"
    wide = any(
        operand.info.size == 8 and operand.info.kind == "gpr" if isinstance(operand, Register) else operand.size == 8
        for operand in operands
    )
    if mnemonic == "movd" and wide:
        return "movq"
    last = operands[-1]
    if mnemonic == "movsx" and not isinstance(last, Immediate):
        return "movsxd" if (last.info.size if isinstance(last, Register) else last.size) == 4 else mnemonic
    return _RETURNS.get(mnemonic, mnemonic)


def _with_sizes(mnemonic: str, operands: Sequence[Operand], bits: int) -> Sequence[Operand]:
    """Give memory without a size the one that the instruction, or NASM's `mov [x], byte 5`, implies."""
    size = bits // 8 if mnemonic in _STACK_SIZED else next((o.size for o in operands if isinstance(o, Immediate)), 0)
    if not size:
        return operands
    return [replace(o, size=size) if isinstance(o, Memory) and not o.size else o for o in operands]


def _special(
    mnemonic: str, operands: Sequence[Operand], numbers: Sequence[int | None], dialect: Dialect, bits: int
) -> Encoding | None:
    """`push` and `int` of a number, which Keystone gets wrong or longer."""
    if len(operands) != 1 or not isinstance(operands[0], Immediate) or mnemonic not in ("push", "int"):
        return None
    operand, number = operands[0], numbers[0]
    if mnemonic == "int":
        if number is None:
            return Encoding(b"\xcd\0", (Fixup(1, 1, operand.expression, "absolute"),))
        _check_immediate(number, 1, operand, "an interrupt number")
        return Encoding(b"\xcc" if number == 3 and dialect == "gas" else bytes([0xCD, number & 0xFF]), ())
    word = operand.size == 2
    prefix, width = (b"\x66", 2) if word else (b"", 4)
    if number is None:
        kind = "absolute" if word or bits == 32 else "signed"
        return Encoding(
            prefix + b"\x68" + bytes(width),
            (Fixup(len(prefix) + 1, width, operand.expression, kind),),  # type: ignore[arg-type]
        )
    number = _check_immediate(number, 2 if word else bits // 8, operand, "push")
    if -128 <= number <= 127:
        return Encoding(prefix + b"\x6a" + number.to_bytes(1, "little", signed=True), ())
    return Encoding(prefix + b"\x68" + number.to_bytes(width, "little", signed=True), ())


def _move_absolute(operands: Sequence[Operand], span: Span) -> Encoding:
    """`movabs` between the accumulator and memory at a 64-bit address."""
    hint = "it moves between al, ax, eax or rax and memory at a plain address"
    if len(operands) != 2:
        raise Mistake(span, "`movabs` needs two operands", hint)
    register = next((o for o in operands if isinstance(o, Register)), None)
    memory = next(o for o in operands if isinstance(o, Memory))
    address = memory.displacement
    if register is None or register.name not in ("al", "ax", "eax", "rax"):
        raise Mistake(operands[0].span.to(operands[1].span), "`movabs` does not take these operands", hint)
    if memory.base or memory.index or memory.relative or memory.segment or address is None:
        raise Mistake(memory.span, "`movabs` can't use this address", hint)
    size = register.info.size
    prefix = {2: b"\x66", 8: b"\x48"}.get(size, b"")
    opcode = 0xA0 + (size != 1) + (2 if operands[0] is memory else 0)
    code = prefix + bytes([opcode])
    return Encoding(code + bytes(8), (Fixup(len(code), 8, address, "absolute"),))


def _shortest_move(
    operands: Sequence[Operand], numbers: Sequence[int | None]
) -> tuple[str, Sequence[Operand], Sequence[int | None]]:
    """NASM chooses the shortest `mov` of a number to a 64-bit register, and reaches labels with all 64 bits."""
    target, source = operands
    if not isinstance(target, Register) or target.info.size != 8 or target.info.kind != "gpr":
        return "mov", operands, numbers
    if not isinstance(source, Immediate) or source.size in (1, 2, 4):
        return "mov", operands, numbers
    number = numbers[1]
    if number is None:
        return "movabs", operands, numbers
    if 0 <= number < 1 << 32:
        name = target.name + "d" if target.info.extended else "e" + target.name[1:]
        return "mov", [Register(name, target.span), source], numbers
    return "mov", operands, numbers


def _operand_size(mnemonic: str, operands: Sequence[Operand]) -> int:
    """Bytes of the number that an immediate must fit."""
    first = operands[0]
    if mnemonic in ("ret", "retf"):
        return 2
    if mnemonic in _BYTE_IMMEDIATES:
        return 1
    if mnemonic == "enter":
        return 2
    if isinstance(first, Register):
        return first.info.size if first.info.kind == "gpr" else 1
    if isinstance(first, Memory) and first.size in (1, 2, 4, 8):
        return first.size
    return next((o.size for o in operands if isinstance(o, Immediate) and o.size), 4)


def _check_immediate(number: int, size: int, operand: Immediate, what: str) -> int:
    """`number` as the signed value that `size` bytes (8: a sign-extended 32-bit field) hold. Raises Mistake."""
    bits = 8 * size
    if number >= 1 << 63 and size == 8:
        number -= 1 << 64
    lower, upper = -(1 << (bits - 1)), 1 << bits
    if size == 8:
        lower, upper = -(1 << 31), 1 << 31
    if not lower <= number < upper:
        if size == 8:
            raise Mistake(
                operand.span,
                f"the number {describe(number)} does not fit in the signed 32 bits that {what} takes",
                "move it to a register first",
            )
        limit = f"{lower} to {upper - 1}" if size < 4 else f"{bits} bits"
        raise Mistake(operand.span, f"the number {describe(number)} does not fit in {limit}")
    return number - (1 << bits) if number >= 1 << (bits - 1) and size < 8 else number


def _text(mnemonic: str, operands: Sequence[Operand], numbers: Sequence[int | None], wide_byte: bool, bits: int) -> str:
    parts = []
    for operand, number in zip(operands, numbers, strict=True):
        if isinstance(operand, Register):
            parts.append("st(0)" if operand.name == "st" else operand.name)
        elif isinstance(operand, Immediate):
            if number is None:
                value = _IMMEDIATE_64 if mnemonic == "movabs" else _IMMEDIATE_32
                parts.append("0x77" if wide_byte else f"{value:#x}")
            else:
                parts.append(f"{_normal(mnemonic, operands, operand, number):#x}")
        else:
            parts.append(_memory_text(mnemonic, operand, number, bits))
    return f"{mnemonic} {', '.join(parts)}" if parts else mnemonic


def _normal(mnemonic: str, operands: Sequence[Operand], operand: Immediate, number: int) -> int:
    size = _operand_size(mnemonic, operands)
    if mnemonic in ("mov", "movabs") and size == 8 and isinstance(operands[0], Register):
        return number - (1 << 64) if number >= (1 << 64) - (1 << 31) else number
    return _check_immediate(number, size, operand, f"`{mnemonic}`")


def _memory_text(mnemonic: str, memory: Memory, number: int | None, bits: int) -> str:
    size = "" if not memory.size or mnemonic in _IGNORES_SIZE else SIZE_NAMES[memory.size] + " ptr "
    segment = memory.segment + ":" if memory.segment else ""
    if memory.relative:
        return f"{size}{segment}[rip+{_DISPLACEMENT:#x}]"
    if not memory.base and not memory.index:
        if bits == 32:
            return f"{size}{segment}[{_DISPLACEMENT:#x}]"
        return f"{size}{segment}[rax*2+{_DISPLACEMENT:#x}]"
    address = memory.base
    if memory.index:
        address += ("+" if address else "") + f"{memory.index}*{memory.scale}"
    if memory.displacement is not None:
        value = _DISPLACEMENT if number is None else number
        if number is not None and number >= 1 << 63:
            value -= 1 << 64
        if not -(1 << 31) <= value < (1 << 32 if memory.base[:1] == "e" else 1 << 31):
            raise Mistake(memory.displacement.span, f"the displacement {describe(value)} does not fit in 32 bits")
        if bits == 32 and value >= 1 << 31:
            value -= 1 << 32
        address += f"{value:+#x}" if value else ""
    return f"{size}{segment}[{address}]"


def _place_numbers(
    mnemonic: str,
    data: bytearray,
    operands: Sequence[Operand],
    numbers: Sequence[int | None],
    wide_byte: bool,
    span: Span,
    bits: int,
) -> Encoding:
    """Find the stand-ins in `data`; fill in what is known and turn the rest into fix-ups."""
    fixups: list[Fixup] = []
    for operand, number in zip(operands, numbers, strict=True):
        if isinstance(operand, Memory):
            absolute = not operand.base and not operand.index and not operand.relative
            expression = operand.displacement
            if expression is None or not (absolute or operand.relative or number is None):
                continue
            position = data.find(_DISPLACEMENT.to_bytes(4, "little"))
            if position < 0:
                raise Mistake(operand.span, f"`{mnemonic}` can't use this address")
            if absolute and bits == 64:
                # Keystone was given [rax*2+n]; the same bytes with the index field 100 mean [n].
                data[position - 1] = 0x25
            kind: FixupKind = "relative" if operand.relative else "signed" if bits == 64 else "absolute"
            fixup = Fixup(position, 4, expression, kind)
            data[position : position + 4] = bytes(4)
            fixups.append(fixup)
        elif isinstance(operand, Immediate) and number is None:
            width = 1 if wide_byte else _tail_width(data, mnemonic)
            if not width:
                raise Mistake(operand.span, f"`{mnemonic}` needs a number that is known here")
            signed = width == 4 and _operand_size(mnemonic, operands) == 8
            data[-width:] = bytes(width)
            fixups.append(Fixup(len(data) - width, width, operand.expression, "signed" if signed else "absolute"))
    if mnemonic == "nop" and operands:
        _repair_nop(data)
    elif bits == 32 and mnemonic in _NO_OPERAND_PREFIX and data[0] == 0x66 and _is_segment_or_memory(operands[0]):
        # Keystone puts an operand-size prefix before these, which has no use there.
        del data[0]
        fixups = [replace(fixup, position=fixup.position - 1) for fixup in fixups]
    elif mnemonic == "mov" and data[0] == 0x66 and isinstance(operands[0], Register) and not fixups:
        # Keystone puts an operand-size prefix before `mov ds, ax`, which has no use there.
        del data[: operands[0].info.kind == "segment"]
    return Encoding(bytes(data), tuple(fixups))


_VECTOR_MEMORY = {0: 4, 4: 8, 8: 16, 16: 32, 32: 2, 2: 1}


def _next_vector_size(mnemonic: str, operands: Sequence[Operand]) -> Sequence[Operand] | None:
    """For AVX, Keystone wants the size of memory, which the instruction alone decides: the next size to try."""
    if mnemonic[0] != "v":
        return None
    memory = next((operand for operand in operands if isinstance(operand, Memory)), None)
    if memory is None or memory.size not in _VECTOR_MEMORY:
        return None
    size = _VECTOR_MEMORY[memory.size]
    return [replace(operand, size=size) if operand is memory else operand for operand in operands]


def _is_segment_or_memory(operand: Operand) -> bool:
    return (isinstance(operand, Register) and operand.info.kind == "segment") or (
        isinstance(operand, Memory) and operand.size != 2
    )


def _tail_width(data: bytearray, mnemonic: str) -> int:
    if mnemonic == "movabs":
        return 8 if data.endswith(_IMMEDIATE_64.to_bytes(8, "little")) else 0
    whole = _IMMEDIATE_32.to_bytes(4, "little")
    return next((width for width in (4, 2, 1) if data.endswith(whole[:width])), 0)


def _repair_nop(data: bytearray) -> None:
    """Keystone encodes the long NOP as 0F 18 /4, a reserved hint; every assembler says 0F 1F /0."""
    position = data.find(b"\x0f\x18")
    if position >= 0:
        data[position + 1] = 0x1F
        data[position + 2] &= 0xC7

"""What is wrong with an x86 instruction, in words: Keystone accepts too much, and does not say why it refuses."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from app.toolchain.errors import Mistake, Span, did_you_mean
from app.toolchain.mnemonics import MNEMONICS, ONLY_64, PREFIXES, SAME_SIZE
from app.toolchain.operands import REGISTERS, WIDE_REGISTERS, Immediate, Memory, Operand, Register, describe_operand

_STRING_STEMS = frozenset(["movs", "cmps", "stos", "lods", "scas", "ins", "outs"])


def check_operands(mnemonic: str, operands: Sequence[Operand], span: Span) -> None:
    """Refuse what Keystone would get wrong, or end the process for. Raises Mistake."""
    high = next((o for o in operands if isinstance(o, Register) and o.info.high), None)
    for operand in operands:
        if isinstance(operand, Memory):
            _check_address(operand)
        elif isinstance(operand, Register) and operand.info.kind == "ip":
            raise Mistake(operand.span, "`rip` can only be used inside an address", "for example `[rip + label]`")
    if high is not None and any(_needs_rex(operand) for operand in operands):
        raise Mistake(
            high.span,
            f"`{high.name}` can't be used together with a 64-bit or new register",
            "ah, bh, ch and dh exist only in instructions without a REX prefix",
        )
    memories = [operand for operand in operands if isinstance(operand, Memory)]
    if len(memories) > 1 and mnemonic[:4] not in _STRING_STEMS:
        raise Mistake(
            memories[1].span, "one instruction can't have two memory operands", "go through a register in between"
        )
    if mnemonic in SAME_SIZE and len(operands) == 2:
        _check_same_size(mnemonic, operands)


def check_32_bits(mnemonic: str, operands: Sequence[Operand], span: Span) -> None:
    """Refuse what i386 does not have. Raises Mistake."""
    if mnemonic in ONLY_64:
        raise Mistake(span, f"`{mnemonic}` exists only in 64-bit code; this program is for i386", ONLY_64[mnemonic])
    for operand in operands:
        names = [operand.name] if isinstance(operand, Register) else []
        if isinstance(operand, Memory):
            names = [operand.base, operand.index]
        for name in names:
            if name in WIDE_REGISTERS:
                what = f"a {8 * REGISTERS[name].size}-bit" if REGISTERS[name].size == 8 else "an x86-64"
                hint = f"write `e{name[1:]}`, or choose x86-64" if "e" + name[1:] in REGISTERS else "choose x86-64"
                raise Mistake(operand.span, f"`{name}` is {what} register; this program is for i386", hint)


def _check_same_size(mnemonic: str, operands: Sequence[Operand]) -> None:
    sizes = []
    for operand in operands:
        if isinstance(operand, Register) and operand.info.kind == "gpr":
            sizes.append(operand.info.size)
        elif isinstance(operand, Memory) and operand.size:
            sizes.append(operand.size)
    if len(sizes) == 2 and sizes[0] != sizes[1]:
        hint = "use registers of one size"
        if mnemonic == "mov" and sizes[0] > sizes[1]:
            hint = "use movzx or movsx to widen" if sizes[1] < 4 else "writing a 32-bit register clears the upper half"
        names = " and ".join(describe_operand(operand) for operand in operands)
        raise Mistake(operands[0].span.to(operands[1].span), f"operand sizes differ: {names}", hint)


def _needs_rex(operand: Operand) -> bool:
    if isinstance(operand, Register):
        info = operand.info
        return info.extended or (info.kind == "gpr" and info.size == 8)
    if isinstance(operand, Memory):
        if operand.size == 8:
            return True
        return any(name and REGISTERS[name].extended for name in (operand.base, operand.index))
    return False


def _check_address(memory: Memory) -> None:
    for name in (memory.base, memory.index):
        if name and name != "rip" and (REGISTERS[name].kind != "gpr" or REGISTERS[name].size not in (4, 8)):
            raise Mistake(memory.span, f"`{name}` can't be part of an address", "use a 64-bit register")
    if memory.base == "rip" and memory.index:
        raise Mistake(memory.span, "rip can't be combined with another register")
    if memory.base and memory.index and REGISTERS[memory.base].size != REGISTERS[memory.index].size:
        raise Mistake(memory.span, "the registers of an address must have one size")
    if memory.index in ("rsp", "esp"):
        raise Mistake(memory.span, f"`{memory.index}` can't be an index")
    if memory.scale not in (1, 2, 4, 8):
        raise Mistake(memory.span, f"an index can be scaled by 1, 2, 4 or 8, not by {memory.scale}")


def unknown_instruction(mnemonic: str, span: Span) -> Mistake:
    """The mistake of a word that is no instruction, with a guess."""
    return Mistake(span, f"unknown instruction `{mnemonic}`", _similar(mnemonic))


@lru_cache(maxsize=256)
def _similar(mnemonic: str) -> str:
    """What was probably meant; remembered, since a macro can repeat one mistake thousands of times."""
    return did_you_mean(mnemonic, sorted((*MNEMONICS, *PREFIXES)))


def explain_refusal(mnemonic: str, operands: Sequence[Operand], span: Span) -> Mistake:
    """Why Keystone refused: it only says "invalid operand"."""
    if mnemonic not in MNEMONICS and not mnemonic.startswith("v"):
        return unknown_instruction(mnemonic, span)
    whole = span if not operands else operands[0].span.to(operands[-1].span)
    if not operands:
        return Mistake(span, f"`{mnemonic}` needs operands")
    if len(operands) == 1 and (mnemonic in SAME_SIZE or mnemonic in ("lea", "movzx", "movsx")):
        return Mistake(span.to(whole), f"`{mnemonic}` needs two operands")
    registers = [o for o in operands if isinstance(o, Register)]
    memory = next((o for o in operands if isinstance(o, Memory)), None)
    if memory is not None and not memory.size and not registers:
        return Mistake(memory.span, "the size of this memory operand is unknown", "write byte, word, dword or qword")
    if isinstance(operands[0], Immediate) and len(operands) > 1:
        return Mistake(operands[0].span, "a number can't be the destination")
    if any(o.info.kind == "segment" for o in registers) and mnemonic == "mov":
        return Mistake(whole, "segment registers can only be moved to and from registers or memory")
    words = " and ".join(describe_operand(operand) for operand in operands)
    return Mistake(whole, f"`{mnemonic}` does not take {words}")

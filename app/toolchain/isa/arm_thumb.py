"""Thumb code in the older, divided syntax, in which most instructions change the flags without saying so."""

from __future__ import annotations

from msgspec.structs import replace

from app.toolchain.isa.arm_encodings import REGISTER_NUMBERS
from app.toolchain.isa.arm_mnemonics import Mnemonic, words
from app.toolchain.isa.arm_operands import Immediate, Numbers, Operand, Register

_ALWAYS = words("and eor orr bic mvn adc sbc mul neg lsl lsr asr ror")


def modern(mnemonic: Mnemonic, operands: list[Operand], number: Numbers) -> tuple[Mnemonic, list[Operand]]:
    """The same instruction in unified syntax. What has no 2-byte form in Thumb-1 stays as it is written."""
    name = mnemonic.name
    if mnemonic.flags or mnemonic.condition or mnemonic.width or not operands:
        return mnemonic, operands
    registers = [operand for operand in operands if isinstance(operand, Register)]
    low = all(REGISTER_NUMBERS.get(register.name, 16) < 8 for register in registers)
    if not low or not registers:
        return mnemonic, operands
    last = operands[-1]
    if name in _ALWAYS and not (isinstance(last, Immediate) and name in ("and", "eor", "orr", "bic", "mvn")):
        return replace(mnemonic, flags=True), operands
    if name == "mov" and isinstance(last, Immediate) and 0 <= number(last.expression) <= 255:
        return replace(mnemonic, flags=True), operands
    if name in ("add", "sub") and len(registers) == len(operands):
        return replace(mnemonic, flags=True), operands
    if name in ("add", "sub") and isinstance(last, Immediate):
        same = len(operands) == 2 or registers[0].name == registers[-1].name
        if -7 <= (value := number(last.expression)) <= 7 or (same and -255 <= value <= 255):
            return replace(mnemonic, flags=True), operands
    return mnemonic, operands


def move_low(mnemonic: Mnemonic, operands: list[Operand]) -> bytes | None:
    """`mov r0, r1` between low registers, which is `adds r0, r1, #0` there; None for anything else."""
    registers = [
        REGISTER_NUMBERS.get(operand.name, 16) if isinstance(operand, Register) else 16 for operand in operands
    ]
    if mnemonic.name != "mov" or mnemonic.flags or mnemonic.condition or mnemonic.width or len(registers) != 2:
        return None
    target, source = registers
    return (0x1C00 | source << 3 | target).to_bytes(2, "little") if target < 8 and source < 8 else None

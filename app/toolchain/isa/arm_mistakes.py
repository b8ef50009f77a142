"""What to tell people about ARM and Thumb instructions that don't exist."""

from __future__ import annotations

from app.toolchain.errors import Mistake, Span, did_you_mean
from app.toolchain.isa.arm_encodings import modified_immediate
from app.toolchain.isa.arm_mnemonics import DATA_PROCESSING, LOADS, NAMES, Mnemonic
from app.toolchain.isa.arm_operands import Immediate, Memory, Numbers, Operand, Register, describe_operand
from app.toolchain.layout import describe

_FROM_X86 = {
    "syscall": "a system call is `svc #0`, with its number in r7",
    "int": "a system call is `svc #0`, with its number in r7",
    "jmp": "a jump is `b label`",
    "call": "a call is `bl label`",
    "ret": "return with `bx lr`",
    "lea": "an address is loaded with `ldr r0, =label` or `adr r0, label`",
    "movl": "AT&T syntax for x86; `mov r0, #1`",
    "inc": "`add r0, r0, #1`",
    "dec": "`sub r0, r0, #1`",
    "xor": "`eor r0, r1, r2`",
    "not": "`mvn r0, r1`",
    "or": "`orr r0, r1, r2`",
    "ecall": "RISC-V; a system call is `svc #0`, with its number in r7",
    "li": "RISC-V; `mov r0, #1` or `ldr r0, =value`",
    "la": "RISC-V; `ldr r0, =label`",
    "shl": "`lsl r0, r1, #2`",
    "shr": "`lsr r0, r1, #2`",
    "stp": "AArch64; `push {r0, r1}` or `strd`",
    "ldp": "AArch64; `pop {r0, r1}` or `ldrd`",
    "cbz": "Thumb only; `cmp r0, #0` and `beq`",
}
_SHAPES = {
    "mov": "mov r0, #1` or `mov r0, r1",
    "mvn": "mvn r0, #0` or `mvn r0, r1",
    "ldr": "ldr r0, [r1, #4]` or `ldr r0, =value",
    "str": "str r0, [r1, #4]",
    "ldrb": "ldrb r0, [r1]",
    "strb": "strb r0, [r1]",
    "push": "push {r4, lr}",
    "pop": "pop {r4, pc}",
    "mul": "mul r0, r1, r2",
    "bx": "bx lr",
    "svc": "svc #0",
    "ldmia": "ldmia r0!, {r1, r2}",
    "stmia": "stmia r0!, {r1, r2}",
    "cmp": "cmp r0, #1",
    "lsl": "lsl r0, r1, #2",
}


def unknown_instruction(text: str, span: Span) -> Mistake:
    """The mistake of a mnemonic that doesn't exist."""
    word = text.lower()
    if word in _FROM_X86:
        return Mistake(span, f"ARM has no `{text}`", _FROM_X86[word])
    return Mistake(span, f"unknown instruction `{text[:40]}`", did_you_mean(word, NAMES))


def explain(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, thumb: bool, span: Span) -> Mistake:
    """Why the instruction has no encoding, as far as it can be told."""
    name = mnemonic.name
    last = operands[-1] if operands else None
    if isinstance(last, Immediate) and name in DATA_PROCESSING:
        value = number(last.expression)
        field = modified_immediate(value)
        if field is None or thumb:
            register = next((o.name for o in operands if isinstance(o, Register)), "r0")
            hint = f"load it first: `ldr {register}, ={describe(value)}`"
            return Mistake(last.span, f"the number {describe(value)} can't be part of this `{name}`", hint)
    memory = next((operand for operand in operands if isinstance(operand, Memory)), None)
    if memory is not None and name in LOADS:
        offsets = [part for part in memory.parts if isinstance(part, Immediate)]
        for offset in offsets:
            value = number(offset.expression)
            if abs(value) > 255:
                limit = 255 if name in ("ldrh", "strh", "ldrsb", "ldrsh") and not thumb else 4095
                return Mistake(offset.span, f"the offset {value} is too large for `{name}`", f"{limit} is the largest")
    where = operands[0].span.to(operands[-1].span) if operands else span
    hint = f"write `{_SHAPES[name]}`" if name in _SHAPES else ""
    if not operands:
        return Mistake(span, f"`{name}` needs operands", hint)
    kinds = ", ".join(describe_operand(operand) for operand in operands)
    state = "Thumb " if thumb else ""
    return Mistake(where, f"{state}`{name}` does not take these operands: {kinds}", hint)

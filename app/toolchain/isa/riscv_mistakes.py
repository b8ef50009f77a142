"""What to tell people about RISC-V instructions that don't exist or don't fit."""

from __future__ import annotations

from collections.abc import Sequence

from app.toolchain.errors import Mistake, Span, did_you_mean
from app.toolchain.isa.riscv_encoder import TABLE, Row
from app.toolchain.isa.riscv_operands import Memory, Number, Operand, Register, describe_operand
from app.toolchain.isa.riscv_pseudo import EXTENSIONS, NAMES
from app.toolchain.layout import describe

_FOREIGN = {
    "syscall": "a system call is `ecall`, with its number in a7",
    "svc": "a system call is `ecall`, with its number in a7",
    "swi": "a system call is `ecall`, with its number in a7",
    "int": "a system call is `ecall`, with its number in a7",
    "mov": "`mv a0, a1` copies a register, `li a0, 1` loads a number",
    "movl": "AT&T syntax for x86; `li a0, 1`",
    "movq": "AT&T syntax for x86; `li a0, 1`",
    "movz": "AArch64; `li a0, 1`",
    "movk": "AArch64; `li` loads any number",
    "jmp": "a jump is `j label`",
    "b": "a jump is `j label`",
    "bl": "a call is `call label`",
    "bx": "`jr ra`, or `ret`",
    "blr": "a call through a register is `jalr t0`",
    "br": "a jump through a register is `jr t0`",
    "cbz": "`beqz a0, label`",
    "cbnz": "`bnez a0, label`",
    "je": "`beq a0, a1, label`",
    "jne": "`bne a0, a1, label`",
    "jz": "`beqz a0, label`",
    "jnz": "`bnez a0, label`",
    "jl": "`blt a0, a1, label`",
    "jg": "`bgt a0, a1, label`",
    "jle": "`ble a0, a1, label`",
    "jge": "`bge a0, a1, label`",
    "cmp": "branches compare: `beq a0, a1, label`; `slt` gives 0 or 1",
    "test": "branches compare: `beqz a0, label`",
    "push": "`addi sp, sp, -16` and `sd ra, 8(sp)`",
    "pop": "`ld ra, 8(sp)` and `addi sp, sp, 16`",
    "lea": "`la a0, label`, or `addi a0, a1, 8`",
    "adr": "`la a0, label`",
    "adrp": "`la a0, label`",
    "ldr": "`ld a0, 0(a1)` or `lw a0, 0(a1)`; `la a0, label` and `li a0, number` load values",
    "str": "`sd a0, 0(a1)` or `sw a0, 0(a1)`",
    "ldrb": "`lbu a0, 0(a1)`",
    "strb": "`sb a0, 0(a1)`",
    "ldp": "two `ld`",
    "stp": "two `sd`",
    "inc": "`addi a0, a0, 1`",
    "dec": "`addi a0, a0, -1`",
    "subi": "`addi a0, a0, -1`",
    "imul": "`mul a0, a0, a1`",
    "sdiv": "`div a0, a0, a1`",
    "udiv": "`divu a0, a0, a1`",
    "shl": "`slli a0, a0, 2`",
    "shr": "`srli a0, a0, 2`",
    "lsl": "`slli a0, a0, 2`",
    "lsr": "`srli a0, a0, 2`",
    "asr": "`srai a0, a0, 2`",
    "eor": "`xor a0, a0, a1`",
    "orr": "`or a0, a0, a1`",
    "mvn": "`not a0, a1`",
    "leave": "`mv sp, s0` and `ld s0, 0(sp)`",
    "hlt": "`ecall` with 93 (exit) in a7 ends a program",
}
_OTHER_EXTENSIONS = {
    "Zba": "sh1add sh2add sh3add add.uw sh1add.uw sh2add.uw sh3add.uw slli.uw",
    "Zbb": "andn orn xnor clz clzw ctz ctzw cpop cpopw max maxu min minu rol rolw ror rori roriw rorw orc.b rev8",
    "Zbs": "bclr bclri bext bexti binv binvi bset bseti",
    "Zicboz": "cbo.zero",
    "Zicond": "czero.eqz czero.nez",
    "V": "vsetvli vsetivli vsetvl vle8.v vle32.v vle64.v vse8.v vse32.v vse64.v vadd.vv vadd.vx vadd.vi",
    "Q": "flq fsq fadd.q fsub.q fmul.q fdiv.q",
    "H": "hlv.w hsv.w hfence.vvma hfence.gvma",
}
_ONLY_32 = {"rdcycleh": "rdcycle", "rdtimeh": "rdtime", "rdinstreth": "rdinstret", "c.jal": "jal"}
_UNUSUAL = {name: extension for extension, names in _OTHER_EXTENSIONS.items() for name in names.split()}

_WANTED = {
    **dict.fromkeys(["rd", "rs1", "rs2"], "an integer register such as a0"),
    **dict.fromkeys(["rdn", "c2n"], "an integer register other than zero"),
    "rdl": "an integer register other than zero and sp",
    "rdh": "an integer register other than sp",
    "c2": "an integer register such as a0",
    **dict.fromkeys(["p2", "p7"], "one of the registers s0, s1 and a0 to a5"),
    **dict.fromkeys(["fd", "f1", "f2", "f3", "f12", "fc2"], "a floating-point register such as fa0"),
    "fp2": "one of the registers fs0, fs1 and fa0 to fa5",
    "=": "the same register as the first",
    "sp": "sp",
    "zero": "the register zero",
    "none": "0",
    "i12": "a number from -2048 to 2047",
    "u20": "a number from 0 to 0xfffff (the upper 20 bits)",
    "sh6": "a number from 0 to 63",
    "sh5": "a number from 0 to 31",
    "csh": "a number from 1 to 63",
    "z5": "a number from 0 to 31",
    "c6": "a number from -32 to 31",
    "c6n": "a number from -32 to 31, but 0",
    "clui": "a number from 1 to 31, or from 0xfffe0 to 0xfffff",
    "addi4": "a multiple of 4 from 4 to 1020",
    "addi16": "a multiple of 16 from -512 to 496, but 0",
    **dict.fromkeys(["load", "store"], "an address such as 8(sp), with an offset from -2048 to 2047"),
    "plain": "an address without offset such as (a0)",
    "cw": "an address such as 4(a0), with a multiple of 4 up to 124 and one of s0, s1, a0 to a5",
    "cd": "an address such as 8(a0), with a multiple of 8 up to 248 and one of s0, s1, a0 to a5",
    **dict.fromkeys(["lwsp", "swsp"], "an address such as 4(sp), with a multiple of 4 up to 252"),
    **dict.fromkeys(["ldsp", "sdsp"], "an address such as 8(sp), with a multiple of 8 up to 504"),
    "rm": "a rounding mode: rne, rtz, rdn, rup, rmm or dyn",
    **dict.fromkeys(["pred", "succ"], "what the fence orders: letters of iorw in this order, such as rw"),
    "csr": "a control and status register such as cycle or fcsr, or its number",
    **dict.fromkeys(["branch", "jump"], "a label"),
}
_EXAMPLES = {
    **dict.fromkeys(["rd", "rdn", "rdl", "rdh"], "a0"),
    **dict.fromkeys(["rs1", "c2", "c2n", "p2"], "a1"),
    "rs2": "a2",
    "p7": "a0",
    "fd": "fa0",
    **dict.fromkeys(["f1", "f12", "fp2", "fc2"], "fa1"),
    "f2": "fa2",
    "f3": "fa3",
    "=": "a0",
    "zero": "zero",
    "sp": "sp",
    **dict.fromkeys(["load", "store", "ldsp", "sdsp", "cd", "cw", "lwsp", "swsp"], "8(sp)"),
    "plain": "(a1)",
    "rm": "rtz",
    **dict.fromkeys(["pred", "succ"], "rw"),
    "csr": "fcsr",
    **dict.fromkeys(["branch", "jump"], "label"),
}
_PSEUDO = {
    "li": "li a0, 1",
    "la": "la a0, label",
    "lla": "lla a0, label",
    "call": "call label",
    "tail": "tail label",
    "jump": "jump label, t0",
    **{name: f"{name} a0, a1" for name in EXTENSIONS},
}


def unknown_instruction(text: str, span: Span, foreign: str) -> Mistake:
    """The mistake of a mnemonic that doesn't exist; `foreign` says that an operand is of another architecture."""
    word = text.lower()
    if word in _FOREIGN or foreign:
        return Mistake(span, f"RISC-V has no `{text[:40]}`", foreign or _FOREIGN[word])
    if word in _UNUSUAL or (word[0] == "v" and "." in word):
        extension = _UNUSUAL.get(word, "V")
        return Mistake(span, f"`{text[:40]}` is of the extension {extension}", "this processor is an RV64GC")
    if word in _ONLY_32:
        return Mistake(span, f"`{text}` is only in RV32", f"use `{_ONLY_32[word]}`")
    if word.startswith(("la.tls", "la.got")):
        return Mistake(span, f"`{text}` is not available", "nothing is linked at run time here; use `la`")
    return Mistake(span, f"unknown instruction `{text[:40]}`", did_you_mean(word, NAMES))


def _example(name: str, row: Row) -> str:
    operands = ", ".join(_EXAMPLES.get(kind, "1" if kind != "addi16" else "16") for kind in row.names)
    return f"{name} {operands}".strip()


def explain(name: str, operands: Sequence[Operand], span: Span) -> Mistake:
    """Why the instruction does not take these operands."""
    where = operands[0].span.to(operands[-1].span) if operands else span
    if name in _PSEUDO:
        return Mistake(where, f"`{name}` does not take these operands", f"write `{_PSEUDO[name]}`")
    rows = [row for row in TABLE[name] if row.size == 4] or list(TABLE[name])
    fitting = [row for row in rows if len(row.kinds) == len(operands)]
    if not fitting:
        usual = max(rows, key=lambda row: len(row.kinds)) if operands else rows[0]
        count = len(usual.kinds)
        needs = f"`{name}` takes {count} operand{'s' * (count != 1)}, not {len(operands)}" if count else ""
        return Mistake(where, needs or f"`{name}` takes no operands", f"write `{_example(name, usual)}`")
    row = max(fitting, key=lambda row: row.matching(operands))
    index = min(row.matching(operands), len(operands) - 1)
    return _mismatch(name, row, index, operands[index])


def _mismatch(name: str, row: Row, index: int, operand: Operand) -> Mistake:
    kind = row.names[index]
    wanted = _WANTED[kind]
    if isinstance(operand, Number) and operand.value is not None and kind in ("i12", "u20", "sh6", "sh5", "z5"):
        hint = ""
        if kind == "i12":
            register = name.removesuffix("i") if name not in ("jr", "jalr") else "add"
            register = {"addiw": "addw", "sltiu": "sltu"}.get(name, register)
            hint = f"load it first: `li t0, {describe(operand.value)}`, then `{register}` with t0"
        return Mistake(operand.span, f"{describe(operand.value)} does not fit: `{name}` takes {wanted}", hint)
    if isinstance(operand, Number) and operand.value is None and not operand.function and kind in ("load", "store"):
        register = "fa0" if name[0] == "f" else "a0"
        message = f"`{name}` with a label needs one more register, for the address"
        return Mistake(operand.span, message, f"write `{name} {register}, label, t0`")
    number = operand.offset if isinstance(operand, Memory) else operand
    if isinstance(number, Number) and number.value is None and not number.function and kind in ("i12", "load", "store"):
        hint = "an address is loaded with `la`; a constant must be defined before this line"
        return Mistake(number.span, "this is no number that is known at this line", hint)
    if kind == "csr" and isinstance(operand, Number) and operand.word:
        return Mistake(operand.span, f"there is no control and status register `{operand.word}`", "such as fcsr")
    hint = f"such as `{_example(name, row)}`"
    if isinstance(operand, Register):
        if kind in ("branch", "jump"):
            hint = "to an address in a register it is `jr` or `jalr`"
        elif kind in ("load", "store"):
            hint = f"an address in a register is `0({operand.name})`"
    elif isinstance(operand, Number) and kind == "rs2" and row.names[-1] == "branch":
        hint = "load the number first: `li t0, 1`; zero is a register"
    elif isinstance(operand, Number) and kind == "rs1" and name in ("mv", "move"):
        hint = "`li a0, 1` loads a number, `la a0, label` an address"
    return Mistake(operand.span, f"`{name}` expects {wanted} here, not {describe_operand(operand)}", hint)

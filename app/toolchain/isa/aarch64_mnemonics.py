"""Names of AArch64 instructions, and what to tell people about those that don't exist."""

from __future__ import annotations

from app.toolchain.errors import Mistake, Span, did_you_mean
from app.toolchain.isa.arm_mnemonics import CONDITIONS, words
from app.toolchain.isa.arm_operands import Immediate, Memory, Numbers, Operand, Register, describe_operand
from app.toolchain.layout import describe

_ATOMIC_ORDERS = ("", "a", "l", "al")
_ATOMIC_OPERATIONS = ("add", "clr", "eor", "set", "smax", "smin", "umax", "umin")
ATOMICS: dict[str, tuple[int, int]] = {}
"""`ldadd` and its kin with the order and size in their name: encoding, and size (0 byte, 1 half, 2 word or double)."""


def _atomics() -> None:
    for order, letters in enumerate(_ATOMIC_ORDERS):
        ordering = (0, 1 << 23, 1 << 22, 3 << 22)[order]
        for size, suffix in enumerate(("b", "h", "")):
            for code, operation in enumerate(_ATOMIC_OPERATIONS):
                ATOMICS[f"ld{operation}{letters}{suffix}"] = (0x38200000 | ordering | code << 12, size)
                if letters in ("", "l"):
                    ATOMICS[f"st{operation}{letters}{suffix}"] = (0x38200000 | ordering | code << 12, size)
            ATOMICS[f"swp{letters}{suffix}"] = (0x38208000 | ordering, size)
            compare = (0, 1 << 22, 1 << 15, 1 << 22 | 1 << 15)[order]
            ATOMICS[f"cas{letters}{suffix}"] = (0x08A07C00 | compare, size)
        ATOMICS[f"casp{letters}"] = (0x08207C00 | (0, 1 << 22, 1 << 15, 1 << 22 | 1 << 15)[order], 2)


_atomics()

HINTS = {
    "nop": 0,
    "yield": 1,
    "wfe": 2,
    "wfi": 3,
    "sev": 4,
    "sevl": 5,
    "xpaclri": 7,
    "pacia1716": 8,
    "pacib1716": 10,
    "autia1716": 12,
    "autib1716": 14,
    "esb": 16,
    "csdb": 20,
    "paciaz": 24,
    "paciasp": 25,
    "pacibz": 26,
    "pacibsp": 27,
    "autiaz": 28,
    "autiasp": 29,
    "autibz": 30,
    "autibsp": 31,
    "bti": 32,
}
CRYPTO = {
    "aese": (0x4E284800, "vv"),
    "aesd": (0x4E285800, "vv"),
    "aesmc": (0x4E286800, "vv"),
    "aesimc": (0x4E287800, "vv"),
    "sha1h": (0x5E280800, "ss"),
    "sha1su1": (0x5E281800, "vv"),
    "sha256su0": (0x5E282800, "vv"),
    "sha1c": (0x5E000000, "qsv"),
    "sha1p": (0x5E001000, "qsv"),
    "sha1m": (0x5E002000, "qsv"),
    "sha1su0": (0x5E003000, "vvv"),
    "sha256h": (0x5E004000, "qqv"),
    "sha256h2": (0x5E005000, "qqv"),
    "sha256su1": (0x5E006000, "vvv"),
}
"""Encoding, and the kinds of the registers."""
BRANCHES = frozenset(["b", "bl", *(f"b.{condition}" for condition in CONDITIONS)])
SHORT_CONDITIONS = {f"b{condition}": f"b.{condition}" for condition in CONDITIONS}
SYSTEM = words("mrs msr dc ic at tlbi sys sysl prfm prfum dmb dsb isb bti hint psb")
CONDITIONAL = words("csel csinc csinv csneg cset csetm cinc cinv cneg ccmp ccmn fcsel fccmp fccmpe")
_GENERAL = words("""
    add adds sub subs cmp cmn neg negs ngc ngcs adc adcs sbc sbcs and ands orr eor bic bics orn eon tst mvn mov movz
    movn movk adr adrp lsl lsr asr ror lslv lsrv asrv rorv extr bfi bfxil ubfx sbfx ubfiz sbfiz ubfm sbfm bfm bfc
    sxtb sxth sxtw uxtb uxth uxtw clz cls rbit rev rev16 rev32 rev64 mul madd msub mneg smull umull smaddl umaddl smsubl
    umsubl smnegl umnegl smulh umulh udiv sdiv
    ldr ldrb ldrh ldrsb ldrsh ldrsw str strb strh ldur ldurb ldurh ldursb ldursh ldursw stur sturb sturh ldtr ldtrb
    ldtrh ldtrsb ldtrsh ldtrsw sttr sttrb sttrh ldp ldpsw stp ldnp stnp
    ldxr ldxrb ldxrh stxr stxrb stxrh ldaxr ldaxrb ldaxrh stlxr stlxrb stlxrh ldxp stxp ldaxp stlxp ldar ldarb ldarh
    stlr stlrb stlrh clrex
    svc hvc smc brk hlt br blr ret eret drps cbz cbnz tbz tbnz udf
    crc32b crc32h crc32w crc32x crc32cb crc32ch crc32cw crc32cx
    """)
_VECTOR = words("""
    fmov fadd fsub fmul fdiv fnmul fmadd fmsub fnmadd fnmsub fsqrt fabs fneg fmax fmin fmaxnm fminnm fcmp fcmpe fcvt
    fcvtzs fcvtzu fcvtas fcvtau fcvtns fcvtnu fcvtms fcvtmu fcvtps fcvtpu scvtf ucvtf frintz frintn frintp frintm
    frinta frintx frinti fmla fmls fmulx fabd faddp fmaxp fminp fmaxnmp fminnmp fmaxv fminv fmaxnmv fminnmv fcmeq
    fcmge fcmgt fcmle fcmlt facge facgt frecpe frecps frecpx frsqrte frsqrts fcvtl fcvtl2 fcvtn fcvtn2 fcvtxn fcvtxn2
    mla mls not bsl bit bif ins umov smov dup movi mvni cmeq cmge cmgt cmhi cmhs cmle cmlt cmtst smax smin umax umin
    smaxp sminp umaxp uminp smaxv sminv umaxv uminv addv addp uaddlv saddlv shl sshr ushr srshr urshr ssra usra srsra
    ursra sri sli sshl ushl srshl urshl sqshl uqshl sqrshl uqrshl sqshlu sshll sshll2 ushll ushll2 shll shll2 sxtl
    sxtl2 uxtl uxtl2 xtn xtn2 shrn shrn2 rshrn rshrn2 sqxtn sqxtn2 sqxtun sqxtun2 uqxtn uqxtn2 sqshrn sqshrn2 uqshrn
    uqshrn2 sqrshrn sqrshrn2 uqrshrn uqrshrn2 sqshrun sqshrun2 sqrshrun sqrshrun2 saddl saddl2 uaddl uaddl2 saddw
    saddw2 uaddw uaddw2 ssubl ssubl2 usubl usubl2 ssubw ssubw2 usubw usubw2 addhn addhn2 raddhn raddhn2 subhn subhn2
    rsubhn rsubhn2 smull2 umull2 smlal smlal2 umlal umlal2 smlsl smlsl2 umlsl umlsl2 sabd uabd sabdl sabdl2 uabdl
    uabdl2 saba uaba sabal sabal2 uabal uabal2 sadalp uadalp saddlp uaddlp shadd uhadd shsub uhsub srhadd urhadd
    sqadd uqadd sqsub uqsub suqadd usqadd sqabs sqneg sqdmulh sqrdmulh sqdmull sqdmull2 sqdmlal sqdmlal2 sqdmlsl
    sqdmlsl2 pmul pmull pmull2 abs ext zip1 zip2 uzp1 uzp2 trn1 trn2 tbl tbx cnt urecpe ursqrte
    ld1 ld2 ld3 ld4 st1 st2 st3 st4 ld1r ld2r ld3r ld4r
    """)
NAMES = frozenset({*_GENERAL, *_VECTOR, *SYSTEM, *CONDITIONAL, *BRANCHES, *HINTS, *CRYPTO, *ATOMICS})

_FROM_ELSEWHERE = {
    "syscall": "a system call is `svc #0`, with its number in x8",
    "int": "a system call is `svc #0`, with its number in x8",
    "swi": "a system call is `svc #0`, with its number in x8",
    "ecall": "RISC-V; a system call is `svc #0`, with its number in x8",
    "push": "`str x0, [sp, #-16]!` or `stp x0, x1, [sp, #-16]!`",
    "pop": "`ldr x0, [sp], #16` or `ldp x0, x1, [sp], #16`",
    "jmp": "a jump is `b label`",
    "call": "a call is `bl label`",
    "bx": "32-bit ARM; `ret` or `br x0`",
    "blx": "32-bit ARM; `blr x0`",
    "lea": "an address is loaded with `adr x0, label` or `ldr x0, =label`",
    "li": "RISC-V; `mov x0, #1` or `ldr x0, =value`",
    "la": "RISC-V; `ldr x0, =label`",
    "ldm": "32-bit ARM; use `ldp`",
    "stm": "32-bit ARM; use `stp`",
    "ldmfd": "32-bit ARM; use `ldp`",
    "stmfd": "32-bit ARM; use `stp`",
    "inc": "`add x0, x0, #1`",
    "dec": "`sub x0, x0, #1`",
    "xor": "`eor x0, x1, x2`",
    "or": "`orr x0, x1, x2`",
    "rsb": "32-bit ARM; use `neg` or `sub`",
    "moveq": "32-bit ARM; use `csel`",
    "movt": "32-bit ARM; `movk x0, #1, lsl #16`",
    "movw": "32-bit ARM; `movz x0, #1`",
}
_SHAPES = {
    "mov": "mov x0, #1` or `mov x0, x1",
    "add": "add x0, x1, x2` or `add x0, x1, #4095",
    "sub": "sub x0, x1, x2` or `sub x0, x1, #4095",
    "ldr": "ldr x0, [x1, #8]` or `ldr x0, =value",
    "str": "str x0, [x1, #8]",
    "ldrb": "ldrb w0, [x1]",
    "strb": "strb w0, [x1]",
    "ldp": "ldp x0, x1, [sp], #16",
    "stp": "stp x0, x1, [sp, #-16]!",
    "cmp": "cmp x0, #1",
    "svc": "svc #0",
    "ret": "ret",
    "mul": "mul x0, x1, x2",
    "csel": "csel x0, x1, x2, eq",
    "lsl": "lsl x0, x1, #2",
    "mrs": "mrs x0, tpidr_el0",
    "msr": "msr tpidr_el0, x0",
}
_BYTES_AND_HALVES = words("ldrb strb ldrh strh ldurb sturb ldurh sturh")
_LOGICAL = frozenset(["and", "ands", "orr", "eor", "tst", "bic", "orn", "eon"])
_ARITHMETIC = frozenset(["add", "adds", "sub", "subs", "cmp", "cmn"])


def unknown_instruction(text: str, span: Span) -> Mistake:
    """The mistake of a mnemonic that doesn't exist."""
    word = text.lower()
    if word in _FROM_ELSEWHERE:
        return Mistake(span, f"AArch64 has no `{text}`", _FROM_ELSEWHERE[word])
    return Mistake(span, f"unknown instruction `{text[:40]}`", did_you_mean(word, NAMES))


def explain(name: str, operands: list[Operand], number: Numbers, span: Span) -> Mistake:
    """Why the instruction has no encoding, as far as it can be told."""
    hint = f"write `{_SHAPES[name]}`" if name in _SHAPES else ""
    if not operands:
        return Mistake(span, f"`{name}` needs operands", hint)
    last, first = operands[-1], operands[0]
    widths = {_width(operand) for operand in operands if isinstance(operand, Register)} - {0}
    if isinstance(last, Immediate):
        value = number(last.expression)
        register = first.name if isinstance(first, Register) else "x0"
        load = f"load it first: `ldr {register}, ={describe(value)}`"
        if name == "mov" and len(operands) == 2:
            hint = f"use `ldr {register}, ={describe(value)}`, or `movz` and `movk`"
            return Mistake(last.span, f"the number {describe(value)} can't be moved by one instruction", hint)
        if name in _LOGICAL:
            return Mistake(last.span, f"the number {describe(value)} is no bit mask that `{name}` can take", load)
        if name in _ARITHMETIC and abs(value) > 4095:
            limit = "0 to 4095 are possible, and multiples of 4096 up to 0xfff000"
            return Mistake(last.span, f"the number {describe(value)} is too large for `{name}`", f"{limit}; {load}")
    if name in _BYTES_AND_HALVES and isinstance(first, Register) and first.name[0] == "x":
        return Mistake(first.span, f"`{name}` takes a w register", f"write w{first.name[1:]}")
    memory = next((operand for operand in operands if isinstance(operand, Memory)), None)
    if memory is not None and memory.parts and isinstance(memory.parts[0], Register) and memory.parts[0].name[0] == "w":
        return Mistake(memory.parts[0].span, "an address is in an x register or sp", "write the x register")
    if memory is not None:
        for part in memory.parts[1:]:
            if isinstance(part, Immediate) and abs(number(part.expression)) > 255:
                text = f"the offset {describe(number(part.expression))} is not possible for `{name}`"
                return Mistake(part.span, text, "add it to the base register first")
    where = first.span.to(last.span)
    if widths == {32, 64} and memory is None:
        return Mistake(where, f"`{name}` mixes w (32-bit) and x (64-bit) registers", "use one kind for all operands")
    kinds = ", ".join(describe_operand(operand) for operand in operands)
    return Mistake(where, f"`{name}` does not take these operands: {kinds}", hint)


def _width(register: Register) -> int:
    return {"w": 32, "x": 64}.get(register.name[0], 0) if register.name[1:].isdigit() else 0

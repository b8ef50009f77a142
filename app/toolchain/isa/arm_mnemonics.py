"""Names of ARM and Thumb instructions, and how a written mnemonic splits into name, `s` and condition."""

from __future__ import annotations

from functools import lru_cache

from msgspec import Struct


def words(text: str) -> frozenset[str]:
    """The words of `text`."""
    return frozenset(text.split())


CONDITIONS: dict[str, int] = {
    name: code
    for code, names in enumerate(
        ["eq", "ne", "cs,hs", "cc,lo", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al"],
    )
    for name in names.split(",")
}
CONDITION_NAMES = ("eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al")

DATA_PROCESSING = words("and eor sub rsb add adc sbc rsc tst teq cmp cmn orr mov bic mvn")
_SETS_FLAGS = words(
    "and eor sub rsb add adc sbc rsc orr mov bic mvn orn lsl lsr asr ror rrx neg mul mla umull smull umlal smlal"
)
COMPARISONS = frozenset(["tst", "teq", "cmp", "cmn"])
MULTIPLE = {
    "ldm": "ldmia",
    "ldmia": "ldmia",
    "ldmib": "ldmib",
    "ldmda": "ldmda",
    "ldmdb": "ldmdb",
    "ldmfd": "ldmia",
    "ldmed": "ldmib",
    "ldmfa": "ldmda",
    "ldmea": "ldmdb",
    "stm": "stmia",
    "stmia": "stmia",
    "stmib": "stmib",
    "stmda": "stmda",
    "stmdb": "stmdb",
    "stmfd": "stmdb",
    "stmed": "stmda",
    "stmfa": "stmib",
    "stmea": "stmia",
}
LOADS = words("ldr ldrb ldrh ldrsb ldrsh ldrd str strb strh strd vldr vstr pld pli")
"""What may name a label as its memory operand."""
_INTEGER = words("""
    movw movt adr adrl addw subw
    ldrt ldrbt ldrht ldrsbt ldrsht strt strbt strht
    ldrex ldrexb ldrexh ldrexd strex strexb strexh strexd clrex lda ldab ldah stl stlb stlh ldaex stlex
    push pop swp swpb
    mls umaal smlabb smlabt smlatb smlatt smulbb smulbt smultb smultt smulwb smulwt smlawb smlawt
    smlalbb smlalbt smlaltb smlaltt smlald smlaldx smlsld smlsldx smlad smladx smlsd smlsdx smmul smmulr smmla
    smmlar smmls smmlsr smuad smuadx smusd smusdx sdiv udiv
    clz rev rev16 revsh rbit bfi bfc ubfx sbfx sxtb sxth uxtb uxth sxtb16 uxtb16 sxtab sxtah uxtab uxtah sxtab16
    uxtab16 pkhbt pkhtb ssat usat ssat16 usat16 qadd qsub qdadd qdsub sel usad8 usada8
    sadd8 sadd16 ssub8 ssub16 uadd8 uadd16 usub8 usub16 qadd8 qadd16 qsub8 qsub16 uqadd8 uqadd16 uqsub8 uqsub16
    shadd8 shadd16 shsub8 shsub16 uhadd8 uhadd16 uhsub8 uhsub16 sasx ssax uasx usax qasx qsax uqasx uqsax shasx shsax
    uhasx uhsax
    dmb dsb isb nop wfi wfe sev yield dbg
    b bl bx blx bxj svc swi bkpt udf hlt
    mrs msr cps cpsid cpsie setend mrc mcr mrc2 mcr2 mrrc mcrr cdp rfeia rfedb srsdb
    crc32b crc32h crc32w crc32cb crc32ch crc32cw
    tbb tbh cbz cbnz
    """)
_VECTOR = words("""
    vmov vadd vsub vmul vdiv vmla vmls vnmul vnmla vnmls vfma vfms vfnma vfnms vsqrt vabs vneg vcmp vcmpe vmrs vmsr
    vcvt vcvtr vcvtb vcvtt vcvta vcvtn vcvtp vcvtm vrintz vrintx vrintr vrinta vrintn vrintp vrintm vmaxnm vminnm
    vseleq vselge vselgt vselvs
    vldr vstr vpush vpop vldm vldmia vldmdb vstm vstmia vstmdb
    vand vorr veor vbic vorn vmvn vdup vceq vcgt vcge vclt vcle vacge vacgt vmax vmin vshl vshr vrshl vrshr vqshl
    vqshlu vqrshl vsra vrsra vsri vsli vshll vshrn vrshrn vqshrn vqshrun vpadd vpaddl vpadal vpmax vpmin vaddl vaddw
    vsubl vsubw vaddhn vsubhn vraddhn vrsubhn vhadd vhsub vrhadd vmull vmlal vmlsl vqdmull vqdmulh vqrdmulh vmovl
    vmovn vqmovn vqmovun vqadd vqsub vqabs vqneg vrev16 vrev32 vrev64 vext vzip vuzp vtrn vswp vtbl vtbx vcnt vclz
    vcls vabd vabdl vaba vabal vrecpe vrecps vrsqrte vrsqrts vbsl vbit vbif vtst vld1 vld2 vld3 vld4 vst1 vst2 vst3
    vst4 fmstat
    """)
NAMES = frozenset({*DATA_PROCESSING, *_SETS_FLAGS, *MULTIPLE, *LOADS, *_INTEGER, *_VECTOR})
_UNCONDITIONAL = words("setend cps cpsid cpsie bkpt udf hlt clrex cbz cbnz crc32b crc32h crc32w")
_ALIASES = {"swi": "svc", "fmstat": "vmrs"}


class Mnemonic(Struct, frozen=True):
    """`name` without its parts; `flags` for a trailing `s`; `condition` "" for none; `types` such as ".f32.s32".

    `width` is "w" or "n" where the source asks for a Thumb instruction of 4 or 2 bytes.
    """

    name: str
    flags: bool = False
    condition: str = ""
    types: str = ""
    width: str = ""

    @property
    def code(self) -> int:
        """The condition field of an ARM instruction."""
        return CONDITIONS[self.condition] if self.condition else 14


def _split_name(word: str) -> tuple[str, bool, str] | None:
    if word in NAMES:
        return word, False, ""
    head, tail = word[:-2], word[-2:]
    conditional = tail in CONDITIONS
    if conditional and head in NAMES and head not in _UNCONDITIONAL:
        return head, False, tail
    if word.endswith("s") and word[:-1] in _SETS_FLAGS:
        return word[:-1], True, ""
    if conditional and head.endswith("s") and head[:-1] in _SETS_FLAGS:
        return head[:-1], True, tail
    return _split_divided(word)


def _split_divided(word: str) -> tuple[str, bool, str] | None:
    """The order of the older syntax: the condition before the `s`, the size or the mode (`addeqs`, `ldreqb`)."""
    if word.endswith(("s", "p")) and word[:-1] in COMPARISONS and word != "cmpp":
        return (word[:-1], False, "") if word[-1] == "s" else None
    for length in (1, 2):
        head, condition, tail = word[: -2 - length], word[-2 - length : -length], word[-length:]
        if condition not in CONDITIONS:
            continue
        if tail == "s" and head in _SETS_FLAGS:
            return head, True, condition
        if head in ("ldr", "str", "ldm", "stm", "swp") and head + tail in NAMES:
            return head + tail, False, condition
    return None


@lru_cache(maxsize=4096)
def split(word: str) -> Mnemonic | None:
    """The parts of a written mnemonic in lower case; None when there is no such instruction."""
    head, dot, types = word.partition(".")
    found = _split_name(head)
    if found is None:
        return None
    name, flags, condition = found
    width = ""
    if dot and types in ("w", "n"):
        width, types, dot = types, "", ""
    elif dot and name[0] == "v" and types.endswith((".w", ".n")):
        width, types = types[-1], types[:-2]
    if dot and name[0] != "v":
        return None
    return Mnemonic(_ALIASES.get(name, name), flags, condition, dot + types, width)


def is_it(word: str) -> bool:
    """Whether `word` is `it`, `ite`, `ittt` and so on."""
    return word[:2] == "it" and len(word) <= 5 and set(word[2:]) <= {"t", "e"}

"""Names of x86-64 instructions, prefixes and branches."""

from __future__ import annotations

CONDITIONS = {
    name: code
    for code, names in enumerate(
        [
            "o",
            "no",
            "b c nae",
            "ae nb nc",
            "e z",
            "ne nz",
            "be na",
            "a nbe",
            "s",
            "ns",
            "p pe",
            "np po",
            "l nge",
            "ge nl",
            "le ng",
            "g nle",
        ]
    )
    for name in names.split()
}

# Opcode bytes of the short and near form of every relative jump that has both.
JUMPS = {"jmp": (b"\xeb", b"\xe9")} | {
    "j" + name: (bytes([0x70 + code]), bytes([0x0F, 0x80 + code])) for name, code in CONDITIONS.items()
}

# Jumps that only reach 127 bytes.
SHORT_JUMPS = {
    "loopne": b"\xe0",
    "loopnz": b"\xe0",
    "loope": b"\xe1",
    "loopz": b"\xe1",
    "loop": b"\xe2",
    "jrcxz": b"\xe3",
    "jecxz": b"\x67\xe3",
}
SHORT_JUMPS_32 = {**SHORT_JUMPS, "jecxz": b"\xe3", "jcxz": b"\x67\xe3"}
del SHORT_JUMPS_32["jrcxz"]

BRANCHES = frozenset(JUMPS) | frozenset(SHORT_JUMPS) | {"jcxz"} | {"call"}

PREFIXES = {
    "rep": b"\xf3",
    "repe": b"\xf3",
    "repz": b"\xf3",
    "repne": b"\xf2",
    "repnz": b"\xf2",
    "lock": b"\xf0",
    "bnd": b"\xf2",
    "notrack": b"\x3e",
    "data16": b"\x66",
    "o16": b"\x66",
    "addr32": b"\x67",
    "a32": b"\x67",
    "xacquire": b"\xf2",
    "xrelease": b"\xf3",
}

NASM_PREFIXES: dict[str, tuple[bytes, bytes]] = {
    **{name: (code, code) for name, code in PREFIXES.items() if name not in ("data16", "addr32")},
    **{name: (code, code) for name, code in (("es", b"\x26"), ("cs", b"\x2e"), ("ss", b"\x36"), ("ds", b"\x3e"))},
    **{name: (code, code) for name, code in (("fs", b"\x64"), ("gs", b"\x65"))},
    "a32": (b"\x67", b""),
    "a64": (b"", b""),
    "a16": (b"\x67", b"\x67"),
    "o32": (b"", b""),
    "o64": (b"\x48", b""),
}
"""NASM's prefixes in 64-bit code and on i386."""

LOCKABLE = frozenset(
    [
        "adc",
        "add",
        "and",
        "btc",
        "btr",
        "bts",
        "cmpxchg",
        "cmpxchg8b",
        "cmpxchg16b",
        "dec",
        "inc",
        "neg",
        "not",
        "or",
        "sbb",
        "sub",
        "xadd",
        "xchg",
        "xor",
    ]
)

# Instructions without operands that Keystone lacks, or encodes for another mode or name than GNU as and NASM do.
PLAIN = {
    name: bytes.fromhex(code)
    for name, code in {
        "endbr64": "f30f1efa",
        "endbr32": "f30f1efb",
        "sysretq": "480f07",
        "sysret": "0f07",
        "sysretl": "0f07",
        "sysretd": "0f07",
        "sysexit": "0f35",
        "sysexitq": "480f35",
        "sysexitl": "0f35",
        "iret": "cf",
        "iretd": "cf",
        "iretl": "cf",
        "iretq": "48cf",
        "iretw": "66cf",
        "vzeroall": "c5fc77",
        "vzeroupper": "c5f877",
        "retf": "cb",
        "lret": "cb",
        "retfq": "48cb",
        "lretq": "48cb",
        "retn": "c3",
        "retq": "c3",
        "leaveq": "c9",
        "pushf": "9c",
        "pushfq": "9c",
        "pushfw": "669c",
        "popf": "9d",
        "popfq": "9d",
        "popfw": "669d",
        "movsl": "a5",
        "movsd": "a5",
        "cmpsl": "a7",
        "cmpsd": "a7",
        "stosl": "ab",
        "lodsl": "ad",
        "scasl": "af",
        "insl": "6d",
        "outsl": "6f",
        "insd": "6d",
        "outsd": "6f",
        "xlat": "d7",
        "xlatb": "d7",
        "int1": "f1",
        "icebp": "f1",
        "int3": "cc",
        "ud2a": "0f0b",
        "cltq": "4898",
        "cwtl": "98",
        "cbtw": "6698",
        "cwtd": "6699",
        "cltd": "99",
        "cqto": "4899",
        "fwait": "9b",
        "wait": "9b",
        "serialize": "0f01e8",
    }.items()
}

# The instructions of i386 that 64-bit code does not have; those without operands have their machine code.
_PLAIN_32 = {
    name: bytes.fromhex(code)
    for name, code in {
        "aaa": "37",
        "aas": "3f",
        "daa": "27",
        "das": "2f",
        "into": "ce",
        "pusha": "60",
        "pushad": "60",
        "pushal": "60",
        "pushaw": "6660",
        "popa": "61",
        "popad": "61",
        "popal": "61",
        "popaw": "6661",
        "pushfd": "9c",
        "pushfl": "9c",
        "popfd": "9d",
        "popfl": "9d",
        "aam": "d40a",
        "aad": "d50a",
    }.items()
}
PLAIN |= _PLAIN_32
ONLY_32 = frozenset(_PLAIN_32) | {"arpl", "bound", "lds", "les", "jcxz"}

# The instructions that i386 does not have, and what to write instead.
ONLY_64 = {
    "cqo": "cdq extends eax into edx:eax",
    "cqto": "cdq extends eax into edx:eax",
    "cdqe": "cwde extends ax into eax",
    "cltq": "cwde extends ax into eax",
    "iretq": "iretd",
    "pushfq": "pushfd",
    "popfq": "popfd",
    "retq": "ret",
    "leaveq": "leave",
    "retfq": "retf",
    "lretq": "lret",
    "movabs": "mov",
    "movsq": "movsd moves 4 bytes",
    "stosq": "stosd stores 4 bytes",
    "lodsq": "lodsd loads 4 bytes",
    "scasq": "scasd compares 4 bytes",
    "cmpsq": "cmpsd compares 4 bytes",
    "cmpxchg16b": "cmpxchg8b",
    "movsxd": "registers have 32 bits here",
    "swapgs": "",
    "sysretq": "",
    "sysexitq": "",
    "jrcxz": "jecxz",
    "rdfsbase": "",
    "rdgsbase": "",
    "wrfsbase": "",
    "wrgsbase": "",
    "pextrq": "",
    "pinsrq": "",
}

_GENERAL = """
adc add and bound bsf bsr bswap bt btc btr bts call cbw cdq cdqe clc cld clflush clflushopt cli clts cmc cmp cmpsb cmpsd
cmpsq cmpsw cmpxchg cmpxchg16b cmpxchg8b cpuid cqo cwd cwde dec div enter hlt idiv imul in inc insb insd insw int int3
invd invlpg iret iretq lahf lar lea leave lfence lgdt lidt lldt lmsw lodsb lodsd lodsq lodsw lsl ltr mfence mov movabs
movbe movnti movsb movsd movsq movsw movsx movsxd movzx mul neg nop not or out outsb outsd outsw pause pop popf popfq
popcnt prefetchnta prefetcht0 prefetcht1 prefetcht2 prefetchw push pushf pushfq rcl rcr rdfsbase rdgsbase rdmsr rdpmc
rdrand rdseed rdtsc rdtscp ret retf rol ror sahf sal sar sbb scasb scasd scasq scasw sfence sgdt shl shld shr shrd sidt
sldt smsw stc std sti stosb stosd stosq stosw str sub swapgs syscall sysenter sysexit sysret sysretq test ud2 verr verw
wbinvd wrfsbase wrgsbase wrmsr xadd xchg xgetbv xlatb xor xsave xrstor andn bextr blsi blsmsk blsr bzhi lzcnt mulx pdep
pext rorx sarx shlx shrx tzcnt adcx adox crc32 monitor mwait vmcall arpl
lds les aad aam movs stos lods scas cmps ins outs salc rdpid
"""
_X87 = """
f2xm1 fabs fadd faddp fbld fbstp fchs fclex fcmovb fcmovbe fcmove fcmovnb fcmovnbe fcmovne fcmovnu fcmovu fcom fcomi
fcomip fcomp fcompp fcos fdecstp fdiv fdivp fdivr fdivrp ffree fiadd ficom ficomp fidiv fidivr fild fimul fincstp finit
fist fistp fisttp fisub fisubr fld fld1 fldcw fldenv fldl2e fldl2t fldlg2 fldln2 fldpi fldz fmul fmulp fnclex fninit
fnop fnsave fnstcw fnstenv fnstsw fpatan fprem fprem1 fptan frndint frstor fsave fscale fsin fsincos fsqrt fst fstcw
fstenv fstp fstsw fsub fsubp fsubr fsubrp ftst fucom fucomi fucomip fucomp fucompp fxam fxch fxrstor fxsave fxtract
fyl2x fyl2xp1 emms
"""
_SSE = """
addpd addps addsd addss addsubpd addsubps aesdec aesdeclast aesenc aesenclast aesimc aeskeygenassist andnpd andnps andpd
andps blendpd blendps blendvpd blendvps cmppd cmpps cmpss comisd comiss cvtdq2pd cvtdq2ps cvtpd2dq cvtpd2ps cvtps2dq
cvtps2pd cvtsd2si cvtsd2ss cvtsi2sd cvtsi2ss cvtss2sd cvtss2si cvttpd2dq cvttps2dq cvttsd2si cvttss2si divpd divps divsd
divss dppd dpps extractps haddpd haddps hsubpd hsubps insertps lddqu ldmxcsr maskmovdqu maxpd maxps maxsd maxss minpd
minps minsd minss movapd movaps movd movddup movdqa movdqu movhlps movhpd movhps movlhps movlpd movlps movmskpd movmskps
movntdq movntdqa movntpd movntps movq movshdup movsldup movss movupd movups mpsadbw mulpd mulps mulsd mulss orpd orps
pabsb pabsd pabsw packssdw packsswb packusdw packuswb paddb paddd paddq paddsb paddsw paddusb paddusw paddw palignr pand
pandn pavgb pavgw pblendvb pblendw pclmulqdq pcmpeqb pcmpeqd pcmpeqq pcmpeqw pcmpestri pcmpestrm pcmpgtb pcmpgtd pcmpgtq
pcmpgtw pcmpistri pcmpistrm pextrb pextrd pextrq pextrw phaddd phaddw phminposuw phsubd phsubw pinsrb pinsrd pinsrq
pinsrw pmaddubsw pmaddwd pmaxsb pmaxsd pmaxsw pmaxub pmaxud pmaxuw pminsb pminsd pminsw pminub pminud pminuw pmovmskb
pmovsxbd
pmovsxbq pmovsxbw pmovsxdq pmovsxwd pmovsxwq pmovzxbd pmovzxbq pmovzxbw pmovzxdq pmovzxwd pmovzxwq pmuldq pmulhrsw
pmulhuw pmulhw pmulld pmullw pmuludq por psadbw pshufb pshufd pshufhw pshuflw psignb psignd psignw pslld pslldq psllq
psllw psrad psraw psrld psrldq psrlq psrlw psubb psubd psubq psubsb psubsw psubusb psubusw psubw ptest punpckhbw
punpckhdq punpckhqdq punpckhwd punpcklbw punpckldq punpcklqdq punpcklwd pxor rcpps rcpss roundpd roundps roundsd roundss
rsqrtps rsqrtss shufpd shufps sqrtpd sqrtps sqrtsd sqrtss stmxcsr subpd subps subsd subss ucomisd ucomiss unpckhpd
unpckhps unpcklpd unpcklps xorpd xorps movdq2q movq2dq sha256rnds2 sha256msg1 sha256msg2
"""

_COMPARISONS = ("eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord")

MNEMONICS = (
    frozenset(_GENERAL.split())
    | frozenset(_X87.split())
    | frozenset(_SSE.split())
    | frozenset(PLAIN)
    | BRANCHES
    | {"set" + name for name in CONDITIONS}
    | {"cmov" + name for name in CONDITIONS}
    | {"cmp" + how + size for how in _COMPARISONS for size in ("ps", "pd", "ss", "sd")}
)
X87 = frozenset(_X87.split())

# Instructions whose first two operands must have one size.
SAME_SIZE = frozenset(
    [
        "adc",
        "add",
        "and",
        "bsf",
        "bsr",
        "cmp",
        "cmpxchg",
        "mov",
        "or",
        "sbb",
        "sub",
        "test",
        "xadd",
        "xchg",
        "xor",
        "popcnt",
    ]
) | {"cmov" + name for name in CONDITIONS}

WITHOUT_OPERANDS = (frozenset(PLAIN) - {"aad", "aam"}) | frozenset(
    [
        "cbw",
        "cdq",
        "cdqe",
        "clc",
        "cld",
        "cli",
        "clts",
        "cmc",
        "cmpsb",
        "cmpsq",
        "cmpsw",
        "cpuid",
        "cqo",
        "cwd",
        "cwde",
        "hlt",
        "insb",
        "insw",
        "invd",
        "iret",
        "iretq",
        "lahf",
        "leave",
        "lfence",
        "lodsb",
        "lodsd",
        "lodsq",
        "lodsw",
        "mfence",
        "movsb",
        "movsq",
        "movsw",
        "nop",
        "outsb",
        "outsw",
        "pause",
        "rdmsr",
        "rdpmc",
        "rdtsc",
        "rdtscp",
        "ret",
        "retf",
        "sahf",
        "scasb",
        "scasd",
        "scasq",
        "scasw",
        "sfence",
        "stc",
        "std",
        "sti",
        "stosb",
        "stosd",
        "stosq",
        "stosw",
        "swapgs",
        "syscall",
        "sysenter",
        "sysexit",
        "sysret",
        "ud2",
        "wbinvd",
        "wrmsr",
        "xgetbv",
        "emms",
    ]
)

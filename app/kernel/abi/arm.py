"""The ARM EABI (syscall(2); Procedure Call Standard for the Arm Architecture), for A32 and Thumb code.

The page of vectors at the top holds helpers that programs may call at fixed addresses ("kuser helpers",
Documentation/arch/arm/kernel_user_helpers.rst of Linux), and what signal handlers return to.
"""

from __future__ import annotations

import struct

from app.trace.events import AbiInfo

from .abi import Abi, FaultMeaning, MemoryMap, SystemPage, TracedRegisters, Variant
from .arm_sigframe import SIGRETURN_CODES, ArmFrame
from .arm_structs import FLOCK64, STAT64, STRUCTS
from .arm_table import NAMES
from .compat_variants import variants
from .constants import Signo

_VECTORS = 0xFFFF_0000
_SIGRETURN = 0x500
_HELPERS_VERSION = 5

_HELPERS = {
    # __kuser_cmpxchg64(old, new, pointer): push {r4-r7}; ldrd r4, r5, [r0]; ldrd r6, r7, [r1];
    # retry: ldrexd r0, r1, [r2]; eors r3, r0, r4; eorseq r3, r1, r5; strexdeq r3, r6, r7, [r2]; teqeq r3, #1;
    # beq retry; rsbs r0, r3, #0; pop {r4-r7}; bx lr
    0xF60: (
        *(0xE92D00F0, 0xE1C040D0, 0xE1C160D0, 0xE1B20F9F, 0xE0303004, 0x00313005, 0x01A23F96, 0x03330001),
        *(0x0AFFFFF9, 0xE2730000, 0xE8BD00F0, 0xE12FFF1E),
    ),
    # __kuser_memory_barrier(): dmb ish; bx lr
    0xFA0: (0xF57FF05B, 0xE12FFF1E),
    # __kuser_cmpxchg(old, new, pointer): dmb ish; retry: ldrex r3, [r2]; subs r3, r3, r0; strexeq r3, r1, [r2];
    # teqeq r3, #1; beq retry; rsbs r0, r3, #0; b __kuser_memory_barrier
    0xFC0: (0xF57FF05B, 0xE1923F9F, 0xE0533000, 0x01823F91, 0x03330001, 0x0AFFFFFA, 0xE2730000, 0xEAFFFFEF),
    # __kuser_get_tls(): mrc p15, 0, r0, c13, c0, 3; bx lr
    0xFE0: (0xEE1D0F70, 0xE12FFF1E),
    0xFFC: (_HELPERS_VERSION,),
}
"""Offset in the page -> words."""


def _vectors() -> bytes:
    page = bytearray(4096)
    page[_SIGRETURN : _SIGRETURN + len(SIGRETURN_CODES)] = SIGRETURN_CODES
    for offset, words in _HELPERS.items():
        struct.pack_into(f"<{len(words)}I", page, offset, *words)
    return bytes(page)


_HWCAP = {"swp": 0, "half": 1, "thumb": 2, "fastmult": 4, "vfp": 6, "edsp": 7, "neon": 12, "vfpv3": 13, "tls": 15}
_HWCAP_MORE = {"vfpv4": 16, "idiva": 17, "idivt": 18, "vfpd32": 19}

_VARIANTS = {
    **variants(STAT64, FLOCK64, aligned=True),
    "arm_fadvise64_64": Variant(handler="fadvise64", shape=((0,), (2, 3), (4, 5), (1,))),
    "sync_file_range2": Variant(handler="sync_file_range", shape=((0,), (2, 3), (4, 5), (1,))),
    "send": Variant(handler="sendto", shape=((0,), (1,), (2,), (3,), (), ())),
    "recv": Variant(handler="recvfrom", shape=((0,), (1,), (2,), (3,), (), ())),
    "clone": Variant(shape=((0,), (1,), (2,), (4,), (3,))),
}

ARM = Abi(
    info=AbiInfo(
        name="arm",
        table="arm",
        traps=("svc #0",),
        number_register="r7",
        argument_registers=("r0", "r1", "r2", "r3", "r4", "r5"),
        return_register="r0",
        user_mode="usr",
        kernel_mode="svc",
        word_size=4,
    ),
    names=NAMES,
    variants=_VARIANTS,
    structs=STRUCTS,
    restores={"pc": "lr_svc", "cpsr": "spsr_svc"},
    exceptions={
        "undef": FaultMeaning(
            "undefined instruction",
            Signo.SIGILL,
            "ILL_ILLOPC",
            "The instruction at this address is not one that this CPU has, or user mode may not use it.",
            by_privilege=True,
        ),
        "pabt": FaultMeaning("prefetch abort", Signo.SIGSEGV, "SEGV_MAPERR"),
        "dabt": FaultMeaning("data abort", Signo.SIGSEGV, "SEGV_MAPERR"),
        "align": FaultMeaning(
            "alignment fault",
            Signo.SIGBUS,
            "BUS_ADRALN",
            "This instruction needs an address that is a multiple of the size of what it loads or stores.",
        ),
        "bkpt": FaultMeaning("breakpoint", Signo.SIGTRAP, "TRAP_BRKPT"),
    },
    pc_register="pc",
    stack_register="sp",
    thread_register="tpidruro",
    any_immediate=True,
    machine="armv7l",
    platform="v7l",
    memory=MemoryMap(
        limit=0xFF00_0000,
        stack_top=0xFF00_0000,
        mmap_base=0xF700_0000,
        legacy_base=0x4000_0000,
        dyn_base=0xAAAA_A000,
    ),
    system_pages=(SystemPage("[vectors]", _VECTORS, _vectors()),),
    hwcap=sum(1 << bit for bit in (_HWCAP | _HWCAP_MORE).values()),
    ipc_64=frozenset({"semctl", "msgctl", "shmctl"}),
    restart_number=0,
    signal_frame=ArmFrame(_VECTORS + _SIGRETURN),
    traced=TracedRegisters(
        result="r0", others={"fp": "r11", "ip": "r12"}, absent=("orig_r0",), flags=("cpsr", 0xF000_0000), area=296
    ),
    open_flags={0o40000: 0o200000, 0o100000: 0o400000, 0o200000: 0o40000, 0o400000: 0o100000},
)

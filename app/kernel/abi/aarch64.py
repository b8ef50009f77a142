"""The AArch64 ABI (Procedure Call Standard for the Arm 64-bit Architecture; syscall(2))."""

from __future__ import annotations

from app.toolchain.machines import MACHINES
from app.trace.events import AbiInfo

from . import vdso
from .aarch64_sigframe import AArch64Frame
from .aarch64_structs import STRUCTS
from .aarch64_table import NAMES
from .abi import Abi, FaultMeaning, MemoryMap, TracedRegisters, Variant
from .constants import Signo
from .vdso import code

CLONE_BACKWARDS = Variant(shape=((0,), (1,), (2,), (4,), (3,)))
"""The thread pointer comes before the child's tid (CONFIG_CLONE_BACKWARDS; clone(2), "C library/kernel differences").
"""

_O_DIRECTORY, _O_NOFOLLOW, _O_DIRECT, _O_LARGEFILE = 0o40000, 0o100000, 0o200000, 0o400000

ARM_OPEN_FLAGS = {_O_DIRECTORY: 0o200000, _O_NOFOLLOW: 0o400000, _O_DIRECT: 0o40000, _O_LARGEFILE: 0o100000}
"""asm/fcntl.h of ARM, 32-bit and 64-bit."""

_STATE_FIELD = (0xFFF8_F01F, 0xD500_401F, "msr of this field")
_SYSTEM_REGISTER = (0xFFD0_0000, 0xD510_0000, "mrs or msr of this system register")
_SYSTEM_INSTRUCTION = (0xFFF8_0000, 0xD508_0000, "a system instruction")
_EXCEPTION_RETURN = (0xFFFF_FFFF, 0xD69F_03E0, "eret")

AARCH64 = Abi(
    info=AbiInfo(
        name="aarch64",
        table="aarch64",
        traps=("svc #0",),
        number_register="x8",
        argument_registers=("x0", "x1", "x2", "x3", "x4", "x5"),
        return_register="x0",
        user_mode="EL0",
        kernel_mode="EL1",
        word_size=8,
    ),
    names=NAMES,
    structs=STRUCTS,
    variants={"clone": CLONE_BACKWARDS},
    restores={"pc": "elr_el1", "cpsr": "spsr_el1"},
    privileged=(
        (0xFFE0_001F, 0xD400_0002, "hvc"),
        (0xFFE0_001F, 0xD400_0003, "smc"),
        _EXCEPTION_RETURN,
        _STATE_FIELD,
        _SYSTEM_REGISTER,
        _SYSTEM_INSTRUCTION,
    ),
    any_immediate=True,
    pc_register="pc",
    stack_register="sp",
    thread_register="tpidr_el0",
    exceptions={
        "undef": FaultMeaning(
            "undefined instruction",
            Signo.SIGILL,
            "ILL_ILLOPC",
            "The word at this address is not an instruction this CPU has.",
            by_privilege=True,
        ),
        "iabt": FaultMeaning("instruction abort", Signo.SIGSEGV, "SEGV_MAPERR"),
        "dabt": FaultMeaning("data abort", Signo.SIGSEGV, "SEGV_MAPERR"),
        "align": FaultMeaning(
            "alignment fault",
            Signo.SIGBUS,
            "BUS_ADRALN",
            "An exclusive access, or one with acquire or release, needs an address that is a multiple of its size.",
        ),
        "pcalign": FaultMeaning(
            "PC alignment fault", Signo.SIGBUS, "BUS_ADRALN", "Instructions begin at multiples of 4."
        ),
        "brk": FaultMeaning("breakpoint", Signo.SIGTRAP, "TRAP_BRKPT", "The program executed brk, a breakpoint."),
    },
    machine="aarch64",
    platform="aarch64",
    memory=MemoryMap(
        limit=1 << 48,
        stack_top=1 << 48,
        mmap_base=(1 << 48) - (128 << 20),
        legacy_base=1 << 46,
        dyn_base=0xAAAA_AAAA_A000,
    ),
    hwcap=0x8FF,
    restart_number=128,
    signal_frame=AArch64Frame(),
    traced=TracedRegisters(result="x0", others={"pstate": "cpsr"}, flags=("pstate", 0xF000_0000)),
    vdso=vdso.build(
        MACHINES["aarch64"].elf_machine, code.AARCH64, code.AARCH64_SYMBOLS, "LINUX_2.6.39", "__kernel_rt_sigreturn"
    ),
    minimum_stack=5120,
    open_flags=ARM_OPEN_FLAGS,
    cpuinfo=(
        ("processor", "0"),
        ("BogoMIPS", "2000.00"),
        ("Features", "fp asimd evtstrm aes pmull sha1 sha2 crc32 cpuid"),
        ("CPU implementer", "0x41"),
        ("CPU architecture", "8"),
        ("CPU variant", "0x0"),
        ("CPU part", "0xd08"),
        ("CPU revision", "3"),
    ),
    config=("64BIT", "ARM64"),
)

"""The x86-64 ABI (System V ABI, AMD64 supplement, A.2.1; syscall(2))."""

from __future__ import annotations

from app.trace.events import AbiInfo

from .abi import Abi, FaultMeaning, MemoryMap, by_prefix
from .constants import Signo
from .x86_64_cpu import CPUINFO
from .x86_64_sigframe import X8664Frame
from .x86_64_structs import STRUCTS
from .x86_64_table import NAMES

X86_64 = Abi(
    info=AbiInfo(
        name="x86_64",
        table="x86_64",
        traps=("syscall",),
        number_register="rax",
        argument_registers=("rdi", "rsi", "rdx", "r10", "r8", "r9"),
        return_register="rax",
        user_mode="ring 3",
        kernel_mode="ring 0",
        word_size=8,
    ),
    names=NAMES,
    structs=STRUCTS,
    restores={"rip": "rcx", "rflags": "r11"},
    privileged=by_prefix(
        {
            b"\xf4": "hlt",
            b"\xfa": "cli",
            b"\xfb": "sti",
            b"\x0f\x01": "a system table instruction",
            b"\x0f\x06": "clts",
            b"\x0f\x07": "sysret",
            b"\x0f\x08": "invd",
            b"\x0f\x09": "wbinvd",
            b"\x0f\x20": "mov from a control register",
            b"\x0f\x21": "mov from a debug register",
            b"\x0f\x22": "mov to a control register",
            b"\x0f\x23": "mov to a debug register",
            b"\x0f\x30": "wrmsr",
            b"\x0f\x32": "rdmsr",
            b"\xe4": "in",
            b"\xe5": "in",
            b"\xe6": "out",
            b"\xe7": "out",
            b"\xec": "in",
            b"\xed": "in",
            b"\xee": "out",
            b"\xef": "out",
        }
    ),
    pc_register="rip",
    stack_register="rsp",
    thread_register="fs_base",
    exceptions={
        "#DE": FaultMeaning(
            "divide error",
            Signo.SIGFPE,
            "FPE_INTDIV",
            "The program divided by zero, or the quotient did not fit its register.",
        ),
        "#DB": FaultMeaning("debug exception", Signo.SIGTRAP, "TRAP_BRKPT"),
        "#BP": FaultMeaning("breakpoint", Signo.SIGTRAP, "SI_KERNEL"),
        "#OF": FaultMeaning("overflow", Signo.SIGSEGV, "SI_KERNEL"),
        "#UD": FaultMeaning(
            "invalid opcode",
            Signo.SIGILL,
            "ILL_ILLOPN",
            "The bytes at this address are not an instruction this CPU has.",
        ),
        "#SS": FaultMeaning("stack fault", Signo.SIGBUS, "SI_KERNEL"),
        "#GP": FaultMeaning(
            "general protection fault",
            Signo.SIGSEGV,
            "SI_KERNEL",
            "The CPU refused the instruction: it breaks a protection rule (a bad address or selector).",
            by_privilege=True,
        ),
        "#PF": FaultMeaning("page fault", Signo.SIGSEGV, "SEGV_MAPERR"),
        "#MF": FaultMeaning("floating-point error", Signo.SIGFPE, "FPE_FLTINV"),
        "#AC": FaultMeaning("alignment check", Signo.SIGBUS, "BUS_ADRALN"),
        "#XM": FaultMeaning("SIMD floating-point error", Signo.SIGFPE, "FPE_FLTINV"),
    },
    foreign_traps={
        b"\xcd\x80": "int 0x80 enters the kernel by its 32-bit table, which this kernel does not have: use syscall.",
        b"\x0f\x34": "sysenter enters the kernel by its 32-bit table, which this kernel does not have: use syscall.",
    },
    foreign_vector="#GP",
    machine="x86_64",
    platform="x86_64",
    memory=MemoryMap(
        limit=0x7FFF_FFFF_F000,
        stack_top=0x7FFF_FFFF_F000,
        mmap_base=0x7FFF_F7FF_F000,
        legacy_base=0x2AAA_AAAA_A000,
        dyn_base=0x5555_5555_4000,
    ),
    hwcap=0x078B_FBFD,
    restart_number=219,
    single_step=("rflags", 0x100),
    signal_frame=X8664Frame(),
    cpuinfo=CPUINFO,
    config=("64BIT", "X86_64"),
)

"""The x86-64 ABI (System V ABI, AMD64 supplement, A.2.1; syscall(2))."""

from __future__ import annotations

from app.toolchain.machines import MACHINES
from app.trace.events import AbiInfo

from . import vdso
from .abi import Abi, MemoryMap, TracedRegisters
from .i386 import I386_FROM_64_BIT
from .ptrace_constants import TRACED_FLAGS
from .vdso import code
from .x86_64_cpu import CPUINFO
from .x86_64_sigframe import X8664Frame
from .x86_64_structs import STRUCTS
from .x86_64_table import NAMES
from .x86_faults import EXCEPTIONS, PRIVILEGED

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
    privileged=PRIVILEGED,
    pc_register="rip",
    stack_register="rsp",
    thread_register="fs_base",
    exceptions=EXCEPTIONS,
    doors={"int 0x80": I386_FROM_64_BIT},
    foreign_traps={
        b"\x0f\x34": "sysenter returns to 32-bit code of the vDSO, which a 64-bit program does not have: use syscall.",
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
    has_low_mappings=True,
    single_step=("rflags", 0x100),
    signal_frame=X8664Frame(),
    traced=TracedRegisters(
        result="rax",
        number="orig_rax",
        others={"eflags": "rflags"},
        fixed=("cs", "ss", "ds", "es", "fs", "gs"),
        flags=("eflags", TRACED_FLAGS),
        bases=("fs_base", "gs_base"),
        area=928,
    ),
    vdso=vdso.build(MACHINES["x86_64"].elf_machine, code.X86_64, code.X86_64_SYMBOLS, "LINUX_2.6"),
    cpuinfo=CPUINFO,
    config=("64BIT", "X86_64"),
)

"""The RISC-V ABI of RV64GC (RISC-V ELF psABI; syscall(2))."""

from __future__ import annotations

from app.toolchain.machines import MACHINES
from app.trace.events import AbiInfo

from . import vdso
from .aarch64 import CLONE_BACKWARDS
from .abi import Abi, FaultMeaning, MemoryMap, TracedRegisters
from .constants import Signo
from .riscv64_sigframe import Riscv64Frame
from .riscv64_structs import STRUCTS
from .riscv64_table import NAMES
from .vdso import code

_NEEDS_ALIGNMENT = "An atomic access needs an address that is a multiple of its size."

RISCV64 = Abi(
    info=AbiInfo(
        name="riscv64",
        table="riscv64",
        traps=("ecall",),
        number_register="a7",
        argument_registers=("a0", "a1", "a2", "a3", "a4", "a5"),
        return_register="a0",
        user_mode="U mode",
        kernel_mode="S mode",
        word_size=8,
    ),
    names=NAMES,
    structs=STRUCTS,
    variants={"clone": CLONE_BACKWARDS},
    restores={"pc": "sepc"},
    privileged=(
        (0xFFFF_FFFF, 0x1020_0073, "sret"),
        (0xFFFF_FFFF, 0x3020_0073, "mret"),
        (0xFFFF_FFFF, 0x1050_0073, "wfi"),
        (0xFE00_7FFF, 0x1200_0073, "sfence.vma"),
        (0x7F, 0x73, "a control and status register instruction"),
    ),
    pc_register="pc",
    stack_register="sp",
    thread_register="tp",
    exceptions={
        "illegal instruction": FaultMeaning(
            "illegal instruction",
            Signo.SIGILL,
            "ILL_ILLOPC",
            "The bytes at this address are not an instruction this CPU has.",
            by_privilege=True,
        ),
        "breakpoint": FaultMeaning(
            "breakpoint", Signo.SIGTRAP, "TRAP_BRKPT", "The program executed ebreak, a breakpoint."
        ),
        "load misaligned": FaultMeaning("load address misaligned", Signo.SIGBUS, "BUS_ADRALN", _NEEDS_ALIGNMENT),
        "store misaligned": FaultMeaning("store address misaligned", Signo.SIGBUS, "BUS_ADRALN", _NEEDS_ALIGNMENT),
        "instruction page fault": FaultMeaning("instruction page fault", Signo.SIGSEGV, "SEGV_MAPERR"),
        "load page fault": FaultMeaning("load page fault", Signo.SIGSEGV, "SEGV_MAPERR"),
        "store page fault": FaultMeaning("store page fault", Signo.SIGSEGV, "SEGV_MAPERR"),
    },
    machine="riscv64",
    platform="",
    memory=MemoryMap(
        limit=1 << 38,
        stack_top=1 << 38,
        mmap_base=(1 << 38) - (128 << 20),
        legacy_base=0x15_5555_6000,
        dyn_base=0x2A_AAAA_A000,
    ),
    hwcap=0x112D,
    number_bits=64,
    restart_number=128,
    signal_frame=Riscv64Frame(),
    traced=TracedRegisters(result="a0"),
    vdso=vdso.build(
        MACHINES["riscv64"].elf_machine, code.RISCV64, code.RISCV64_SYMBOLS, "LINUX_4.15", "__vdso_rt_sigreturn"
    ),
    cpuinfo=(
        ("processor", "0"),
        ("hart", "0"),
        ("isa", "rv64imafdc_zicntr_zicsr_zifencei"),
        ("mmu", "sv39"),
    ),
    config=("64BIT", "RISCV"),
)

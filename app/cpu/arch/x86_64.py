"""x86-64: CPL 3, its trap instructions, and what its exceptions mean.

Where the emulated processor is not a real one:

- There is no AVX, FMA or SHA, and CPUID does not offer them. Their instructions raise #UD, except that some 128-bit
  VEX forms run as the SSE instruction they look like.
- `rdrand` and `rdseed` answer from the host, so a program that uses them is not reproducible. CPUID and the rest are.
- `rdtsc` and `rdtscp` answer `Cpu.timestamp`; TSC_AUX is 0.
- Alignment is never checked: an unaligned `movaps` works instead of raising #GP, and there is no #AC.
- A 16-byte store across two pages of which the second one faults has already stored its first 8 bytes.
- A jump to a non-canonical address raises #GP at the target, as after the jump, not at the jump. A non-canonical
  stack address raises #GP, not #SS.
- `ins` has stored a zero by the time its #GP is raised; `rep ins` and `rep outs` with RCX = 0 do not raise it.
- An access that wraps around the end of the address space is not modelled.
"""

from __future__ import annotations

from typing import ClassVar

from app.cpu.arch import fxsave
from app.cpu.arch.x86 import MXCSR, USER_FLAGS, X86, register_numbers, x86
from app.cpu.exits import Access, Exit, FaultExit, TrapExit
from app.cpu.mmu import PhysicalMemory
from app.cpu.unicorn_calls import uc_const
from app.cpu.unicorn_raw import Engine

_GENERAL = (
    *("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp"),
    *("r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"),
)
_SYSTEM = ("cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "mxcsr", "fpcw")

_MSR_STAR = 0xC0000081
_MSR_EFER = 0xC0000080
_EFER_SYSCALL_ENABLE = 1
_FNINIT_SYSRET = b"\xdb\xe3\x48\x0f\x07"
_USER_SELECTORS = 0x23 << 48 | 8 << 32
"""STAR: `sysretq` loads CS = 0x33 and SS = 0x2b from it, as on Linux."""

_LOWER_HALF, _UPPER_HALF = 0, 0x1FFFF


class X8664(X86):
    """Long mode, 64-bit code."""

    registers = register_numbers((*_GENERAL, "rip", "rflags", *_SYSTEM))
    general = _GENERAL
    pc = "rip"
    sp = "rsp"
    flags: ClassVar[str] = "rflags"
    engine_kind = (uc_const.UC_ARCH_X86, uc_const.UC_MODE_64)
    warm_up_code = b"\x0f\x05"
    state_names = (*_GENERAL, "rip", "rflags", "fs_base", "gs_base")
    floating_point_names = fxsave.REGISTERS
    interrupt_saves = ("rip", "cs", "rflags", "rsp", "ss")
    extra_prefixes = frozenset(range(0x40, 0x50))
    counter_names = ("rax", "rdx", "rcx")

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        self._write_syscall_state = engine.writer((self.registers["rcx"], self.registers["r11"]))

    def enter_user_mode(self, scratch: int) -> None:
        engine, number = self.engine, self.registers
        msr = x86.UC_X86_REG_MSR
        enabled = engine.read_model_specific(msr, _MSR_EFER) | _EFER_SYSCALL_ENABLE
        engine.write_model_specific(msr, _MSR_EFER, enabled)
        engine.write_model_specific(msr, _MSR_STAR, _USER_SELECTORS)
        engine.write_register(number["rcx"], scratch + 16)
        engine.write_register(number["r11"], USER_FLAGS)
        engine.run_privileged(scratch, _FNINIT_SYSRET)
        engine.write_register(number["rcx"], 0)
        engine.write_register(number["r11"], 0)
        engine.write_register(number["mxcsr"], MXCSR)

    def on_syscall(self, pc: int, flags: int) -> Exit:
        # Intel SDM, SYSCALL: RCX takes the return address, R11 RFLAGS (with RF clear).
        self._write_syscall_state(pc, flags)
        return TrapExit("syscall", pc - 2, pc, {"rcx": pc, "r11": flags})

    def refusal(self, pc: int, address: int, access: Access, present: bool) -> FaultExit:
        """#GP for an address that is not canonical: the MMU does not look it up."""
        if address >> 47 not in (_LOWER_HALF, _UPPER_HALF):
            return FaultExit("#GP", pc)
        return super().refusal(pc, address, access, present)


ARCHITECTURE = X8664

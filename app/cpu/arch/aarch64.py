"""AArch64: EL0, its exceptions, and the system registers that Linux shows to user mode.

The emulated processor is a Cortex-A72 (ARMv8.0): no LSE atomics, no pointer authentication, no SVE.

| vector | exception class (Arm ARM, ESR_EL1) | what happened |
| --- | --- | --- |
| `undef` | 0x00 unknown reason, 0x18 trapped system instruction | undefined or privileged instruction |
| `iabt` | 0x20 instruction abort | page fault of a fetch |
| `dabt` | 0x24 data abort | page fault of a load or store |
| `align` | 0x24 data abort, alignment fault | an exclusive load or store that is not aligned; `address` is where |
| `pcalign` | 0x22 PC alignment fault | jump to an address that is no multiple of 4; `address` is where |
| `brk` | 0x3c BRK instruction | `brk`; the program counter stays at it |

`wfi` and `wfe` do nothing, the virtual counter is `Cpu.timestamp`, and the top byte of an address is
ignored, all as under Linux.

Where it is not a real one: the alignment of the stack pointer, and of `ldar` and `stlr`, is not checked.
"""

from __future__ import annotations

import struct
from typing import Any, ClassVar

from app.cpu.arch import Architecture
from app.cpu.exits import Access, Exit, FaultExit, TrapExit
from app.cpu.mmu import PAGE_SIZE, PhysicalMemory
from app.cpu.unicorn_calls import uc_const
from app.cpu.unicorn_library import constants
from app.cpu.unicorn_raw import Engine

arm64 = constants("arm64_const")

_GENERAL = (*(f"x{i}" for i in range(31)), "sp")
_OTHERS = {"pc": "PC", "cpsr": "PSTATE", "tpidr_el0": "TPIDR_EL0", "fpcr": "FPCR", "fpsr": "FPSR"}
_FLOATING_POINT = (*(f"V{i}" for i in range(32)), "FPSR", "FPCR")
_VECTORS_SIZE = 32 * 16

_UNDEFINED, _SUPERVISOR_CALL, _DATA_ABORT, _BREAKPOINT = 1, 2, 4, 7
"""Unicorn's exception numbers."""

_ADDRESS_BITS = (1 << 56) - 1
"""TCR_EL1.TBI0: the top byte of a user address is a tag."""

_ENTER_EL0 = struct.pack(
    "<9I",
    0xD5381001,  # mrs x1, sctlr_el1
    0xAA020021,  # orr x1, x1, x2
    0xD5181001,  # msr sctlr_el1, x1
    0xD5182043,  # msr tcr_el1, x3
    0xD5181044,  # msr cpacr_el1, x4
    0xD518401F,  # msr spsr_el1, xzr
    0xD5184020,  # msr elr_el1, x0
    0xD5033FDF,  # isb
    0xD69F03E0,  # eret
)
_EXIT = 64
"""Where in its page this ends up."""

_SCTLR_USER = 1 << 14 | 1 << 15 | 1 << 16 | 1 << 18 | 1 << 26
"""DZE, UCT, nTWI, nTWE, UCI: what Linux lets user mode do with caches, and waiting."""

_TCR_TBI0 = 1 << 37
_CPACR_FPEN = 3 << 20

_CONDITION_FLAGS = 0xF000_0000
_COUNTER_FREQUENCY = 1_000_000_000
_EC_SVC64_IL = 0x15 << 26 | 1 << 25
_IMMEDIATE = 0xFFFF

_MRS, _MRS_MASK = 0xD530_0000, 0xFFF0_0000
_EXCLUSIVE, _EXCLUSIVE_MASK = 0x0800_0000, 0x3F00_0000
_ID_SPACE, _ID_SPACE_MASK = 0x18_0000, 0x1F_F800
"""Op0 = 3, Op1 = 0, CRn = 0, CRm below 8: the registers that say what the processor can do."""

_CNTFRQ_EL0 = 0x1B_E000
_CNTVCT_EL0 = 0x1B_E040
_ID_REGISTERS = {
    0x18_0000: 0x410F_D083,  # MIDR_EL1: Cortex-A72
    0x18_00A0: 0x8000_0000,  # MPIDR_EL1
    0x18_00C0: 0,  # REVIDR_EL1
    0x18_0400: 0x11,  # ID_AA64PFR0_EL1
    0x18_0500: 0x6,  # ID_AA64DFR0_EL1
    0x18_0600: 0x1_1120,  # ID_AA64ISAR0_EL1: CRC32, SHA2, SHA1, AES with PMULL
    0x18_0700: 0xFF00_0000,  # ID_AA64MMFR0_EL1
}
"""What Linux answers for them (its Documentation/arch/arm64/cpu-feature-registers.rst), by bits 20 to 5 of `mrs`."""


def _number(name: str) -> int:
    number: int = getattr(arm64, f"UC_ARM64_REG_{name.upper()}")
    return number


class AArch64(Architecture):
    """64-bit state at EL0."""

    registers = {name: _number(name) for name in _GENERAL} | {name: _number(own) for name, own in _OTHERS.items()}
    general = _GENERAL
    pc = "pc"
    sp = "sp"
    flags: ClassVar[str] = "cpsr"
    engine_kind = (uc_const.UC_ARCH_ARM64, uc_const.UC_MODE_ARM)
    page_fault_vectors: ClassVar[dict[Access, str]] = {"read": "dabt", "write": "dabt", "execute": "iabt"}
    warm_up_code = b"\x01\x00\x00\xd4"
    initial_floating_point = bytes(_VECTORS_SIZE + 8)

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        engine.use_page_size(PAGE_SIZE)
        engine.state.translated_bits = _ADDRESS_BITS
        self._read_state = engine.reader((self.registers["pc"], self.registers["cpsr"]))
        self._floating_point = engine.wide_registers([_number(name) for name in _FLOATING_POINT])

    def enter_user_mode(self, scratch: int) -> None:
        engine, number = self.engine, self.registers
        for name, value in (("x0", scratch + _EXIT), ("x2", _SCTLR_USER), ("x3", _TCR_TBI0), ("x4", _CPACR_FPEN)):
            engine.write_register(number[name], value)
        engine.run_privileged(scratch, _ENTER_EL0, _EXIT)
        for name in ("x0", "x1", "x2", "x3", "x4"):
            engine.write_register(number[name], 0)

    def write_register(self, number: int, value: int) -> None:
        """Whatever `cpsr` is set to, the exception level stays EL0, and interrupts stay enabled."""
        if number == self.registers["cpsr"]:
            value &= _CONDITION_FLAGS
        super().write_register(number, value)

    def add_hooks(self) -> None:
        self.engine.on_interrupt()
        self.engine.on_invalid()

    def explain(self, event: tuple[Any, ...]) -> Exit | None:
        pc, state = self._read_state()
        match event:
            case ("interrupt", number) if number == _SUPERVISOR_CALL:
                immediate = self._word_at(pc - 4) >> 5 & _IMMEDIATE
                # Arm ARM, AArch64.TakeException: what the processor keeps in registers of EL1.
                saved = {"elr_el1": pc, "spsr_el1": state, "esr_el1": _EC_SVC64_IL | immediate}
                return TrapExit(f"svc #{immediate}", pc - 4, pc, saved)
            case ("interrupt", number) if number == _BREAKPOINT:
                return FaultExit("brk", pc)
            case ("interrupt", number) if number == _DATA_ABORT:
                return FaultExit("align", pc, self._exclusive_address(pc))
        if pc & 3:
            return FaultExit("pcalign", pc, pc)
        return None if self._emulate(self._word_at(pc), pc) else FaultExit("undef", pc)

    def refusal(self, pc: int, address: int, access: Access, present: bool) -> FaultExit:
        """A jump to an address that is not aligned is found out before the MMU looks it up."""
        if access == "execute" and pc & 3:
            return FaultExit("pcalign", pc, pc)
        return super().refusal(pc, address, access, present)

    def _word_at(self, pc: int) -> int:
        return int.from_bytes(self.read_user(pc & _ADDRESS_BITS, 4), "little")

    def _exclusive_address(self, pc: int) -> int | None:
        """Where the exclusive load or store at `pc` goes: its only address is a register."""
        word = self._word_at(pc)
        if word & _EXCLUSIVE_MASK != _EXCLUSIVE:
            return None
        return self.engine.read_register(self.registers[_GENERAL[word >> 5 & 31]]) & _ADDRESS_BITS

    def _emulate(self, word: int, pc: int) -> bool:
        """Execute `mrs` as Linux does for user mode; False when it does not."""
        if word & _MRS_MASK != _MRS:
            return False
        system, target = word & 0x1F_FFE0, word & 31
        if system == _CNTVCT_EL0:
            value = self.engine.state.timestamp()
        elif system == _CNTFRQ_EL0:
            value = _COUNTER_FREQUENCY
        elif system in _ID_REGISTERS or (system & _ID_SPACE_MASK == _ID_SPACE and system & 0x700):
            value = _ID_REGISTERS.get(system, 0)
        else:
            return False
        if target != 31:
            self.engine.write_register(self.registers[_GENERAL[target]], value)
        self.engine.write_register(self.registers["pc"], pc + 4)
        return True

    def finish_block(self, pc: int) -> int:
        """Blocks end with their page: there is nothing left but to try the next one."""
        return self.engine.start(pc)

    def read_floating_point(self) -> bytes:
        """`struct user_fpsimd_state` without its padding: v0 to v31, FPSR, FPCR."""
        values = self._floating_point.read()
        return values[:_VECTORS_SIZE] + values[_VECTORS_SIZE : _VECTORS_SIZE + 4] + values[-16:-12]

    def write_floating_point(self, image: bytes) -> None:
        status, control = image[_VECTORS_SIZE : _VECTORS_SIZE + 4], image[_VECTORS_SIZE + 4 : _VECTORS_SIZE + 8]
        self._floating_point.write(image[:_VECTORS_SIZE] + status.ljust(16, b"\0") + control.ljust(16, b"\0"))


ARCHITECTURE = AArch64

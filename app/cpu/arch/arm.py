"""ARM in usr mode: A32 and Thumb, with VFP and Advanced SIMD.

The emulated processor is a Cortex-A15 (ARMv7-A).

| vector | exception (Arm ARM for ARMv7-A, B1.8) | what happened |
| --- | --- | --- |
| `undef` | Undefined Instruction | undefined or privileged instruction |
| `pabt` | Prefetch Abort | page fault of a fetch |
| `dabt` | Data Abort | page fault of a load or store |
| `align` | Data Abort, alignment fault | an exclusive load or store that is not aligned; `address` is where |
| `bkpt` | Prefetch Abort, debug event | `bkpt`; the program counter stays at it |

The instruction set is bit T of `cpsr`. Addresses of instructions never contain it, but an odd value for the program
counter (a pointer to Thumb code) sets it; an even one leaves it as it is, except that `Cpu.reset` begins in A32.

`wfi`, `wfe` and `yield` do nothing. `cps`, and `msr` to the privileged bits of `cpsr`, are ignored, as usr mode has it.
The thread register that usr mode can only read is `tpidruro`.

Where it is not a real one: the alignment of `ldrd`, `ldm` and their like is not checked, which is what programs see
under Linux, too, and neither is that of Advanced SIMD accesses with an alignment hint. The generic timer is not there.
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

arm32 = constants("arm_const")

_GENERAL = (*(f"r{i}" for i in range(13)), "sp", "lr")
_OTHERS = {
    **{"fp": "R11", "ip": "R12", "pc": "PC", "cpsr": "CPSR", "fpscr": "FPSCR"},
    "tpidruro": "C13_C0_3",
}
_DOUBLES = 32

_SUPERVISOR_CALL, _DATA_ABORT, _BREAKPOINT = 2, 4, 7
"""Unicorn's exception numbers."""

_USER_MODE = 0x10
_THUMB_SHIFT = 5
_USER_STATUS = 0xFE0F_FE20
"""N, Z, C, V, Q, IT, GE, E, T: what is not the kernel's in CPSR."""

_IT_BITS = 0x0600_FC00

_CPACR = struct.pack("=7I4xQ", 15, 0, 0, 1, 0, 0, 2, 0xF << 20)
"""`uc_arm_cp_reg`, unicorn/arm.h: CPACR (p15, c1, c0, 2) lets user mode use coprocessors 10 and 11, which are VFP."""

_FPEXC_ENABLE = 1 << 30

_IMMEDIATE_A32 = 0xFF_FFFF
_HINTS_A32 = frozenset((0x0320_F001, 0x0320_F002))
_CONDITION = 0xF000_0000
_HINTS_THUMB = frozenset((0xBF10, 0xBF20))
_HINTS_THUMB_WIDE = frozenset((0x8001_F3AF, 0x8002_F3AF))
"""`yield` and `wfe`."""


def _number(name: str) -> int:
    number: int = getattr(arm32, f"UC_ARM_REG_{name.upper()}")
    return number


class Arm(Architecture):
    """32-bit state in usr mode."""

    registers = {name: _number(name) for name in _GENERAL} | {name: _number(own) for name, own in _OTHERS.items()}
    general = _GENERAL
    pc = "pc"
    sp = "sp"
    flags: ClassVar[str] = "cpsr"
    engine_kind = (uc_const.UC_ARCH_ARM, uc_const.UC_MODE_ARM)
    page_fault_vectors: ClassVar[dict[Access, str]] = {"read": "dabt", "write": "dabt", "execute": "pabt"}
    warm_up_code = b"\x00\x00\x00\xef"
    initial_floating_point = bytes(_DOUBLES * 8 + 4)

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        engine.use_page_size(PAGE_SIZE)
        self._read_state = engine.reader((self.registers["pc"], self.registers["cpsr"]))
        self._read_status = engine.reader((self.registers["cpsr"],))
        names = (*(f"d{i}" for i in range(_DOUBLES)), "fpscr")
        self._read_floating_point = engine.reader([_number(name) for name in names])
        self._write_floating_point = engine.writer([_number(name) for name in names])

    def enter_user_mode(self, _scratch: int) -> None:
        engine = self.engine
        engine.write_packed(_number("cp_reg"), _CPACR)
        engine.write_register(_number("fpexc"), _FPEXC_ENABLE)
        engine.write_register(self.registers["cpsr"], _USER_MODE)

    def add_hooks(self) -> None:
        engine, read_status, status = self.engine, self._read_status, self.registers["cpsr"]
        engine.on_interrupt()
        engine.on_invalid()

        def leave_it_block() -> None:
            """Undo a defect of the emulator.

            To find an address translation it makes the IT bits those of the instruction, for the case that there is
            none. When there is one it leaves them so, and takes the code after this block for part of the IT block.
            """
            (value,) = read_status()
            if value & _IT_BITS:
                engine.write_register(status, value & ~_IT_BITS)

        engine.state.after_data_fill = leave_it_block

    def write_register(self, number: int, value: int) -> None:
        """Whatever `cpsr` is set to, the mode stays usr, and interrupts stay enabled."""
        if number == self.registers["cpsr"]:
            value = value & _USER_STATUS | _USER_MODE
        super().write_register(number, value)

    def entry_point(self, pc: int) -> int:
        """The address with bit T of the status register, by which the emulator knows the instruction set."""
        return pc | self._read_status()[0] >> _THUMB_SHIFT & 1

    def explain(self, event: tuple[Any, ...]) -> Exit | None:
        pc, status = self._read_state()
        thumb = status >> _THUMB_SHIFT & 1
        match event:
            case ("interrupt", number) if number == _SUPERVISOR_CALL:
                size = 2 if thumb else 4
                code = int.from_bytes(self.read_user(pc - size, size), "little")
                immediate = code & 0xFF if thumb else code & _IMMEDIATE_A32
                # Arm ARM, B1.9.4: what the processor keeps in banked registers of svc mode.
                return TrapExit(f"svc #{immediate}", pc - size, pc, {"lr_svc": pc, "spsr_svc": status})
            case ("interrupt", number) if number == _BREAKPOINT:
                return FaultExit("bkpt", pc)
            case ("interrupt", number) if number == _DATA_ABORT:
                return FaultExit("align", pc, self._exclusive_address(pc, thumb))
        return self._after_hint(pc) if self._follows_hint(pc, thumb) else FaultExit("undef", pc)

    def _word_at(self, address: int, size: int = 4) -> int:
        return int.from_bytes(self.read_user(address, size), "little")

    def _follows_hint(self, pc: int, thumb: int) -> bool:
        """Whether `yield` or `wfe` is before `pc`: the emulator gives up after them, as if something were invalid."""
        if thumb:
            return self._word_at(pc - 2, 2) in _HINTS_THUMB or self._word_at(pc - 4) in _HINTS_THUMB_WIDE
        return self._word_at(pc - 4) & ~_CONDITION in _HINTS_A32

    def _after_hint(self, pc: int) -> Exit | None:
        """Execute one instruction, to see whether the one at `pc` is invalid, and not the hint before it."""
        engine, state = self.engine, self.engine.state
        state.executed_before += engine.executed() or 0
        engine.flush_code()
        state.stale_code = True
        engine.start(self.entry_point(pc), 1)
        if state.event is None:
            state.executed_before -= 1  # A run that is cut counts the next instruction, too.
            return None
        if state.event == ("invalid",):
            return FaultExit("undef", pc) if engine.read_register(self.registers["pc"]) == pc else None
        return self.explain(state.event)

    def _exclusive_address(self, pc: int, thumb: int) -> int:
        """Where the exclusive load or store at `pc` goes: a register, and in Thumb's word forms an offset."""
        if not thumb:
            return self._general(self._word_at(pc) >> 16 & 15)
        first, second = self._word_at(pc, 2), self._word_at(pc + 2, 2)
        is_word = first & 0xFFE0 == 0xE840
        return self._general(first & 15) + ((second & 0xFF) * 4 if is_word else 0) & 0xFFFF_FFFF

    def _general(self, number: int) -> int:
        return self.engine.read_register(self.registers[_GENERAL[min(number, len(_GENERAL) - 1)]])

    def finish_block(self, pc: int) -> int:
        """Blocks end with their page: there is nothing left but to try the next one."""
        return self.engine.start(self.entry_point(pc))

    def read_floating_point(self) -> bytes:
        """`struct user_vfp`: d0 to d31, FPSCR."""
        *values, control = self._read_floating_point()
        return b"".join(value.to_bytes(8, "little") for value in values) + control.to_bytes(4, "little")

    def write_floating_point(self, image: bytes) -> None:
        words = [int.from_bytes(image[i : i + 8], "little") for i in range(0, 8 * _DOUBLES + 8, 8)]
        self._write_floating_point(*words)


ARCHITECTURE = Arm

"""RISC-V, RV64GC: U mode, and what its exceptions mean.

The vectors are named as in the privileged specification's table of `scause` codes, in short:

| vector | code | what happened |
| --- | --- | --- |
| `illegal instruction` | 2 | undefined or privileged instruction |
| `breakpoint` | 3 | `ebreak`; the program counter stays at it |
| `load misaligned` | 4 | `lr` that is not aligned; `address` is where |
| `store misaligned` | 6 | `amo` that is not aligned; `address` is where |
| `instruction page fault` | 12 | page fault of a fetch |
| `load page fault` | 13 | page fault of a load |
| `store page fault` | 15 | page fault of a store or `amo` |

`rdtime` answers `Cpu.timestamp`. Loads and stores need no alignment, as under Linux, which completes them itself.

Where the emulated processor is not a real one:

- `rdcycle`, `rdinstret` and the other performance counters answer from the host, so a program that uses them is not
  reproducible.
- The upper half of a floating point register is zero, not all ones, after most single-precision instructions.
- A `sc` that is not aligned fails instead of raising an exception.
"""

from __future__ import annotations

from typing import Any, ClassVar

from app.cpu.arch import Architecture
from app.cpu.exits import Access, Exit, FaultExit, TrapExit
from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, PhysicalMemory
from app.cpu.unicorn_calls import ERR_OK, uc_const
from app.cpu.unicorn_library import constants
from app.cpu.unicorn_raw import Engine

riscv = constants("riscv_const")

_GENERAL = (
    *("zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    *(f"a{i}" for i in range(8)),
    *(f"s{i}" for i in range(2, 12)),
    *("t3", "t4", "t5", "t6"),
)
"""x0 to x31 by their ABI names."""

_FLOATING_POINT_REGISTERS = 32
_USER_PRIVILEGE = 0
_FLOATING_POINT_ON = 0x6000
"""mstatus.FS = dirty."""

_SSTATUS = 0x8000_0002_0000_6020
"""What U mode leaves in sstatus: interrupts were enabled (SPIE), FS = dirty (FS, SD), and 64-bit user mode (UXL)."""

_LOAD_MISALIGNED, _ECALL = 4, 8
_EBREAK = b"\x73\x00\x10\x00"
_C_EBREAK = b"\x02\x90"

_RDTIME, _RDTIME_MASK = 0xC010_2073, 0xFFFF_F07F
_AMO, _AMO_MASK = 0x2F, 0x7F
_LR, _LR_MASK = 0x1000_002F, 0xF800_007F


def _number(name: str) -> int:
    number: int = getattr(riscv, f"UC_RISCV_REG_{name.upper()}")
    return number


class RiscV64(Architecture):
    """RV64 in U mode."""

    registers = {name: _number(f"x{i}") for i, name in enumerate(_GENERAL)} | {
        "pc": _number("pc"),
        "fcsr": _number("fcsr"),
    }
    general = _GENERAL
    pc = "pc"
    sp = "sp"
    flags: ClassVar[str | None] = None
    engine_kind = (uc_const.UC_ARCH_RISCV, uc_const.UC_MODE_RISCV64)
    page_fault_vectors: ClassVar[dict[Access, str]] = {
        "read": "load page fault",
        "write": "store page fault",
        "execute": "instruction page fault",
    }
    warm_up_code = b"\x73\x00\x00\x00"
    initial_floating_point = bytes(_FLOATING_POINT_REGISTERS * 8 + 4)

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        self._pc_number = self.registers["pc"]
        names = (*(f"f{i}" for i in range(_FLOATING_POINT_REGISTERS)), "fcsr")
        self._read_floating_point = engine.reader([_number(name) for name in names])
        self._write_floating_point = engine.writer([_number(name) for name in names])

    def enter_user_mode(self, _scratch: int) -> None:
        self.engine.write_register(_number("mstatus"), _FLOATING_POINT_ON)
        self.engine.write_register(_number("priv"), _USER_PRIVILEGE)

    def add_hooks(self) -> None:
        self.engine.on_interrupt()
        self.engine.on_invalid()

    def refusal(self, pc: int, address: int, access: Access, present: bool) -> FaultExit:
        """An atomic operation is a store, though the emulator loads first."""
        if access == "read" and self._is_atomic_store(self._word_at(pc)):
            access = "write"
        return super().refusal(pc, address, access, present)

    def _word_at(self, pc: int) -> int:
        return int.from_bytes(self.read_user(pc, 4), "little")

    @staticmethod
    def _is_atomic_store(word: int) -> bool:
        return word & _AMO_MASK == _AMO and word & _LR_MASK != _LR

    def explain(self, event: tuple[Any, ...]) -> Exit | None:
        pc = self.engine.read_register(self._pc_number)
        if event[0] == "invalid":
            code = self.read_user(pc, 4)
            return FaultExit("breakpoint" if code == _EBREAK or code[:2] == _C_EBREAK else "illegal instruction", pc)
        number, trapped = event[1], pc - 4  # The emulator adds 4 in every exception.
        if number == _ECALL:
            return TrapExit("ecall", trapped, pc, {"sepc": trapped, "scause": _ECALL, "sstatus": _SSTATUS})
        word = self._word_at(trapped)
        if word & _RDTIME_MASK == _RDTIME:
            self._set_destination(word, self.engine.state.timestamp())
            return None
        self.engine.write_register(self._pc_number, trapped)
        if number == _LOAD_MISALIGNED:
            address = self.engine.read_register(self.registers[_GENERAL[word >> 15 & 31]])
            return FaultExit("store misaligned" if self._is_atomic_store(word) else "load misaligned", trapped, address)
        return FaultExit("illegal instruction", trapped)

    def _set_destination(self, word: int, value: int) -> None:
        destination = word >> 7 & 31
        if destination:
            self.engine.write_register(self.registers[_GENERAL[destination]], value)

    def finish_block(self, pc: int) -> int:
        """An instruction lies across the end of the page, or one at its start is illegal.

        In the second case the emulator took the length of the block for 0, and looked at the page before it.
        """
        engine, state = self.engine, self.engine.state
        if state.refused is not None and state.refused[0] >> PAGE_SHIFT == (pc >> PAGE_SHIFT) - 1:
            state.event = ("invalid",)
            return ERR_OK
        last = (pc | PAGE_MASK) - 1
        if pc == last:
            return engine.start(pc)
        state.stale_code = True
        engine.flush_code()
        code = engine.run_until(pc, last)
        engine.flush_code()
        if code != ERR_OK or state.event is not None or engine.read_register(self._pc_number) != last:
            return code
        return engine.start(last)

    def read_floating_point(self) -> bytes:
        """`struct __riscv_d_ext_state` without its padding: f0 to f31, fcsr."""
        *values, control = self._read_floating_point()
        return b"".join(value.to_bytes(8, "little") for value in values) + control.to_bytes(4, "little")

    def write_floating_point(self, image: bytes) -> None:
        words = [int.from_bytes(image[i : i + 8], "little") for i in range(0, 8 * _FLOATING_POINT_REGISTERS + 8, 8)]
        self._write_floating_point(*words)


ARCHITECTURE = RiscV64

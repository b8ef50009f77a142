"""i386, as Linux runs it on x86-64: flat segments, CPL 3, and thread-local storage by segment descriptors.

What `app.cpu.arch.x86_64` says of the emulated processor holds here too, and:

- `syscall` raises #UD, as on Intel's processors; AMD's execute it.
- The 64-bit code segment (selector 0x33) is missing: there is no way into long mode.
- Segment limits, and accesses through a null selector, are not checked.
- `pusha` stores upwards: where it is refused two pages, it reports the lower one.
"""

from __future__ import annotations

import mmap
import struct
from collections.abc import Sequence
from typing import ClassVar

from app.cpu.arch import fxsave
from app.cpu.arch.x86 import MXCSR, USER_FLAGS, X86, register_numbers, x86
from app.cpu.exits import Exit, FaultExit
from app.cpu.mmu import PAGE_SHIFT, PAGE_SIZE, READ, PhysicalMemory, Pte
from app.cpu.unicorn_calls import uc_const
from app.cpu.unicorn_hooks import ACCESS_READ
from app.cpu.unicorn_raw import Engine

_GENERAL = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp")
_SEGMENTS = ("cs", "ss", "ds", "es", "fs", "gs")
_SYSTEM = (*_SEGMENTS, "mxcsr", "fpcw")
_RELOADED = ("ds", "es", "fs", "gs")

_GDT = 0xFFFF_F000
"""Where the descriptor table is, in physical memory, too: above all user memory. User mode can't read it."""

_ENTRIES = 16
_TLS_ENTRIES = (12, 13, 14)
"""GDT_ENTRY_TLS_MIN and following, arch/x86/include/asm/segment.h."""

_KERNEL_CODE, _KERNEL_DATA = 1, 3
_USER_CODE, _USER_DATA = 4, 5
_FIXED_DESCRIPTORS = {
    _KERNEL_CODE: 0x00CF_9B00_0000_FFFF,
    _KERNEL_DATA: 0x00CF_9300_0000_FFFF,
    _USER_CODE: 0x00CF_FB00_0000_FFFF,
    _USER_DATA: 0x00CF_F300_0000_FFFF,
}
"""Flat 4 GiB segments, marked as accessed: the processor would store that mark otherwise."""

_ACCESSED = 1 << 40
_CODE_OR_DATA = 1 << 44
_PRESENT = 1 << 47
_USER_CS = _USER_CODE << 3 | 3
_USER_SS = _USER_DATA << 3 | 3
_TABLE = struct.Struct(f"<{len(_TLS_ENTRIES)}Q")
_TABLE_START = _TLS_ENTRIES[0] * 8

_LOADS_SEGMENT = frozenset((0x07, 0x17, 0x1F, 0x8E, 0x9A, 0xC4, 0xC5, 0xCA, 0xCB, 0xCF, 0xEA, 0xFF))
_LOADS_SEGMENT_0F = frozenset((0x00, 0x02, 0x03, 0xA1, 0xA9, 0xB2, 0xB4, 0xB5))


_DESCRIPTOR_TABLE_REGISTER = struct.Struct("=H6xQII")
"""`uc_x86_mmr`, unicorn/x86.h: selector, base, limit, flags."""


class I386(X86):
    """Protected mode, 32-bit code."""

    registers = register_numbers((*_GENERAL, "eip", "eflags", *_SYSTEM))
    general = _GENERAL
    pc = "eip"
    sp = "esp"
    flags: ClassVar[str] = "eflags"
    engine_kind = (uc_const.UC_ARCH_X86, uc_const.UC_MODE_32)
    warm_up_code = b"\xcd\x80"
    state_names = (*_GENERAL, "eip", "eflags")
    floating_point_names = fxsave.REGISTERS_32
    interrupt_saves = ("eip", "cs", "eflags", "esp", "ss")
    extra_prefixes: ClassVar[frozenset[int]] = frozenset()
    counter_names = ("eax", "edx", "ecx")

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        super().__init__(engine, memory)
        self._table = mmap.mmap(-1, PAGE_SIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        for entry, descriptor in _FIXED_DESCRIPTORS.items():
            self._table[entry * 8 : entry * 8 + 8] = descriptor.to_bytes(8, "little")

    def enter_user_mode(self, scratch: int) -> None:
        engine, number = self.engine, self.registers
        engine.map_memory(_GDT, self._table)
        engine.write_packed(x86.UC_X86_REG_GDTR, _DESCRIPTOR_TABLE_REGISTER.pack(0, _GDT, _ENTRIES * 8 - 1, 0))
        engine.write_register(number["cs"], _KERNEL_CODE << 3)
        engine.write_register(number["ss"], _KERNEL_DATA << 3)
        stack = scratch + 64
        frame = struct.pack("<5I", scratch + 16, _USER_CS, USER_FLAGS, 0, _USER_SS)
        load_user_data = b"\xb8" + struct.pack("<I", _USER_SS) + b"\x8e\xd8\x8e\xc0\x31\xc0"
        fninit_iret = b"\xdb\xe3\xcf"
        engine.write_register(number["esp"], stack)
        code = load_user_data + fninit_iret
        engine.run_privileged(scratch, code.ljust(64, b"\0") + frame)
        engine.write_register(number["mxcsr"], MXCSR)
        state, entry = engine.state, Pte(_GDT >> PAGE_SHIFT, READ)
        read_pc = engine.reader((self._pc_number,))

        def system_entry(address: int, access: int) -> Pte | None:
            if address == _GDT and access == ACCESS_READ and self._loads_segment(*read_pc()):
                return entry
            return None

        state.system_entry = system_entry

    def _loads_segment(self, pc: int) -> bool:
        """Whether the processor itself reads the descriptor table for the instruction at `pc`."""
        code = self.code_at(pc)
        if code[:1] == b"\x0f":
            return len(code) > 1 and code[1] in _LOADS_SEGMENT_0F
        return len(code) > 0 and code[0] in _LOADS_SEGMENT

    def on_syscall(self, pc: int, _flags: int) -> Exit:
        self.engine.write_register(self._pc_number, pc - 2)
        return FaultExit("#UD", pc - 2)

    def forget_exception(self) -> None:
        selectors = [self.engine.read_register(self.registers[name]) for name in _RELOADED]
        super().forget_exception()
        self._load_segments(selectors)

    def write_register(self, number: int, value: int) -> None:
        """A segment register is loaded from the descriptor table; what the processor refuses changes nothing.

        The processor must be able to read the table, whatever happened last: a refusal outside of a run is fatal.
        """
        state = self.engine.state
        state.identity = True
        try:
            self.engine.write_register(number, value)
        finally:
            state.identity = False

    def save_descriptors(self) -> tuple[int, ...]:
        return _TABLE.unpack_from(self._table, _TABLE_START)

    def load_descriptors(self, descriptors: tuple[int, ...]) -> None:
        if len(descriptors) != len(_TLS_ENTRIES):
            raise ValueError(f"there are {len(_TLS_ENTRIES)} segment descriptors for thread-local storage")
        marked = (d | _ACCESSED if d & _CODE_OR_DATA else 0 for d in descriptors)
        _TABLE.pack_into(self._table, _TABLE_START, *marked)

    def reload_segments(self) -> None:
        selectors = []
        descriptors = self.save_descriptors()
        for name in _RELOADED:
            selector = self.engine.read_register(self.registers[name])
            entry = (selector >> 3) - _TLS_ENTRIES[0]
            gone = 0 <= entry < len(descriptors) and not descriptors[entry] & _PRESENT
            selectors.append(0 if gone else selector)
        self._load_segments(selectors)

    def _load_segments(self, selectors: Sequence[int]) -> None:
        """Load DS, ES, FS and GS."""
        for name, selector in zip(_RELOADED, selectors, strict=True):
            self.write_register(self.registers[name], selector)


ARCHITECTURE = I386

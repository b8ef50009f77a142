"""What an emulated processor's hooks share with it, and the hook that is its MMU."""

from __future__ import annotations

import ctypes
import itertools
import sys
from collections.abc import Callable, Mapping
from typing import Any

from app.cpu.mmu import EXECUTE, PAGE_SHIFT, READ, WRITE, Pte
from app.cpu.unicorn_calls import SHORT, uc_const

TIMESTAMP_STEP = 1000
"""How far the cycle counter moves at each reading, unless someone else answers it."""

ACCESS_READ: int = uc_const.UC_MEM_READ
ACCESS_WRITE: int = uc_const.UC_MEM_WRITE
ACCESS_FETCH: int = uc_const.UC_MEM_FETCH

_NEEDED = {ACCESS_READ: READ, ACCESS_WRITE: WRITE, ACCESS_FETCH: EXECUTE}

_ALL_BITS = (1 << 64) - 1


class _TlbEntry(ctypes.Structure):
    _fields_ = (("address", ctypes.c_uint64), ("perms", ctypes.c_uint32))


def _no_system_entry(_address: int, _access: int) -> Pte | None:
    return None


class HookState:
    """What the hooks and the CPU share. It refers to no engine and no callback, so there is no reference cycle.

    `event` is what ended the run (a tuple whose first item is its kind; only the first event of a run counts),
    `system_entry` translates what only the processor itself reads, such as descriptor tables,
    `refused` the page address and access of the last translation that was denied, `error` an exception raised in a
    hook, `timestamp` answers cycle counters. `translated_bits` are the bits of an address that count; it is set before
    `Engine.use_virtual_tlb`. `after_data_fill` is called in the middle of an instruction whose load or store was
    translated and goes on. `executed_before` are the instructions of what the CPU sees as one run, but was several.
    """

    __slots__ = (
        "after_data_fill",
        "entries",
        "error",
        "event",
        "executed_before",
        "identity",
        "misses_left",
        "refused",
        "stale_code",
        "stale_frames",
        "stale_tlb",
        "system_entry",
        "timestamp",
        "translated_bits",
    )

    def __init__(self) -> None:
        self.entries: Mapping[int, Pte] = {}
        self.event: tuple[Any, ...] | None = None
        self.system_entry: Callable[[int, int], Pte | None] = _no_system_entry
        self.refused: tuple[int, int] | None = None
        self.executed_before = 0
        self.error: BaseException | None = None
        self.identity = False
        self.translated_bits = _ALL_BITS
        self.after_data_fill: Callable[[], None] | None = None
        self.misses_left = sys.maxsize
        self.stale_tlb = False
        self.stale_code = False
        self.stale_frames: set[int] = set()
        self.timestamp: Callable[[], int] = itertools.count(TIMESTAMP_STEP, TIMESTAMP_STEP).__next__

    def tlb_changed(self) -> None:
        """Cached translations of addresses may be wrong: flush them before user code runs again."""
        self.stale_tlb = True

    def code_changed(self, start: int, end: int) -> None:
        """Instructions in [start, end) may have changed. The frames are noted now: the mapping may change later."""
        entries = self.entries
        for page in range(start >> PAGE_SHIFT, ((end - 1) >> PAGE_SHIFT) + 1):
            entry = entries.get(page)
            if entry is not None:
                self.stale_frames.add(entry[0])


def fill_hook(state: HookState) -> Callable[[int, int, int, int, int], bool]:
    entry_at = _TlbEntry.from_address
    translated = state.translated_bits
    stop = SHORT.uc_emu_stop

    def fill(handle: int, address: int, access: int, result: int, _data: int) -> bool:
        state.misses_left -= 1
        # Stopped in a store, the emulator would execute the instruction again, with the store done.
        if state.misses_left <= 0 and access != ACCESS_WRITE:
            stop(ctypes.c_void_p(handle))
        if state.identity:
            answer = entry_at(result)
            answer.address = address
            answer.perms = uc_const.UC_PROT_ALL
            return True
        if state.event is not None:
            return False
        address &= translated
        entry = state.entries.get(address >> PAGE_SHIFT) or state.system_entry(address, access)
        if entry is None or not entry[1] & _NEEDED[access]:
            state.refused = (address, access)
            return False
        answer = entry_at(result)
        answer.address = entry[0] << PAGE_SHIFT
        answer.perms = entry[1]
        if state.after_data_fill is not None and access != ACCESS_FETCH:
            state.after_data_fill()
        return True

    return fill

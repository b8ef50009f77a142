"""Registers of an emulated processor, many at once: copies of all, and fixed lists that one call reads or writes."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from typing import Any

from app.cpu.unicorn_calls import SHORT, check


class Snapshot:
    """Every register of one processor, in Unicorn's own format. May be restored in another engine of the same kind."""

    __slots__ = ("pointer",)

    def __init__(self, pointer: ctypes.c_void_p) -> None:
        self.pointer = pointer

    def __del__(self) -> None:
        SHORT.uc_context_free(self.pointer)


class WideRegisters:
    """A fixed list of registers; the bytes of each take 16 bytes, one after the other."""

    def __init__(self, handle: ctypes.c_void_p, numbers: Sequence[int]) -> None:
        self._handle = handle
        self._count = count = len(numbers)
        self._numbers = (ctypes.c_int * count)(*numbers)
        self._values = (ctypes.c_char * (16 * count))()
        base = ctypes.addressof(self._values)
        self._pointers = (ctypes.c_void_p * count)(*(base + 16 * i for i in range(count)))

    def read(self) -> bytes:
        """All of them; what a shorter register does not fill is zero."""
        ctypes.memset(self._values, 0, len(self._values))
        check(SHORT.uc_reg_read_batch(self._handle, self._numbers, self._pointers, self._count), "read wide registers")
        return bytes(self._values)

    def write(self, values: bytes) -> None:
        """Set all of them, in order."""
        ctypes.memmove(self._values, values, len(self._values))
        check(
            SHORT.uc_reg_write_batch(self._handle, self._numbers, self._pointers, self._count), "write wide registers"
        )


def save_registers(handle: ctypes.c_void_p) -> Snapshot:
    """Copy every register of the processor that runs behind `handle`."""
    snapshot = Snapshot(ctypes.c_void_p())
    check(SHORT.uc_context_alloc(handle, ctypes.byref(snapshot.pointer)), "allocate a context")
    check(SHORT.uc_context_save(handle, snapshot.pointer), "save a context")
    return snapshot


def batch(numbers: Sequence[int]) -> tuple[Any, Any, Any]:
    """Register numbers, room for their values, and the pointers to it, as the batch calls want them."""
    count = len(numbers)
    values = (ctypes.c_uint64 * count)()
    base = ctypes.addressof(values)
    pointers = (ctypes.c_void_p * count)(*(base + 8 * i for i in range(count)))
    return (ctypes.c_int * count)(*numbers), values, pointers

"""The vDSO in memory: a page of code that every program gets, and before it a page with what the clocks need (vdso(7)).

All processes see the same two pages. The cycle counter of the CPU counts virtual nanoseconds, so that the code there
can tell the time without a trap.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from app.cpu.mmu import EXECUTE, PAGE_SIZE, READ, WRITE, PhysicalMemory

from .clock import BOOT_OFFSET, Clock
from .mm.memory_object import MemoryObject
from .mm.vma import Vma

if TYPE_CHECKING:
    from .abi.vdso import Vdso
    from .mm.address_space import AddressSpace

_VVAR, _CODE, _PAGES = 0, 1, 2
_BASES = struct.Struct("<QQ")
_WORD = (1 << 64) - 1


class VdsoPages(MemoryObject):
    """The two pages. They become present when a program first touches them."""

    def __init__(self, memory: PhysicalMemory, clock: Clock, vdso: Vdso) -> None:
        super().__init__(memory, "", 0, 0)
        self.sigreturn = vdso.sigreturn
        self._image = vdso.image
        self._clock = clock

    @property
    def size(self) -> int:
        """Both pages."""
        return _PAGES * PAGE_SIZE

    def has_data(self, offset: int) -> bool:
        """Always: it is never a hole."""
        return not self.is_past_end(offset)

    def peek(self, offset: int, size: int) -> bytes | None:
        """What a debugger sees."""
        contents = (self._bases().ljust(PAGE_SIZE, b"\0") + self._image).ljust(self.size, b"\0")
        return None if self.is_past_end(offset) else contents[offset : offset + size]

    def private_frame(self, offset: int) -> int:
        """A copy, for a debugger that sets a breakpoint."""
        frame = self._memory.allocate()
        self._fill(offset // PAGE_SIZE, frame)
        return frame

    def detach(self, mm: AddressSpace) -> None:
        """The last address space frees the pages."""
        super().detach(mm)
        if not self.mappers:
            self.drop(0, self.size)

    def time_was_set(self) -> None:
        """Somebody has set the time of day."""
        frame = self.frames.get(_VVAR)
        if frame is not None:
            self._memory.write(frame, 0, self._bases())

    def map(self, mm: AddressSpace) -> None:
        """Give a new address space the pages, below the stack. Nothing happens when there is no room."""
        start = mm.find_free(self.size)
        if start is None:
            return
        code = start + PAGE_SIZE
        mm.map(Vma(start, code, READ, "[vvar]", may=READ, file=self))
        may = READ | WRITE | EXECUTE
        mm.map(Vma(code, code + PAGE_SIZE, READ | EXECUTE, "[vdso]", may=may, file=self, offset=PAGE_SIZE))
        mm.vdso = code

    def _bases(self) -> bytes:
        clock = self._clock
        return _BASES.pack((clock.realtime - clock.now) & _WORD, BOOT_OFFSET)

    def _fill(self, index: int, frame: int) -> bool:
        self._memory.write(frame, 0, self._image if index == _CODE else self._bases())
        return True

"""System V shared memory segments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SHIFT
from app.kernel.abi.ipc_constants import IPC_PRIVATE, SHM_DEST
from app.kernel.clock import SECOND
from app.kernel.mm.faults import page_ceil
from app.kernel.mm.memory_object import SharedMemory

from .ids import IpcIds, IpcObject

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials
    from app.kernel.kernel import Kernel
    from app.kernel.mm.address_space import AddressSpace

SHMMNI = 4096
"""Segments that may exist at once."""

SHMMAX = SHMALL = (1 << 64) - 1 - (1 << 24)
"""Bytes in one segment, and pages in all: as good as no limit."""


class ShmSegment(IpcObject):
    """One segment (`struct shmid_kernel`): its memory, who made it, and when it was used. Times are seconds."""

    def __init__(self, kernel: Kernel, key: int, mode: int, who: Credentials, size: int, creator: int) -> None:
        super().__init__(key, mode, who)
        self.size = size
        self.creator = creator
        self.last_user = 0
        self.attach_time = self.detach_time = 0
        self.change_time = kernel.clock.realtime // SECOND
        self.memory = SegmentMemory(kernel, self)
        self._kernel = kernel

    @property
    def attached(self) -> int:
        """How many regions map it (`shm_nattch`)."""
        memory = self.memory
        return sum(vma.file is memory for mm in memory.mappers for vma in mm.vmas)

    def remove(self) -> None:
        """IPC_RMID: it can't be found by its key any more, and goes when nobody has it attached."""
        if self.memory.mappers:
            self.mode |= SHM_DEST
            self.key = IPC_PRIVATE
        else:
            self.destroy()

    def destroy(self) -> None:
        """Free it and its identifier."""
        self._kernel.shm.remove(self)
        self.memory.keepers = 0
        self.memory.release_if_unused()

    def touch_attach(self, pid: int) -> None:
        """`pid` has attached it now."""
        self.attach_time = self._kernel.clock.realtime // SECOND
        self.last_user = pid

    def touch_detach(self, pid: int | None = None) -> None:
        """Somebody, `pid` if that is known, has detached it now."""
        self.detach_time = self._kernel.clock.realtime // SECOND
        if pid is not None:
            self.last_user = pid


class SegmentMemory(SharedMemory):
    """The pages of a segment."""

    def __init__(self, kernel: Kernel, segment: ShmSegment) -> None:
        super().__init__(kernel.memory, f"/SYSV{segment.key & 0xFFFF_FFFF:08x} (deleted)", page_ceil(segment.size), 0)
        self.segment = segment
        self.keepers = 1

    def detach(self, mm: AddressSpace) -> None:
        """The last one to detach destroys a segment that has been removed."""
        segment = self.segment
        segment.touch_detach()
        super().detach(mm)
        if not self.mappers and segment.mode & SHM_DEST and not segment.deleted:
            segment.destroy()


def new_segments() -> IpcIds[ShmSegment]:
    """The table of a machine that has just started."""
    return IpcIds(SHMMNI)


def pages_of(segments: IpcIds[ShmSegment]) -> int:
    """Pages that all segments together may take."""
    return sum(page_ceil(segment.size) >> PAGE_SHIFT for segment in segments)

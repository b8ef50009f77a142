"""The vector of vmsplice(2), which is read or filled as the end of the pipe has it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE

from .iovec import IoVecIn, IoVecOut

if TYPE_CHECKING:
    from app.kernel.call import Call


class PipeIoVec(IoVecOut):
    """An array of buffers. `fills` says that the pipe fills them, else they go into the pipe."""

    __slots__ = ("_before", "fills")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fills = False
        self._before: str | None = None

    def import_vector(self) -> None:
        """As every vector; strace looks at what is in memory then."""
        self._before = IoVecIn(self.call, self.name, self.address, self.detail).text()
        super().import_vector()

    def pages(self, most: int) -> Iterator[bytes]:
        """The buffers, cut where pages of memory end, up to about `most` bytes. EFAULT when nothing is readable."""
        given = 0
        for base, size in self.buffers:
            at = base
            while at < base + size and given < most:
                wanted = min(PAGE_SIZE - at % PAGE_SIZE, base + size - at)
                piece = self.call.task.mm.copy_in(at, wanted)
                if len(piece) < wanted:
                    if not given:
                        raise self._missing("readable memory", at)
                    return
                yield piece
                given += len(piece)
                at += wanted

    def text(self) -> str | None:
        """The buffers as they were before the call, whatever the pipe has put into them."""
        return self._before or IoVecIn(self.call, self.name, self.address, self.detail).text()

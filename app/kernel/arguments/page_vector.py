"""The vector of mincore(2): one byte for each page."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE

from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call

SHOWN_PAGES = 32
"""How many strace shows."""


class PageVectorOut(Pointer):
    """Bytes the kernel fills, one for each page of the range whose length the argument `detail` holds."""

    __slots__ = ("_done", "_shown")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._shown: bytes | None = None
        self._done = b""

    @property
    def size(self) -> int:
        """Bytes: the pages of the range."""
        return -(-int(self.call.arguments[self.detail]) // PAGE_SIZE)

    def need_range(self) -> None:
        """Check that it lies below the kernel's half. Raises EFAULT."""
        self._need_range(self.size)

    def put(self, start: int, count: int, pages: list[int] | None, first: int) -> None:
        """Store `count` bytes from position `start` on; page `first` is the first of them.

        `pages`, in order, are those in memory; None means all. Raises EFAULT.
        """
        for done in range(0, count, PAGE_SIZE):
            size = min(PAGE_SIZE, count - done)
            piece = bytearray(size if pages is not None else b"\1" * size)
            if pages is not None:
                low = first + done
                for page in pages[bisect_left(pages, low) : bisect_left(pages, low + size)]:
                    piece[page - low] = 1
            if self.call.task.mm.copy_out(self.address + start + done, bytes(piece)) < size:
                raise self._missing("writable memory", self.address + start + done)
            if len(self._done) <= SHOWN_PAGES:
                self._done += piece[: SHOWN_PAGES + 1]

    def report(self) -> None:
        """Emit the check: everything has been stored."""
        self._shown = self._done
        shown = hex(self.address)
        self.call.passed(self.name, "memory", shown, f"The vector at {shown}, a byte for each page, is writable.")

    def text(self) -> str | None:
        """`[1, 0, 1]`; the address when there was an error."""
        if self._shown is None:
            return super().text()
        dots = ", ..." if len(self._shown) > SHOWN_PAGES else ""
        return "[" + ", ".join(map(str, self._shown[:SHOWN_PAGES])) + dots + "]"

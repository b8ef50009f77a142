"""Physical memory and page tables.

The emulated MMU asks `PageTable` for every translation it does not have cached, so page faults, protection,
copy-on-write and shared mappings are all decided here. Nothing here knows of Unicorn or of Linux.
"""

from __future__ import annotations

import mmap
from collections.abc import Callable, Iterable
from typing import NamedTuple

PAGE_SHIFT = 12
PAGE_SIZE = 1 << PAGE_SHIFT
PAGE_MASK = PAGE_SIZE - 1
ZERO_PAGE = bytes(PAGE_SIZE)

_SHARES_PER_FRAME = 16
"""How often the frames may be mapped beyond once, on average."""

READ = 1
WRITE = 2
EXECUTE = 4


class OutOfMemory(Exception):
    """No physical frame is free."""


class PhysicalMemory:
    """A pool of page frames in one host mapping, reserved at once and committed by the host as it is touched."""

    def __init__(self, size: int) -> None:
        if size % PAGE_SIZE:
            raise ValueError("physical memory is a whole number of pages")
        self.size = size
        self.frames = size >> PAGE_SHIFT
        self.buffer = mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        self.peak = 0
        self._free: list[int] = []
        self._next = 0
        self._references: dict[int, int] = {}
        self._shared = 0
        self._zeros: int | None = None

    @property
    def used(self) -> int:
        """Frames in use; the frame of zeros is not counted."""
        return len(self._references) - (self._zeros is not None)

    @property
    def zero_frame(self) -> int:
        """A frame of zeros that is never freed, for everybody who has not stored anything yet. It must stay so."""
        if self._zeros is None:
            self._zeros = self.allocate()
        return self._zeros

    def allocate(self) -> int:
        """Take a zeroed frame; returns its number. Raises `OutOfMemory`."""
        recycled = bool(self._free)
        frame = self._take()
        if recycled:
            start = frame << PAGE_SHIFT
            self.buffer[start : start + PAGE_SIZE] = ZERO_PAGE
        return frame

    def duplicate(self, frame: int) -> int:
        """Take a frame with the same bytes as `frame`; returns its number. Raises `OutOfMemory`."""
        copy = self._take()
        source, target = frame << PAGE_SHIFT, copy << PAGE_SHIFT
        self.buffer[target : target + PAGE_SIZE] = self.buffer[source : source + PAGE_SIZE]
        return copy

    def _take(self) -> int:
        """Take a frame with whatever it holds; one never used before holds zeros."""
        if self._free:
            frame = self._free.pop()
        elif self._next < self.frames:
            frame = self._next
            self._next += 1
        else:
            raise OutOfMemory
        self._references[frame] = 1
        self.peak = max(self.peak, len(self._references))
        return frame

    def share(self, frame: int) -> None:
        """Count one more user of `frame`. Raises `OutOfMemory` for too many: page tables need memory, too."""
        if self._shared >= _SHARES_PER_FRAME * self.frames:
            raise OutOfMemory
        self._shared += 1
        self._references[frame] += 1

    def users(self, frame: int) -> int:
        """How many times `frame` is in use: page table entries, and what owns it besides."""
        return self._references[frame]

    def release(self, frame: int) -> None:
        """Give up one use of `frame`; the last one frees it."""
        left = self._references[frame] - 1
        if left:
            self._shared -= 1
            self._references[frame] = left
        else:
            del self._references[frame]
            self._free.append(frame)

    def read(self, frame: int, offset: int, size: int) -> bytes:
        """Bytes of one frame; the range must lie inside it."""
        start = (frame << PAGE_SHIFT) + offset
        return self.buffer[start : start + size]

    def write(self, frame: int, offset: int, data: bytes | memoryview) -> None:
        """Store bytes in one frame; the range must lie inside it."""
        start = (frame << PAGE_SHIFT) + offset
        self.buffer[start : start + len(data)] = data


class Pte(NamedTuple):
    """A page table entry: the frame, and `READ | WRITE | EXECUTE`."""

    frame: int
    perms: int


class PageTable:
    """Virtual page number -> entry, for one address space.

    `on_downgrade` is called with no arguments when a cached translation may have become wrong (unmapped, remapped or
    fewer permissions); the CPU that runs this table sets it, to flush its TLB. `on_code_change(start, end)` is called
    with virtual addresses when executable bytes may have changed, so that the CPU drops stale translations.
    `entries` stays the same dictionary for ever; use the methods to change it, so that the CPU learns of it.
    """

    def __init__(self) -> None:
        self.entries: dict[int, Pte] = {}
        self.on_downgrade: Callable[[], None] | None = None
        self.on_code_change: Callable[[int, int], None] | None = None
        self._missed_code_change = False

    def attach(self, on_downgrade: Callable[[], None], on_code_change: Callable[[int, int], None]) -> bool:
        """Let a CPU know of changes; returns whether executable bytes changed while none was attached."""
        self.on_downgrade = on_downgrade
        self.on_code_change = on_code_change
        missed, self._missed_code_change = self._missed_code_change, False
        return missed

    def detach(self) -> None:
        """Stop telling the CPU."""
        self.on_downgrade = None
        self.on_code_change = None

    def map(self, page: int, frame: int, perms: int, translated: bool = False) -> None:
        """Point virtual page number `page` at `frame`.

        `translated` says that the frame was mapped as code before and has not changed since.
        """
        known = page in self.entries
        self.entries[page] = Pte(frame, perms)
        if known and self.on_downgrade:
            self.on_downgrade()
        if perms & EXECUTE and not translated:
            self.code_changed(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT)

    def unmap(self, page: int) -> Pte | None:
        """Forget `page`; returns what was there."""
        entry = self.entries.pop(page, None)
        if entry is not None and self.on_downgrade:
            self.on_downgrade()
        return entry

    def protect(self, page: int, perms: int) -> None:
        """Change the permissions of `page`, which must be mapped."""
        frame, old = self.entries[page]
        self.entries[page] = Pte(frame, perms)
        if old & ~perms and self.on_downgrade:
            self.on_downgrade()
        if perms & EXECUTE and not old & EXECUTE:
            self.code_changed(page << PAGE_SHIFT, (page + 1) << PAGE_SHIFT)

    def lend(self, pages: Iterable[int], other: PageTable, memory: PhysicalMemory) -> None:
        """Map `pages`, which are mapped here, in `other` too: the same frames, which neither may store into any more.

        One more user of each frame is counted. This is what fork(2) does to private memory.
        """
        entries, others, share = self.entries, other.entries, memory.share
        downgraded = False
        for page in pages:
            entry = entries[page]
            if entry[1] & WRITE:
                entry = entries[page] = Pte(entry[0], entry[1] & ~WRITE)
                downgraded = True
            others[page] = entry
            share(entry[0])
        if downgraded and self.on_downgrade:
            self.on_downgrade()

    def clear(self, memory: PhysicalMemory) -> None:
        """Forget every page and give up its frame."""
        for frame, _ in self.entries.values():
            memory.release(frame)
        self.entries.clear()
        if self.on_downgrade:
            self.on_downgrade()

    def code_changed(self, start: int, end: int) -> None:
        """Say that the kernel stored bytes into executable memory [start, end)."""
        if self.on_code_change:
            self.on_code_change(start, end)
        else:
            self._missed_code_change = True

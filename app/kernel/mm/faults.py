"""Page faults: pages are provided when they are touched, and copied when they are stored into (demand paging, COW)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from app.cpu.exits import Access
from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, READ, WRITE, PageTable, Pte
from app.kernel.resource import Resource
from app.trace.events import Memory, word

from .limits import may_expand, soft_limit
from .vma import Vma, VmaList

if TYPE_CHECKING:
    from app.kernel.kernel import Kernel

    from .memory_object import MemoryObject

MMAP_MIN_ADDR = 0x10000
"""Nothing is mapped below, so that following a NULL pointer faults (`vm.mmap_min_addr`)."""

STACK_GUARD_GAP = 256 << PAGE_SHIFT
"""Bytes that stay free below a region that grows down, so that it can't run into its neighbour."""

FAULT_AROUND_PAGES = 16
"""Pages of a file that one fault maps, because a program that needs one of them soon needs others."""

_NEEDED: dict[Access, int] = {"read": READ, "write": WRITE, "execute": EXECUTE}


def page_floor(address: int) -> int:
    """The start of the page that holds `address`."""
    return address & ~PAGE_MASK


def page_ceil(address: int) -> int:
    """`address` rounded up to the start of a page (PAGE_ALIGN)."""
    return (address + PAGE_MASK) & ~PAGE_MASK


class DemandPaging:
    """Regions, and the page table that is filled from them fault by fault.

    A private page whose frame has other users (another process after fork, or the file it came from) is mapped
    read-only, whatever its region allows: the first store faults and gets a copy. `guards` are the addresses where
    every touch is refused (MADV_GUARD_INSTALL). `limit` is the first address above user memory, `wrap` where addresses
    and sizes wrap around: in a 64-bit kernel, whatever the program is.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.page_table = PageTable()
        self.vmas = VmaList()
        self.guards = VmaList()
        self.limit = kernel.abi.address_limit
        self.wrap = 1 << 64
        self.objects: dict[MemoryObject, int] = {}
        self.total_vm = 0
        self._kernel = kernel
        self._memory = kernel.memory
        self._recorder = kernel.recorder
        self._entries = self.page_table.entries

    def find(self, address: int) -> Vma | None:
        """The region that holds `address`."""
        return self.vmas.find(address)

    @property
    def rss(self) -> int:
        """Bytes that have frames (VmRSS); pages of zeros that all share do not count."""
        zeros = self._memory.zero_frame
        return sum(frame != zeros for frame, _ in self._entries.values()) << PAGE_SHIFT

    def resident(self, vma: Vma) -> tuple[int, int]:
        """Pages of a region that have frames: (those of the object it maps, those of this address space alone)."""
        pages = self._present(vma.start, vma.end)
        if vma.file is None:
            zeros = self._memory.zero_frame
            return 0, sum(self._entries[page].frame != zeros for page in pages)
        if vma.shared:
            return len(pages), 0
        first = (vma.start - vma.offset) >> PAGE_SHIFT
        frames = vma.file.frames
        own = sum(frames.get(page - first) != self._entries[page].frame for page in pages)
        return len(pages) - own, own

    # -- faults ------------------------------------------------------------------------------------------------------

    def handle_fault(self, address: int, access: Access) -> str | None:
        """Make `access` to `address` possible if it is allowed. Returns what was done, for a student.

        None means that it can't be: SIGSEGV, or SIGBUS where `lacks_file_page`. Raises `OutOfMemory`.
        """
        if address >= self.limit:
            return None
        vma = self.vmas.find(address)
        grown = vma is None
        if vma is None:
            vma = self._grow_stack(address)
        if vma is None or not vma.page_perms & _NEEDED[access]:
            return None
        page = address >> PAGE_SHIFT
        where = vma.name or "this anonymous mapping"
        entry = self._entries.get(page)
        if entry is not None:
            if access == "write" and not entry.perms & WRITE:
                return self._write_protected(vma, page, entry, where)
            return f"The page of {where} is there by now; the instruction is tried again."
        if not self._provide(vma, page, write=access == "write"):
            return None
        if grown:
            return f"The stack grows: it now starts at {vma.start:#x}, and the page touched gets a frame of zeros."
        if vma.file is None and access == "write":
            return f"First touch of this page of {where}: the kernel gives it a zeroed frame (demand paging)."
        if vma.file is None:
            return f"First touch of this page of {where}, not to store: it gets the frame of zeros that all share."
        if vma.shared:
            how = "shares the file's page" if vma.file.writes_are_noticed else "gives it the frame that all sharers see"
        elif self._memory.users(self._entries[page].frame) > 1:
            how = "maps the file's page, read-only"
        else:
            how = "copies the page from the file"
        return f"First touch of this page of {where}: the kernel {how} (demand paging)."

    def lacks_file_page(self, address: int, access: Access) -> bool:
        """Whether what `handle_fault` refused is allowed, and only the mapped file has no page there."""
        vma = self.vmas.find(address)
        if vma is None or vma.file is None or (len(self.guards) and self.guards.find(address)):
            return False
        return bool(vma.page_perms & _NEEDED[access])

    def _provide(self, vma: Vma, page: int, write: bool) -> bool:
        """Give `page` of `vma` its frame, to be stored into if `write`; False at a guard, or where a file has none."""
        frame: int | None
        file = vma.file
        if len(self.guards) and self.guards.find(page << PAGE_SHIFT):
            return False
        if file is None and write:
            self.page_table.map(page, self._memory.allocate(), vma.page_perms)
            return True
        if file is None:
            frame = self._memory.zero_frame
            self._memory.share(frame)
            self.page_table.map(page, frame, vma.page_perms & ~WRITE)
            return True
        offset = vma.offset + (page << PAGE_SHIFT) - vma.start
        if file.is_past_end(offset):
            return False
        if vma.shared:
            frame = file.shared_frame(offset)
            if write:
                file.stored()
        elif write or not file.has_data(offset):
            frame = file.private_frame(offset)
        else:
            self._map_around(vma, file, page)
            return page in self._entries
        if frame is None:
            return False
        self.page_table.map(page, frame, self._perms(vma, frame, write))
        return True

    def _map_around(self, vma: Vma, file: MemoryObject, page: int) -> None:
        """Map `page` and those of its neighbours that the file has in memory, too (Linux `do_fault_around`)."""
        first, last = page & -FAULT_AROUND_PAGES, page | (FAULT_AROUND_PAGES - 1)
        if len(self.guards):
            first = last = page
        shift = vma.offset - vma.start
        for near in range(max(first, vma.start >> PAGE_SHIFT), min(last + 1, vma.end >> PAGE_SHIFT)):
            offset = (near << PAGE_SHIFT) + shift
            if near in self._entries or not file.has_data(offset) or file.is_past_end(offset):
                continue
            frame = file.shared_frame(offset)
            if frame is not None:
                perms = self._perms(vma, frame)
                self.page_table.map(near, frame, perms, translated=frame in file.executed)
                if perms & EXECUTE:
                    file.executed.add(frame)

    def _perms(self, vma: Vma, frame: int, written: bool = False) -> int:
        """What the page table entry for `frame` in `vma` may allow. `written` says that the store is known already."""
        perms = vma.page_perms
        if perms & WRITE:
            if vma.shared:
                if not written and vma.file is not None and vma.file.writes_are_noticed:
                    return perms & ~WRITE
            elif self._memory.users(frame) > 1:
                return perms & ~WRITE
        return perms

    def _write_protected(self, vma: Vma, page: int, entry: Pte, where: str) -> str:
        """The program may store into this page, but its entry is read-only: copy it if others use it, too."""
        frame = entry.frame
        if vma.shared:
            if vma.file is not None:
                vma.file.stored()
            self.page_table.protect(page, vma.page_perms)
            return f"First store into this shared page of {where}: the kernel notes that the file changes."
        if self._memory.users(frame) == 1:
            self.page_table.protect(page, vma.page_perms)
            return f"copy-on-write: nobody else uses this page of {where} any more, so it just becomes writable again."
        zeros = frame == self._memory.zero_frame
        self._copy_page(vma, page, frame)
        if zeros:
            return f"copy-on-write: the first store into this page of {where} gives it a zeroed frame of its own."
        offset = vma.offset + (page << PAGE_SHIFT) - vma.start
        of_file = vma.file is not None and vma.file.frames.get(offset >> PAGE_SHIFT) == frame
        other = "the file" if of_file else "another process"
        return f"copy-on-write: {other} has the same page of {where}, so the program gets its own copy of it."

    def _copy_page(self, vma: Vma, page: int, frame: int) -> None:
        """Give `page` a frame of its own with the bytes of `frame`."""
        copy = self._memory.duplicate(frame)
        self._memory.release(frame)
        self.page_table.map(page, copy, vma.page_perms)

    def _grow_stack(self, address: int) -> Vma | None:
        """Extend the region above `address` down to it, if it grows and has room (mmap(2), MAP_GROWSDOWN)."""
        above = self.vmas.next_from(address)
        if above is None or not above.grows_down:
            return None
        start = page_floor(address)
        size = above.start - start
        if above.end - start > soft_limit(self._kernel, Resource.RLIMIT_STACK) or start < MMAP_MIN_ADDR:
            return None
        if not may_expand(self._kernel, self, above, size):
            return None
        below = self.vmas.last_before(start)
        if below is not None and below.prot and not below.grows_down and start - below.end < STACK_GUARD_GAP:
            return None
        grown = replace(above, start=start)
        self.total_vm += size
        self.vmas.replace(start, above.end, grown)
        self._announce_mapped(start)
        return grown

    # -- pages -------------------------------------------------------------------------------------------------------

    def _present(self, start: int, end: int) -> list[int]:
        """Numbers of the pages in [start, end) that have a frame, in order. Never walks more than what is present."""
        first, last = start >> PAGE_SHIFT, end >> PAGE_SHIFT
        if last - first <= len(self._entries):
            return [page for page in range(first, last) if page in self._entries]
        return sorted(page for page in self._entries if first <= page < last)

    def _drop_pages(self, start: int, end: int) -> None:
        """Take the frames of [start, end) away."""
        for page in self._present(start, end):
            entry = self.page_table.unmap(page)
            if entry is not None:
                self._memory.release(entry.frame)

    def drop_object_pages(self, file: MemoryObject, start: int, end: int, copies: bool) -> None:
        """The pages of [start, end) of a mapped object go; private copies of them too if `copies` says so."""
        for vma in self.vmas:
            if vma.file is file and (vma.shared or copies):
                base = vma.start - vma.offset
                first, last = max(vma.start, base + start), min(vma.end, base + end)
                if first < last:
                    self._drop_pages(first, last)

    def object_written(self, file: MemoryObject, start: int, end: int) -> None:
        """Bytes [start, end) of a mapped object have changed: what is executed from its pages is new."""
        for vma in self.vmas:
            if vma.file is file and vma.prot & EXECUTE:
                base = vma.start - vma.offset
                first, last = max(vma.start, base + start), min(vma.end, base + end)
                if first < last:
                    self.page_table.code_changed(first, last)

    # -- events ------------------------------------------------------------------------------------------------------

    def _announce_mapped(self, address: int) -> None:
        """Put the region at `address`, as it is now, into the event stream."""
        vma = self.vmas.find(address)
        if vma is not None:
            self._announce("map", vma.start, vma.end, vma.perms, vma.name)

    def _announce(
        self, change: Literal["map", "unmap", "protect"], start: int, end: int, perms: str, name: str
    ) -> None:
        """Put a change into the event stream."""
        self._recorder.emit(Memory(change=change, start=word(start), end=word(end), perms=perms, name=name))

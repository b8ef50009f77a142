"""The address space of a process (mm_struct): regions, the page table under them, page faults, and user copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec.structs import replace

from app.cpu.exits import Access
from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, ZERO_PAGE, OutOfMemory, PageTable
from app.kernel.errno import Errno, KernelError
from app.trace.events import Memory, word

from .mapped_file import MappedFile
from .vma import Vma, VmaList

if TYPE_CHECKING:
    from app.kernel.fs.inode import Dentry, RegularFile
    from app.kernel.kernel import Kernel

MMAP_MIN_ADDR = 0x10000
"""Nothing is mapped below, so that following a NULL pointer faults (`vm.mmap_min_addr`)."""

MMAP_BASE = 0x7FFF_F7FF_F000
"""mmap places regions downwards from here, as Linux does on x86-64 when addresses are not randomised."""

LEGACY_BASE = 0x2AAA_AAAA_A000
"""Where the upward search starts when the downward one found no room: a third of the address space."""

MAX_MAP_COUNT = 4096
"""Regions a process may have (`vm.max_map_count`, which is 65530 on an ordinary Linux)."""

STACK_LIMIT = 8 << 20
"""RLIMIT_STACK, bytes."""

STACK_GUARD_GAP = 256 << PAGE_SHIFT
"""Bytes that stay free below a region that grows down, so that it can't run into its neighbour."""

_NEEDED: dict[Access, int] = {"read": READ, "write": WRITE, "execute": EXECUTE}


def page_floor(address: int) -> int:
    """The start of the page that holds `address`."""
    return address & ~PAGE_MASK


def page_ceil(address: int) -> int:
    """`address` rounded up to the start of a page (PAGE_ALIGN)."""
    return (address + PAGE_MASK) & ~PAGE_MASK


class AddressSpace:
    """Memory of one process. All methods that change regions take page aligned addresses below `limit`.

    `start_brk` and `brk` delimit the heap (brk(2)), `arg_start` to `arg_end` and `env_start` to `env_end` the strings that
    exec put on the stack, which begins at `start_stack`; `executable` is the file that exec loaded. A region costs nothing but its entry here until it is touched: each
    page gets its frame at the first access.
    """

    def __init__(self, kernel: Kernel) -> None:
        self.page_table = PageTable()
        self.vmas = VmaList()
        self.start_brk = 0
        self.brk = 0
        self.arg_start = self.arg_end = self.env_start = self.env_end = self.start_stack = 0
        self.auxv = b""
        self.executable: Dentry | None = None
        self.limit = kernel.abi.address_limit
        self._memory = kernel.memory
        self._recorder = kernel.recorder
        self._entries = self.page_table.entries
        self._files: dict[RegularFile, MappedFile] = {}

    # -- regions -----------------------------------------------------------------------------------------------------

    def find(self, address: int) -> Vma | None:
        """The region that holds `address`."""
        return self.vmas.find(address)

    def map(self, vma: Vma) -> None:
        """Put `vma` in the place of whatever its addresses held."""
        self._drop_pages(vma.start, vma.end)
        replaced = self.vmas.replace(vma.start, vma.end, vma)
        self._announce_mapped(vma.start)
        self._release_files(replaced)

    def mapped_file(self, inode: RegularFile) -> MappedFile:
        """The file for a new region. All regions that map one file share this object."""
        if inode not in self._files:
            self._files[inode] = MappedFile(inode, self._memory, self._file_written, self._file_truncated)
        return self._files[inode]

    def unmap(self, start: int, end: int) -> None:
        """Forget [start, end); holes in it are fine. Raises ENOMEM when a cut would make too many regions."""
        held = self.vmas.overlapping(start, end)
        if len(held) == 1 and held[0].start < start and end < held[0].end and len(self.vmas) >= MAX_MAP_COUNT:
            raise KernelError(Errno.ENOMEM, "Cutting the region in two would make too many regions", "mm")
        self._drop_pages(start, end)
        removed = self.vmas.replace(start, end)
        for vma in removed:
            self._announce("unmap", vma.start, vma.end, "", vma.name)
        self._release_files(removed)

    def protect(self, start: int, end: int, prot: int) -> None:
        """Let [start, end), which must lie inside one region, be used as `prot` says. Raises ENOMEM as `unmap` does."""
        vma = self.vmas.find(start)
        if vma is None or vma.end < end:
            raise ValueError(f"{start:#x}-{end:#x} is not in one region")
        cuts = (vma.start < start) + (end < vma.end)
        if len(self.vmas) + cuts > MAX_MAP_COUNT:
            raise KernelError(Errno.ENOMEM, "Cutting the region would make too many regions", "mm")
        changed = replace(vma.part(start, end), prot=prot)
        self.vmas.replace(start, end, changed)
        for page in self._present(start, end):
            self.page_table.protect(page, changed.page_perms)
        self._announce("protect", start, end, changed.perms, changed.name)

    def find_free(self, size: int) -> int | None:
        """Where mmap puts `size` bytes when the program does not say where; None when there is no such room."""
        high = MMAP_BASE
        for vma in reversed(self.vmas):
            if high - vma.end >= size:
                return high - size
            high = min(high, self.gap_start(vma))
        if high - MMAP_MIN_ADDR >= size:
            return high - size
        return self.find_free_above(size, LEGACY_BASE, self.limit)

    def find_free_above(self, size: int, low: int, high: int) -> int | None:
        """The lowest room of `size` bytes between `low` and `high`."""
        for vma in self.vmas:
            if vma.end <= low:
                continue
            if self.gap_start(vma) - low >= size:
                break
            low = vma.end
        return low if high - low >= size else None

    @staticmethod
    def gap_start(vma: Vma) -> int:
        """Where new regions below `vma` must end: its start, or the guard gap of one that grows down."""
        return max(vma.start - STACK_GUARD_GAP, 0) if vma.grows_down else vma.start

    # -- page faults -------------------------------------------------------------------------------------------------

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
        if page in self._entries:
            return f"The page of {where} is there by now; the instruction is tried again."
        if not self._provide(vma, page):
            return None
        if grown:
            return f"The stack grows: it now starts at {vma.start:#x}, and the page touched gets a zeroed frame."
        if vma.file is not None:
            if vma.shared and access == "write":
                vma.file.inode.modified()
            how = "shares the file's page with the program" if vma.shared else "copies the page from the file"
            return f"First touch of this page of {where}: the kernel {how} (demand paging)."
        return f"First touch of this page of {where}: the kernel gives it a zeroed frame (demand paging)."

    def lacks_file_page(self, address: int, access: Access) -> bool:
        """Whether what `handle_fault` refused is allowed, and only the mapped file has no page there."""
        vma = self.vmas.find(address)
        return vma is not None and vma.file is not None and bool(vma.page_perms & _NEEDED[access])

    def _provide(self, vma: Vma, page: int) -> bool:
        """Give `page` of `vma` its frame; False when the file ends before it or the disk is full."""
        frame: int | None
        if vma.file is None:
            frame = self._memory.allocate()
        else:
            offset = vma.offset + (page << PAGE_SHIFT) - vma.start
            if vma.file.is_past_end(offset):
                return False
            frame = vma.file.shared_frame(offset) if vma.shared else vma.file.private_frame(offset)
            if frame is None:
                return False
        self.page_table.map(page, frame, vma.page_perms)
        return True

    def _grow_stack(self, address: int) -> Vma | None:
        """Extend the region above `address` down to it, if it grows and has room (mmap(2), MAP_GROWSDOWN)."""
        above = self.vmas.next_from(address)
        if above is None or not above.grows_down:
            return None
        start = page_floor(address)
        if above.end - start > STACK_LIMIT or start < MMAP_MIN_ADDR:
            return None
        below = self.vmas.last_before(start)
        if below is not None and below.prot and not below.grows_down and start - below.end < STACK_GUARD_GAP:
            return None
        grown = replace(above, start=start)
        self.vmas.replace(start, above.end, grown)
        self._announce_mapped(start)
        return grown

    # -- user copies -------------------------------------------------------------------------------------------------

    def copy_in(self, address: int, size: int) -> bytes:
        """Bytes the program has at `address`: `size` of them, or as many as are readable before the first that is not.

        Nothing when the range reaches above user memory (Linux `access_ok`). Pages never touched read as zeros and stay
        untouched. Raises `OutOfMemory` for a copy that would be larger than the machine's memory.
        """
        offset = address & PAGE_MASK
        if offset + size <= PAGE_SIZE:
            entry = self._entries.get(address >> PAGE_SHIFT)
            if entry is not None and entry.perms & READ:
                return self._memory.read(entry.frame, offset, size)
        end = address + size
        if end > self.limit:
            return b""
        pieces: list[bytes] = []
        start = address
        while address < end:
            stop = min(end, page_floor(address) + PAGE_SIZE)
            piece = self._read_page(address, stop - address)
            if piece is None:
                break
            pieces.append(piece)
            address = stop
            if address - start > self._memory.size:
                raise OutOfMemory
        return b"".join(pieces)

    def _read_page(self, address: int, size: int) -> bytes | None:
        """`size` readable bytes inside one page; None when it may not be read."""
        entry = self._entries.get(address >> PAGE_SHIFT)
        if entry is None:
            vma = self.vmas.find(address)
            if vma is None:
                vma = self._grow_stack(address)
            if vma is None or not vma.page_perms & READ:
                return None
            if vma.file is None:
                return ZERO_PAGE[:size]
            if not self._provide(vma, address >> PAGE_SHIFT):
                return None
            entry = self._entries[address >> PAGE_SHIFT]
        return self._memory.read(entry.frame, address & PAGE_MASK, size) if entry.perms & READ else None

    def copy_out(self, address: int, data: bytes) -> int:
        """Store `data` into the program's memory; returns how many bytes fitted before the first unwritable one.

        None do when the range reaches above user memory. Raises `OutOfMemory`.
        """
        size = len(data)
        if address + size > self.limit:
            return 0
        done = 0
        while done < size:
            place = address + done
            offset = place & PAGE_MASK
            entry = self._entries.get(place >> PAGE_SHIFT)
            if entry is None or not entry.perms & WRITE:
                if entry is not None or self.handle_fault(place, "write") is None:
                    break
                entry = self._entries[place >> PAGE_SHIFT]
            count = min(size - done, PAGE_SIZE - offset)
            self._memory.write(entry.frame, offset, data if count == size else data[done : done + count])
            if entry.perms & EXECUTE:
                self.page_table.code_changed(place, place + count)
            done += count
        return done

    def load(self, address: int, data: bytes) -> None:
        """Store `data` whatever the permissions, and make its pages present: how exec fills a new address space."""
        end = address + len(data)
        at = address
        while at < end:
            stop = min(end, page_floor(at) + PAGE_SIZE)
            self.populate(page_floor(at), page_floor(at) + PAGE_SIZE)
            entry = self._entries[at >> PAGE_SHIFT]
            self._memory.write(entry.frame, at & PAGE_MASK, data[at - address : stop - address])
            if entry.perms & EXECUTE:
                self.page_table.code_changed(at, stop)
            at = stop

    def populate(self, start: int, end: int) -> None:
        """Give every page of [start, end), which must be mapped, its frame now; stops where a file ends.

        Raises `OutOfMemory`.
        """
        for page in range(start >> PAGE_SHIFT, end >> PAGE_SHIFT):
            if page not in self._entries:
                vma = self.vmas.find(page << PAGE_SHIFT)
                if vma is None:
                    raise ValueError(f"nothing is mapped at {page << PAGE_SHIFT:#x}")
                if not self._provide(vma, page):
                    return

    def resident_pages(self, start: int, end: int) -> int:
        """How many pages of [start, end) have a frame."""
        return len(self._present(start, end))

    # -- inside ------------------------------------------------------------------------------------------------------

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

    def _release_files(self, removed: list[Vma]) -> None:
        """Let go of the files of `removed` regions that no region maps any more."""
        for file in {vma.file for vma in removed if vma.file is not None}:
            if not any(vma.file is file for vma in self.vmas):
                del self._files[file.inode]
                file.release()

    def _file_written(self, file: MappedFile, start: int, end: int) -> None:
        """write(2) changed a mapped file: what the program executes from its shared pages is new."""
        for vma in self.vmas:
            if vma.file is file and vma.shared and vma.prot & EXECUTE:
                base = vma.start - vma.offset
                first, last = max(vma.start, base + start), min(vma.end, base + end)
                if first < last:
                    self.page_table.code_changed(first, last)

    def _file_truncated(self, file: MappedFile, size: int) -> None:
        """A mapped file became shorter: its pages after the end go, private copies too (SIGBUS when touched)."""
        for vma in self.vmas:
            if vma.file is file:
                first = max(vma.start, page_ceil(vma.start - vma.offset + size))
                if first < vma.end:
                    self._drop_pages(first, vma.end)

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

"""The ways in and out of user memory: the kernel never follows a pointer, it copies, and copying checks."""

from __future__ import annotations

from app.cpu.exits import Access
from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, OutOfMemory

from .faults import DemandPaging, page_floor
from .vma import Vma


class UserCopy(DemandPaging):
    """Copies between the kernel and user memory (Linux `copy_from_user`, `copy_to_user`).

    While `peeking` is set, reading leaves no trace: it is not the program that looks, but somebody who watches it.
    """

    peeking = False

    def copy_in(self, address: int, size: int) -> bytes:
        """Bytes the program has at `address`: `size` of them, or as many as are readable before the first that is not.

        Nothing when the range reaches above user memory (Linux `access_ok`). Pages never touched read as zeros.
        Raises `OutOfMemory` for a copy that would be larger than the machine's memory.
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
            if vma is None and not self.peeking:
                vma = self._grow_stack(address)
            if vma is None or not vma.page_perms & READ:
                return None
            if self.peeking:
                return self._peek(vma, address, size)
            if not self._provide(vma, address >> PAGE_SHIFT, write=False):
                return None
            entry = self._entries[address >> PAGE_SHIFT]
        return self._memory.read(entry.frame, address & PAGE_MASK, size) if entry.perms & READ else None

    def _peek(self, vma: Vma, address: int, size: int) -> bytes | None:
        """What the program would find in a page of `vma` that has no frame yet. Nothing becomes present."""
        if len(self.guards) and self.guards.find(address):
            return None
        return bytes(size) if vma.file is None else vma.file.peek(vma.offset + address - vma.start, size)

    def copy_out(self, address: int, data: bytes) -> int:
        """Store `data` into the program's memory; returns how many bytes fitted before the first unwritable one.

        None do when the range reaches above user memory. A page that others share privately is copied first, as a store
        of the program would. Raises `OutOfMemory`.
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
                if self.handle_fault(place, "write") is None:
                    break
                entry = self._entries[place >> PAGE_SHIFT]
            count = min(size - done, PAGE_SIZE - offset)
            self._memory.write(entry.frame, offset, data if count == size else data[done : done + count])
            if entry.perms & EXECUTE:
                self.page_table.code_changed(place, place + count)
            done += count
        return done

    def load(self, address: int, data: bytes) -> None:
        """Store `data`, which must fit into regions, whatever their permissions, and make its pages present.

        So exec fills a new address space, and a debugger writes into code. A private page is copied if others use it.
        Raises `OutOfMemory`.
        """
        end = address + len(data)
        at = address
        while at < end:
            stop = min(end, page_floor(at) + PAGE_SIZE)
            self.populate(page_floor(at), page_floor(at) + PAGE_SIZE)
            entry = self._entries[at >> PAGE_SHIFT]
            vma = self.vmas.find(at)
            if vma is not None and not vma.shared and self._memory.users(entry.frame) > 1:
                self._copy_page(vma, at >> PAGE_SHIFT, entry.frame)
                entry = self._entries[at >> PAGE_SHIFT]
            self._memory.write(entry.frame, at & PAGE_MASK, data[at - address : stop - address])
            if entry.perms & EXECUTE:
                self.page_table.code_changed(at, stop)
            at = stop

    def populate(self, start: int, end: int) -> bool:
        """Give every page of [start, end), which must be mapped, its frame now; False where a file ends before.

        Private pages that may be stored into get a frame of their own (Linux `populate_vma_page_range`).
        Raises `OutOfMemory`.
        """
        for page in range(start >> PAGE_SHIFT, end >> PAGE_SHIFT):
            if page in self._entries:
                continue
            vma = self.vmas.find(page << PAGE_SHIFT)
            if vma is None:
                raise ValueError(f"nothing is mapped at {page << PAGE_SHIFT:#x}")
            if not self._provide(vma, page, write=not vma.shared and bool(vma.prot & WRITE)):
                return False
        return True

    def touch(self, start: int, end: int, access: Access) -> bool:
        """Fault every page of [start, end) in as the program would; False at the first that can't be."""
        for page in range(start >> PAGE_SHIFT, end >> PAGE_SHIFT):
            entry = self._entries.get(page)
            if (entry is None or (access == "write" and not entry.perms & WRITE)) and not self.handle_fault(
                page << PAGE_SHIFT, access
            ):
                return False
        return True

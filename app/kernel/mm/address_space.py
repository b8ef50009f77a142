"""The address space of a process (mm_struct): its regions, and what changes them."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from msgspec.structs import replace

from app.cpu.mmu import PAGE_SHIFT, WRITE
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import RegularFile
from app.trace.events import Memory, word

from .faults import MMAP_MIN_ADDR, STACK_GUARD_GAP
from .limits import COMMIT_LIMIT, is_accountable, may_expand
from .user_copy import UserCopy
from .vma import VM_ACCOUNT, VM_DONTCOPY, VM_LOCKED, VM_LOCKONFAULT, VM_WIPEONFORK, Vma

if TYPE_CHECKING:
    from collections.abc import Hashable

    from app.kernel.abi.abi import MemoryMap
    from app.kernel.code_map import CodeMap
    from app.kernel.fs.dentry import Dentry
    from app.kernel.kernel import Kernel
    from app.toolchain.program import LineTable

MAX_MAP_COUNT = 4096
"""Regions a process may have (`vm.max_map_count`, which is 65530 on an ordinary Linux)."""


class AddressSpace(UserCopy):
    """Memory of one process. All methods that change regions take page aligned addresses below `limit`.

    `start_brk` and `brk` delimit the heap (brk(2)). A region costs nothing but its entry here until it is touched: each
    page gets its frame at the first access. `references` counts the tasks that run in it (CLONE_VM); when the last one
    has ended or executed another program, `release` frees everything. `total_vm` is the size of all regions,
    `default_flags` are the VM_ flags of new ones (mlockall(2), MCL_FUTURE), `barriers` what
    membarrier(2) has registered.

    `thp_disabled` is what prctl(2) was told about huge pages, of which there are none.

    `arg_start` to `arg_end` and `env_start` to `env_end` hold the strings that exec put on the stack, which begins at
    `start_stack`; `executable` is the file that exec loaded, `vdso` where the vDSO is (0: it has none). `lines`
    says which source lines the code comes from, `code` what its functions are, where that is known.
    """

    def __init__(self, kernel: Kernel) -> None:
        super().__init__(kernel)
        self.start_brk = 0
        self.brk = 0
        self.references = 1
        self.arg_start = self.arg_end = self.env_start = self.env_end = self.start_stack = 0
        self.auxv = b""
        self.executable: Dentry | None = None
        self.code: CodeMap | None = None
        self.lines: LineTable | None = None
        self.default_flags = 0
        self.barriers = 0
        self.thp_disabled = False
        self.vdso = 0

    # -- fork and exit -----------------------------------------------------------------------------------------------

    def fork(self, kernel: Kernel) -> AddressSpace:
        """A copy for a child. Private pages stay shared until one of the two stores into them (Linux `dup_mmap`).

        Shared regions are filled again from what they map, when the child touches them. No memory locks are inherited.
        """
        child = AddressSpace(kernel)
        child.start_brk, child.brk = self.start_brk, self.brk
        child.arg_start, child.arg_end = self.arg_start, self.arg_end
        child.env_start, child.env_end = self.env_start, self.env_end
        child.start_stack, child.auxv, child.lines = self.start_stack, self.auxv, self.lines
        child.code = self.code
        if self.executable is not None:
            child.execute(self.executable)
        child.barriers, child.thp_disabled, child.vdso = self.barriers, self.thp_disabled, self.vdso
        pages = sorted(self._entries)
        regions: list[Vma] = []
        lent: list[int] = []
        low = 0
        for vma in self.vmas:
            if vma.flags & VM_DONTCOPY:
                continue
            regions.append(
                replace(vma, flags=vma.flags & ~(VM_LOCKED | VM_LOCKONFAULT)) if vma.flags & VM_LOCKED else vma
            )
            child.total_vm += vma.size
            if vma.file is not None:
                child._adopt(vma)
            if vma.shared or vma.flags & VM_WIPEONFORK:
                continue
            low = bisect_left(pages, vma.start >> PAGE_SHIFT, low)
            high = bisect_left(pages, vma.end >> PAGE_SHIFT, low)
            lent += pages[low:high]
            low = high
        child.vmas.fill(regions)
        child.guards.fill(list(self.guards))
        self.page_table.lend(lent, child.page_table, self._memory)
        return child

    def announce_left_out(self, parent: AddressSpace, tid: int) -> None:
        """Tell that child `tid`, which has this copy, lacks what the parent keeps to itself (MADV_DONTFORK)."""
        for vma in parent.vmas:
            if vma.flags & VM_DONTCOPY:
                gone = Memory(change="unmap", start=word(vma.start), end=word(vma.end), perms="", name=vma.name)
                self._recorder.emit_for(tid, gone)

    def execute(self, executable: Dentry) -> None:
        """Be the memory of a process that executes this regular file, which nobody can write to meanwhile."""
        self.executable = executable
        inode = executable.inode
        if isinstance(inode, RegularFile):
            inode.openers += 1
            inode.deny_write_access()

    def share(self) -> AddressSpace:
        """This very one, for one task more."""
        self.references += 1
        return self

    def drop_reference(self) -> None:
        """One task less runs here; the last one frees everything (Linux `mmput`)."""
        self.references -= 1
        if self.references == 0:
            self.release()

    def release(self) -> None:
        """Give back every frame and let go of every file (Linux `exit_mmap`). No region is announced: the task ends."""
        self.page_table.clear(self._memory)
        self.vmas.fill([])
        self.guards.fill([])
        self.total_vm = 0
        files = list(self.objects)
        self.objects.clear()
        for file in files:
            file.detach(self)
        executable, self.executable = self.executable, None
        if executable is not None and isinstance(executable.inode, RegularFile):
            executable.inode.allow_write_access()
            executable.inode.openers -= 1
            executable.inode.release_if_unused()

    # -- regions -----------------------------------------------------------------------------------------------------

    def map(self, vma: Vma) -> None:
        """Put `vma` in the place of whatever its addresses held."""
        if is_accountable(vma):
            vma = replace(vma, flags=vma.flags | VM_ACCOUNT)
        self._drop_pages(vma.start, vma.end)
        self.unguard(vma.start, vma.end)
        if vma.file is not None:
            self._adopt(vma)
        self.total_vm += vma.size
        self._disown(self.vmas.replace(vma.start, vma.end, vma))
        self._announce_mapped(vma.start)

    def unmap(self, start: int, end: int) -> None:
        """Forget [start, end); holes in it are fine. Raises ENOMEM when a cut would make too many regions."""
        held = self.vmas.overlapping(start, end)
        if len(held) == 1 and held[0].start < start and end < held[0].end and len(self.vmas) >= MAX_MAP_COUNT:
            raise KernelError(Errno.ENOMEM, "Cutting the region in two would make too many regions", "mm")
        self._drop_pages(start, end)
        self.unguard(start, end)
        removed = self.vmas.replace(start, end)
        for vma in removed:
            self._announce("unmap", vma.start, vma.end, "", vma.name)
        self._disown(removed)

    def protect(self, start: int, end: int, prot: int) -> None:
        """Let [start, end), which must lie inside one region, be used as `prot` says. Raises ENOMEM as `unmap` does."""
        part = self._cut(start, end)
        changed = replace(part, prot=prot)
        if prot & WRITE and not part.prot & WRITE:
            size = end - start
            if not may_expand(self._kernel, self, changed, size) and may_expand(self._kernel, self, part, size):
                raise KernelError(Errno.ENOMEM, "RLIMIT_DATA does not allow so much writable memory", "mm")
        if is_accountable(changed) and not is_accountable(part) and not part.flags & VM_ACCOUNT:
            if end - start > COMMIT_LIMIT:
                raise KernelError(Errno.ENOMEM, "So many writable pages are more than there could ever be", "mm")
            changed = replace(changed, flags=part.flags | VM_ACCOUNT)
        elif not prot & WRITE and part.file is None and not self._present(start, end):
            changed = replace(changed, flags=part.flags & ~VM_ACCOUNT)
        self.vmas.replace(start, end, changed)
        for page in self._present(start, end):
            entry = self._entries[page]
            self.page_table.protect(page, self._perms(changed, entry.frame))
        self._announce("protect", start, end, changed.perms, changed.name)

    def set_flags(self, start: int, end: int, add: int, remove: int = 0) -> None:
        """Change VM_ flags of [start, end), which must lie inside one region. Raises ENOMEM as `unmap` does."""
        part = self._cut(start, end)
        flags = part.flags & ~remove | add
        if flags != part.flags:
            self.vmas.replace(start, end, replace(part, flags=flags))

    def expand(self, vma: Vma, end: int) -> None:
        """Let `vma` reach up to `end`, where nothing is mapped."""
        grown = replace(vma, end=end)
        if vma.file is not None:
            self._adopt(replace(vma, start=vma.end, end=end))
        self.total_vm += end - vma.end
        self.vmas.replace(vma.start, end, grown)
        self._announce_mapped(vma.start)
        if grown.flags & VM_LOCKED and not grown.flags & VM_LOCKONFAULT and grown.prot:
            self.populate(vma.end, end)

    def move(self, start: int, size: int, target: int, new_size: int, *, keep: bool) -> Vma:
        """Map what is at `start` at `target`, where nothing is mapped, with `new_size` bytes; returns the new region.

        The pages of [start, start + size), which must lie inside one region, move; with `keep` the old region stays,
        empty. Raises ENOMEM as `unmap` does.
        """
        vma = self.vmas.find(start)
        if vma is None or vma.end < start + size:
            raise ValueError(f"{start:#x}+{size:#x} is not in one region")
        pages = self._present(start, start + size)
        shift = vma.moved + target - start if vma.file is None and self._present(vma.start, vma.end) else 0
        offset = vma.offset + start - vma.start if vma.file is not None else 0
        moved = replace(vma, start=target, end=target + new_size, offset=offset, moved=shift)
        if vma.file is not None:
            self._adopt(moved)
        self.total_vm += new_size
        self.vmas.replace(target, target + new_size, moved)
        self._announce_mapped(target)
        for page in pages:
            entry = self.page_table.unmap(page)
            if entry is not None:
                self.page_table.map(page + (target - start >> PAGE_SHIFT), *entry)
        if size and len(self.guards):
            for guard in self.guards.replace(start, start + size):
                self.guard(guard.start + target - start, guard.end + target - start)
        if not keep:
            self.unmap(start, start + size)
        return moved

    def discard(self, start: int, end: int) -> None:
        """Give up the pages of [start, end): the next touch finds zeros, or what the file has (MADV_DONTNEED)."""
        self._drop_pages(start, end)

    def clean(self, start: int, end: int) -> None:
        """Have the next store into each page of [start, end) noticed again: all before has been written back."""
        for page in self._present(start, end):
            vma = self.vmas.find(page << PAGE_SHIFT)
            if vma is not None:
                self.page_table.protect(page, self._perms(vma, self._entries[page].frame))

    def guard(self, start: int, end: int) -> None:
        """Refuse every touch of [start, end) from now on, and give up its pages (MADV_GUARD_INSTALL)."""
        self._drop_pages(start, end)
        self.guards.replace(start, end, Vma(start, end, 0))

    def unguard(self, start: int, end: int) -> None:
        """Take the guards of [start, end) away."""
        if len(self.guards):
            self.guards.replace(start, end)

    def present_pages(self, start: int, end: int) -> list[int]:
        """Numbers of the pages in [start, end) that have a frame here, in order."""
        return self._present(start, end)

    def _cut(self, start: int, end: int) -> Vma:
        """The part [start, end) of one region, which is about to become another. Raises ENOMEM for too many regions."""
        vma = self.vmas.find(start)
        if vma is None or vma.end < end:
            raise ValueError(f"{start:#x}-{end:#x} is not in one region")
        cuts = (vma.start < start) + (end < vma.end)
        if len(self.vmas) + cuts > MAX_MAP_COUNT:
            raise KernelError(Errno.ENOMEM, "Cutting the region would make too many regions", "mm")
        return vma.part(start, end)

    def _adopt(self, vma: Vma) -> None:
        """Count a region that maps an object."""
        file = vma.file
        if file is not None:
            if file not in self.objects:
                file.attach(self)
            self.objects[file] = self.objects.get(file, 0) + vma.size

    def _disown(self, removed: list[Vma]) -> None:
        """Uncount regions that are gone, and let go of objects that none maps any more."""
        for vma in removed:
            self.total_vm -= vma.size
            file = vma.file
            if file is not None:
                self.objects[file] -= vma.size
                if not self.objects[file]:
                    del self.objects[file]
                    file.detach(self)

    # -- placement ---------------------------------------------------------------------------------------------------

    def find_free(self, size: int, memory: MemoryMap | None = None) -> int | None:
        """Where mmap puts `size` bytes when the program does not say where; None when there is no such room.

        `memory` is the map of another ABI, for a call that 64-bit code makes by a 32-bit table.
        """
        memory = memory or self._kernel.abi.memory
        high = memory.mmap_base
        for vma in reversed(self.vmas):
            if high - vma.end >= size:
                return high - size
            high = min(high, self.gap_start(vma))
        if high - MMAP_MIN_ADDR >= size:
            return high - size
        return self.find_free_above(size, memory.legacy_base, memory.limit)

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

    # -- identity of what is at an address ---------------------------------------------------------------------------

    def futex_key(self, address: int, private: bool = False) -> Hashable:
        """What tells the futex at `address` from all others; equal keys mean the same word of memory.

        With `private` (FUTEX_PRIVATE_FLAG) it is this address space and the address, and nothing is looked up. Else a
        word in shared memory belongs to what is mapped there, so that processes meet. Raises EFAULT when nothing is.
        """
        if private:
            if address + 4 > self.limit:
                raise KernelError(Errno.EFAULT, f"{address:#x} is outside user memory", "mm")
            return self, address
        vma = self.vmas.find(address)
        if vma is None and address < self.limit:
            vma = self._grow_stack(address)
        if vma is None or not vma.prot:
            raise KernelError(Errno.EFAULT, f"The program has no memory at {address:#x}", "mm")
        if vma.file is None or not vma.shared:
            return self, address, "shared"
        offset = vma.offset + address - vma.start
        if vma.file.is_past_end(offset):
            raise KernelError(Errno.EFAULT, f"What is mapped at {address:#x} ends before that", "mm")
        return vma.file, offset

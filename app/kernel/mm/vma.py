"""Regions of an address space (vm_area_struct): pure interval arithmetic, no pages."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from app.cpu.mmu import EXECUTE, READ, WRITE

if TYPE_CHECKING:
    from app.kernel.fs.dentry import Dentry

    from .memory_object import MemoryObject

ALL = READ | WRITE | EXECUTE

VM_SEQ_READ, VM_RAND_READ = 0x8000, 0x1_0000
VM_LOCKED = 0x2000
"""Its pages stay in memory (mlock(2))."""

VM_DONTCOPY = 0x2_0000
"""A child does not get it (MADV_DONTFORK)."""

VM_DONTEXPAND = 0x4_0000
"""mremap(2) can't enlarge it."""

VM_ACCOUNT = 0x10_0000
"""The kernel has promised memory for every page of it."""

VM_NORESERVE = 0x20_0000
"""No such promise is wanted (MAP_NORESERVE)."""

VM_WIPEONFORK = 0x200_0000
"""A child gets it empty (MADV_WIPEONFORK)."""

VM_DONTDUMP = 0x400_0000
VM_LOCKONFAULT = 0x800_0000
"""With VM_LOCKED: pages are locked when they are touched, not before (MLOCK_ONFAULT)."""

VM_HUGEPAGE, VM_NOHUGEPAGE = 0x2000_0000, 0x4000_0000
VM_MERGEABLE = 0x8000_0000

_start = attrgetter("start")
_end = attrgetter("end")


class Vma(Struct, frozen=True):
    """The addresses [start, end), both page aligned, that have one set of properties.

    `prot` is what the program may do: READ | WRITE | EXECUTE, which are also the PROT_ bits of mmap(2); `may` is what
    mprotect may grant. `name` is what the events call it. A region that maps an object (`file`: a file, or shared
    memory) begins with the byte at `offset` of it. `flags` are VM_ bits of this module. `moved` is how
    far mremap(2) has moved its anonymous pages: regions whose pages come from different places stay apart.
    `dentry` is the name under which a file was opened.
    """

    start: int
    end: int
    prot: int
    name: str = ""
    shared: bool = False
    grows_down: bool = False
    may: int = ALL
    file: MemoryObject | None = None
    offset: int = 0
    flags: int = 0
    moved: int = 0
    dentry: Dentry | None = None

    @property
    def size(self) -> int:
        """Length in bytes."""
        return self.end - self.start

    @property
    def path(self) -> str:
        """What /proc/self/maps shows now: a file may have been renamed or removed."""
        return self.name if self.dentry is None else self.dentry.path

    @property
    def perms(self) -> str:
        """As in /proc/self/maps: `rw-p`."""
        prot = self.prot
        return (
            ("r" if prot & READ else "-")
            + ("w" if prot & WRITE else "-")
            + ("x" if prot & EXECUTE else "-")
            + ("s" if self.shared else "p")
        )

    @property
    def page_perms(self) -> int:
        """What its page table entries allow. The x86 MMU can't forbid reading what may be written or executed."""
        return self.prot | READ if self.prot else 0

    def part(self, start: int, end: int) -> Vma:
        """The same region cut down to [start, end), which must lie inside."""
        if start == self.start and end == self.end:
            return self
        return replace(self, start=start, end=end, offset=self.offset + start - self.start if self.file else 0)

    def joins(self, after: Vma) -> bool:
        """Whether `after` only continues this region, so that the two are one."""
        return (
            self.end == after.start
            and self.prot == after.prot
            and self.name == after.name
            and self.may == after.may
            and self.grows_down == after.grows_down
            and self.shared == after.shared
            and self.flags == after.flags
            and self.moved == after.moved
            and self.file is after.file
            and self.dentry is after.dentry
            and (self.file is None or self.offset + self.size == after.offset)
        )


class VmaList:
    """The regions of one address space, by address. They never overlap, and equal neighbours are one region."""

    def __init__(self) -> None:
        self._vmas: list[Vma] = []

    def __iter__(self) -> Iterator[Vma]:
        return iter(self._vmas)

    def __reversed__(self) -> Iterator[Vma]:
        return reversed(self._vmas)

    def __len__(self) -> int:
        return len(self._vmas)

    def fill(self, vmas: list[Vma]) -> None:
        """Have just these regions, which are in order and tidy."""
        self._vmas = vmas

    def find(self, address: int) -> Vma | None:
        """The region that holds `address`."""
        vma = self.next_from(address)
        return vma if vma is not None and vma.start <= address else None

    def next_from(self, address: int) -> Vma | None:
        """The first region that ends above `address` (Linux `find_vma`): the one that holds it, or the next one."""
        index = bisect_right(self._vmas, address, key=_end)
        return self._vmas[index] if index < len(self._vmas) else None

    def last_before(self, address: int) -> Vma | None:
        """The last region that starts below `address`."""
        index = bisect_left(self._vmas, address, key=_start)
        return self._vmas[index - 1] if index else None

    def overlapping(self, start: int, end: int) -> list[Vma]:
        """The regions that have addresses in [start, end)."""
        return self._vmas[bisect_right(self._vmas, start, key=_end) : bisect_left(self._vmas, end, key=_start)]

    def replace(self, start: int, end: int, *new: Vma) -> list[Vma]:
        """Put the regions `new` in the place of whatever [start, end) holds; returns what it held, cut to the range.

        `new` must lie inside the range, in order. Regions that stick out of the range keep their rest.
        """
        first = bisect_right(self._vmas, start, key=_end)
        last = bisect_left(self._vmas, end, key=_start)
        old = self._vmas[first:last]
        if not new and len(old) == 1 and old[0].start >= start and old[0].end <= end:
            del self._vmas[first]
            return old
        if not old and len(new) == 1 and not self._touches(first, new[0]):
            self._vmas.insert(first, new[0])
            return old
        head = [old[0].part(old[0].start, start)] if old and old[0].start < start else []
        tail = [old[-1].part(end, old[-1].end)] if old and old[-1].end > end else []
        before = max(first - 1, 0)
        after = last + 1
        self._vmas[before:after] = _joined([*self._vmas[before:first], *head, *new, *tail, *self._vmas[last:after]])
        return [vma.part(max(vma.start, start), min(vma.end, end)) for vma in old]

    def _touches(self, index: int, new: Vma) -> bool:
        """Whether `new`, put in at `index`, would have a neighbour without a gap between them."""
        vmas = self._vmas
        return (index > 0 and vmas[index - 1].end == new.start) or (index < len(vmas) and vmas[index].start == new.end)


def _joined(vmas: list[Vma]) -> list[Vma]:
    """The same addresses with equal neighbours made one."""
    result: list[Vma] = []
    for vma in vmas:
        if result and result[-1].joins(vma):
            result[-1] = replace(result[-1], end=vma.end)
        else:
            result.append(vma)
    return result

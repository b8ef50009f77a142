"""What a program tells and asks about pages it has: madvise, mincore, msync."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, READ, WRITE
from app.kernel.abi.flags import all_bits
from app.kernel.abi.memory_constants import Advice, MsyncFlag
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Address, Int, PageVectorOut, Size
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.permission import MAY_WRITE
from app.kernel.mm.address_space import AddressSpace
from app.kernel.mm.faults import page_ceil
from app.kernel.mm.memory_object import MappedFile
from app.kernel.mm.vma import (
    VM_DONTCOPY,
    VM_DONTDUMP,
    VM_HUGEPAGE,
    VM_LOCKED,
    VM_MERGEABLE,
    VM_NOHUGEPAGE,
    VM_RAND_READ,
    VM_SEQ_READ,
    VM_WIPEONFORK,
    Vma,
)
from app.kernel.syscall import syscall

_KNOWN = frozenset(Advice) - {Advice.MADV_HWPOISON, Advice.MADV_SOFT_OFFLINE}
"""What this kernel follows: no page here is ever broken."""

_FLAGS: dict[int, tuple[int, int]] = {
    Advice.MADV_NORMAL: (0, VM_SEQ_READ | VM_RAND_READ),
    Advice.MADV_RANDOM: (VM_RAND_READ, VM_SEQ_READ),
    Advice.MADV_SEQUENTIAL: (VM_SEQ_READ, VM_RAND_READ),
    Advice.MADV_DONTFORK: (VM_DONTCOPY, 0),
    Advice.MADV_DOFORK: (0, VM_DONTCOPY),
    Advice.MADV_WIPEONFORK: (VM_WIPEONFORK, 0),
    Advice.MADV_KEEPONFORK: (0, VM_WIPEONFORK),
    Advice.MADV_DONTDUMP: (VM_DONTDUMP, 0),
    Advice.MADV_DODUMP: (0, VM_DONTDUMP),
    Advice.MADV_HUGEPAGE: (VM_HUGEPAGE, VM_NOHUGEPAGE),
    Advice.MADV_NOHUGEPAGE: (VM_NOHUGEPAGE, VM_HUGEPAGE),
    Advice.MADV_MERGEABLE: (VM_MERGEABLE, 0),
    Advice.MADV_UNMERGEABLE: (0, VM_MERGEABLE),
}
"""Advice that only marks the region: the flags it sets and clears."""


@syscall
def madvise(call: Call, addr: Address, length: Size, advice: Advice) -> Int:
    """Say how the pages of [addr, addr + length) will be used; some advice changes what is in them.

    `MADV_DONTNEED` empties private pages at once: the next touch finds zeros, or the file. `MADV_FREE` allows it later;
    `MADV_REMOVE` frees the pages of shared memory for everybody. `MADV_DONTFORK` and `MADV_WIPEONFORK` say what a child
    gets. `MADV_POPULATE_READ` and `_WRITE` make every page present. `MADV_GUARD_INSTALL` makes every touch a fault.
    EINVAL: `addr` is not page aligned, `length` is too large, `advice` is none, or it does not fit the region (locked,
    or shared). ENOMEM: a part is not mapped; the rest has got the advice. EFAULT: a page can't be made present. EACCES:
    `MADV_REMOVE` of memory that may not be stored into. See madvise(2).

    Not served: `MADV_COLLAPSE` and `MADV_HWPOISON` answer EINVAL, because there are no huge and no broken pages.
    """
    mm = call.task.mm
    if advice not in _KNOWN:
        raise call.refuse(Errno.EINVAL, "advice", "choice", str(int(advice)), "There is no such advice.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", hex(addr), UNALIGNED)
    end = addr + page_ceil(length)
    if length and (page_ceil(length) >= call.task.mm.wrap or end >= call.task.mm.wrap):
        raise call.refuse(Errno.EINVAL, "length", "range", hex(length), "The range is larger than the address space.")
    if not length:
        return Int(0)
    if advice in (Advice.MADV_POPULATE_READ, Advice.MADV_POPULATE_WRITE):
        _populate(call, mm, addr, end, WRITE if advice == Advice.MADV_POPULATE_WRITE else READ)
        return Int(0)
    at, hole = int(addr), False
    for vma in mm.vmas.overlapping(addr, end):
        hole = hole or vma.start > at
        start, stop = max(vma.start, addr), min(vma.end, end)
        _advise(call, mm, vma, start, stop, advice)
        at = stop
    if hole or at < end:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(addr), "A part of the range is not mapped.")
    call.service("mm", "advise", f"The kernel follows the advice from {addr:#x} to {end:#x}.")
    return Int(0)


def _advise(call: Call, mm: AddressSpace, vma: Vma, start: int, end: int, advice: int) -> None:
    """Follow the advice in a part of one region. Raises EINVAL, EACCES."""
    private_anonymous = vma.file is None
    problem = ""
    if vma.flags & VM_LOCKED and advice in (
        Advice.MADV_DONTNEED, Advice.MADV_FREE, Advice.MADV_REMOVE, Advice.MADV_COLD, Advice.MADV_PAGEOUT,
        Advice.MADV_GUARD_INSTALL,
    ):  # fmt: skip
        problem = "The region is locked in memory"
    elif advice in (Advice.MADV_FREE, Advice.MADV_WIPEONFORK) and not private_anonymous:
        problem = "That is for private anonymous memory"
    elif advice == Advice.MADV_REMOVE and private_anonymous:
        problem = "That is for shared memory and files"
    elif advice == Advice.MADV_COLLAPSE:
        problem = "There are no huge pages to make of it"
    if problem:
        raise KernelError(Errno.EINVAL, problem, "mm")
    if advice in _FLAGS:
        mm.set_flags(start, end, *_FLAGS[advice])
    elif advice in (Advice.MADV_DONTNEED, Advice.MADV_DONTNEED_LOCKED):
        mm.discard(start, end)
    elif advice == Advice.MADV_GUARD_INSTALL:
        mm.guard(start, end)
    elif advice == Advice.MADV_GUARD_REMOVE:
        mm.unguard(start, end)
    elif advice == Advice.MADV_REMOVE and vma.file is not None:
        if not vma.shared or not vma.may & WRITE:
            raise KernelError(Errno.EACCES, "The memory may not be stored into", "mm")
        vma.file.punch(start - vma.start + vma.offset, end - vma.start + vma.offset)


def _populate(call: Call, mm: AddressSpace, start: int, end: int, access: int) -> None:
    """Touch every page as the program would. Raises ENOMEM, EINVAL, EFAULT."""
    at = start
    for vma in mm.vmas.overlapping(start, end):
        if vma.start > at:
            break
        at = min(vma.end, end)
        if not vma.prot & access:
            raise call.refuse(Errno.EINVAL, "advice", "permission", vma.perms, "The region does not allow that access.")
        if not mm.touch(max(vma.start, start), at, "write" if access == WRITE else "read"):
            raise call.refuse(Errno.EFAULT, "addr", "mapped", hex(start), "Not every page could be provided.")
    if at < end:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(at), f"Nothing is mapped at {at:#x}.")
    call.service("mm", "populate", f"All pages from {start:#x} to {end:#x} are present now.")


@syscall
def mincore(call: Call, addr: Address, length: Size, vec: Annotated[PageVectorOut, "length"]) -> Int:
    """Tell for each page of [addr, addr + length) whether it is in memory: the lowest bit of one byte of `vec`.

    EINVAL: `addr` is not page aligned. ENOMEM: the range is not in user memory, or a part is not mapped. EFAULT: `vec`
    is not writable. See mincore(2).
    """
    mm = call.task.mm
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", hex(addr), UNALIGNED)
    if addr + length > mm.limit:
        raise call.refuse(Errno.ENOMEM, "length", "range", hex(length), "The range reaches outside user memory.")
    vec.need_range()
    first, last = addr >> PAGE_SHIFT, page_ceil(addr + length) >> PAGE_SHIFT
    at = first
    for vma in mm.vmas.overlapping(addr, addr + length):
        if vma.start >> PAGE_SHIFT > at:
            break
        stop = min(last, vma.end >> PAGE_SHIFT)
        vec.put(at - first, stop - at, _resident(call, mm, vma, at, stop), at)
        at = stop
    if at < last:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(addr), f"Nothing is mapped at {at << PAGE_SHIFT:#x}.")
    vec.report()
    return Int(0)


def _resident(call: Call, mm: AddressSpace, vma: Vma, first: int, last: int) -> list[int] | None:
    """Which pages of [first, last) of `vma` are in memory; None when the program may not know, and all shall be."""
    if vma.file is None:
        return mm.present_pages(first << PAGE_SHIFT, last << PAGE_SHIFT)
    if isinstance(vma.file, MappedFile):
        inode, who = vma.file.inode, call.task.credentials
        if who.euid not in (0, inode.uid) and not inode.permits(who, MAY_WRITE):
            return None
    present = set(mm.present_pages(first << PAGE_SHIFT, last << PAGE_SHIFT))
    base = (vma.start - vma.offset) >> PAGE_SHIFT
    held = vma.file.pages_with_data(first - base, last - base)
    return sorted(present.union(index + base for index in held))


@syscall
def msync(call: Call, addr: Address, length: Size, flags: MsyncFlag) -> Int:
    """Write what was stored into shared mappings of files back to the files. Here files see every store at once.

    EINVAL: `addr` is not page aligned, unknown flags, or both `MS_ASYNC` and `MS_SYNC`. ENOMEM: a part is not mapped.
    EBUSY: `MS_INVALIDATE` of locked memory. See msync(2).
    """
    mm = call.task.mm
    if flags & ~all_bits(MsyncFlag):
        raise call.refuse(Errno.EINVAL, "flags", "flags", flag_text(flags, MsyncFlag), "There are no such flags.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", hex(addr), UNALIGNED)
    if flags & MsyncFlag.MS_ASYNC and flags & MsyncFlag.MS_SYNC:
        raise call.refuse(
            Errno.EINVAL, "flags", "flags", flag_text(flags, MsyncFlag), "It is either MS_ASYNC or MS_SYNC."
        )
    end = (addr + page_ceil(length) % call.task.mm.wrap) % call.task.mm.wrap
    if end < addr:
        raise call.refuse(Errno.ENOMEM, "length", "range", hex(length), "The range is larger than the address space.")
    at, hole = int(addr), False
    for vma in mm.vmas.overlapping(addr, end) if end > addr else []:
        hole = hole or vma.start > at
        if hole and flags == MsyncFlag.MS_ASYNC:
            break
        if flags & MsyncFlag.MS_INVALIDATE and vma.flags & VM_LOCKED:
            raise call.refuse(
                Errno.EBUSY, "flags", "locked", hex(vma.start), "A part of the range is locked in memory."
            )
        if flags & MsyncFlag.MS_SYNC and vma.shared:
            mm.clean(max(vma.start, addr), min(vma.end, end))
        at = min(vma.end, end)
    if hole or at < end:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(addr), "A part of the range is not mapped.")
    call.service("mm", "sync", "The files have all that was stored.")
    return Int(0)

"""Memory: the heap, unmapping, and what may be done with pages."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_MASK, PAGE_SIZE, READ, WRITE
from app.kernel.abi.constants import MmapProt
from app.kernel.arguments import Address, Int, Size
from app.kernel.arguments.integers import ULONG
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.mm.address_space import MAX_MAP_COUNT, AddressSpace
from app.kernel.mm.faults import page_ceil
from app.kernel.mm.limits import check_locking, check_size
from app.kernel.mm.vma import ALL, VM_LOCKED, VM_LOCKONFAULT, Vma
from app.kernel.resource import Resource
from app.kernel.syscall import syscall


@syscall
def brk(call: Call, addr: Address) -> Address:
    """Move the end of the heap to `addr` if that is possible; returns where the heap ends now. Never fails.

    Whoever calls it compares the answer with what was asked for; the C library's brk(3) makes ENOMEM of that. See
    brk(2).
    """
    mm = call.task.mm
    problem = _move_break(call, mm, addr)
    if problem is not None:
        call.service("mm", "brk", f"{problem} The heap still ends at {mm.brk:#x}.")
    elif mm.brk == mm.start_brk:
        call.service("mm", "brk", f"The heap is empty; it would start at {mm.brk:#x}.")
    else:
        call.service("mm", "brk", f"The heap goes from {mm.start_brk:#x} to {mm.brk:#x}.")
    return Address(mm.brk)


def _move_break(call: Call, mm: AddressSpace, addr: int) -> str | None:
    """Do what brk does; returns why nothing was done."""
    if addr < mm.start_brk:
        return "Nothing changes: that is below the start of the heap." if addr else "Address 0 only asks."
    if addr > mm.limit - PAGE_SIZE:
        return "Nothing changes: that is outside user memory."
    if addr - mm.start_brk > call.task.process.rlimits[Resource.RLIMIT_DATA][0]:
        return "Nothing changes: RLIMIT_DATA does not allow so much."
    old, new = page_ceil(mm.brk), page_ceil(addr)
    if new < old:
        mm.unmap(new, old)
    elif new > old:
        above = mm.vmas.next_from(old)
        if above is not None and new + PAGE_SIZE > mm.gap_start(above):
            return "Nothing changes: another region is in the way."
        if len(mm.vmas) >= MAX_MAP_COUNT:
            return "Nothing changes: there are too many regions."
        heap = Vma(old, new, READ | WRITE, "[heap]", flags=mm.default_flags)
        try:
            check_locking(call, mm, heap.flags, heap.size)
            check_size(call, mm, heap, heap.size)
        except KernelError as error:
            return f"Nothing changes: {error.why}."
        mm.map(heap)
        if mm.default_flags & VM_LOCKED and not mm.default_flags & VM_LOCKONFAULT:
            mm.populate(old, new)
    mm.brk = addr
    return None


@syscall
def munmap(call: Call, addr: Address, length: Size) -> Int:
    """Unmap every page that [addr, addr + length) touches; parts where nothing is mapped are fine.

    EINVAL: `addr` is not page aligned, `length` is 0, or the range is not in user memory. ENOMEM: cutting a region in
    two would make too many. See munmap(2).
    """
    mm = call.task.mm
    shown = str(addr.text())
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, UNALIGNED)
    if addr > mm.limit or length > mm.limit - addr:
        raise call.refuse(Errno.EINVAL, "addr", "range", shown, "The range reaches outside user memory.")
    if not length:
        raise call.refuse(Errno.EINVAL, "length", "range", "0", "There is nothing to unmap.")
    call.passed("addr", "range", shown, "The range is page aligned and in user memory.")
    mm.unmap(addr, addr + page_ceil(length))
    call.service("mm", "unmap", f"Nothing is mapped from {addr:#x} to {addr + page_ceil(length):#x} any more.")
    return Int(0)


@syscall
def mprotect(call: Call, addr: Address, len: Size, prot: Annotated[MmapProt, ULONG]) -> Int:
    """Change what may be done with the pages of [addr, addr + len): read, write, execute, or nothing.

    EINVAL: `addr` is not page aligned, or unknown bits in `prot`. ENOMEM: a part is not mapped (what comes before it
    has been changed), or there would be too many regions. EACCES: the mapped file is not open for that. See
    mprotect(2).
    """
    change_protection(call, addr, len, prot)
    return Int(0)


def change_protection(call: Call, addr: Address, size: int, prot: int, pkey: int = -1) -> None:
    """What mprotect does. Raises EINVAL, ENOMEM, EACCES."""
    mm = call.task.mm
    shown = str(addr.text())
    grows = prot & (MmapProt.PROT_GROWSDOWN | MmapProt.PROT_GROWSUP)
    if grows == MmapProt.PROT_GROWSDOWN | MmapProt.PROT_GROWSUP:
        raise call.refuse(Errno.EINVAL, "prot", "flags", hex(prot), "It can't grow both ways.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, UNALIGNED)
    if not size:
        return
    end = addr + page_ceil(size)
    if page_ceil(size) >= call.task.mm.wrap or end >= call.task.mm.wrap:
        raise call.refuse(Errno.ENOMEM, "len", "range", hex(size), "The range is larger than the address space.")
    if prot & ~int(MmapProt.PROT_SEM | ALL | grows):
        raise call.refuse(Errno.EINVAL, "prot", "flags", hex(prot), "There are no such protection bits.")
    if pkey != -1:
        raise call.refuse(Errno.EINVAL, "pkey", "key", str(pkey), "No such key is in use.")
    _protect(call, mm, addr, end, prot & ALL, grows)


def _protect(call: Call, mm: AddressSpace, start: int, end: int, prot: int, grows: int) -> None:
    """Change region by region, up to the first that can't be."""
    first = mm.vmas.next_from(start)
    if first is None or first.start >= end or (first.start > start and not grows & MmapProt.PROT_GROWSDOWN):
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(start), f"Nothing is mapped at {start:#x}.")
    if grows:
        if not (grows & MmapProt.PROT_GROWSDOWN and first.grows_down):
            raise call.refuse(Errno.EINVAL, "prot", "flags", hex(start), "The region there does not grow that way.")
        start = first.start
    for vma in mm.vmas.overlapping(start, end):
        if vma.start > start:
            break
        if prot & ~vma.may:
            raise call.refuse(
                Errno.EACCES, "prot", "permission", vma.perms, f"{vma.name} was not opened in a way that allows this."
            )
        stop = min(vma.end, end)
        mm.protect(start, stop, prot)
        start = stop
    if start < end:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(start), f"Nothing is mapped at {start:#x}.")
    changed = mm.find(end - 1)
    call.service("mm", "protect", f"The pages up to {end:#x} are now {changed.perms if changed else ''}.")

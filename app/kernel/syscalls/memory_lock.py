"""Memory that must not leave RAM: mlock and its family. Nothing is ever swapped out here, but the rules are Linux's."""

from __future__ import annotations

from app.cpu.mmu import PAGE_MASK, PAGE_SIZE
from app.kernel.abi.flags import all_bits
from app.kernel.abi.memory_constants import LockAllFlag, LockFlag
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Address, Int, Size
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.mm.address_space import AddressSpace
from app.kernel.mm.faults import page_ceil, page_floor
from app.kernel.mm.limits import lock_limit, locked_bytes, may_lock_without_limit
from app.kernel.mm.vma import VM_LOCKED, VM_LOCKONFAULT
from app.kernel.syscall import syscall

_LOCKED = VM_LOCKED | VM_LOCKONFAULT


@syscall
def mlock(call: Call, addr: Address, length: Size) -> Int:
    """Keep every page that [addr, addr + length) touches in memory, and make it present now.

    EPERM: RLIMIT_MEMLOCK is 0. ENOMEM: more than RLIMIT_MEMLOCK, a part is not mapped or may not be used, or too many
    regions. EINVAL: the range is larger than the address space. See mlock(2).
    """
    return _lock(call, addr, length, VM_LOCKED)


@syscall
def mlock2(call: Call, addr: Address, length: Size, flags: LockFlag) -> Int:
    """As mlock; with `MLOCK_ONFAULT` pages are locked when they are first touched.

    EINVAL: unknown flags. And the errors of mlock. See mlock(2).
    """
    if flags & ~int(LockFlag.MLOCK_ONFAULT):
        raise call.refuse(Errno.EINVAL, "flags", "flags", flag_text(flags, LockFlag), "There are no such flags.")
    return _lock(call, addr, length, _LOCKED if flags else VM_LOCKED)


@syscall
def munlock(call: Call, addr: Address, length: Size) -> Int:
    """Let the pages that [addr, addr + length) touches be taken out of memory again.

    ENOMEM: a part is not mapped, or too many regions. EINVAL: the range is larger than the address space. See mlock(2).
    """
    start = page_floor(addr)
    _mark(call, call.task.mm, start, page_ceil(length + (addr & PAGE_MASK)) % call.task.mm.wrap, 0)
    call.service("mm", "unlock", f"The pages from {start:#x} on are no longer locked.")
    return Int(0)


def _lock(call: Call, addr: int, length: int, flags: int) -> Int:
    """Linux `do_mlock`."""
    mm = call.task.mm
    _need_permission(call)
    size = page_ceil(length + (addr & PAGE_MASK)) % call.task.mm.wrap
    start = page_floor(addr)
    if not may_lock_without_limit(call):
        limit = lock_limit(call)
        locked = locked_bytes(mm) + size
        if locked > limit and start + size < call.task.mm.wrap:
            overlapping = mm.vmas.overlapping(start, start + size)
            locked -= sum(
                min(vma.end, start + size) - max(vma.start, start) for vma in overlapping if vma.flags & VM_LOCKED
            )
        if locked > limit // PAGE_SIZE * PAGE_SIZE:
            raise KernelError(Errno.ENOMEM, f"No more than {limit >> 10} KiB may be locked (RLIMIT_MEMLOCK)", "mm")
    _mark(call, mm, start, size, flags)
    if size and not flags & VM_LOCKONFAULT:
        for vma in mm.vmas.overlapping(start, start + size):
            first, last = max(vma.start, start), min(vma.end, start + size)
            if not vma.prot or not mm.populate(first, last):
                raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(first), "Not every page can be made present.")
    call.service("mm", "lock", f"The pages from {start:#x} to {start + size:#x} are locked in memory.")
    return Int(0)


def _need_permission(call: Call) -> None:
    """Raises EPERM when the caller may not lock anything (Linux `can_do_mlock`)."""
    if not may_lock_without_limit(call) and not lock_limit(call):
        raise KernelError(Errno.EPERM, "RLIMIT_MEMLOCK is 0", "mm")


def _mark(call: Call, mm: AddressSpace, start: int, size: int, flags: int) -> None:
    """Give every region of the range these lock flags, up to the first hole. Raises EINVAL, ENOMEM."""
    if start + size >= call.task.mm.wrap:
        raise call.refuse(Errno.EINVAL, "length", "range", hex(size), "The range is larger than the address space.")
    at = start
    for vma in mm.vmas.overlapping(start, start + size) if size else []:
        if vma.start > at:
            break
        at = min(vma.end, start + size)
        mm.set_flags(max(vma.start, start), at, flags, _LOCKED & ~flags)
    if at < start + size:
        raise call.refuse(Errno.ENOMEM, "addr", "mapped", hex(at), f"Nothing is mapped at {at:#x}.")


@syscall
def mlockall(call: Call, flags: LockAllFlag) -> Int:
    """Lock all that is mapped (`MCL_CURRENT`), all that will be (`MCL_FUTURE`), or both; `MCL_ONFAULT` as for mlock2.

    EINVAL: no or unknown flags, or `MCL_ONFAULT` alone. EPERM: RLIMIT_MEMLOCK is 0. ENOMEM: more is mapped than
    RLIMIT_MEMLOCK. See mlockall(2).
    """
    mm = call.task.mm
    if not flags or flags & ~all_bits(LockAllFlag) or flags == LockAllFlag.MCL_ONFAULT:
        raise call.refuse(
            Errno.EINVAL, "flags", "flags", flag_text(flags, LockAllFlag), "The flags make no sense together."
        )
    _need_permission(call)
    current = flags & LockAllFlag.MCL_CURRENT
    if current and not may_lock_without_limit(call) and mm.total_vm > lock_limit(call):
        limit = lock_limit(call) >> 10
        raise KernelError(Errno.ENOMEM, f"No more than {limit} KiB may be locked (RLIMIT_MEMLOCK)", "mm")
    wanted = _LOCKED if flags & LockAllFlag.MCL_ONFAULT else VM_LOCKED
    mm.default_flags = wanted if flags & LockAllFlag.MCL_FUTURE else 0
    if current:
        for vma in list(mm.vmas):
            mm.set_flags(vma.start, vma.end, wanted, _LOCKED & ~wanted)
            if vma.prot and not wanted & VM_LOCKONFAULT:
                mm.populate(vma.start, vma.end)
    call.service("mm", "lock", "All memory is locked." if current else "What will be mapped from now on is locked.")
    return Int(0)


@syscall
def munlockall(call: Call) -> Int:
    """Undo every mlock and mlockall. Never fails. See mlockall(2)."""
    mm = call.task.mm
    mm.default_flags = 0
    for vma in list(mm.vmas):
        mm.set_flags(vma.start, vma.end, 0, _LOCKED)
    call.service("mm", "unlock", "No memory is locked any more.")
    return Int(0)

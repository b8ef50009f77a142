"""mremap: a mapping grows, shrinks or moves, and its pages go with it."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_MASK
from app.kernel.abi.flags import all_bits
from app.kernel.abi.memory_constants import MremapFlag
from app.kernel.arguments import Address, Size
from app.kernel.arguments.integers import ULONG
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.mm.address_space import MAX_MAP_COUNT, AddressSpace
from app.kernel.mm.faults import MMAP_MIN_ADDR, page_ceil
from app.kernel.mm.limits import check_locking, check_size
from app.kernel.mm.vma import VM_LOCKED, VM_LOCKONFAULT, Vma
from app.kernel.syscall import syscall

_KNOWN = all_bits(MremapFlag)
_PLACED = MremapFlag.MREMAP_FIXED | MremapFlag.MREMAP_DONTUNMAP
_SHOWN = MremapFlag.MREMAP_MAYMOVE | MremapFlag.MREMAP_FIXED
_SPARE_REGIONS = 5


class MremapPlace(Address):
    """`new_address` of mremap(2), which strace shows only when the flags make it count."""

    counts = False

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> MremapPlace:
        """Look at the flags, which come before it."""
        place = cls(raw)
        place.counts = int(call.arguments[detail]) & _SHOWN == _SHOWN
        return place

    def text(self) -> str | None:
        """The address, or nothing."""
        return super().text() if self.counts else None


@syscall
def mremap(
    call: Call,
    old_address: Address,
    old_size: Size,
    new_size: Size,
    flags: Annotated[MremapFlag, ULONG],
    new_address: Annotated[MremapPlace, "flags"],
) -> Address:
    """Change the size of a mapping, or move it with `MREMAP_MAYMOVE`; returns where it is now.

    `MREMAP_FIXED` says where to move it, `MREMAP_DONTUNMAP` leaves an empty mapping behind, and an `old_size` of 0 maps
    shared memory a second time. Pages are not copied: the page table entries move.
    EINVAL: unknown flags or a combination that makes no sense, an address that is not page aligned, a `new_size` of 0
    or too large, old and new range overlap, or duplicating private memory. EFAULT: the old range is not all inside one
    mapping. ENOMEM: no room to grow and `MREMAP_MAYMOVE` is not given, too many mappings, or a limit. EAGAIN: more
    locked memory than RLIMIT_MEMLOCK. EPERM: a fixed address below the lowest that may be used. See mremap(2).
    """
    mm = call.task.mm
    old, new = page_ceil(old_size) % call.task.mm.wrap, page_ceil(new_size) % call.task.mm.wrap
    _check(call, mm, old_address, old, new, flags, new_address)
    if flags & MremapFlag.MREMAP_FIXED and old == new:
        return Address(_move_all(call, mm, old_address, old, flags, new_address))
    vma = _source(call, mm, old_address, old, new, flags)
    if flags & _PLACED:
        return Address(_move_to(call, mm, old_address, old, new, flags, new_address))
    if new <= old:
        if new < old:
            mm.unmap(old_address + new, old_address + old)
            call.service("mm", "shrink", f"The mapping at {old_address:#x} now has {new} bytes.")
        return old_address
    if old and old_address + old == vma.end and _has_room(mm, vma.end, old_address + new):
        mm.expand(vma, old_address + new)
        call.service("mm", "grow", f"There is room behind it: the mapping grows in place to {old_address + new:#x}.")
        return old_address
    if not flags & MremapFlag.MREMAP_MAYMOVE:
        raise KernelError(Errno.ENOMEM, "The mapping can't grow where it is, and MREMAP_MAYMOVE is not given", "mm")
    target = mm.find_free(new)
    if target is None:
        raise KernelError(Errno.ENOMEM, "There is no free range of this size", "mm")
    return Address(_move(call, mm, old_address, old, new, target, flags))


def _check(call: Call, mm: AddressSpace, address: int, old: int, new: int, flags: int, target: int) -> None:
    """What Linux `check_mremap_params` checks. Raises EINVAL, ENOMEM."""
    shown = hex(address)
    if flags & ~_KNOWN:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no such flags.")
    if address & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "old_address", "alignment", shown, UNALIGNED)
    if not new or new > mm.limit:
        raise call.refuse(Errno.EINVAL, "new_size", "range", hex(new), "No mapping can have that size.")
    if not flags & _PLACED:
        return
    if target > mm.limit - new:
        raise call.refuse(Errno.EINVAL, "new_address", "range", hex(target), "The range reaches outside user memory.")
    if target & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "new_address", "alignment", hex(target), UNALIGNED)
    if not flags & MremapFlag.MREMAP_MAYMOVE:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "A fixed new place also needs MREMAP_MAYMOVE.")
    if flags & MremapFlag.MREMAP_DONTUNMAP and old != new:
        raise call.refuse(Errno.EINVAL, "new_size", "range", hex(new), "With MREMAP_DONTUNMAP the size must stay.")
    if (address + old) % call.task.mm.wrap > target and target + new > address:
        raise call.refuse(Errno.EINVAL, "new_address", "range", hex(target), "The old and the new range overlap.")
    if len(mm.vmas) > MAX_MAP_COUNT - _SPARE_REGIONS:
        raise call.refuse(Errno.ENOMEM, "old_address", "limit", shown, "The process has too many regions.")


def _source(call: Call, mm: AddressSpace, address: int, old: int, new: int, flags: int) -> Vma:
    """The region to be remapped (Linux `check_prep_vma`). Raises EFAULT, EINVAL, EAGAIN, ENOMEM."""
    vma = mm.find(address)
    shown = hex(address)
    if vma is None:
        raise call.refuse(Errno.EFAULT, "old_address", "mapped", shown, f"Nothing is mapped at {address:#x}.")
    if new <= old and not flags & _PLACED:
        return vma
    if not old and not vma.shared:
        raise call.refuse(Errno.EINVAL, "old_size", "range", "0", "Only shared memory can be mapped a second time.")
    if min(old, new) > vma.end - address:
        raise call.refuse(Errno.EFAULT, "old_size", "range", hex(old), f"The region ends before that, at {vma.end:#x}.")
    if new > old:
        check_locking(call, mm, vma.flags, new - old)
        check_size(call, mm, vma, new - old)
    call.passed("old_address", "mapped", shown, f"The range is inside one region, {vma.perms}.")
    return vma


def _has_room(mm: AddressSpace, start: int, end: int) -> bool:
    """Whether a region may grow from `start` to `end`."""
    above = mm.vmas.next_from(start)
    return end <= mm.limit and (above is None or end <= mm.gap_start(above))


def _move_all(call: Call, mm: AddressSpace, address: int, size: int, flags: int, target: int) -> int:
    """Move every region of the range, the gaps between them kept (Linux `remap_move`). Raises EFAULT and more."""
    regions = mm.vmas.overlapping(address, address + size)
    if not regions or regions[0].start > address:
        raise call.refuse(Errno.EFAULT, "old_address", "mapped", hex(address), f"Nothing is mapped at {address:#x}.")
    first: int | None = None
    at = target
    last_end = 0
    for vma in regions:
        start, end = max(vma.start, address), min(vma.end, address + size)
        if first is not None:
            at += vma.start - last_end
        last_end = vma.end
        _source(call, mm, start, end - start, end - start, flags)
        moved = _move_to(call, mm, start, end - start, end - start, flags, at)
        if first is None:
            first = moved
        at = moved + end - start
    return first if first is not None else target


def _move_to(call: Call, mm: AddressSpace, address: int, old: int, new: int, flags: int, target: int) -> int:
    """Move to where the program says, or with MREMAP_DONTUNMAP alone where it wishes (Linux `mremap_to`)."""
    if flags & MremapFlag.MREMAP_FIXED:
        mm.unmap(target, target + new)
    if new < old:
        mm.unmap(address + new, address + old)
        old = new
    vma = mm.find(address)
    if vma is None:
        raise call.refuse(Errno.EFAULT, "old_address", "mapped", hex(address), f"Nothing is mapped at {address:#x}.")
    if flags & MremapFlag.MREMAP_DONTUNMAP:
        check_size(call, mm, vma, old)
    if not flags & MremapFlag.MREMAP_FIXED:
        target = max(target, MMAP_MIN_ADDR) if target else 0
        found = target if target and _is_free(mm, target, new) else mm.find_free(new)
        if found is None:
            raise KernelError(Errno.ENOMEM, "There is no free range of this size", "mm")
        target = found
    elif target < MMAP_MIN_ADDR and not call.task.credentials.capable(Capability.CAP_SYS_RAWIO):
        raise call.refuse(
            Errno.EPERM,
            "new_address",
            "permission",
            hex(target),
            f"Only the superuser may map below {MMAP_MIN_ADDR:#x}.",
        )
    return _move(call, mm, address, old, new, target, flags)


def _is_free(mm: AddressSpace, start: int, size: int) -> bool:
    return start <= mm.limit - size and _has_room(mm, start, start + size)


def _move(call: Call, mm: AddressSpace, address: int, old: int, new: int, target: int, flags: int) -> int:
    """Do the move: the region appears at `target` with its pages, and the old range goes or is left empty."""
    if len(mm.vmas) > MAX_MAP_COUNT - _SPARE_REGIONS:
        raise KernelError(Errno.ENOMEM, "The process has too many regions", "mm")
    keep = not old or bool(flags & MremapFlag.MREMAP_DONTUNMAP)
    moved = mm.move(address, old, target, new, keep=keep)
    if keep and old:
        mm.set_flags(address, address + old, 0, VM_LOCKED | VM_LOCKONFAULT)
    what = "is mapped a second time" if not old else "moves, and leaves empty memory behind" if keep else "moves"
    call.service("mm", "move", f"The mapping at {address:#x} {what}: it is now at {target:#x}, with its pages.")
    if moved.flags & VM_LOCKED and not moved.flags & VM_LOCKONFAULT and new > old:
        mm.populate(target + old, target + new)
    return target

"""Memory: the heap, mappings, and what may be done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from app.cpu.mmu import EXECUTE, PAGE_MASK, READ, WRITE
from app.kernel.abi.constants import MAP_TYPE, MmapFlag, MmapProt
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Address, Fd, Int, PageOffset, Size
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import RegularFile
from app.kernel.mm.address_space import MAX_MAP_COUNT, AddressSpace
from app.kernel.mm.faults import MMAP_MIN_ADDR, page_ceil, page_floor
from app.kernel.mm.memory_object import MappedFile, SharedMemory
from app.kernel.mm.vma import ALL, Vma
from app.kernel.syscall import syscall

if TYPE_CHECKING:
    from app.kernel.fs.file import FileDescription

ULONG = "unsigned long"
PAGE = PAGE_MASK + 1
_WORD = 1 << 64
_MAX_OFFSET = (1 << 63) - 1
_LOW_START, _LOW_END = 0x4000_0000, 0x8000_0000
_HUGE_SHIFT = 26
_HUGE_SIZES = {0: 2 << 20, 21: 2 << 20, 30: 1 << 30}
"""What MAP_HUGE_SHIFT encodes -> bytes in such a page."""

_MAP_ABOVE4G, _MAP_UNINITIALIZED = 0x80, 0x400_0000
_VALID_FLAGS = int(
    sum(MmapFlag) - (MmapFlag.MAP_SYNC | MmapFlag.MAP_FIXED_NOREPLACE)
    | _MAP_ABOVE4G
    | _MAP_UNINITIALIZED
    | (21 | 30) << _HUGE_SHIFT
)
_ZERO_DEVICE = 1 << 8 | 5
_UNALIGNED = "It must be a multiple of 4096, the page size."


@syscall
def brk(call: Call, addr: Address) -> Address:
    """Move the end of the heap to `addr` if that is possible; returns where the heap ends now. It has no errno.

    The C library's function of that name is another thing. See brk(2).
    """
    mm = call.task.mm
    problem = _move_break(mm, addr)
    if problem is not None:
        call.service("mm", "brk", f"{problem} The heap still ends at {mm.brk:#x}.")
    elif mm.brk == mm.start_brk:
        call.service("mm", "brk", f"The heap is empty; it would start at {mm.brk:#x}.")
    else:
        call.service("mm", "brk", f"The heap goes from {mm.start_brk:#x} to {mm.brk:#x}.")
    return Address(mm.brk)


def _move_break(mm: AddressSpace, addr: int) -> str | None:
    """Do what brk does; returns why nothing was done."""
    if addr < mm.start_brk:
        return "Nothing changes: that is below the start of the heap." if addr else "Address 0 only asks."
    if addr > mm.limit - PAGE:
        return "Nothing changes: that is outside user memory."
    old, new = page_ceil(mm.brk), page_ceil(addr)
    if new < old:
        mm.unmap(new, old)
    elif new > old:
        above = mm.vmas.next_from(old)
        if above is not None and new + PAGE > mm.gap_start(above):
            return "Nothing changes: another region is in the way."
        if len(mm.vmas) >= MAX_MAP_COUNT:
            return "Nothing changes: there are too many regions."
        mm.map(Vma(old, new, READ | WRITE, "[heap]"))
    mm.brk = addr
    return None


@syscall
def mmap(
    call: Call,
    addr: Address,
    length: Size,
    prot: Annotated[MmapProt, ULONG],
    flags: Annotated[MmapFlag, ULONG],
    fd: Fd,
    offset: PageOffset,
) -> Address:
    """Map `length` bytes of a file, or of zeroed memory with `MAP_ANONYMOUS`; returns where.

    Without `MAP_FIXED`, `addr` is a wish. Memory costs nothing until it is touched.
    EINVAL: `length` is 0, `offset` or a fixed `addr` is not page aligned, or the sharing type is not one. ENOMEM: no
    room, or too many regions. EEXIST: `MAP_FIXED_NOREPLACE` and something is there. EPERM: below the lowest address
    that may be used, or executing a pipe. EBADF: no such file. EACCES: the file is not open for what is asked. ENODEV:
    such a file can't be mapped. EOVERFLOW: `offset` + `length` is too much. EOPNOTSUPP: unknown flags with
    `MAP_SHARED_VALIDATE`. See mmap(2).
    """
    if offset & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "offset", "alignment", str(offset.text()), _UNALIGNED)
    anonymous = bool(flags & MmapFlag.MAP_ANONYMOUS)
    file = None if anonymous else fd.file
    if flags & MmapFlag.MAP_HUGETLB:
        raise _refuse_huge(call, addr, length, flags, offset)
    if not length:
        raise call.refuse(Errno.EINVAL, "length", "range", "0", "A mapping of no bytes makes no sense.")
    mm = call.task.mm
    size = page_ceil(length)
    if size >= _WORD or size > mm.limit:
        raise call.refuse(Errno.ENOMEM, "length", "range", hex(length), "That is more than the whole address space.")
    if len(mm.vmas) > MAX_MAP_COUNT:
        raise call.refuse(Errno.ENOMEM, "length", "limit", str(len(mm.vmas)), "The process has too many regions.")
    start = _place(call, mm, addr, size, flags)
    vma = _describe(call, start, size, prot, flags, file, offset)
    mm.map(vma)
    call.service("mm", "map", f"{size} bytes at {start:#x} are now mapped {vma.perms}{_what(vma)}.")
    if flags & (MmapFlag.MAP_POPULATE | MmapFlag.MAP_LOCKED) and vma.prot:
        mm.populate(start, start + size)
        call.service("mm", "populate", "All its pages get their frames at once.")
    return Address(start)


def _refuse_huge(call: Call, addr: int, length: int, flags: int, offset: int) -> KernelError:
    """Huge pages: the machine has none to give. What else is wrong with the call is told first."""
    shown = flag_text(flags, MmapFlag)
    size = _HUGE_SIZES.get(flags >> _HUGE_SHIFT & 0x3F)
    fixed = flags & (MmapFlag.MAP_FIXED | MmapFlag.MAP_FIXED_NOREPLACE)
    sharing = flags & MAP_TYPE in (MmapFlag.MAP_SHARED, MmapFlag.MAP_PRIVATE, MmapFlag.MAP_SHARED_VALIDATE)
    if not flags & MmapFlag.MAP_ANONYMOUS or size is None or not length:
        return call.refuse(Errno.EINVAL, "flags", "flags", shown, "That is no mapping of huge pages.")
    limit = call.task.mm.limit
    length = -(-length // size) * size
    if not length % _WORD:
        return call.refuse(Errno.EINVAL, "length", "range", hex(length), "That is more than there are addresses.")
    if length > limit or (fixed and addr > limit - length):
        return call.refuse(Errno.ENOMEM, "length", "range", hex(length), "The range reaches outside user memory.")
    if fixed and addr % size:
        return call.refuse(Errno.EINVAL, "addr", "alignment", hex(addr), f"It must be a multiple of {size}.")
    if fixed and addr < MMAP_MIN_ADDR and call.task.credentials.euid:
        return call.refuse(Errno.EPERM, "addr", "permission", hex(addr), "Only the superuser may map so low.")
    if not _fits(offset, length, _MAX_OFFSET):
        return call.refuse(Errno.EOVERFLOW, "offset", "range", hex(offset), "No file can be that long.")
    if not sharing:
        return call.refuse(Errno.EINVAL, "flags", "flags", shown, "It must be either MAP_SHARED or MAP_PRIVATE.")
    return call.refuse(Errno.ENOMEM, "flags", "flags", shown, "No huge pages are reserved on this machine.")


def _place(call: Call, mm: AddressSpace, addr: int, size: int, flags: int) -> int:
    """Choose the address. Raises ENOMEM, EINVAL, EPERM, EEXIST."""
    shown = Address.show(addr)
    if not flags & (MmapFlag.MAP_FIXED | MmapFlag.MAP_FIXED_NOREPLACE):
        return _place_freely(call, mm, addr, size, flags)
    if addr > mm.limit - size:
        raise call.refuse(Errno.ENOMEM, "addr", "range", shown, "The range reaches outside user memory.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, _UNALIGNED)
    if addr < MMAP_MIN_ADDR and call.task.credentials.euid:
        raise call.refuse(
            Errno.EPERM, "addr", "permission", shown, f"Only the superuser may map below {MMAP_MIN_ADDR:#x}."
        )
    if flags & MmapFlag.MAP_FIXED_NOREPLACE and mm.vmas.overlapping(addr, addr + size):
        raise call.refuse(Errno.EEXIST, "addr", "free", shown, "Something is mapped in this range already.")
    call.passed("addr", "range", shown, "The range is in user memory and may be used.")
    return addr


def _place_freely(call: Call, mm: AddressSpace, addr: int, size: int, flags: int) -> int:
    """The wished address if it is free, else one that the kernel finds. Raises ENOMEM."""
    wish = page_floor(addr)
    if wish:
        wish = max(wish, MMAP_MIN_ADDR)
    found: int | None
    if flags & MmapFlag.MAP_32BIT:
        found = mm.find_free_above(size, _LOW_START, _LOW_END)
    elif wish and wish <= mm.limit - size and _is_free(mm, wish, size):
        found = wish
    else:
        found = mm.find_free(size)
    if found is None:
        raise call.refuse(Errno.ENOMEM, "length", "range", hex(size), "There is no free range of this size.")
    if addr and found != addr:
        call.passed("addr", "wish", hex(addr), f"The wish can't be met exactly; {found:#x} is used.")
    return found


def _is_free(mm: AddressSpace, start: int, size: int) -> bool:
    """Whether nothing is mapped there, and no guard gap either."""
    above = mm.vmas.next_from(start)
    return above is None or start + size <= mm.gap_start(above)


def _describe(
    call: Call, start: int, size: int, prot: int, flags: int, file: FileDescription | None, offset: int
) -> Vma:
    """The region to be. Checks what depends on the file. Raises EINVAL, EOVERFLOW, EACCES, ENODEV, EOPNOTSUPP."""
    sharing = flags & MAP_TYPE
    shown = flag_text(flags, MmapFlag)
    grows = bool(flags & MmapFlag.MAP_GROWSDOWN)
    shared = sharing != MmapFlag.MAP_PRIVATE
    if file is None:
        _check_sharing(call, flags, MmapFlag.MAP_SHARED, MmapFlag.MAP_PRIVATE)
    else:
        may = _check_file(call, file, size, prot, flags, offset)
        if isinstance(file.inode, RegularFile):
            mapped = MappedFile.of(file.inode, call.kernel.memory)
            return Vma(start, start + size, prot & ALL, file.path, shared=shared, may=may, file=mapped, offset=offset)
    if shared and grows:
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "Shared memory can't grow downwards.")
    call.passed("flags", "flags", shown, "The flags make sense together.")
    if shared:
        zeros = SharedMemory(call.kernel.memory, "/dev/zero (deleted)", size, call.id)
        return Vma(start, start + size, prot & ALL, zeros.name, shared=True, file=zeros)
    return Vma(start, start + size, prot & ALL, grows_down=grows)


def _fits(offset: int, size: int, largest: int) -> bool:
    """Whether `size` bytes from `offset` on, which the kernel takes as unsigned, end before `largest`."""
    return (offset % _WORD) // PAGE <= (largest - size) // PAGE


def _check_sharing(call: Call, flags: int, *allowed: MmapFlag) -> None:
    if flags & MAP_TYPE not in allowed:
        shown = flag_text(flags, MmapFlag)
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "It must be either MAP_SHARED or MAP_PRIVATE.")


def _check_file(call: Call, file: FileDescription, size: int, prot: int, flags: int, offset: int) -> int:
    """Whether `file` can be mapped so; returns what mprotect may grant. Raises as `mmap` says."""
    shared = flags & MAP_TYPE != MmapFlag.MAP_PRIVATE
    shown = str(call.arguments["fd"].number)
    largest = _MAX_OFFSET if isinstance(file.inode, RegularFile) else _WORD - 1
    if not _fits(offset, size, largest):
        raise call.refuse(Errno.EOVERFLOW, "offset", "range", hex(offset), "No file can be that long.")
    _check_sharing(call, flags, MmapFlag.MAP_SHARED, MmapFlag.MAP_PRIVATE, MmapFlag.MAP_SHARED_VALIDATE)
    if flags & MAP_TYPE == MmapFlag.MAP_SHARED_VALIDATE and flags & ~_VALID_FLAGS:
        raise call.refuse(
            Errno.EOPNOTSUPP, "flags", "flags", flag_text(flags, MmapFlag), "The file does not know all of these flags."
        )
    if shared and prot & WRITE and not file.writable:
        raise call.refuse(
            Errno.EACCES, "fd", "access-mode", shown, "Storing into a shared mapping needs a file open for writing."
        )
    if not file.readable:
        raise call.refuse(Errno.EACCES, "fd", "access-mode", shown, "Mapping needs a file that is open for reading.")
    if prot & EXECUTE and file.kind == "pipe":
        raise call.refuse(Errno.EPERM, "prot", "permission", shown, "What is in a pipe is never executed.")
    if not isinstance(file.inode, RegularFile) and file.inode.rdev != _ZERO_DEVICE:
        raise call.refuse(Errno.ENODEV, "fd", "kind", shown, f"{file.path} is {file.what}, which can't be mapped.")
    if flags & MmapFlag.MAP_GROWSDOWN:
        raise call.refuse(Errno.EINVAL, "flags", "flags", flag_text(flags, MmapFlag), "A file can't grow downwards.")
    if flags & MmapFlag.MAP_SYNC and isinstance(file.inode, RegularFile):
        raise call.refuse(
            Errno.EOPNOTSUPP,
            "flags",
            "flags",
            flag_text(flags, MmapFlag),
            "MAP_SYNC needs memory that is a disk (DAX).",
        )
    call.passed("fd", "access-mode", shown, f"{file.path} is open for what the mapping is to do.")
    return ALL if not shared or file.writable else ALL & ~WRITE


def _what(vma: Vma) -> str:
    """What a new mapping maps, for a sentence."""
    return (
        ", zeroed when touched" if not isinstance(vma.file, MappedFile) else f", from {vma.name} at offset {vma.offset}"
    )


@syscall
def munmap(call: Call, addr: Address, length: Size) -> Int:
    """Unmap every page that [addr, addr + length) touches; parts where nothing is mapped are fine.

    EINVAL: `addr` is not page aligned, `length` is 0, or the range is not in user memory. ENOMEM: cutting a region in
    two would make too many. See munmap(2).
    """
    mm = call.task.mm
    shown = str(addr.text())
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, _UNALIGNED)
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
    mm = call.task.mm
    shown = str(addr.text())
    grows = prot & (MmapProt.PROT_GROWSDOWN | MmapProt.PROT_GROWSUP)
    if grows == MmapProt.PROT_GROWSDOWN | MmapProt.PROT_GROWSUP:
        raise call.refuse(Errno.EINVAL, "prot", "flags", hex(prot), "It can't grow both ways.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, _UNALIGNED)
    if not len:
        return Int(0)
    end = addr + page_ceil(len)
    if page_ceil(len) >= _WORD or end >= _WORD:
        raise call.refuse(Errno.ENOMEM, "len", "range", hex(len), "The range is larger than the address space.")
    if prot & ~int(MmapProt.PROT_SEM | ALL | grows):
        raise call.refuse(Errno.EINVAL, "prot", "flags", hex(prot), "There are no such protection bits.")
    _protect(call, mm, addr, end, prot & ALL, grows)
    return Int(0)


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

"""mmap: files, zeroed memory and shared memory become regions of the address space."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from msgspec.structs import replace

from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, WRITE
from app.kernel.abi.constants import MAP_TYPE, MmapFlag, MmapProt
from app.kernel.abi.flags import all_bits
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Address, Fd, Int, PageOffset, Size
from app.kernel.arguments.integers import ULONG
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import RegularFile
from app.kernel.mm.address_space import MAX_MAP_COUNT, AddressSpace
from app.kernel.mm.faults import MMAP_MIN_ADDR, page_ceil, page_floor
from app.kernel.mm.limits import check_locking, check_size, lock_limit, may_lock_without_limit
from app.kernel.mm.memory_object import MappedFile, SharedMemory
from app.kernel.mm.vma import (
    ALL,
    VM_DONTDUMP,
    VM_LOCKED,
    VM_LOCKONFAULT,
    VM_NOHUGEPAGE,
    VM_NORESERVE,
    VM_WIPEONFORK,
    Vma,
)
from app.kernel.syscall import syscall

if TYPE_CHECKING:
    from app.kernel.fs.file import FileDescription

_MAP_DROPPABLE = 0x8
_OFFSETS = 1 << 64
"""How many offsets there are."""

_MAX_OFFSET = (1 << 63) - 1
_LOW_START, _LOW_END = 0x4000_0000, 0x8000_0000
_HUGE_SHIFT = 26
_HUGE_SIZES = {0: 2 << 20, 21: 2 << 20, 30: 1 << 30}
"""What MAP_HUGE_SHIFT encodes -> bytes in such a page."""

_MAP_ABOVE4G, _MAP_UNINITIALIZED = 0x80, 0x400_0000
_FIXED = int(MmapFlag.MAP_FIXED | MmapFlag.MAP_FIXED_NOREPLACE)
_POPULATE = int(MmapFlag.MAP_POPULATE | MmapFlag.MAP_NONBLOCK)
_VALID_FLAGS = int(
    all_bits(MmapFlag) - (MmapFlag.MAP_SYNC | MmapFlag.MAP_FIXED_NOREPLACE)
    | _MAP_ABOVE4G
    | _MAP_UNINITIALIZED
    | (21 | 30) << _HUGE_SHIFT
)
_ZERO_DEVICE = 1 << 8 | 5


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
    such a file can't be mapped. EAGAIN: more locked memory than RLIMIT_MEMLOCK. EOVERFLOW: `offset` + `length` is
    too much. EOPNOTSUPP: unknown flags with `MAP_SHARED_VALIDATE`. See mmap(2).
    """
    if offset & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "offset", "alignment", str(offset.text()), UNALIGNED)
    return map_region(call, addr, length, prot, flags, fd, offset)


def map_region(call: Call, addr: int, length: int, prot: int, flags: int, fd: Fd, offset: int) -> Address:
    """Do what mmap(2) says, with an offset that is page aligned. Raises what `mmap` does."""
    anonymous = bool(flags & MmapFlag.MAP_ANONYMOUS)
    file = None if anonymous else fd.file
    if flags & MmapFlag.MAP_HUGETLB:
        raise _refuse_huge(call, addr, length, flags, offset)
    if not length:
        raise call.refuse(Errno.EINVAL, "length", "range", "0", "A mapping of no bytes makes no sense.")
    mm = call.task.mm
    size = page_ceil(length)
    if size >= call.task.mm.wrap or size > mm.limit:
        raise call.refuse(Errno.ENOMEM, "length", "range", hex(length), "That is more than the whole address space.")
    if len(mm.vmas) > MAX_MAP_COUNT:
        raise call.refuse(Errno.ENOMEM, "length", "limit", str(len(mm.vmas)), "The process has too many regions.")
    start = _place(call, mm, addr, size, flags)
    kind = _kind(call, mm, size, flags)
    vma = _describe(call, start, size, prot, flags, file, offset, kind)
    replaced = sum(min(old.end, vma.end) - max(old.start, vma.start) for old in mm.vmas.overlapping(vma.start, vma.end))
    check_size(call, mm, vma, size, replaced)
    mm.map(vma)
    call.service("mm", "map", f"{size} bytes at {start:#x} are now mapped {vma.perms}{_what(vma)}.")
    populate = flags & _POPULATE == MmapFlag.MAP_POPULATE
    if vma.prot and not kind & VM_LOCKONFAULT and (populate or kind & VM_LOCKED):
        mm.populate(start, start + size)
        call.service("mm", "populate", "All its pages get their frames at once.")
    return Address(start)


def _kind(call: Call, mm: AddressSpace, size: int, flags: int) -> int:
    """The VM_ flags that `flags` ask for. Raises EPERM, EAGAIN."""
    kind = mm.default_flags
    if flags & MmapFlag.MAP_NORESERVE:
        kind |= VM_NORESERVE
    if flags & MmapFlag.MAP_STACK:
        kind |= VM_NOHUGEPAGE
    if flags & MmapFlag.MAP_LOCKED:
        kind |= VM_LOCKED
        if not may_lock_without_limit(call) and not lock_limit(call):
            raise call.refuse(Errno.EPERM, "flags", "limit", flag_text(flags, MmapFlag), "RLIMIT_MEMLOCK is 0.")
    check_locking(call, mm, kind, size)
    return kind


def _refuse_huge(call: Call, addr: int, length: int, flags: int, offset: int) -> KernelError:
    """Huge pages: the machine has none to give. What else is wrong with the call is told first."""
    shown = flag_text(flags, MmapFlag)
    size = _HUGE_SIZES.get(flags >> _HUGE_SHIFT & 0x3F)
    fixed = flags & _FIXED
    sharing = flags & MAP_TYPE in (MmapFlag.MAP_SHARED, MmapFlag.MAP_PRIVATE, MmapFlag.MAP_SHARED_VALIDATE)
    if not flags & MmapFlag.MAP_ANONYMOUS or size is None or not length:
        return call.refuse(Errno.EINVAL, "flags", "flags", shown, "That is no mapping of huge pages.")
    limit = call.task.mm.limit
    length = -(-length // size) * size
    if not length % call.task.mm.wrap:
        return call.refuse(Errno.EINVAL, "length", "range", hex(length), "That is more than there are addresses.")
    if length > limit or (fixed and addr > limit - length):
        return call.refuse(Errno.ENOMEM, "length", "range", hex(length), "The range reaches outside user memory.")
    if fixed and addr % size:
        return call.refuse(Errno.EINVAL, "addr", "alignment", hex(addr), f"It must be a multiple of {size}.")
    if fixed and addr < MMAP_MIN_ADDR and not call.task.credentials.capable(Capability.CAP_SYS_RAWIO):
        return call.refuse(Errno.EPERM, "addr", "permission", hex(addr), "Only the superuser may map so low.")
    if not _fits(offset, length, _MAX_OFFSET):
        return call.refuse(Errno.EOVERFLOW, "offset", "range", hex(offset), "No file can be that long.")
    if not sharing:
        return call.refuse(Errno.EINVAL, "flags", "flags", shown, "It must be either MAP_SHARED or MAP_PRIVATE.")
    return call.refuse(Errno.ENOMEM, "flags", "flags", shown, "No huge pages are reserved on this machine.")


def _place(call: Call, mm: AddressSpace, addr: int, size: int, flags: int) -> int:
    """Choose the address. Raises ENOMEM, EINVAL, EPERM, EEXIST."""
    shown = Address.show(addr)
    if not flags & _FIXED:
        return _place_freely(call, mm, addr, size, flags)
    if addr > mm.limit - size:
        raise call.refuse(Errno.ENOMEM, "addr", "range", shown, "The range reaches outside user memory.")
    if addr & PAGE_MASK:
        raise call.refuse(Errno.EINVAL, "addr", "alignment", shown, UNALIGNED)
    if addr < MMAP_MIN_ADDR and not call.task.credentials.capable(Capability.CAP_SYS_RAWIO):
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
    low = bool(flags & MmapFlag.MAP_32BIT) and call.task.abi.has_low_mappings
    found: int | None
    if wish and wish <= (_LOW_END if low else mm.limit) - size and _is_free(mm, wish, size):
        found = wish
    elif low:
        found = mm.find_free_above(size, _LOW_START, _LOW_END)
    else:
        found = mm.find_free(size, call.abi.memory)
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
    call: Call, start: int, size: int, prot: int, flags: int, file: FileDescription | None, offset: int, kind: int
) -> Vma:
    """The region to be. Checks what depends on the file. Raises EINVAL, EOVERFLOW, EACCES, ENODEV, EOPNOTSUPP."""
    sharing = flags & MAP_TYPE
    shown = flag_text(flags, MmapFlag)
    grows = bool(flags & MmapFlag.MAP_GROWSDOWN)
    shared = sharing != MmapFlag.MAP_PRIVATE
    if file is None:
        _check_sharing(call, flags, MmapFlag.MAP_SHARED, MmapFlag.MAP_PRIVATE, _MAP_DROPPABLE)
        if sharing == _MAP_DROPPABLE:
            shared = False
            kind |= VM_NORESERVE | VM_WIPEONFORK | VM_DONTDUMP
    else:
        may = _check_file(call, file, size, prot, flags, offset)
        if isinstance(file.inode, RegularFile):
            mapped = MappedFile.of(file.inode, call.kernel.memory)
            vma = Vma(start, start + size, prot & ALL, file.path, shared=shared, may=may, flags=kind)
            return replace(vma, file=mapped, offset=offset, dentry=file.dentry)
    if grows and (shared or sharing == _MAP_DROPPABLE):
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "Such memory can't grow downwards.")
    if sharing == _MAP_DROPPABLE and kind & VM_LOCKED:
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "Memory that may be dropped can't be locked.")
    call.passed("flags", "flags", shown, "The flags make sense together.")
    if shared:
        zeros = SharedMemory(call.kernel.memory, "/dev/zero (deleted)", size, call.id)
        return Vma(start, start + size, prot & ALL, zeros.name, shared=True, file=zeros, flags=kind)
    return Vma(start, start + size, prot & ALL, grows_down=grows, flags=kind)


def _fits(offset: int, size: int, largest: int) -> bool:
    """Whether `size` bytes from `offset` on, which the kernel takes as unsigned, end before `largest`."""
    return (offset % _OFFSETS) // PAGE_SIZE <= (largest - size) // PAGE_SIZE


def _check_sharing(call: Call, flags: int, *allowed: int) -> None:
    if flags & MAP_TYPE not in allowed:
        shown = flag_text(flags, MmapFlag)
        raise call.refuse(Errno.EINVAL, "flags", "flags", shown, "It must be either MAP_SHARED or MAP_PRIVATE.")


def _check_file(call: Call, file: FileDescription, size: int, prot: int, flags: int, offset: int) -> int:
    """Whether `file` can be mapped so; returns what mprotect may grant. Raises as `mmap` says."""
    shared = flags & MAP_TYPE != MmapFlag.MAP_PRIVATE
    shown = str(call.arguments["fd"].number)
    largest = _MAX_OFFSET if isinstance(file.inode, RegularFile) else _OFFSETS - 1
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
    if prot & EXECUTE and _is_never_executed(file):
        raise call.refuse(Errno.EPERM, "prot", "permission", shown, f"What is in {file.what} is never executed.")
    if not isinstance(file.inode, RegularFile) and file.inode.rdev != _ZERO_DEVICE:
        raise call.refuse(Errno.ENODEV, "fd", "kind", shown, f"{file.path} is {file.what}, which can't be mapped.")
    if flags & MmapFlag.MAP_GROWSDOWN:
        raise call.refuse(Errno.EINVAL, "flags", "flags", flag_text(flags, MmapFlag), "A file can't grow downwards.")
    sealed = isinstance(file.inode, RegularFile) and file.inode.sealed_against_writing
    if shared and prot & WRITE and sealed:
        raise call.refuse(Errno.EPERM, "prot", "seal", shown, f"A seal of {file.path} forbids writing to it.")
    if flags & MmapFlag.MAP_SYNC and isinstance(file.inode, RegularFile):
        raise call.refuse(
            Errno.EOPNOTSUPP,
            "flags",
            "flags",
            flag_text(flags, MmapFlag),
            "MAP_SYNC needs memory that is a disk (DAX).",
        )
    call.passed("fd", "access-mode", shown, f"{file.path} is open for what the mapping is to do.")
    return ALL if not shared or (file.writable and not sealed) else ALL & ~WRITE


def _is_never_executed(file: FileDescription) -> bool:
    """Whether it lies on a file system of which nothing is executed (Linux SB_I_NOEXEC): pipes, sockets, /proc ..."""
    inode = file.inode
    return file.kind in ("pipe", "socket") or inode is inode.fs.anonymous or inode.fs.type in ("proc", "sysfs")


def _what(vma: Vma) -> str:
    """What a new mapping maps, for a sentence."""
    return (
        ", zeroed when touched" if not isinstance(vma.file, MappedFile) else f", from {vma.name} at offset {vma.offset}"
    )


@syscall
def remap_file_pages(
    call: Call,
    start: Address,
    size: Size,
    prot: Annotated[MmapProt, ULONG],
    pgoff: Size,
    flags: Annotated[MmapFlag, ULONG],
) -> Int:
    """Make the part [start, start + size) of a shared mapping show the file from page `pgoff` on.

    An old call that Linux answers with an ordinary mmap. EINVAL: `prot` is not 0, the range is empty or too large, or
    it is not all one shared mapping. EOVERFLOW: no file has that page. See remap_file_pages(2).
    """
    mm = call.task.mm
    if prot:
        raise call.refuse(Errno.EINVAL, "prot", "flags", hex(prot), "The protection can't be changed, so it must be 0.")
    first, length = page_floor(start), page_floor(size)
    if not length or first + length >= call.task.mm.wrap or pgoff + (length >> PAGE_SHIFT) >= call.task.mm.wrap:
        raise call.refuse(Errno.EINVAL, "size", "range", hex(size), "The range is empty or too large.")
    vma = mm.find(first)
    if vma is None or not vma.shared or vma.file is None or vma.end < first + length:
        raise call.refuse(Errno.EINVAL, "start", "mapped", hex(start), "The range is not all one shared mapping.")
    if pgoff > (_MAX_OFFSET - length) >> PAGE_SHIFT:
        raise call.refuse(Errno.EOVERFLOW, "pgoff", "range", hex(pgoff), "No file can be that long.")
    mm.map(replace(vma, start=first, end=first + length, offset=pgoff << PAGE_SHIFT))
    if vma.prot and not flags & MmapFlag.MAP_NONBLOCK:
        mm.populate(first, first + length)
    call.service("mm", "map", f"The pages at {first:#x} now show {vma.name} from page {int(pgoff)} on.")
    return Int(0)

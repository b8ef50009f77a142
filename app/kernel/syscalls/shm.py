"""System V shared memory: shmget, shmat, shmdt, shmctl (sysvipc(7))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, READ, WRITE
from app.kernel.abi.ipc_constants import SHM_LOCKED, ShmCommand, ShmFlag
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Address, Int, Size
from app.kernel.arguments.ipc import IpcBuffer, IpcKey, ShmGetFlags
from app.kernel.arguments.memory import UNALIGNED
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.ipc.shm import SHMALL, SHMMAX, SHMMNI, SegmentMemory, ShmSegment, pages_of
from app.kernel.mm.address_space import MAX_MAP_COUNT
from app.kernel.mm.faults import MMAP_MIN_ADDR, page_ceil
from app.kernel.mm.limits import COMMIT_LIMIT, lock_limit, may_lock_without_limit
from app.kernel.mm.vma import Vma
from app.kernel.syscall import syscall

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials

_LARGEST_FILE = (1 << 63) - 1
_HUGE_SHIFTS = (0, 21, 30)
"""What SHM_HUGE_SHIFT may encode: a size of huge pages that there is."""

_HUGETLB, _NORESERVE = 0o4000, 0o10000
_READ_ALL, _WRITE_ALL, _EXECUTE_ALL = 0o444, 0o222, 0o111


@syscall
def shmget(call: Call, key: IpcKey, size: Size, shmflg: ShmGetFlags) -> Int:
    """Find the segment with that key, or make one of `size` bytes; returns its identifier.

    `IPC_PRIVATE` always makes one. The low nine bits of `shmflg` are its permissions.
    EINVAL: `size` is 0 or too large, or larger than the segment that exists. ENOENT: no such segment, and no
    `IPC_CREAT`. EEXIST: `IPC_CREAT | IPC_EXCL`, and there is one. EACCES: its permissions do not allow what the low
    bits ask for. ENOSPC: too many segments or pages. ENOMEM: more than the machine could ever have. EPERM: huge pages
    are for the superuser. See shmget(2).
    """
    segments = call.kernel.shm
    who = _who(call)
    found = segments.need_found(key, shmflg)
    if found is not None:
        if size > found.size:
            raise call.refuse(Errno.EINVAL, "size", "range", str(int(size)), f"The segment has {found.size} bytes.")
        found.need_permission(who, shmflg)
        call.service("system", "find", f"The key {key:#x} is that of segment {found.id}, which has {found.size} bytes.")
        return Int(found.id)
    if not 0 < size <= SHMMAX:
        raise call.refuse(Errno.EINVAL, "size", "range", hex(size), "No segment can have that size.")
    pages = page_ceil(size) >> PAGE_SHIFT
    if pages_of(segments) + pages > SHMALL:
        raise KernelError(Errno.ENOSPC, "All segments together have too many pages", "system")
    if shmflg & _HUGETLB:
        raise _refuse_huge(call, shmflg, who)
    if size > _LARGEST_FILE:
        raise call.refuse(Errno.EINVAL, "size", "range", hex(size), "A segment is a file, and no file is that long.")
    if size > COMMIT_LIMIT and not shmflg & _NORESERVE:
        raise KernelError(Errno.ENOMEM, "That is more than the machine could ever provide", "system")
    segment = ShmSegment(call.kernel, key, shmflg, who, size, call.task.process.pid)
    ident = segments.add(segment)
    segment.memory.number = ident
    call.service("system", "create", f"Segment {ident} is made: {size} bytes, which are zeroed when touched.")
    return Int(ident)


def _refuse_huge(call: Call, flags: int, who: Credentials) -> KernelError:
    """Huge pages: the machine has none to give, and only some may ask."""
    if flags >> 26 & 0x3F not in _HUGE_SHIFTS:
        return call.refuse(Errno.EINVAL, "shmflg", "flags", ShmGetFlags.show(flags), "There are no such huge pages.")
    errno = Errno.ENOMEM if who.capable(Capability.CAP_IPC_LOCK) else Errno.EPERM
    return call.refuse(errno, "shmflg", "flags", ShmGetFlags.show(flags), "There are no huge pages to be had.")


@syscall
def shmat(call: Call, shmid: Int, shmaddr: Address, shmflg: ShmFlag) -> Address:
    """Map segment `shmid` into memory; returns where. With `shmaddr` 0 the kernel chooses the place.

    `SHM_RDONLY` maps it for reading only, `SHM_RND` rounds the address down to a page, `SHM_REMAP` replaces what is
    there. EINVAL: no such segment, `shmaddr` is not page aligned, something is mapped there already, or `SHM_REMAP`
    without an address. EIDRM: the segment has been removed. EACCES: its permissions do not allow it. ENOMEM: no room.
    EPERM: below the lowest address that may be used. See shmat(2).
    """
    mm = call.task.mm
    address = int(shmaddr)
    if shmid < 0:
        raise call.refuse(Errno.EINVAL, "shmid", "identifier", str(shmid), "No segment has a negative identifier.")
    if address & PAGE_MASK:
        address &= ~PAGE_MASK
        if not shmflg & ShmFlag.SHM_RND or (not address and shmflg & ShmFlag.SHM_REMAP):
            raise call.refuse(Errno.EINVAL, "shmaddr", "alignment", hex(shmaddr), UNALIGNED)
    elif not address and shmflg & ShmFlag.SHM_REMAP:
        raise call.refuse(Errno.EINVAL, "shmflg", "flags", flag_text(shmflg, ShmFlag), "SHM_REMAP needs an address.")
    prot, mode = READ, _READ_ALL
    if not shmflg & ShmFlag.SHM_RDONLY:
        prot, mode = READ | WRITE, _READ_ALL | _WRITE_ALL
    if shmflg & ShmFlag.SHM_EXEC:
        prot, mode = prot | EXECUTE, mode | _EXECUTE_ALL
    segment = call.kernel.shm.get(shmid)
    segment.need_permission(_who(call), mode)
    size = page_ceil(segment.size)
    start = _place(call, segment, address if shmaddr else None, size, bool(shmflg & ShmFlag.SHM_REMAP))
    memory = segment.memory
    may = READ | WRITE | EXECUTE if prot & WRITE else READ | EXECUTE
    mm.map(Vma(start, start + size, prot, memory.name, shared=True, may=may, file=memory))
    segment.touch_attach(call.task.process.pid)
    call.service(
        "system", "attach", f"Segment {shmid} is now at {start:#x}, {size} bytes that all who attach it share."
    )
    return Address(start)


def _place(call: Call, segment: ShmSegment, address: int | None, size: int, replaces: bool) -> int:
    """Where the segment goes. Raises EINVAL, ENOMEM, EPERM."""
    mm = call.task.mm
    if len(mm.vmas) > MAX_MAP_COUNT:
        raise KernelError(Errno.ENOMEM, "The process has too many regions", "mm")
    if address is None:
        found = mm.find_free(size)
        if found is None:
            raise KernelError(Errno.ENOMEM, "There is no free range of this size", "mm")
        return found
    shown, end = hex(address), address + segment.size
    if not replaces and (end >= call.task.mm.wrap or mm.vmas.overlapping(address, end)):
        raise call.refuse(Errno.EINVAL, "shmaddr", "free", shown, "Something is mapped in this range already.")
    if address > mm.limit - size:
        raise call.refuse(Errno.ENOMEM, "shmaddr", "range", shown, "The range reaches outside user memory.")
    if address < MMAP_MIN_ADDR and not call.task.credentials.capable(Capability.CAP_SYS_RAWIO):
        raise call.refuse(
            Errno.EPERM, "shmaddr", "permission", shown, f"Only the superuser may map below {MMAP_MIN_ADDR:#x}."
        )
    return address


@syscall
def shmdt(call: Call, shmaddr: Address) -> Int:
    """Unmap the segment that was attached at `shmaddr`. EINVAL: none is attached there. See shmdt(2)."""
    mm = call.task.mm
    memory: SegmentMemory | None = None
    if not shmaddr & PAGE_MASK:
        for vma in list(mm.vmas):
            attached = vma.file
            if vma.start < shmaddr or vma.start - shmaddr != vma.offset or not isinstance(attached, SegmentMemory):
                continue
            if memory is not None and (memory is not attached or vma.end - shmaddr > attached.size):
                continue
            memory = attached
            mm.unmap(vma.start, vma.end)
    if memory is None:
        raise call.refuse(Errno.EINVAL, "shmaddr", "attached", hex(shmaddr), "No segment is attached there.")
    memory.segment.touch_detach(call.task.process.pid)
    call.service("system", "detach", f"Segment {memory.segment.id} is no longer mapped at {shmaddr:#x}.")
    return Int(0)


@syscall
def shmctl(call: Call, shmid: Int, cmd: ShmCommand, buf: Annotated[IpcBuffer, "cmd"]) -> Int:
    """Tell about a segment (`IPC_STAT`), change its owner and permissions (`IPC_SET`), or remove it (`IPC_RMID`).

    A removed segment lives on until the last process has detached it. `SHM_STAT` takes a place in the kernel's table
    and returns the identifier, `IPC_INFO` and `SHM_INFO` tell of limits and use, `SHM_LOCK` keeps it in memory.
    EINVAL: no such segment or command. EIDRM: the segment has been removed. EACCES: it may not be read. EPERM: neither
    its owner nor its creator. EFAULT: `buf` can't be used. See shmctl(2).
    """
    if cmd < 0 or shmid < 0:
        raise call.refuse(
            Errno.EINVAL, "shmid", "identifier", str(shmid), "Identifiers and commands cannot be negative."
        )
    segments = call.kernel.shm
    who = _who(call)
    match cmd:
        case ShmCommand.IPC_INFO:
            buf.write_struct("shminfo", shmmax=SHMMAX, shmmin=1, shmmni=SHMMNI, shmseg=SHMMNI, shmall=SHMALL)
            return Int(max(segments.highest_index, 0))
        case ShmCommand.SHM_INFO:
            resident = sum(len(segment.memory.frames) for segment in segments)
            buf.write_struct("shm_info", used_ids=len(segments), shm_tot=pages_of(segments), shm_rss=resident)
            return Int(max(segments.highest_index, 0))
        case ShmCommand.IPC_STAT | ShmCommand.SHM_STAT | ShmCommand.SHM_STAT_ANY:
            segment = segments.get(shmid) if cmd == ShmCommand.IPC_STAT else segments.at_index(shmid)
            if cmd != ShmCommand.SHM_STAT_ANY:
                segment.need_permission(who, _READ_ALL)
            buf.write_struct("shmid_ds", **_status(segment))
            return Int(0 if cmd == ShmCommand.IPC_STAT else segment.id)
        case ShmCommand.IPC_SET:
            fields = buf.read_struct("shmid_ds")
            segment = segments.get(shmid)
            segment.need_owner(who)
            segment.set_permissions(fields["shm_perm.uid"], fields["shm_perm.gid"], fields["shm_perm.mode"])
            segment.change_time = call.kernel.clock.realtime // SECOND
        case ShmCommand.IPC_RMID:
            segment = segments.get(shmid)
            segment.need_owner(who)
            segment.remove()
            rest = "it is freed" if segment.deleted else "it lives on until the last process has detached it"
            call.service("system", "remove", f"Segment {shmid} is removed: {rest}.")
        case ShmCommand.SHM_LOCK | ShmCommand.SHM_UNLOCK:
            segment = segments.get(shmid)
            if not may_lock_without_limit(call):
                segment.need_owner(who)
                if cmd == ShmCommand.SHM_LOCK and not lock_limit(call):
                    raise KernelError(Errno.EPERM, "RLIMIT_MEMLOCK is 0", "system")
            segment.mode = segment.mode & ~SHM_LOCKED | (SHM_LOCKED if cmd == ShmCommand.SHM_LOCK else 0)
        case _:
            raise call.refuse(Errno.EINVAL, "cmd", "choice", str(int(cmd)), "There is no such command.")
    return Int(0)


def _status(segment: ShmSegment) -> dict[str, int]:
    """The fields of `struct shmid64_ds`."""
    return {
        **segment.fields("shm_perm"),
        "shm_segsz": segment.size,
        "shm_atime": segment.attach_time,
        "shm_dtime": segment.detach_time,
        "shm_ctime": segment.change_time,
        "shm_cpid": segment.creator,
        "shm_lpid": segment.last_user,
        "shm_nattch": segment.attached,
    }


def _who(call: Call) -> Credentials:
    """Whose permissions count."""
    return call.task.credentials

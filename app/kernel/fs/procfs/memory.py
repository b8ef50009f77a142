"""What /proc/PID shows of memory: maps, smaps, statm, mem, and the strings on the stack (proc_pid_maps(5))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.cpu.mmu import EXECUTE, PAGE_SHIFT, PAGE_SIZE, READ, WRITE
from app.kernel.abi.constants import SeekWhence
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import FileDescription, Sink, Source
from app.kernel.fs.pseudo import PseudoFile
from app.kernel.mm.memory_object import SHMEM_DEVICE
from app.kernel.mm.remote import read_remote, write_remote

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.fs.dentry import Dentry
    from app.kernel.fs.superblock import SuperBlock
    from app.kernel.mm.address_space import AddressSpace
    from app.kernel.mm.vma import Vma

    from .subject import Subject

NAME_COLUMN = 72
"""Lines of maps are padded to this width before the name."""

MAX_STRING_AREA = 128 << 10
"""Most bytes of arguments or environment that are shown."""

_SMAPS_ROWS = (
    "Rss", "Pss", "Pss_Dirty", "Shared_Clean", "Shared_Dirty", "Private_Clean", "Private_Dirty", "Referenced",
    "Anonymous", "KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb",
    "Private_Hugetlb", "Swap", "SwapPss", "Locked",
)  # fmt: skip
_ROLLUP_ROWS = (*_SMAPS_ROWS[:3], "Pss_Anon", "Pss_File", "Pss_Shmem", *_SMAPS_ROWS[3:])


def maps(subject: Subject) -> list[str]:
    """One line for each region: addresses, permissions, and the file it comes from."""
    mm = subject.mm
    return [] if mm is None else [f"{_map_line(vma)}\n" for vma in mm.vmas]


def _map_line(vma: Vma) -> str:
    device, inode, offset, name = _backing(vma)
    line = (
        f"{vma.start:08x}-{vma.end:08x} {vma.perms} {offset:08x} {device >> 8 & 0xFFF:02x}:{device & 0xFF:02x} {inode} "
    )
    return f"{line.ljust(NAME_COLUMN)} {name}" if name else line


def _backing(vma: Vma) -> tuple[int, int, int, str]:
    """(device, inode, offset, name) of what a region shows: zeros for memory that is no file's."""
    if vma.file is not None:
        return vma.file.device, vma.file.number, vma.offset, (vma.path or vma.file.name).replace("\n", "\\012")
    return 0, 0, 0, vma.name


class Usage(Struct):
    """Pages of a region, or of several, that have a frame, by where their contents come from."""

    anonymous: int = 0
    file: int = 0
    shared: int = 0

    @property
    def resident(self) -> int:
        """All of them (RSS)."""
        return self.anonymous + self.file + self.shared

    def __add__(self, other: Usage) -> Usage:
        return Usage(self.anonymous + other.anonymous, self.file + other.file, self.shared + other.shared)


def usage(mm: AddressSpace, vma: Vma) -> Usage:
    """How much of a region is resident."""
    of_object, own = mm.resident(vma)
    if vma.file is not None and vma.file.device == SHMEM_DEVICE:
        return Usage(anonymous=own, shared=of_object)
    return Usage(anonymous=own, file=of_object)


def total_usage(mm: AddressSpace) -> Usage:
    """How much of the whole address space is resident."""
    return sum((usage(mm, vma) for vma in mm.vmas), Usage())


def smaps(subject: Subject) -> list[str]:
    """The lines of maps, each with sizes in kB below it."""
    mm = subject.mm
    if mm is None:
        return []
    return [
        "\n".join(
            (
                _map_line(vma),
                _row("Size", vma.size >> 10),
                _row("KernelPageSize", PAGE_SIZE >> 10),
                _row("MMUPageSize", PAGE_SIZE >> 10),
                *(_row(name, value) for name, value in _sizes(usage(mm, vma), vma).items() if name in _SMAPS_ROWS),
                f"{'THPeligible:':<16}{0:>8}",
                f"VmFlags: {_vm_flags(vma)} ",
                "",
            )
        )
        for vma in mm.vmas
    ]


def smaps_rollup(subject: Subject) -> str:
    """The sums of smaps."""
    mm = subject.mm
    if mm is None:
        raise KernelError(Errno.ESRCH, "The process has no memory any more")
    regions = list(mm.vmas)
    total = dict.fromkeys(_ROLLUP_ROWS, 0)
    for vma in regions:
        for name, value in _sizes(usage(mm, vma), vma).items():
            total[name] += value
    start, end = (regions[0].start, regions[-1].end) if regions else (0, 0)
    head = f"{start:08x}-{end:08x} ---p 00000000 00:00 0 ".ljust(NAME_COLUMN) + " [rollup]"
    return "\n".join((head, *(_row(name, value) for name, value in total.items()), ""))


def _row(name: str, kilobytes: int) -> str:
    return f"{name + ':':<16}{kilobytes:>8} kB"


def _sizes(pages: Usage, vma: Vma) -> dict[str, int]:
    """The rows of smaps that depend on a region, in order, kB. Every page belongs to this process alone."""
    scale = PAGE_SIZE >> 10
    resident = pages.resident * scale
    clean = pages.file * scale if not vma.prot & WRITE else 0
    sizes = dict.fromkeys(_ROLLUP_ROWS, 0)
    sizes["Rss"] = sizes["Pss"] = sizes["Referenced"] = resident
    sizes["Pss_Anon"] = sizes["Anonymous"] = pages.anonymous * scale
    sizes["Pss_File"] = pages.file * scale
    sizes["Pss_Shmem"] = pages.shared * scale
    sizes["Private_Clean"] = clean
    sizes["Pss_Dirty"] = sizes["Private_Dirty"] = resident - clean
    return sizes


def _vm_flags(vma: Vma) -> str:
    """The two-letter flags of proc_pid_smaps(5)."""
    flags = [name for bit, name in ((READ, "rd"), (WRITE, "wr"), (EXECUTE, "ex")) if vma.prot & bit]
    flags += ["sh"] if vma.shared else []
    flags += [name for bit, name in ((READ, "mr"), (WRITE, "mw"), (EXECUTE, "me")) if vma.may & bit]
    flags += ["ms"] if vma.shared else []
    flags += ["gd"] if vma.grows_down else []
    flags += ["ac"] if vma.prot & WRITE and not vma.shared else []
    return " ".join(flags)


class Sizes(Struct):
    """Sizes of the parts of an address space, in pages."""

    total: int = 0
    text: int = 0
    data: int = 0
    stack: int = 0


def sizes(mm: AddressSpace) -> Sizes:
    """Add the regions up as Linux does: code is executable and not writable, data is private and writable."""
    result = Sizes()
    for vma in mm.vmas:
        pages = vma.size >> PAGE_SHIFT
        result.total += pages
        if vma.grows_down:
            result.stack += pages
        elif vma.prot & EXECUTE and not vma.prot & WRITE:
            result.text += pages
        elif vma.prot & WRITE and not vma.shared:
            result.data += pages
    return result


def statm(subject: Subject) -> str:
    """Sizes in pages: all, resident, shared, code, 0, data and stack, 0."""
    mm = subject.mm
    if mm is None:
        return "0 0 0 0 0 0 0\n"
    size, resident = sizes(mm), total_usage(mm)
    shared = resident.file + resident.shared
    return f"{size.total} {resident.resident} {shared} {size.text} 0 {size.data + size.stack} 0\n"


def cmdline(subject: Subject) -> bytes:
    """The arguments, each with a NUL after it, as they are in memory now.

    A program that overwrote the last NUL has put a title there, which may reach into the environment.
    """
    mm = subject.mm
    if mm is None:
        return b""
    data = _string_area(mm, mm.arg_start, mm.arg_end)
    if data and data[-1]:
        title = data + _string_area(mm, mm.env_start, mm.env_end)
        return title.partition(b"\0")[0]
    return data


def environ(subject: Subject) -> bytes:
    """The environment the program was started with, as it is in memory now."""
    mm = subject.mm
    return b"" if mm is None else _string_area(mm, mm.env_start, mm.env_end)


def _string_area(mm: AddressSpace, start: int, end: int) -> bytes:
    return mm.copy_in(start, min(end - start, MAX_STRING_AREA))


def auxv(subject: Subject) -> bytes:
    """The auxiliary vector that exec put on the stack (getauxval(3))."""
    mm = subject.mm
    return b"" if mm is None else mm.auxv


class MemoryFile(PseudoFile):
    """/proc/PID/mem: the address space as a file. Opening it needs the right to trace the process."""

    def __init__(self, fs: SuperBlock, subject: Subject, uid: int, gid: int) -> None:
        super().__init__(fs, None, 0o600, uid, gid)  # type: ignore[arg-type]
        self.subject = subject

    def open(self, fs: SuperBlock, flags: int, dentry: Dentry) -> FileDescription:
        """Hold on to the memory that the process has now, also past an exec."""
        self.subject.need()
        self.subject.need_inspectable(self.fs.current)
        return MemoryFileDescription(fs, self, flags, dentry)


class MemoryFileDescription(FileDescription):
    """An open /proc/PID/mem. Like ptrace, it reads and writes whatever a page's protection (FOLL_FORCE)."""

    kind = "file"
    what = "the memory of a process"
    seekable = True

    def __init__(self, fs: SuperBlock, inode: MemoryFile, flags: int, dentry: Dentry) -> None:
        super().__init__(fs, inode, flags, dentry)
        self._mm = inode.subject.mm

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int:
        """Copy what is mapped from the offset on. Raises EIO when the first page is not."""
        mm = self._mm
        start = self._start(position)
        wanted = min(sink.size, call.kernel.config.memory_bytes)
        if mm is None or not wanted:
            return 0
        data = read_remote(mm, call.kernel.memory, start, wanted)
        if not data:
            raise KernelError(Errno.EIO, f"Nothing is mapped at {start:#x}", "mm")
        call.service("mm", "read", f"{count_bytes(len(data))} from {start:#x} on, whatever their protection.")
        count = sink.write(data)
        self._advance(start + count, position)
        return count

    def try_write(self, call: Call, source: Source, position: int | None) -> int:
        """Store over what is mapped. Raises EIO when the first page is not, or is shared and may not be written."""
        mm = self._mm
        start = self._start(position)
        data = source.read(min(source.size, call.kernel.config.memory_bytes))
        if mm is None or not data:
            return 0
        done = write_remote(mm, start, data)
        if not done:
            raise KernelError(Errno.EIO, f"Nothing that may be written is mapped at {start:#x}", "mm")
        call.service("mm", "write", f"{count_bytes(done)} from {start:#x} on, whatever their protection.")
        self._advance(start + done, position)
        return done

    def seek(self, call: Call, offset: int, whence: int) -> int:
        """To an address: any 64-bit number, so nothing counts from the end."""
        if whence not in (SeekWhence.SEEK_SET, SeekWhence.SEEK_CUR):
            raise KernelError(Errno.EINVAL, "An address space has no end to count from")
        self.offset = (offset + (self.offset if whence == SeekWhence.SEEK_CUR else 0)) & (1 << 64) - 1
        return self.offset - (self.offset >> 63 << 64)

    def _start(self, position: int | None) -> int:
        return self.offset if position is None else position

    def _advance(self, end: int, position: int | None) -> None:
        if position is None:
            self.offset = end

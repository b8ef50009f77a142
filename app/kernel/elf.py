"""ELF executables as exec loads them (elf(5)): headers, segments, and the interpreter of those linked dynamically.

What is wrong with the headers is noticed in time, and the caller of execve learns of it. What is wrong with the
segments shows only when they are mapped, when there is no program left that could be told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SIZE, READ, WRITE
from app.toolchain.elf.layout import (
    CLASSES,
    ET_DYN,
    ET_EXEC,
    MAGIC,
    PF_R,
    PF_W,
    PF_X,
    PT_GNU_STACK,
    PT_INTERP,
    PT_LOAD,
    FileHeader,
    ProgramHeader,
)
from app.toolchain.machines import Machine

from .errno import Errno, KernelError
from .fs.dentry import PATH_MAX, Dentry
from .fs.inode import RegularFile
from .mm.faults import MMAP_MIN_ADDR, page_ceil, page_floor
from .mm.limits import COMMIT_LIMIT
from .mm.memory_object import MappedFile
from .mm.vma import Vma

if TYPE_CHECKING:
    from app.cpu.mmu import PhysicalMemory

    from .mm.address_space import AddressSpace

MAX_HEADERS_SIZE = 65536
"""Bytes that all program headers may take."""

_MAX_OFFSET = 1 << 63
_PROTECTIONS = ((PF_R, READ), (PF_W, WRITE), (PF_X, EXECUTE))
"""p_flags bit -> what it allows."""


def protection(header: ProgramHeader) -> int:
    """The flags of a segment as protection of memory."""
    return sum(prot for flag, prot in _PROTECTIONS if header.flags & flag)


class Elf(Struct):
    """An ELF file whose headers make sense. `bias` is what its addresses are moved by."""

    dentry: Dentry
    inode: RegularFile
    machine: Machine
    kind: int
    entry: int
    headers_offset: int
    headers: list[ProgramHeader]
    bits: int = 64
    bias: int = 0

    @property
    def loads(self) -> list[ProgramHeader]:
        """The segments to map, in the order of the file."""
        return [header for header in self.headers if header.type == PT_LOAD]

    @property
    def executable_stack(self) -> bool:
        """Whether the program wants to execute code on its stack."""
        return any(header.type == PT_GNU_STACK and header.flags & PF_X for header in self.headers)

    @property
    def span(self) -> tuple[int, int]:
        """The addresses that its segments lie in, before they are moved: (first page, end)."""
        loads = self.loads
        if not loads:
            return 0, 0
        return page_floor(min(load.address for load in loads)), max(load.address + load.size for load in loads)

    @property
    def headers_address(self) -> int:
        """Where the program finds its own program headers (AT_PHDR)."""
        address = 0
        for load in self.loads:
            if load.offset <= self.headers_offset < load.offset + load.file_size:
                address = self.headers_offset - load.offset + load.address
        return address + self.bias & self._mask

    @property
    def _mask(self) -> int:
        return (1 << self.machine.bits) - 1

    @property
    def entry_address(self) -> int:
        """Where it begins."""
        return self.entry + self.bias & self._mask

    def interpreter(self) -> bytes | None:
        """Path of the program that is to load this one (PT_INTERP); None for static ones. Raises ENOEXEC, EIO."""
        for header in self.headers:
            if header.type != PT_INTERP:
                continue
            if not 2 <= header.file_size <= PATH_MAX:
                raise _malformed(self.dentry, "the path of its interpreter has an impossible length")
            path = self.inode.read(header.offset, header.file_size)
            if len(path) < header.file_size:
                raise KernelError(Errno.EIO, f"{self.dentry.path} ends before the path of its interpreter does", "mm")
            if path[-1]:
                raise _malformed(self.dentry, "no NUL ends the path of its interpreter")
            return path.partition(b"\0")[0]
        return None


def read_elf(dentry: Dentry, inode: RegularFile, machine: Machine, errno: Errno = Errno.ENOEXEC) -> Elf:
    """The headers of an executable. Raises `errno` when it is none for this machine."""
    layout = CLASSES[machine.bits]
    data = inode.read(0, layout.header.size).ljust(layout.header.size, b"\0")
    header = FileHeader(*layout.header.unpack(data))
    if data[:4] != MAGIC:
        raise _malformed(dentry, "it does not begin with the mark of an ELF file", errno)
    if header.type not in (ET_EXEC, ET_DYN) and errno is Errno.ENOEXEC:
        raise _malformed(dentry, "it is neither an executable nor a shared object", errno)
    if header.machine != machine.elf_machine:
        raise _malformed(dentry, f"it is for another processor (machine {header.machine})", errno)
    entry_size = layout.program_header.size
    count = header.program_headers
    size = count * entry_size
    if header.program_header_size != entry_size or not 0 < size <= MAX_HEADERS_SIZE:
        problem = f"it has {count} program headers of {header.program_header_size} bytes"
        raise _malformed(dentry, problem, errno)
    offset = header.headers_offset
    table = inode.read(offset, size) if offset < _MAX_OFFSET else b""
    if len(table) < size:
        raise _malformed(dentry, "its program headers lie outside the file", errno)
    return Elf(dentry, inode, machine, header.type, header.entry, offset, layout.program_headers(table))


def _malformed(dentry: Dentry, problem: str, errno: Errno = Errno.ENOEXEC) -> KernelError:
    return KernelError(errno, f"{dentry.path} cannot be executed: {problem}", "mm")


class Loader(Struct):
    """Maps the segments of ELF files into a new address space, whose stack will begin above `ceiling`. Position
    independent programs begin at `dyn_base`.

    Pages come from the file when they are touched, so that a large program starts as fast as a small one. All methods
    raise KernelError for segments that cannot be mapped.
    """

    mm: AddressSpace
    memory: PhysicalMemory
    ceiling: int
    dyn_base: int
    may_map_low: bool

    def load_program(self, elf: Elf, has_interpreter: bool) -> None:
        """Map the program, and put the heap behind it."""
        mm = self.mm
        if elf.kind == ET_DYN:
            self._place(elf, self.dyn_base if has_interpreter else None)
        self._map_all(elf)
        end = page_ceil(elf.span[1] + elf.bias)
        mm.start_brk = mm.brk = self.dyn_base if elf.kind == ET_DYN and not has_interpreter else end

    def load_interpreter(self, elf: Elf) -> None:
        """Map the dynamic loader, out of the program's way."""
        if elf.kind not in (ET_EXEC, ET_DYN):
            raise _malformed(elf.dentry, "it is neither an executable nor a shared object", Errno.EINVAL)
        if elf.kind == ET_DYN:
            self._place(elf, None)
        self._map_all(elf)

    def _place(self, elf: Elf, base: int | None) -> None:
        """Choose where a position independent file goes: at `base`, or where there is room."""
        first, end = elf.span
        size = page_ceil(end) - first
        if size <= 0:
            raise _malformed(elf.dentry, "it has nothing to load", Errno.EINVAL)
        aligns = [load.align for load in elf.loads if load.align and not load.align & (load.align - 1)]
        align = max([*aligns, PAGE_SIZE])
        if base is None:
            found = self.mm.find_free(size + align - PAGE_SIZE) if size + align < self.ceiling else None
            if found is None:
                raise KernelError(Errno.ENOMEM, f"There is no room for the segments of {elf.dentry.path}", "mm")
            base = found + align - 1
        elf.bias = (base & ~(align - 1)) - first

    def _map_all(self, elf: Elf) -> None:
        mapped = MappedFile.of(elf.inode, self.memory)
        name = elf.dentry.path
        for load in elf.loads:
            self._check(elf, load)
            self._map(load, load.address + elf.bias, name, mapped)

    def _check(self, elf: Elf, load: ProgramHeader) -> None:
        """Refuse a segment that Linux would not map."""
        address = load.address + elf.bias
        where = f"the segment at {load.address:#x}"
        if load.file_size > load.size or address + load.size > self.mm.limit:
            raise _malformed(elf.dentry, f"{where} has an impossible size", Errno.EINVAL)
        if address + load.size > self.ceiling:
            raise _malformed(elf.dentry, f"{where} reaches into the stack", Errno.ENOMEM)
        if page_floor(address) < MMAP_MIN_ADDR and not self.may_map_low:
            raise _malformed(elf.dentry, f"{where} is below the lowest address that may be mapped", Errno.EPERM)
        if load.file_size and (load.offset - load.address) & PAGE_MASK:
            raise _malformed(elf.dentry, f"{where} and its place in the file do not agree", Errno.EINVAL)
        if load.offset + page_ceil(load.file_size) >= _MAX_OFFSET:
            raise _malformed(elf.dentry, f"{where} is where no file has bytes", Errno.EOVERFLOW)

    def _map(self, load: ProgramHeader, address: int, name: str, mapped: MappedFile) -> None:
        """Map what the file has of a segment, and zeroed memory (.bss) for the rest."""
        prot = protection(load)
        start = zeros = page_floor(address)
        if load.file_size:
            end = address + load.file_size
            zeros = page_ceil(end)
            offset = load.offset - (address - start)
            self.mm.map(Vma(start, zeros, prot, name, file=mapped, offset=offset))
            rest = zeros - end
            if load.size > load.file_size and rest and self.mm.copy_out(end, bytes(rest)) < rest and prot & WRITE:
                raise KernelError(Errno.EFAULT, f"{name} ends before its segment at {load.address:#x}", "mm")
        end = page_ceil(address + load.size)
        if end - zeros > COMMIT_LIMIT:
            raise KernelError(
                Errno.ENOMEM, f"{end - zeros} bytes of zeros are more than the machine could provide", "mm"
            )
        if load.size > load.file_size and end > zeros:
            self.mm.map(Vma(zeros, end, READ | WRITE | prot & EXECUTE))

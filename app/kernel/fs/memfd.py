"""Anonymous files in memory, and the seals that keep them as they are (memfd_create(2), fcntl(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.file_constants import FallocMode, Seal
from app.kernel.errno import Errno, KernelError

from .inode import RegularFile
from .superblock import SuperBlock

if TYPE_CHECKING:
    from .file import FileDescription

_SHRINK = int(Seal.F_SEAL_SHRINK)
_GROW = int(Seal.F_SEAL_GROW)
_NO_WRITE = int(Seal.F_SEAL_WRITE | Seal.F_SEAL_FUTURE_WRITE)
_EXEC = int(Seal.F_SEAL_EXEC)
_SEAL = int(Seal.F_SEAL_SEAL)
_ALL = int(Seal.F_SEAL_SEAL | Seal.F_SEAL_SHRINK | Seal.F_SEAL_GROW | Seal.F_SEAL_EXEC) | _NO_WRITE
_KEEP = int(FallocMode.FALLOC_FL_KEEP_SIZE)
_PUNCH = int(FallocMode.FALLOC_FL_PUNCH_HOLE)
_EXECUTE_BITS = 0o111


class MemoryFile(RegularFile):
    """A file of memfd_create(2). Without the seal F_SEAL_SEAL more seals can be added."""

    max_size = 2**63 - 1

    def __init__(self, fs: SuperBlock, permissions: int, uid: int, gid: int, seals: int) -> None:
        super().__init__(fs, permissions, uid, gid)
        self.nlink = 0
        self.seals = seals

    def may_become(self, size: int) -> bool:
        """Whether the seals allow this size."""
        return not ((size < self.size and self.seals & _SHRINK) or (size > self.size and self.seals & _GROW))

    def may_become_mode(self, mode: int) -> bool:
        """F_SEAL_EXEC fixes who may execute it."""
        return not (self.seals & _EXEC and (mode ^ self.mode) & _EXECUTE_BITS)

    @property
    def sealed_against_writing(self) -> bool:
        """F_SEAL_WRITE and F_SEAL_FUTURE_WRITE."""
        return bool(self.seals & _NO_WRITE)

    def writable_part(self, start: int, count: int) -> int:
        """With F_SEAL_GROW a write ends before the first page that would make the file longer."""
        if self.seals & _NO_WRITE:
            return 0
        if self.seals & _GROW and start + count > self.size:
            return max(self.size // PAGE_SIZE * PAGE_SIZE - start, 0)
        return count

    def need_allocatable(self, mode: int, end: int) -> None:
        """A memory file knows holes and room, nothing else."""
        if mode & ~(_KEEP | _PUNCH):
            raise KernelError(Errno.EOPNOTSUPP, "A file in memory can only get room and holes")
        if mode & _PUNCH and self.seals & _NO_WRITE:
            raise KernelError(Errno.EPERM, "A seal forbids writing to the file")
        if not mode & _PUNCH and self.seals & _GROW and end > self.size:
            raise KernelError(Errno.EPERM, "The seal F_SEAL_GROW forbids making the file longer")


def seals_of(file: FileDescription) -> int:
    """F_GET_SEALS. Raises EINVAL for a file that cannot have any."""
    inode = file.inode
    if not isinstance(inode, MemoryFile):
        raise KernelError(Errno.EINVAL, f"{file.path} is not a file that can be sealed")
    return inode.seals


def add_seals(file: FileDescription, seals: int) -> None:
    """F_ADD_SEALS. Raises EPERM, EINVAL, and EBUSY while somebody could still write through a mapping."""
    if not file.writable:
        raise KernelError(Errno.EPERM, "Whoever seals a file must have it open for writing")
    if seals & ~_ALL:
        raise KernelError(Errno.EINVAL, "Not all of these seals exist")
    present = seals_of(file)
    inode = file.inode
    if not isinstance(inode, MemoryFile):
        raise TypeError(f"{file.path} has seals")
    if present & _SEAL:
        raise KernelError(Errno.EPERM, "The seal F_SEAL_SEAL forbids more seals")
    if seals & int(Seal.F_SEAL_WRITE) and not present & int(Seal.F_SEAL_WRITE) and inode.mapped_writable:
        raise KernelError(Errno.EBUSY, "A shared mapping could still write the file")
    if seals & _EXEC and inode.mode & _EXECUTE_BITS:
        seals |= _SHRINK | _GROW | _NO_WRITE
    inode.seals |= seals

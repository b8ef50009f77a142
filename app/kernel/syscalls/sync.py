"""Bringing files to the disk, and advice about them. The disk is memory, so what remains are the rules for asking."""

from __future__ import annotations

from app.kernel.abi.file_constants import FadviseAdvice, SyncRangeFlag
from app.kernel.arguments import Fd, Int, Offset, Size
from app.kernel.arguments.files import FileLength
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import Directory, RegularFile
from app.kernel.fs.memfd import MemoryFile
from app.kernel.syscall import syscall

_MAX_OFFSET = 2**63 - 1
_DONE = "The disk is memory: everything is on it already."


@syscall
def sync(call: Call) -> Int:
    """Bring everything that was written to the disk. Never fails. See sync(2)."""
    call.service("vfs", "sync", _DONE)
    return Int(0)


@syscall
def fsync(call: Call, fd: Fd) -> Int:
    """Bring the file `fd` to the disk, contents and attributes.

    EBADF: `fd` is not open. EINVAL: a pipe, terminal or other file without a disk. See fsync(2).
    """
    return _sync_file(call, fd)


@syscall
def fdatasync(call: Call, fd: Fd) -> Int:
    """Like fsync, without those attributes that nobody needs to read the contents.

    The errors are those of fsync. See fdatasync(2).
    """
    return _sync_file(call, fd)


@syscall
def syncfs(call: Call, fd: Fd) -> Int:
    """Bring the file system that holds `fd` to the disk. EBADF: `fd` is not open. See syncfs(2)."""
    call.service("vfs", "sync", f"{fd.file.path}: {_DONE}")
    return Int(0)


@syscall
def sync_file_range(call: Call, fd: Fd, offset: Offset, nbytes: Offset, flags: SyncRangeFlag) -> Int:
    """Bring `nbytes` bytes of a file from `offset` on to the disk.

    EBADF: `fd` is not open. EINVAL: unknown flags, or a range that no file has. ESPIPE: it is neither a regular file
    nor a directory. See sync_file_range(2).
    """
    file = fd.file
    if flags & ~7:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "sync_file_range does not know one of the flags.")
    if offset < 0 or nbytes < 0 or offset + nbytes > _MAX_OFFSET:
        raise call.refuse(Errno.EINVAL, "nbytes", "range", str(nbytes), "No file has such a range.")
    if not isinstance(file.inode, RegularFile | Directory):
        raise KernelError(Errno.ESPIPE, f"{file.path} has no positions")
    call.service("vfs", "sync", _DONE)
    return Int(0)


@syscall
def fadvise64(call: Call, fd: Fd, offset: Offset, len: FileLength, advice: FadviseAdvice) -> Int:
    """Say how the file will be used; nothing follows from it here.

    EBADF: `fd` is not open. ESPIPE: it is a pipe. EINVAL: negative `len`, or unknown `advice`. See posix_fadvise(2).
    """
    file = fd.file
    if file.kind == "pipe":
        raise KernelError(Errno.ESPIPE, f"{file.path} has no positions")
    if len < 0:
        raise call.refuse(Errno.EINVAL, "len", "range", str(len), "A length cannot be negative.")
    if advice not in tuple(FadviseAdvice):
        raise call.refuse(Errno.EINVAL, "advice", "range", str(advice), "There is no such advice.")
    call.service("vfs", "advise", "The file is in memory already, so the advice changes nothing.")
    return Int(0)


@syscall
def readahead(call: Call, fd: Fd, offset: Offset, count: Size) -> Int:
    """Read a part of a file into memory, where it is already.

    EBADF: `fd` is not open for reading. EINVAL: it is no regular file. See readahead(2).
    """
    file = fd.readable()
    if not file.inode.is_regular:
        raise KernelError(Errno.EINVAL, f"{file.path} is no regular file")
    if count > _MAX_OFFSET:
        raise call.refuse(Errno.EINVAL, "count", "range", str(count), "A length cannot be negative.")
    call.service("vfs", "advise", f"{file.path} is in memory already.")
    return Int(0)


def _sync_file(call: Call, fd: Fd) -> Int:
    file = fd.file
    if not isinstance(file.inode, RegularFile | Directory):
        raise KernelError(Errno.EINVAL, f"{file.path} is {file.what}, which no disk holds")
    kind = "It has no disk, only memory." if isinstance(file.inode, MemoryFile) else _DONE
    call.service("vfs", "sync", f"{file.path}: {kind}")
    return Int(0)

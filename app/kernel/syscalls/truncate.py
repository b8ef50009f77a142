"""Changing the size of files, and the room they have on the disk."""

from __future__ import annotations

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.file_constants import FallocMode
from app.kernel.arguments import Fd, Int, Offset, Path
from app.kernel.arguments.files import FileLength
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.allocate import allocate
from app.kernel.fs.attributes import Target, find_target
from app.kernel.fs.attributes import truncate as set_size
from app.kernel.fs.inode import Inode, RegularFile
from app.kernel.fs.permission import MAY_WRITE
from app.kernel.fs.superblock import MAX_FILE_SIZE, SMALL_FILE_SIZE
from app.kernel.syscall import syscall


@syscall
def truncate(call: Call, path: Path, length: FileLength) -> Int:
    """Cut or extend the file `path` to `length` bytes; what is added reads as zeros.

    EINVAL: negative `length`, or no regular file. EISDIR: it is a directory. EACCES: it may not be written. EFBIG:
    larger than RLIMIT_FSIZE, or than any file may be. EPERM: a seal forbids it. And the errors of a path walk. See
    truncate(2).
    """
    _need_length(call, length)
    target = find_target(call, None, path)
    inode = target.inode
    if inode.is_directory:
        raise call.refuse(Errno.EISDIR, "path", "type", target.path, f"{target.path} is a directory.")
    if not inode.is_regular:
        raise call.refuse(Errno.EINVAL, "path", "type", target.path, f"{target.path} is no regular file.")
    if not inode.permits(call.task.credentials, MAY_WRITE):
        raise call.refuse(Errno.EACCES, "path", "permission", target.path, f"This user may not write {target.path}.")
    _need_possible_size(call, inode, length)
    set_size(call, target, length)
    return Int(0)


@syscall
def ftruncate(call: Call, fd: Fd, length: Offset) -> Int:
    """Cut or extend the file `fd`, which is open for writing, to `length` bytes; what is added reads as zeros.

    EBADF: `fd` is not open. EINVAL: negative `length`, or no regular file open for writing. EFBIG: larger than
    RLIMIT_FSIZE, or than any file may be. EPERM: a seal forbids it. See ftruncate(2).
    """
    _need_length(call, length)
    file = fd.file
    if not (file.inode.is_regular or file.kind == "pidfd") or not file.writable:
        raise call.refuse(
            Errno.EINVAL, "fd", "access-mode", str(fd.number), f"{file.path} is no regular file open for writing."
        )
    if not file.flags & OpenFlag.O_LARGEFILE and length > SMALL_FILE_SIZE:
        raise call.refuse(Errno.EINVAL, "length", "range", str(length), f"{file.path} is open without O_LARGEFILE.")
    if file.kind == "pidfd":
        raise KernelError(Errno.EOPNOTSUPP, f"{file.path} is a file to Linux, but nobody changes its inode")
    _need_possible_size(call, file.inode, length)
    set_size(call, Target.of(file), length)
    return Int(0)


@syscall
def fallocate(call: Call, fd: Fd, mode: FallocMode, offset: Offset, len: Offset) -> Int:
    """Change where the file `fd` has room on the disk, for `len` bytes from `offset` on.

    Mode 0 makes room and extends the file; FALLOC_FL_KEEP_SIZE leaves its size. FALLOC_FL_PUNCH_HOLE (with KEEP_SIZE)
    frees the room, FALLOC_FL_ZERO_RANGE makes it read as zeros, FALLOC_FL_COLLAPSE_RANGE takes the bytes out of the
    file and FALLOC_FL_INSERT_RANGE puts a hole in between.

    EBADF: `fd` is not open for writing. EINVAL: a negative or empty range, or with COLLAPSE and INSERT one that is not
    whole pages inside the file. EOPNOTSUPP: modes that contradict each other. ESPIPE: it is a pipe. EISDIR: it is a
    directory. ENODEV: it is no regular file. EFBIG: larger than RLIMIT_FSIZE, or than any file may be. ENOSPC: the file
    system is full. EPERM: a seal forbids it. See fallocate(2).
    """
    allocate(call, fd, int(mode), offset, len)
    return Int(0)


def _need_length(call: Call, length: int) -> None:
    if length < 0:
        raise call.refuse(Errno.EINVAL, "length", "range", str(length), "A length cannot be negative.")


def _need_possible_size(call: Call, inode: Inode, length: int) -> None:
    most = inode.max_size if isinstance(inode, RegularFile) else MAX_FILE_SIZE
    if length > most:
        raise call.refuse(Errno.EFBIG, "length", "range", str(length), f"Files end at {most} at the latest.")

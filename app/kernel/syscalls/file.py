"""Opening, reading and writing files."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import OpenFlag, SeekWhence
from app.kernel.arguments import DirFd, Fd, Mode, Offset, Path, Size, UserIn, UserOut
from app.kernel.arguments.integers import CreationMode, signed
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.create import open_path
from app.kernel.fs.file import FileDescription
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking


@syscall
def read(call: Call, fd: Fd, buf: Annotated[UserOut, "count"], count: Size) -> Blocking[int]:
    """Read up to `count` bytes from the open file `fd` into `buf`.

    Returns how many bytes arrived, which may be fewer than asked for; 0 means the end of the file. A terminal gives at
    most one line.

    EBADF: `fd` is not open for reading. EFAULT: the buffer is not in writable memory. EISDIR: `fd` is a directory.
    EAGAIN: O_NONBLOCK, and there is nothing to read. EINTR: a signal handler ran. See read(2).
    """
    file = able(fd.readable(), "can_read", "read")
    buf.need_range()
    call.service("vfs", "choose", f"{file.path} is {file.what}: the kernel calls the read of that kind of file.")
    return (yield from file.read(call, buf))


@syscall
def write(call: Call, fd: Fd, buf: Annotated[UserIn, "count"], count: Size) -> Blocking[int]:
    """Write up to `count` bytes from `buf` to the open file `fd`.

    Returns how many bytes were taken, which may be fewer than offered.

    EBADF: `fd` is not open for writing. EFAULT: the buffer is not in readable memory. EPIPE with SIGPIPE: a pipe that
    nobody reads. ENOSPC: the file system is full. EFBIG: larger than RLIMIT_FSIZE, or than any file may be. EAGAIN:
    O_NONBLOCK, and there is no room. EINTR: a signal handler ran. See write(2).
    """
    file = able(fd.writable(), "can_write", "written")
    buf.need_range()
    call.service("vfs", "choose", f"{file.path} is {file.what}: the kernel calls the write of that kind of file.")
    return (yield from file.write(call, buf))


@syscall
def pread64(call: Call, fd: Fd, buf: Annotated[UserOut, "count"], count: Size, offset: Offset) -> Blocking[int]:
    """Read up to `count` bytes from position `offset` of `fd`; the file's own offset stays as it is.

    EINVAL: `offset` is negative. ESPIPE: a pipe or terminal has no positions. And the errors of read. See pread(2).
    """
    _need_position(call, offset)
    _need_seekable(call, fd)
    file = fd.readable()
    buf.need_range()
    _need_end(call, offset, count)
    return (yield from file.read(call, buf, offset))


@syscall
def pwrite64(call: Call, fd: Fd, buf: Annotated[UserIn, "count"], count: Size, offset: Offset) -> Blocking[int]:
    """Write up to `count` bytes to position `offset` of `fd`; the file's own offset stays as it is.

    With O_APPEND, Linux appends whatever `offset` says.

    EINVAL: `offset` is negative. ESPIPE: a pipe or terminal has no positions. And the errors of write. See pwrite(2).
    """
    _need_position(call, offset)
    _need_seekable(call, fd)
    file = fd.writable()
    buf.need_range()
    _need_end(call, offset, count)
    return (yield from file.write(call, buf, offset))


@syscall
def open(call: Call, pathname: Path, flags: OpenFlag, mode: Annotated[CreationMode, "flags"]) -> Blocking[Fd]:
    """Open the file `pathname`, or create it (O_CREAT, with permissions `mode`), and return the lowest free descriptor.

    EEXIST: O_CREAT with O_EXCL, and it exists. EISDIR: a directory cannot be written. ENOTDIR: O_DIRECTORY, and it is
    none. EINVAL: flags that contradict each other. EMFILE: the process has as many descriptors as RLIMIT_NOFILE allows.
    ENXIO: a device without a driver, or O_WRONLY|O_NONBLOCK of a fifo that nobody reads. EINTR: a signal arrived before
    the other end of a fifo was opened. ENOSPC: the file system is full. EPERM: O_NOATIME, and the file is another
    user's. And the errors of a path walk. See open(2).
    """
    return (yield from open_path(call, None, pathname, flags, mode))


@syscall
def openat(
    call: Call, dirfd: DirFd, pathname: Path, flags: OpenFlag, mode: Annotated[CreationMode, "flags"]
) -> Blocking[Fd]:
    """Open the file `pathname`, which, when relative, starts at the directory `dirfd` (AT_FDCWD: the working
    directory).

    EBADF, ENOTDIR: `dirfd` is not an open directory. And the errors of open. See openat(2).
    """
    return (yield from open_path(call, dirfd, pathname, flags, mode))


@syscall
def creat(call: Call, pathname: Path, mode: Mode) -> Blocking[Fd]:
    """Open `pathname` for writing with O_CREAT|O_WRONLY|O_TRUNC. The errors are those of open. See creat(2)."""
    flags = OpenFlag.O_CREAT | OpenFlag.O_WRONLY | OpenFlag.O_TRUNC
    return (yield from open_path(call, None, pathname, flags, mode))


@syscall
def lseek(call: Call, fd: Fd, offset: Offset, whence: SeekWhence) -> Offset:
    """Move the offset of `fd` and return the new one.

    `whence` says what `offset` counts from: the start (SEEK_SET), where it is (SEEK_CUR), the end (SEEK_END), or the
    next data or hole from `offset` on (SEEK_DATA, SEEK_HOLE).

    EBADF: `fd` is not open. EINVAL: unknown `whence`, or a place before the start. ESPIPE: a pipe or terminal has no
    positions. ENXIO: SEEK_DATA or SEEK_HOLE beyond the end. See lseek(2). A 64-bit kernel gives 32-bit programs the
    lower half of the new offset.
    """
    file = fd.file
    if whence not in tuple(SeekWhence):
        raise call.refuse(Errno.EINVAL, "whence", "range", str(whence), "whence is none of the five SEEK values.")
    if not file.seekable:
        raise call.refuse(
            Errno.ESPIPE, "fd", "seekable", str(fd.number), f"{file.path} has no positions to move between."
        )
    result = file.seek(call, offset, whence)
    call.service("vfs", "seek", f"The offset of {file.path} is now {result}.")
    return Offset(signed(result, call.abi.bits))


def able(file: FileDescription, attribute: str, done: str) -> FileDescription:
    """`file`, checked to be of a kind that can be read or written, before its memory is looked at. Raises EINVAL."""
    if not getattr(file, attribute):
        raise KernelError(Errno.EINVAL, f"{file.path} is {file.what}, which cannot be {done}")
    return file


def _need_position(call: Call, offset: Offset) -> None:
    if offset < 0:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(offset), "A position in a file cannot be negative.")


def _need_end(call: Call, offset: int, count: int) -> None:
    if offset + count >= 1 << 63:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(offset), "The last byte has no position (it is 2**63).")


def _need_seekable(call: Call, fd: Fd) -> None:
    file = fd.file
    if not file.positioned:
        raise call.refuse(Errno.ESPIPE, "fd", "seekable", str(fd.number), f"{file.path} has no positions.")

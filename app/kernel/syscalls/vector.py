"""Reading and writing several buffers at once."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.file_constants import RwfFlag
from app.kernel.abi.flags import all_bits
from app.kernel.arguments import Fd, Offset, Size
from app.kernel.arguments.iovec import IoVec, IoVecIn, IoVecOut
from app.kernel.arguments.vector import HighHalf
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import FileDescription, RegularDescription
from app.kernel.syscall import syscall
from app.kernel.syscalls.file import able
from app.kernel.wait import Blocking

_KNOWN = all_bits(RwfFlag)
_BOTH = int(RwfFlag.RWF_APPEND | RwfFlag.RWF_NOAPPEND)


@syscall
def readv(call: Call, fd: Fd, iov: Annotated[IoVecOut, "iovcnt"], iovcnt: Size) -> Blocking[int]:
    """Read from `fd` into the `iovcnt` buffers that `iov` lists, filling one after the other.

    EINVAL: more than 1024 buffers, or a length that is negative as ssize_t. And the errors of read. See readv(2).
    """
    file = able(fd.readable(), "can_read", "read")
    iov.import_vector()
    if not iov.size:
        return 0
    return (yield from file.read(call, iov))


@syscall
def writev(call: Call, fd: Fd, iov: Annotated[IoVecIn, "iovcnt"], iovcnt: Size) -> Blocking[int]:
    """Write the `iovcnt` buffers that `iov` lists to `fd`, one after the other, as a single write.

    EINVAL: more than 1024 buffers, or a length that is negative as ssize_t. And the errors of write. See readv(2).
    """
    file = able(fd.writable(), "can_write", "written")
    iov.import_vector()
    if not iov.size:
        return 0
    return (yield from file.write(call, iov))


@syscall
def preadv(
    call: Call, fd: Fd, iov: Annotated[IoVecOut, "iovcnt"], iovcnt: Size, offset: Offset, high: HighHalf
) -> Blocking[int]:
    """Like readv, from position `offset`; the file's own offset stays as it is.

    EINVAL: `offset` is negative. ESPIPE: a pipe or terminal has no positions. And the errors of readv. See preadv(2).
    """
    file = _positioned(call, fd, offset).readable()
    return (yield from _read(call, file, iov, offset, 0))


@syscall
def pwritev(
    call: Call, fd: Fd, iov: Annotated[IoVecIn, "iovcnt"], iovcnt: Size, offset: Offset, high: HighHalf
) -> Blocking[int]:
    """Like writev, to position `offset`; the file's own offset stays as it is.

    EINVAL: `offset` is negative. ESPIPE: a pipe or terminal has no positions. And the errors of writev. See pwritev(2).
    """
    file = _positioned(call, fd, offset).writable()
    return (yield from _write(call, file, iov, offset, 0))


@syscall
def preadv2(
    call: Call, fd: Fd, iov: Annotated[IoVecOut, "iovcnt"], iovcnt: Size, offset: Offset, high: HighHalf, flags: RwfFlag
) -> Blocking[int]:
    """Like preadv, with flags; an `offset` of -1 stands for the file's own, which then moves on.

    RWF_NOWAIT answers EAGAIN instead of waiting; RWF_DSYNC, RWF_SYNC and RWF_HIPRI change nothing here.

    EOPNOTSUPP: unknown flags, or RWF_ATOMIC. EAGAIN: RWF_NOWAIT, and there is nothing to read. And the errors of
    preadv. See preadv2(2).
    """
    file = (fd if offset == -1 else _positioned(call, fd, offset)).readable()
    return (yield from _read(call, file, iov, None if offset == -1 else offset, flags))


@syscall
def pwritev2(
    call: Call, fd: Fd, iov: Annotated[IoVecIn, "iovcnt"], iovcnt: Size, offset: Offset, high: HighHalf, flags: RwfFlag
) -> Blocking[int]:
    """Like pwritev, with flags; an `offset` of -1 stands for the file's own, which then moves on.

    RWF_APPEND writes at the end, RWF_NOAPPEND at `offset` in spite of O_APPEND; RWF_NOWAIT answers EAGAIN instead of
    waiting for a pipe; RWF_DSYNC, RWF_SYNC and RWF_HIPRI change nothing here.

    EINVAL: RWF_APPEND with RWF_NOAPPEND. EOPNOTSUPP: unknown flags, RWF_ATOMIC, or RWF_NOWAIT of a regular file.
    EAGAIN: RWF_NOWAIT, and there is no room. And the errors of pwritev. See pwritev2(2).

    Not served: RWF_NOSIGNAL, which counts as unknown.
    """
    file = (fd if offset == -1 else _positioned(call, fd, offset)).writable()
    return (yield from _write(call, file, iov, None if offset == -1 else offset, flags))


def _positioned(call: Call, fd: Fd, offset: int) -> Fd:
    """A descriptor whose file has positions. Raises EINVAL, EBADF, ESPIPE."""
    if offset < 0:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(offset), "A position in a file cannot be negative.")
    file = fd.file
    if not file.positioned:
        raise call.refuse(Errno.ESPIPE, "fd", "seekable", str(fd.number), f"{file.path} has no positions.")
    return fd


def _read(call: Call, file: FileDescription, iov: IoVecOut, position: int | None, flags: int) -> Blocking[int]:
    iov.import_vector()
    if not iov.size:
        return 0
    _check(call, file, iov, position, flags)
    reading = file.read(call, iov, position)
    return _at_once(reading) if flags & RwfFlag.RWF_NOWAIT else (yield from reading)


def _write(call: Call, file: FileDescription, iov: IoVecIn, position: int | None, flags: int) -> Blocking[int]:
    iov.import_vector()
    if not iov.size:
        return 0
    if file.kind == "eventfd" and flags & ~int(RwfFlag.RWF_HIPRI):
        raise call.refuse(Errno.EOPNOTSUPP, "flags", "flags", hex(flags), "An eventfd takes a number, and no flags.")
    _check(call, file, iov, position, flags)
    if isinstance(file, RegularDescription):
        if flags & RwfFlag.RWF_NOWAIT:
            raise KernelError(Errno.EOPNOTSUPP, "The file system cannot promise not to wait for the disk")
        if flags & _BOTH:
            return file.write_at(call, iov, position, append=bool(flags & RwfFlag.RWF_APPEND))
    writing = file.write(call, iov, position)
    return _at_once(writing) if flags & RwfFlag.RWF_NOWAIT else (yield from writing)


def _check(call: Call, file: FileDescription, iov: IoVec, position: int | None, flags: int) -> None:
    """What Linux checks between the vector and the file: the end of the range, then the flags."""
    if position is not None and position + iov.size > 2**63 - 1:
        raise call.refuse(Errno.EINVAL, "offset", "range", str(position), "The last byte has no position.")
    if flags & ~_KNOWN or (file.inode.is_directory and flags & ~int(RwfFlag.RWF_HIPRI)):
        raise call.refuse(Errno.EOPNOTSUPP, "flags", "flags", hex(flags), "The file does not know one of the flags.")
    if flags & _BOTH == _BOTH:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "A write cannot both append and not append.")
    if flags & RwfFlag.RWF_ATOMIC or (flags & RwfFlag.RWF_DONTCACHE and not file.inode.is_regular):
        raise call.refuse(Errno.EOPNOTSUPP, "flags", "flags", hex(flags), "The file cannot be used like this.")


def _at_once(transfer: Blocking[int]) -> int:
    """Carry a transfer out as far as it goes without sleeping. Raises EAGAIN when that is nowhere."""
    try:
        next(transfer)
        transfer.throw(KernelError(Errno.EAGAIN, "It would have to sleep, but RWF_NOWAIT is set"))
    except StopIteration as end:
        return int(end.value)
    raise KernelError(Errno.EAGAIN, "It would have to sleep, but RWF_NOWAIT is set")

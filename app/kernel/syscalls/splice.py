"""Moving data from file to file without passing through the program's memory."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_SIZE
from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.file_constants import SpliceFlag
from app.kernel.abi.text import count_bytes
from app.kernel.arguments import Fd, Size
from app.kernel.arguments.files import OffsetPointer
from app.kernel.arguments.integers import Unsigned
from app.kernel.arguments.splice import PipeIoVec
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.copy_range import copy_range
from app.kernel.fs.file import MAX_RW_COUNT, FileDescription, RegularDescription
from app.kernel.fs.pipe import PipeBuffer, PipeEnd
from app.kernel.fs.splice import (
    copy_pipe,
    file_to_pipe,
    is_pipe,
    pipe_end,
    pipe_to_file,
    pipe_to_pipe,
    position_of,
    send_file,
    wait_for_data,
    wait_for_room,
    write_chunk,
)
from app.kernel.fs.superblock import SMALL_FILE_SIZE
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

_FLAGS = int(
    SpliceFlag.SPLICE_F_MOVE | SpliceFlag.SPLICE_F_NONBLOCK | SpliceFlag.SPLICE_F_MORE | SpliceFlag.SPLICE_F_GIFT
)
_APPEND = int(OpenFlag.O_APPEND)


@syscall
def sendfile(call: Call, out_fd: Fd, in_fd: Fd, offset: OffsetPointer, count: Size) -> Blocking[Size]:
    """Copy up to `count` bytes from the file `in_fd` to `out_fd`; returns how many.

    Reading begins at `*offset`, which is moved on, or with NULL at the offset of `in_fd`. 0 means the end of the file.

    EBADF: a descriptor is not open for reading or for writing. EFAULT: a pointer is bad. EINVAL: a file that cannot be
    read this way, a negative offset, or O_APPEND. ESPIPE: a pipe with an `offset`. EOVERFLOW: a position is too large.
    EAGAIN: nothing can be moved now, and O_NONBLOCK forbids to wait. EINTR: a signal handler ran. And the errors of
    write. See sendfile(2).

    Not served: a pipe gets a copy of the pages, so it does not show what is written to the file afterwards.
    """
    given = None if offset.is_null else offset.read()
    try:
        done = yield from _send(call, out_fd, in_fd, given, count, offset)
    except KernelError:
        if given is not None:
            offset.write(given)
        raise
    return Size(done)


def _send(call: Call, out_fd: Fd, in_fd: Fd, given: int | None, count: int, offset: OffsetPointer) -> Blocking[int]:
    """Linux writes the offset back even when this fails, so an offset that cannot be written is EFAULT in any case."""
    source = in_fd.readable()
    if given is not None and not source.positioned:
        raise call.refuse(Errno.ESPIPE, "in_fd", "seekable", str(in_fd.number), f"{source.path} has no positions.")
    _need_range(call, "offset", given if given is not None else source.offset, count)
    target = out_fd.writable()
    if given is not None and call.abi.bits == 32 and call.syscall_name == "sendfile":
        count = min(count, _below_2_gib(call, given))
    length = min(int(count), MAX_RW_COUNT, call.kernel.config.memory_bytes)
    position = position_of(source, given)
    _need_end(call, source, target, position or 0, min(int(count), MAX_RW_COUNT))
    end = pipe_end(target)
    readable = source.gives_pages or (not length and (source.seekable or end is not None))
    if not readable or (end is None and target.flags & _APPEND):
        raise KernelError(Errno.EINVAL, f"sendfile cannot copy from {source.path} to {target.path}")
    if end is not None:
        done = (yield from file_to_pipe(call, source, position, end, length, target.nonblocking)) if length else 0
    else:
        done = yield from send_file(call, source, position, target, length)
    _advance(source, given, offset, position, done)
    return done


def _below_2_gib(call: Call, given: int) -> int:
    """How many bytes follow `given` that an offset of 32 bits can count. Raises EOVERFLOW for none."""
    if given >= SMALL_FILE_SIZE:
        raise call.refuse(Errno.EOVERFLOW, "offset", "range", str(given), "The offset of 32 bits ends there.")
    return SMALL_FILE_SIZE - given


@syscall
def splice(
    call: Call,
    fd_in: Fd,
    off_in: Annotated[OffsetPointer, "before"],
    fd_out: Fd,
    off_out: Annotated[OffsetPointer, "before"],
    len: Size,
    flags: SpliceFlag,
) -> Blocking[Size]:
    """Move up to `len` bytes between two files, one of which is a pipe; returns how many.

    The pages of a pipe are handed over, not copied. With SPLICE_F_NONBLOCK the call does not wait for the pipe.

    EINVAL: unknown flags, neither is a pipe or both are the same, a file that cannot be spliced, or O_APPEND. EBADF: a
    descriptor is not open. ESPIPE: a pipe with an offset. EFAULT: a pointer is bad. EAGAIN: it would have to wait, and
    O_NONBLOCK or SPLICE_F_NONBLOCK forbids that. EINTR: a signal handler ran. EPIPE with SIGPIPE: a pipe that nobody
    reads. See splice(2).

    Not served: a pipe gets a copy of a file's pages, so it does not show what is written to the file afterwards.
    """
    if not len:
        return Size(0)
    _need_flags(call, flags)
    source, target = fd_in.file, fd_out.file
    for file, fd, pointer in ((source, fd_in, off_in), (target, fd_out, off_out)):
        if is_pipe(file) and not pointer.is_null:
            raise call.refuse(Errno.ESPIPE, fd.name, "seekable", str(fd.number), f"{file.path} has no positions.")
    to = None if off_out.is_null else off_out.read()
    start = None if off_in.is_null else off_in.read()
    _need_modes(call, fd_in, fd_out, source, target)
    first, second = pipe_end(source), pipe_end(target)
    length = min(int(len), MAX_RW_COUNT)
    nonblocking = bool(flags & SpliceFlag.SPLICE_F_NONBLOCK)
    if first is not None and second is not None:
        if first.pipe is second.pipe:
            raise call.refuse(Errno.EINVAL, "fd_out", "pipe", str(fd_out.number), "Both are the same pipe.")
        nonblocking = nonblocking or source.nonblocking or target.nonblocking
        done = yield from pipe_to_pipe(call, first, second, length, nonblocking)
    elif first is not None:
        done = yield from _from_pipe(call, first, target, off_out, to, length, nonblocking)
    elif second is not None:
        done = yield from _to_pipe(call, source, off_in, start, second, length, nonblocking)
    else:
        raise call.refuse(Errno.EINVAL, "fd_in", "pipe", str(fd_in.number), "Neither of the two is a pipe.")
    call.service("pipe", "splice", f"{count_bytes(done)} went from {source.path} to {target.path} inside the kernel.")
    return Size(done)


def _from_pipe(
    call: Call,
    end: PipeEnd,
    target: FileDescription,
    pointer: OffsetPointer,
    to: int | None,
    length: int,
    nonblocking: bool,
) -> Blocking[int]:
    if to is not None and not target.positioned:
        raise KernelError(Errno.EINVAL, f"{target.path} has no positions")
    if target.flags & _APPEND:
        raise KernelError(Errno.EINVAL, "A file with O_APPEND cannot be spliced into")
    position = position_of(target, to)
    _need_range(call, "off_out", position or 0, length)
    if not (target.takes_pages or is_pipe(target)):
        raise KernelError(Errno.EINVAL, f"{target.path} is {target.what}, which cannot be spliced into")
    done = yield from pipe_to_file(call, end, target, position, length, nonblocking or end.nonblocking)
    _advance(target, to, pointer, position, done)
    return done


def _to_pipe(
    call: Call,
    source: FileDescription,
    pointer: OffsetPointer,
    start: int | None,
    end: PipeEnd,
    length: int,
    nonblocking: bool,
) -> Blocking[int]:
    if start is not None and not source.positioned:
        raise KernelError(Errno.EINVAL, f"{source.path} has no positions")
    position = position_of(source, start)
    _need_range(call, "off_in", position or 0, length)
    if not (source.gives_pages or is_pipe(source)):
        yield from wait_for_room(call, end, nonblocking or end.nonblocking)
        raise KernelError(Errno.EINVAL, f"{source.path} is {source.what}, which cannot be spliced from")
    done = yield from file_to_pipe(call, source, position, end, length, nonblocking or end.nonblocking)
    _advance(source, start, pointer, position, done)
    return done


@syscall
def tee(call: Call, fd_in: Fd, fd_out: Fd, len: Size, flags: SpliceFlag) -> Blocking[Size]:
    """Give the pipe `fd_out` what is in the pipe `fd_in`, up to `len` bytes, which stay there.

    EINVAL: unknown flags, or not two different pipes. EBADF: a descriptor is not open. EAGAIN: it would have to wait,
    and O_NONBLOCK or SPLICE_F_NONBLOCK forbids that. EINTR: a signal handler ran. EPIPE with SIGPIPE: nobody is left
    who reads. See tee(2).

    Not served: a standard stream that is redirected outside of the machine, which answers EINVAL.
    """
    _need_flags(call, flags)
    if not len:
        return Size(0)
    source, target = fd_in.file, fd_out.file
    _need_modes(call, fd_in, fd_out, source, target)
    first, second = pipe_end(source), pipe_end(target)
    if first is None or second is None or first.pipe is second.pipe:
        raise call.refuse(Errno.EINVAL, "fd_in", "pipe", str(fd_in.number), "tee wants two different pipes.")
    nonblocking = bool(flags & SpliceFlag.SPLICE_F_NONBLOCK) or source.nonblocking or target.nonblocking
    done = yield from copy_pipe(call, first, second, min(int(len), MAX_RW_COUNT), nonblocking)
    call.service("pipe", "tee", f"The second pipe gets a copy of {count_bytes(done)}.")
    return Size(done)


@syscall
def vmsplice(
    call: Call, fd: Fd, iov: Annotated[PipeIoVec, "nr_segs"], nr_segs: Size, flags: SpliceFlag
) -> Blocking[Size]:
    """Put the program's memory that `iov` lists into the pipe `fd`, or fill it from the pipe.

    EBADF: `fd` is no pipe. EINVAL: unknown flags, or an impossible vector. EFAULT: a pointer is bad. EAGAIN: it would
    have to wait, and O_NONBLOCK or SPLICE_F_NONBLOCK forbids that. EINTR: a signal handler ran. EPIPE with SIGPIPE:
    nobody is left who reads. See vmsplice(2).

    Not served: the memory is copied at once, so the pipe does not show what is stored there afterwards.
    """
    _need_flags(call, flags)
    file = fd.file
    end = pipe_end(file)
    iov.fills = not file.writable
    iov.import_vector()
    if not iov.size:
        return Size(0)
    if end is None and is_pipe(file):
        return Size((yield from _standard_stream(call, file, iov)))
    if end is None:
        raise call.refuse(Errno.EBADF, "fd", "pipe", str(fd.number), f"{file.path} is {file.what}, not a pipe.")
    nonblocking = bool(flags & SpliceFlag.SPLICE_F_NONBLOCK)
    if iov.fills:
        if not (yield from wait_for_data(call, end, nonblocking)):
            return Size(0)
        data = b"".join(buffer.data[buffer.start :] for buffer in end.pipe.buffers)[: iov.size]
        done = iov.write(data)
        end.pipe.take(done)
        return Size(done)
    yield from wait_for_room(call, end, nonblocking)
    done = 0
    for piece in iov.pages((end.pipe.pages - _used(end)) * PAGE_SIZE):
        if end.pipe.full:
            break
        end.pipe.put(PipeBuffer(piece, fixed=True))
        done += _length(piece)
    return Size(done)


def _standard_stream(call: Call, file: FileDescription, iov: PipeIoVec) -> Blocking[int]:
    """vmsplice(2) of a standard stream: its pipe is outside, so the bytes are read or written."""
    if iov.fills:
        return (yield from file.read(call, iov))
    return (yield from write_chunk(call, file, b"".join(iov.pages(iov.size)), None))


@syscall
def copy_file_range(
    call: Call,
    fd_in: Fd,
    off_in: Annotated[OffsetPointer, "before"],
    fd_out: Fd,
    off_out: Annotated[OffsetPointer, "before"],
    len: Size,
    flags: Unsigned,
) -> Size:
    """Copy up to `len` bytes from one regular file to another; returns how many.

    Each offset is moved on; NULL stands for the offset of the file. 0 means the end of `fd_in`.

    EBADF: a descriptor is not open for reading or for writing, or has O_APPEND. EFAULT: a pointer is bad. EINVAL:
    unknown flags, no regular file, a negative offset, or parts of one file that overlap. EISDIR: it is a directory.
    EFBIG: larger than RLIMIT_FSIZE, or than any file may be. EOVERFLOW: a position is too large. ENOSPC: the file
    system is full. EPERM: a seal forbids it. See copy_file_range(2).
    """
    source, target = fd_in.file, fd_out.file
    start = None if off_in.is_null else off_in.read()
    to = None if off_out.is_null else off_out.read()
    if flags:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "copy_file_range has no flags.")
    first = source.offset if start is None else start
    second = target.offset if to is None else to
    done = copy_range(call, source, first, target, second, int(len))
    if done:
        _advance(source, start, off_in, first, done)
        _advance(target, to, off_out, second, done)
    call.service("vfs", "copy", f"{count_bytes(done)} went from {source.path} to {target.path} inside the kernel.")
    return Size(done)


def _need_flags(call: Call, flags: int) -> None:
    if flags & ~_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There is no such flag.")


def _need_modes(call: Call, fd_in: Fd, fd_out: Fd, source: FileDescription, target: FileDescription) -> None:
    if not source.readable:
        raise call.refuse(Errno.EBADF, "fd_in", "access-mode", str(fd_in.number), "It was not opened for reading.")
    if not target.writable:
        raise call.refuse(Errno.EBADF, "fd_out", "access-mode", str(fd_out.number), "It was not opened for writing.")


def _need_range(call: Call, argument: str, position: int, count: int) -> None:
    if position < 0 or position + count > 2**63 - 1:
        raise call.refuse(Errno.EINVAL, argument, "range", str(position), "No file has such a range.")


def _advance(file: FileDescription, given: int | None, pointer: OffsetPointer, position: int | None, done: int) -> None:
    """Move on what said where to begin: the program's variable, or the file's offset."""
    if position is None:
        return
    if given is not None:
        pointer.write(position + done)
    elif file.seekable and file.inode.is_regular:
        file.offset = position + done


def _need_end(call: Call, source: FileDescription, target: FileDescription, position: int, count: int) -> None:
    """Refuse to read where neither file could have a byte. Raises EOVERFLOW."""
    sizes = [file.inode.max_size for file in (source, target) if isinstance(file, RegularDescription)]
    most = min(sizes, default=2**63 - 1)
    if position >= most and position + count > most:
        raise call.refuse(Errno.EOVERFLOW, "offset", "range", str(position), f"Files end at {most} at the latest.")


def _used(end: PipeEnd) -> int:
    return _length(end.pipe.buffers)


_length = len
"""The built-in; these calls have an argument of that name."""

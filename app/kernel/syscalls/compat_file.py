"""Calls about files that only 32-bit programs make: positions and sizes of 64 bits, and what came before them."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import SeekWhence
from app.kernel.arguments import Address, Fd, Int, Path, Size, StructOut, Unsigned
from app.kernel.arguments.fcntl import Fcntl64Command, FcntlArgument, FcntlResult
from app.kernel.arguments.files import LongLongOut
from app.kernel.arguments.integers import signed
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.directory import DirectoryDescription
from app.kernel.fs.record_lock import LARGE_LOCKS, record_lock
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

from .fcntl import fcntl
from .statfs import fstatfs, statfs


@syscall
def _llseek(
    call: Call, fd: Fd, offset_high: Unsigned, offset_low: Unsigned, result: LongLongOut, whence: SeekWhence
) -> Int:
    """Move the offset of an open file, as lseek does, by 64 bits that two registers hold; it is stored at `result`.

    EBADF: `fd` is not open. ESPIPE: it is a pipe, socket or terminal. EINVAL: unknown `whence`, or a negative offset.
    EFAULT: there is no room at `result`. See llseek(2).
    """
    file = fd.file
    if whence not in tuple(SeekWhence):
        raise call.refuse(Errno.EINVAL, "whence", "range", str(whence), "whence is none of the five SEEK values.")
    if not file.seekable:
        raise call.refuse(Errno.ESPIPE, "fd", "seekable", str(fd.number), f"{file.path} has no positions.")
    position = file.seek(call, signed(offset_high << 32 | offset_low, 64), whence)
    result.write(position)
    return Int(0)


@syscall
def statfs64(call: Call, path: Path, size: Size, buf: Annotated[StructOut, "statfs"]) -> Int:
    """Like statfs, with the struct whose numbers of blocks and files have 64 bits; `size` is the struct's.

    EINVAL: another size. And the errors of statfs. See statfs(2).
    """
    _need_size(call, size, buf)
    return Int(statfs(call, path, buf))


@syscall
def fstatfs64(call: Call, fd: Fd, size: Size, buf: Annotated[StructOut, "statfs"]) -> Int:
    """Like fstatfs, with the struct whose numbers of blocks and files have 64 bits; `size` is the struct's.

    EINVAL: another size. And the errors of fstatfs. See statfs(2).
    """
    _need_size(call, size, buf)
    return Int(fstatfs(call, fd, buf))


def _need_size(call: Call, size: int, buf: StructOut) -> None:
    """Raise EINVAL unless `size` is the struct's, or that with the padding which ARM's compilers add."""
    expected = buf.layout.size
    padded = -(-expected // 8) * 8 if call.abi.info.name == "arm" else expected
    if size not in (expected, padded):
        raise call.refuse(Errno.EINVAL, "size", "size", str(int(size)), f"A struct statfs64 has {expected} bytes.")


@syscall
def fcntl64(call: Call, fd: Fd, cmd: Fcntl64Command, arg: FcntlArgument) -> Blocking[FcntlResult]:
    """Like fcntl, and with the commands F_GETLK64, F_SETLK64 and F_SETLKW64, whose `struct flock64` has 64-bit offsets.

    The errors are those of fcntl. See fcntl(2).
    """
    if cmd not in LARGE_LOCKS:
        result: FcntlResult = yield from fcntl(call, fd, cmd, arg)
        return result
    file = fd.any_file
    if file.path_only:
        raise call.refuse(Errno.EBADF, "fd", "open", str(fd.number), "It was opened with O_PATH.")
    yield from record_lock(call, fd, file, LARGE_LOCKS[cmd], arg, "flock64")
    return FcntlResult.of(call.abi, cmd, 0)


@syscall
def readdir(call: Call, fd: Fd, dirp: Address, count: Unsigned) -> Int:
    """Fill in one entry of the open directory `fd`; returns 1, or 0 after the last one. `count` does not matter.

    EBADF: `fd` is not open. ENOTDIR: it is no directory. EFAULT: there is no room. ENOENT: the directory is removed.
    See readdir(2).
    """
    file = fd.file
    if not isinstance(file, DirectoryDescription):
        raise call.refuse(Errno.ENOTDIR, "fd", "directory", str(fd.number), f"{file.path} is {file.what}.")
    found = file.next_entry(call)
    if found is None:
        return Int(0)
    name, number, position = found
    encoded = name.encode(errors="surrogateescape")
    # In this form the third field is the length of the name.
    header = call.abi.structs["dirent"].pack(d_ino=number, d_off=position, d_reclen=len(encoded))
    data = header + encoded + b"\0"
    if call.task.mm.copy_out(dirp, data) < len(data):
        raise call.refuse(Errno.EFAULT, "dirp", "memory", hex(dirp), "There is no room for the entry.")
    return Int(1)

"""Descriptors as such: closing, duplicating, and their flags."""

from __future__ import annotations

from app.kernel.abi.constants import PipeFlag
from app.kernel.abi.file_constants import CloseRangeFlag
from app.kernel.abi.text import count_of
from app.kernel.arguments import Fd, Int, Unsigned
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.file import FileDescription
from app.kernel.syscall import syscall


@syscall
def close(call: Call, fd: Fd) -> Int:
    """Give the descriptor `fd` back. The last descriptor of an open file closes the file.

    EBADF: `fd` is not open. See close(2).
    """
    file = fd.any_file
    call.task.files.close(call.kernel, fd.number)
    left = file.references
    rest = f"{left} other descriptors still have it open." if left else "Nobody else had it open."
    call.service("vfs", "close", f"Descriptor {fd.number} no longer means {file.path}. {rest}")
    return Int(0)


@syscall
def close_range(call: Call, first: Unsigned, last: Unsigned, flags: CloseRangeFlag) -> Int:
    """Close all descriptors from `first` to `last`, or with CLOSE_RANGE_CLOEXEC have execve close them.

    CLOSE_RANGE_UNSHARE is for a task whose descriptor table is its own.

    EINVAL: unknown flags, or `first` after `last`. See close_range(2).

    Not served: CLOSE_RANGE_UNSHARE in a task that shares its table with others, which answers EINVAL.
    """
    if flags & ~int(CloseRangeFlag.CLOSE_RANGE_UNSHARE | CloseRangeFlag.CLOSE_RANGE_CLOEXEC):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "close_range does not know one of the flags.")
    if first > last:
        raise call.refuse(Errno.EINVAL, "first", "range", str(first), "The range ends before it begins.")
    files = call.task.files
    if flags & CloseRangeFlag.CLOSE_RANGE_UNSHARE and files.references > 1:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "A shared descriptor table stays shared here.")
    numbers = [number for number in files.numbers() if first <= number <= last]
    for number in numbers:
        if flags & CloseRangeFlag.CLOSE_RANGE_CLOEXEC:
            files.set_close_on_exec(call.kernel, number, True)
        else:
            files.close(call.kernel, number)
    deed = "To be closed by execve" if flags & CloseRangeFlag.CLOSE_RANGE_CLOEXEC else "Closed"
    call.service("vfs", "close", f"{deed}: {count_of(len(numbers), 'descriptor')}.")
    return Int(0)


@syscall
def dup(call: Call, oldfd: Fd) -> Fd:
    """Return the lowest free descriptor, made to mean the same open file as `oldfd`.

    Both share the offset and the status flags.

    EBADF: `oldfd` is not open. EMFILE: too many descriptors. See dup(2).
    """
    return duplicate(call, oldfd.any_file, 0, close_on_exec=False)


@syscall
def dup2(call: Call, oldfd: Fd, newfd: Fd) -> Fd:
    """Make `newfd` mean the same open file as `oldfd`; what it meant before is closed. Equal numbers change nothing.

    EBADF: `oldfd` is not open, or `newfd` is not a possible number. See dup(2).
    """
    if oldfd.number == newfd.number:
        if call.task.files.get(oldfd.number) is None:
            raise call.refuse(Errno.EBADF, "oldfd", "open", str(oldfd.number), "It is not open.")
        return newfd
    return _replace(call, oldfd, newfd, close_on_exec=False)


@syscall
def dup3(call: Call, oldfd: Fd, newfd: Fd, flags: PipeFlag) -> Fd:
    """Like dup2, and sets close-on-exec of `newfd` with O_CLOEXEC.

    EINVAL: another flag than O_CLOEXEC, or equal numbers. EBADF: `oldfd` is not open. See dup(2).
    """
    if flags & ~int(PipeFlag.O_CLOEXEC):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "dup3 knows only O_CLOEXEC.")
    if oldfd.number == newfd.number:
        raise call.refuse(Errno.EINVAL, "newfd", "range", str(newfd.number), "dup3 does not duplicate onto itself.")
    return _replace(call, oldfd, newfd, close_on_exec=bool(flags))


def _replace(call: Call, oldfd: Fd, newfd: Fd, close_on_exec: bool) -> Fd:
    number = newfd.number
    if not 0 <= number < call.task.files.limit:
        raise call.refuse(
            Errno.EBADF,
            "newfd",
            "range",
            str(number),
            f"Descriptors are numbers from 0 to {call.task.files.limit - 1}.",
        )
    file = oldfd.any_file
    call.task.files.install(call.kernel, number, file, close_on_exec)
    call.service("vfs", "install", f"Descriptor {number} means {file.path} too: the same open file, the same offset.")
    return newfd


def duplicate(call: Call, file: FileDescription, start: int, close_on_exec: bool) -> Fd:
    """Make the lowest free number from `start` on mean `file`. Raises EMFILE."""
    files = call.task.files
    number = files.lowest_free(start)
    files.install(call.kernel, number, file, close_on_exec)
    call.service("vfs", "install", f"Descriptor {number} means {file.path} too: the same open file, the same offset.")
    return Fd(call, "", number)

"""Descriptors as such: closing, duplicating, and their flags."""

from __future__ import annotations

from app.kernel.abi.constants import FcntlCommand, FdFlag, LockType, OpenFlag, PipeFlag, SeekWhence
from app.kernel.arguments import Fd, Int
from app.kernel.arguments.fcntl import FcntlArgument, FcntlResult
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.descriptors import MAX_DESCRIPTORS
from app.kernel.fs.file import STATUS_FLAGS, FileDescription
from app.kernel.syscall import syscall

_PATH_COMMANDS = {
    FcntlCommand.F_DUPFD,
    FcntlCommand.F_DUPFD_CLOEXEC,
    FcntlCommand.F_GETFD,
    FcntlCommand.F_SETFD,
    FcntlCommand.F_GETFL,
}
"""What works on a descriptor of O_PATH."""

_MAX_OFFSET = 2**63 - 1


@syscall
def close(call: Call, fd: Fd) -> Int:
    """Give the descriptor `fd` back. The last descriptor of an open file closes the file.

    Source: close(2). Errors: EBADF (`fd` is not open).
    """
    file = fd.any_file
    call.task.files.close(call.kernel, fd.number)
    left = file.references
    rest = f"{left} other descriptors still have it open." if left else "Nobody else had it open."
    call.service("vfs", "close", f"Descriptor {fd.number} no longer means {file.path}. {rest}")
    return Int(0)


@syscall
def dup(call: Call, oldfd: Fd) -> Fd:
    """Return the lowest free descriptor, made to mean the same open file as `oldfd`.

    Both share the offset and the status flags. Source: dup(2). Errors: EBADF, EMFILE.
    """
    return _duplicate(call, oldfd.any_file, 0, close_on_exec=False)


@syscall
def dup2(call: Call, oldfd: Fd, newfd: Fd) -> Fd:
    """Make `newfd` mean the same open file as `oldfd`; what it meant before is closed. Equal numbers change nothing.

    Source: dup(2). Errors: EBADF (`oldfd` is not open, or `newfd` is not a possible number).
    """
    if oldfd.number == newfd.number:
        if call.task.files.get(oldfd.number) is None:
            raise call.refuse(Errno.EBADF, "oldfd", "open", str(oldfd.number), "It is not open.")
        return newfd
    return _replace(call, oldfd, newfd, close_on_exec=False)


@syscall
def dup3(call: Call, oldfd: Fd, newfd: Fd, flags: PipeFlag) -> Fd:
    """Like dup2, and sets close-on-exec of `newfd` with O_CLOEXEC.

    Source: dup(2). Errors: EINVAL (another flag than O_CLOEXEC, or equal numbers), EBADF.
    """
    if flags & ~int(PipeFlag.O_CLOEXEC):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "dup3 knows only O_CLOEXEC.")
    if oldfd.number == newfd.number:
        raise call.refuse(Errno.EINVAL, "newfd", "range", str(newfd.number), "dup3 does not duplicate onto itself.")
    return _replace(call, oldfd, newfd, close_on_exec=bool(flags))


def _replace(call: Call, oldfd: Fd, newfd: Fd, close_on_exec: bool) -> Fd:
    number = newfd.number
    if not 0 <= number < MAX_DESCRIPTORS:
        raise call.refuse(
            Errno.EBADF, "newfd", "range", str(number), f"Descriptors are numbers from 0 to {MAX_DESCRIPTORS - 1}."
        )
    file = oldfd.any_file
    call.task.files.install(call.kernel, number, file, close_on_exec)
    call.service("vfs", "install", f"Descriptor {number} means {file.path} too: the same open file, the same offset.")
    return newfd


def _duplicate(call: Call, file: FileDescription, start: int, close_on_exec: bool) -> Fd:
    files = call.task.files
    number = files.lowest_free(start)
    files.install(call.kernel, number, file, close_on_exec)
    call.service("vfs", "install", f"Descriptor {number} means {file.path} too: the same open file, the same offset.")
    return Fd(call, "", number)


@syscall
def fcntl(call: Call, fd: Fd, cmd: FcntlCommand, arg: FcntlArgument) -> FcntlResult:
    """Ask about the descriptor `fd` or change it, as `cmd` says.

    F_DUPFD and F_DUPFD_CLOEXEC duplicate to the lowest free number from `arg` on; F_GETFD and F_SETFD are about
    close-on-exec; F_GETFL and F_SETFL about the status flags of the open file; F_GETPIPE_SZ and F_SETPIPE_SZ about the
    capacity of a pipe; F_GETLK, F_SETLK and F_SETLKW about record locks, which never conflict in a run with one
    process. Source: fcntl(2). Errors: EBADF, EINVAL (unknown `cmd` or bad `arg`), EMFILE, EFAULT, EPERM and EBUSY
    (F_SETPIPE_SZ).
    """
    file = fd.any_file
    if file.path_only and cmd not in _PATH_COMMANDS:
        raise call.refuse(Errno.EBADF, "fd", "open", str(fd.number), "It was opened with O_PATH.")
    files = call.task.files
    result = 0
    match cmd:
        case FcntlCommand.F_DUPFD | FcntlCommand.F_DUPFD_CLOEXEC:
            if not 0 <= arg.number < MAX_DESCRIPTORS:
                raise call.refuse(Errno.EINVAL, "arg", "range", str(arg.number), "No descriptor has such a number.")
            result = _duplicate(call, file, arg.number, cmd == FcntlCommand.F_DUPFD_CLOEXEC).number
        case FcntlCommand.F_GETFD:
            result = FdFlag.FD_CLOEXEC if files.closes_on_exec(fd.number) else 0
        case FcntlCommand.F_SETFD:
            files.set_close_on_exec(call.kernel, fd.number, bool(arg.address & FdFlag.FD_CLOEXEC))
        case FcntlCommand.F_GETFL:
            result = file.flags
        case FcntlCommand.F_SETFL:
            _set_status(call, fd, file, arg.address)
        case FcntlCommand.F_GETPIPE_SZ:
            result = file.pipe_size()
        case FcntlCommand.F_SETPIPE_SZ:
            result = file.resize_pipe(arg.address & 0xFFFF_FFFF)
        case FcntlCommand.F_GETLK | FcntlCommand.F_SETLK | FcntlCommand.F_SETLKW:
            _lock(call, fd, file, int(cmd), arg)
        case _:
            raise call.refuse(Errno.EINVAL, "cmd", "range", str(cmd), "This kernel's fcntl does not know the command.")
    return FcntlResult.of(cmd, result)


def _set_status(call: Call, fd: Fd, file: FileDescription, wanted: int) -> None:
    if wanted & OpenFlag.O_NOATIME and not file.flags & OpenFlag.O_NOATIME:
        who = call.task.credentials
        if who.euid not in (0, file.inode.uid):
            raise call.refuse(Errno.EPERM, "arg", "owner", hex(wanted), "O_NOATIME is for the owner of the file.")
    if wanted & OpenFlag.O_DIRECT and not file.inode.is_regular and file.kind != "pipe":
        raise call.refuse(Errno.EINVAL, "arg", "flags", hex(wanted), "O_DIRECT is for regular files and pipes.")
    changeable = STATUS_FLAGS | (int(OpenFlag.FASYNC) if file.signals_input else 0)
    file.flags = (file.flags & ~changeable) | (wanted & changeable)
    for number in call.task.files.numbers():
        if call.task.files.get(number) is file:
            call.task.files.announce(call.kernel, number, change="flags")


def _lock(call: Call, fd: Fd, file: FileDescription, command: int, arg: FcntlArgument) -> None:
    """Record locks: with a single process every lock is granted; what remains are the rules for asking."""
    lock = arg.read_struct("flock")
    kind = lock["l_type"]
    if command == FcntlCommand.F_GETLK and kind not in (LockType.F_RDLCK, LockType.F_WRLCK):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "F_GETLK asks about a read or a write lock.")
    _check_lock_range(call, file, lock)
    if kind not in tuple(LockType):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "l_type is none of the three lock types.")
    if command == FcntlCommand.F_GETLK:
        arg.write_struct("flock", **{**lock, "l_type": int(LockType.F_UNLCK)})
        return
    if (kind == LockType.F_RDLCK and not file.readable) or (kind == LockType.F_WRLCK and not file.writable):
        raise call.refuse(Errno.EBADF, "fd", "access-mode", str(fd.number), "A lock needs the file open in its mode.")


def _check_lock_range(call: Call, file: FileDescription, lock: dict[str, int]) -> None:
    bases = {SeekWhence.SEEK_SET: 0, SeekWhence.SEEK_CUR: file.offset, SeekWhence.SEEK_END: file.inode.size}
    whence = lock["l_whence"]
    if whence not in bases:
        raise call.refuse(Errno.EINVAL, "arg", "range", str(whence), "l_whence is not SEEK_SET, SEEK_CUR or SEEK_END.")
    start = bases[SeekWhence(whence)] + lock["l_start"]
    length = lock["l_len"]
    if start > _MAX_OFFSET or (length > 0 and start + length - 1 > _MAX_OFFSET):
        raise call.refuse(Errno.EOVERFLOW, "arg", "range", str(start), "The range ends beyond the largest offset.")
    if start < 0 or (length < 0 and start + length < 0):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(start), "The range begins before the start of the file.")

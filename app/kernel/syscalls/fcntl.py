"""fcntl: the many small questions about a descriptor and its open file."""

from __future__ import annotations

from app.kernel.abi import file_constants
from app.kernel.abi.constants import FcntlCommand, FdFlag, LockType, OpenFlag
from app.kernel.arguments import Fd
from app.kernel.arguments.fcntl import FcntlArgument, FcntlResult
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.file import STATUS_FLAGS, FileDescription
from app.kernel.fs.memfd import add_seals, seals_of
from app.kernel.fs.permission import owns
from app.kernel.fs.record_lock import LOCK_COMMANDS, record_lock
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

from .descriptor import duplicate

_PATH_COMMANDS = {
    FcntlCommand.F_DUPFD,
    FcntlCommand.F_DUPFD_CLOEXEC,
    file_constants.F_DUPFD_QUERY,
    file_constants.F_CREATED_QUERY,
    FcntlCommand.F_GETFD,
    FcntlCommand.F_SETFD,
    FcntlCommand.F_GETFL,
}
"""What works on a descriptor of O_PATH."""


@syscall
def fcntl(call: Call, fd: Fd, cmd: FcntlCommand, arg: FcntlArgument) -> Blocking[FcntlResult]:
    """Ask about the descriptor `fd` or change it, as `cmd` says.

    F_DUPFD and F_DUPFD_CLOEXEC duplicate to the lowest free number from `arg` on, F_DUPFD_QUERY asks whether `arg` is
    the same open file; F_GETFD and F_SETFD are about close-on-exec; F_GETFL and F_SETFL about the status flags of the
    open file; F_GETPIPE_SZ and F_SETPIPE_SZ about the capacity of a pipe; F_ADD_SEALS and F_GET_SEALS about a file of
    memfd_create; F_SETOWN, F_GETOWN, F_SETSIG and F_GETSIG about who hears that the file is ready.

    F_SETLK locks or unlocks a range of bytes for the process, F_SETLKW waits for it, F_GETLK asks who is in the way;
    the locks go when the process closes any descriptor of the file. F_OFD_SETLK and its like do the same for the open
    file description.

    EBADF: `fd` is not open. EINVAL: unknown `cmd`, or an `arg` that does not fit it. EMFILE: too many descriptors.
    EFAULT: a pointer is bad. EPERM, EBUSY: a pipe may not grow so large or shrink below what it holds, or a seal
    forbids it. EAGAIN: another holds a lock. EDEADLK: two processes would wait for each other. EINTR: a signal handler
    ran. EOVERFLOW: a position is too large. ESRCH: no such owner. See fcntl(2).

    Not served: leases, directory notification (F_NOTIFY), hints about the life of data and F_GETOWNER_UIDS answer
    EAGAIN or EINVAL, and no file sends the signal of F_SETSIG.
    """
    file = fd.any_file
    if file.path_only and cmd not in _PATH_COMMANDS:
        raise call.refuse(Errno.EBADF, "fd", "open", str(fd.number), "It was opened with O_PATH.")
    if cmd in LOCK_COMMANDS:
        yield from record_lock(call, fd, file, int(cmd), arg)
        return FcntlResult.of(call.abi, cmd, 0)
    return FcntlResult.of(call.abi, cmd, _descriptor_command(call, fd, file, int(cmd), arg))


def _descriptor_command(call: Call, fd: Fd, file: FileDescription, cmd: int, arg: FcntlArgument) -> int:
    """The commands about the descriptor; others are about the open file."""
    files = call.task.files
    match cmd:
        case FcntlCommand.F_DUPFD | FcntlCommand.F_DUPFD_CLOEXEC:
            if not 0 <= arg.number < call.task.files.limit:
                raise call.refuse(Errno.EINVAL, "arg", "range", str(arg.number), "No descriptor has such a number.")
            return duplicate(call, file, arg.number, cmd == FcntlCommand.F_DUPFD_CLOEXEC).number
        case file_constants.F_DUPFD_QUERY:
            return int(Fd(call, "arg", arg.number).any_file is file)
        case FcntlCommand.F_GETFD:
            return FdFlag.FD_CLOEXEC if files.closes_on_exec(fd.number) else 0
        case FcntlCommand.F_SETFD:
            files.set_close_on_exec(call.kernel, fd.number, bool(arg.address & FdFlag.FD_CLOEXEC))
            return 0
        case _:
            return _file_command(call, file, cmd, arg)


def _file_command(call: Call, file: FileDescription, cmd: int, arg: FcntlArgument) -> int:
    """The commands about the open file description, which all its descriptors share."""
    result = 0
    match cmd:
        case FcntlCommand.F_GETFL:
            result = file.flags
        case FcntlCommand.F_SETFL:
            _set_status(call, file, call.abi.open_flags_in(arg.address))
        case file_constants.F_CREATED_QUERY:
            result = int(file.created)
        case FcntlCommand.F_GETPIPE_SZ:
            result = file.pipe_size()
        case FcntlCommand.F_SETPIPE_SZ:
            result = file.resize_pipe(arg.address & 0xFFFF_FFFF)
        case FcntlCommand.F_ADD_SEALS:
            add_seals(file, arg.address & 0xFFFF_FFFF)
        case FcntlCommand.F_GET_SEALS:
            result = seals_of(file)
        case FcntlCommand.F_SETLEASE | FcntlCommand.F_GETLEASE:
            result = _lease(call, file, cmd, arg.number)
        case FcntlCommand.F_SETOWN:
            file.owner.set_pid(call, arg.number)
        case FcntlCommand.F_GETOWN:
            result = file.owner.number()
        case FcntlCommand.F_SETOWN_EX:
            file.owner.set_struct(call, arg)
        case FcntlCommand.F_GETOWN_EX:
            arg.write_struct("f_owner_ex", type=file.owner.kind, pid=file.owner.pid)
        case FcntlCommand.F_SETSIG:
            file.owner.set_signal(call, arg.number)
        case FcntlCommand.F_GETSIG:
            result = file.owner.signo
        case _:
            raise call.refuse(Errno.EINVAL, "cmd", "range", str(cmd), "This kernel's fcntl does not know the command.")
    return result


def _lease(call: Call, file: FileDescription, cmd: int, kind: int) -> int:
    """No lease is ever granted."""
    if cmd == FcntlCommand.F_GETLEASE:
        return LockType.F_UNLCK
    if kind not in tuple(LockType):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "A lease is F_RDLCK, F_WRLCK or F_UNLCK.")
    if not owns(file.inode, call.task.credentials):
        raise call.refuse(Errno.EACCES, "fd", "owner", file.path, "Only the owner of a file takes a lease on it.")
    if not file.inode.is_regular:
        raise call.refuse(Errno.EINVAL, "fd", "type", file.path, "Leases are for regular files.")
    raise call.refuse(Errno.EAGAIN, "arg", "lease", str(kind), "This kernel grants no leases.")


def _set_status(call: Call, file: FileDescription, wanted: int) -> None:
    noatime = wanted & OpenFlag.O_NOATIME and not file.flags & OpenFlag.O_NOATIME
    if noatime and not owns(file.inode, call.task.credentials):
        raise call.refuse(Errno.EPERM, "arg", "owner", hex(wanted), "O_NOATIME is for the owner of the file.")
    if wanted & OpenFlag.O_DIRECT and not file.inode.is_regular and file.kind != "pipe":
        raise call.refuse(Errno.EINVAL, "arg", "flags", hex(wanted), "O_DIRECT is for regular files and pipes.")
    changeable = STATUS_FLAGS | (int(OpenFlag.FASYNC) if file.signals_input else 0)
    file.flags = (file.flags & ~changeable) | (wanted & changeable)
    for number in call.task.files.numbers():
        if call.task.files.get(number) is file:
            call.task.files.announce(call.kernel, number, change="flags")

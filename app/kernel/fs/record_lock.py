"""Record locks as fcntl(2) asks for them: checking `struct flock` and carrying it out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.abi.constants import FcntlCommand, LockType, SeekWhence
from app.kernel.errno import Errno
from app.kernel.wait import Blocking

from .lock import END_OF_FILE, OFD_PID, FileLock, LockTable, lock_record

if TYPE_CHECKING:
    from app.kernel.arguments import Fd
    from app.kernel.arguments.fcntl import FcntlArgument
    from app.kernel.call import Call

    from .file import FileDescription

LOCK_COMMANDS = (
    FcntlCommand.F_GETLK,
    FcntlCommand.F_SETLK,
    FcntlCommand.F_SETLKW,
    FcntlCommand.F_OFD_GETLK,
    FcntlCommand.F_OFD_SETLK,
    FcntlCommand.F_OFD_SETLKW,
)
_OFD = (FcntlCommand.F_OFD_GETLK, FcntlCommand.F_OFD_SETLK, FcntlCommand.F_OFD_SETLKW)
_ASKING = (FcntlCommand.F_GETLK, FcntlCommand.F_OFD_GETLK)
_WAITING = (FcntlCommand.F_SETLKW, FcntlCommand.F_OFD_SETLKW)


LARGE_LOCKS: dict[int, FcntlCommand] = {
    12: FcntlCommand.F_GETLK,
    13: FcntlCommand.F_SETLK,
    14: FcntlCommand.F_SETLKW,
    **{command: command for command in _OFD},
}
"""Commands of 32-bit programs with `struct flock64`: F_GETLK64, F_SETLK64, F_SETLKW64, and those that came later."""


def record_lock(
    call: Call, fd: Fd, file: FileDescription, command: int, arg: FcntlArgument, layout: str = "flock"
) -> Blocking[None]:
    """F_GETLK, F_SETLK, F_SETLKW and the same of open file descriptions. `layout` is the struct at `arg`.

    Raises EFAULT, EINVAL, EOVERFLOW, EBADF (the file is not open in the mode of the lock), and what locking does.
    """
    fields = arg.read_struct(layout)
    kind = fields["l_type"]
    of_description = command in _OFD
    asking = command in _ASKING
    if command == FcntlCommand.F_GETLK and kind not in (LockType.F_RDLCK, LockType.F_WRLCK):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "F_GETLK asks about a read or a write lock.")
    start, end = _range(call, file, fields)
    if kind not in tuple(LockType):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "l_type is none of the three lock types.")
    if not asking:
        _need_mode(call, fd, file, kind)
    if of_description and fields["l_pid"]:
        raise call.refuse(
            Errno.EINVAL, "arg", "range", str(fields["l_pid"]), "A lock of an open file has no process: l_pid is 0."
        )
    owner: object = file if of_description else call.task.files
    wanted = FileLock(kind, start, end, owner, OFD_PID if of_description else call.task.process.pid)
    if asking:
        _answer(file, wanted, arg, fields, layout)
        return
    yield from lock_record(call, file.inode, wanted, wait=command in _WAITING)
    deed = "released" if kind == LockType.F_UNLCK else "locked"
    call.service("vfs", "lock", f"{file.path}: bytes {start} to {'the end' if end == END_OF_FILE else end} are {deed}.")


def _answer(file: FileDescription, wanted: FileLock, arg: FcntlArgument, fields: dict[str, Any], layout: str) -> None:
    """F_GETLK: the lock that stands in the way, or the question back with F_UNLCK."""
    table = LockTable.of(file.inode)
    if wanted.kind == LockType.F_UNLCK:
        holder = next((lock for lock in table.records if lock.owner is wanted.owner and lock.overlaps(wanted)), None)
    else:
        holder = table.conflict(wanted)
    if holder is None:
        arg.write_struct(layout, **{**fields, "l_type": int(LockType.F_UNLCK)})
        return
    length = 0 if holder.end == END_OF_FILE else holder.end - holder.start + 1
    arg.write_struct(
        layout,
        l_type=holder.kind,
        l_whence=int(SeekWhence.SEEK_SET),
        l_start=holder.start,
        l_len=length,
        l_pid=holder.pid,
    )


def _need_mode(call: Call, fd: Fd, file: FileDescription, kind: int) -> None:
    if (kind == LockType.F_RDLCK and not file.readable) or (kind == LockType.F_WRLCK and not file.writable):
        raise call.refuse(
            Errno.EBADF,
            "fd",
            "access-mode",
            str(fd.number),
            "A read lock needs a file open for reading, a write lock one open for writing.",
        )


def _range(call: Call, file: FileDescription, fields: dict[str, Any]) -> tuple[int, int]:
    """First and last byte that the struct means. A negative length counts backwards from the start."""
    bases = {SeekWhence.SEEK_SET: 0, SeekWhence.SEEK_CUR: file.offset, SeekWhence.SEEK_END: file.inode.size}
    whence = fields["l_whence"]
    if whence not in bases:
        raise call.refuse(Errno.EINVAL, "arg", "range", str(whence), "l_whence is not SEEK_SET, SEEK_CUR or SEEK_END.")
    start = bases[SeekWhence(whence)] + fields["l_start"]
    length = fields["l_len"]
    if start > END_OF_FILE or (length > 0 and start + length - 1 > END_OF_FILE):
        raise call.refuse(Errno.EOVERFLOW, "arg", "range", str(start), "The range ends beyond the largest offset.")
    if start < 0 or (length < 0 and start + length < 0):
        raise call.refuse(Errno.EINVAL, "arg", "range", str(start), "The range begins before the start of the file.")
    if length < 0:
        return start + length, start - 1
    return start, start + length - 1 if length else END_OF_FILE

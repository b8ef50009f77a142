"""Locking whole files."""

from __future__ import annotations

from app.kernel.abi.constants import LockType
from app.kernel.abi.file_constants import FlockOperation
from app.kernel.arguments import Fd, Int
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.fs.lock import END_OF_FILE, OFD_PID, FileLock, lock_file
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

_KINDS = {
    int(FlockOperation.LOCK_SH): int(LockType.F_RDLCK),
    int(FlockOperation.LOCK_EX): int(LockType.F_WRLCK),
    int(FlockOperation.LOCK_UN): int(LockType.F_UNLCK),
}


@syscall
def flock(call: Call, fd: Fd, operation: FlockOperation) -> Blocking[Int]:
    """Lock the open file `fd` as a whole: LOCK_SH shared with other readers, LOCK_EX alone; LOCK_UN gives it up.

    The lock belongs to the open file description, so duplicates share it, and it goes with the last of them. It only
    concerns who asks for a lock, too. With LOCK_NB the call does not wait.

    EBADF: `fd` is not open. EINVAL: no such `operation`. EAGAIN: LOCK_NB, and another holds it. EINTR: a signal handler
    ran. See flock(2).
    """
    if operation & FlockOperation.LOCK_MAND:
        call.service("vfs", "lock", "Linux ignores LOCK_MAND: nothing is locked.")
        return Int(0)
    kind = _KINDS.get(operation & ~int(FlockOperation.LOCK_NB))
    if kind is None:
        raise call.refuse(Errno.EINVAL, "operation", "flags", str(int(operation)), "No lock is asked for or given up.")
    file = fd.file
    wanted = FileLock(kind, 0, END_OF_FILE, file, OFD_PID)
    yield from lock_file(call, file.inode, wanted, wait=not operation & FlockOperation.LOCK_NB)
    state = "not locked" if kind == LockType.F_UNLCK else "locked"
    call.service("vfs", "lock", f"{file.path} is {state} by this open file now.")
    return Int(0)

"""Who hears of a file that has become ready, and by which signal: F_SETOWN and its like (fcntl(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.constants import MAX_SIGNAL
from app.kernel.abi.file_constants import OwnerKind
from app.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from app.kernel.arguments.fcntl import FcntlArgument
    from app.kernel.call import Call

F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP = map(int, OwnerKind)
_INT_MIN = -(1 << 31)


class FileOwner(Struct):
    """`kind` says what `pid` is: a thread, a process or a process group; 0 is nobody. `signo` 0 stands for SIGIO."""

    kind: int = F_OWNER_TID
    pid: int = 0
    signo: int = 0

    def set_pid(self, call: Call, who: int) -> None:
        """F_SETOWN: a process, or by its negative number a process group. Raises EINVAL, ESRCH."""
        if who == _INT_MIN:
            raise call.refuse(Errno.EINVAL, "arg", "range", str(who), "There is no such process group.")
        kind = F_OWNER_PID if who >= 0 else F_OWNER_PGRP
        _need_process(call, abs(who))
        self.kind, self.pid = kind, abs(who)

    def set_struct(self, call: Call, arg: FcntlArgument) -> None:
        """F_SETOWN_EX: `struct f_owner_ex`. Raises EFAULT, EINVAL, ESRCH."""
        fields = arg.read_struct("f_owner_ex")
        kind, pid = fields["type"], fields["pid"]
        if kind not in (F_OWNER_TID, F_OWNER_PID, F_OWNER_PGRP):
            raise call.refuse(Errno.EINVAL, "arg", "range", str(kind), "type is none of the three F_OWNER values.")
        _need_process(call, pid)
        self.kind, self.pid = kind, pid

    def number(self) -> int:
        """F_GETOWN: the process, or the group as a negative number."""
        return -self.pid if self.kind == F_OWNER_PGRP else self.pid

    def set_signal(self, call: Call, signo: int) -> None:
        """F_SETSIG. Raises EINVAL."""
        if not 0 <= signo <= MAX_SIGNAL:
            raise KernelError(Errno.EINVAL, f"{signo} is no signal")
        self.signo = signo


def _need_process(call: Call, pid: int) -> None:
    """0 is always allowed: nobody."""
    kernel = call.kernel
    groups = {process.pgid for process in kernel.processes.values()}
    if pid and pid not in kernel.tasks and pid not in kernel.processes and pid not in groups:
        raise call.refuse(Errno.ESRCH, "arg", "process", str(pid), f"There is no process or thread {pid}.")

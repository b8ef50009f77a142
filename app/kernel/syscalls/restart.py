"""Going on with a call that a signal without a handler interrupted (restart_syscall(2))."""

from __future__ import annotations

from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking


@syscall
def restart_syscall(call: Call) -> Blocking[int]:
    """Go on with the sleep or the poll that a signal interrupted, up to the same end.

    The kernel lets a program make this call in place of the interrupted one, when the signal ran no handler but stopped
    the process, say. EINTR: there is nothing to go on with. See restart_syscall(2).
    """
    block = call.task.restart_block
    call.task.restart_block = None
    if block is None:
        raise KernelError(Errno.EINTR, "No interrupted call is waiting to go on", "signal")
    result: int = yield from block(call)
    return result

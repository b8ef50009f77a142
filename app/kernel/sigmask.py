"""Another signal mask for the time of one call: what ppoll(2), pselect(2) and epoll_pwait(2) have in common."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .errno import Errno, KernelError
from .signal import UNBLOCKABLE, SignalSet
from .wait import Interrupted

if TYPE_CHECKING:
    from .arguments import StructIn
    from .call import Call

SIGSET_SIZE = 8


def set_user_sigmask(call: Call, mask: StructIn, size: int) -> None:
    """Block the signals of `mask`, unless that is NULL, and remember the old mask (Linux `set_user_sigmask`).

    Raises EINVAL for a `size` that is not 8, and EFAULT.
    """
    if mask.is_null:
        return
    if size != SIGSET_SIZE:
        raise call.refuse(Errno.EINVAL, "sigsetsize", "size", str(int(size)), f"A signal set has {SIGSET_SIZE} bytes.")
    task = call.task
    bits = mask.read()["sig"] & ~UNBLOCKABLE
    task.saved_blocked = task.blocked
    task.blocked = SignalSet(bits)
    call.service("signal", "mask", f"During this call the blocked signals are {task.blocked.text()}.")


@contextmanager
def restored_sigmask(call: Call) -> Iterator[None]:
    """Put the old mask back when the call ends by itself; after a signal it stays until the handler has returned.

    That is `restore_saved_sigmask_unless` of Linux.
    """
    try:
        yield
    except Interrupted:
        raise
    except KernelError as error:
        if error.errno is not Errno.EINTR:
            _restore(call)
        raise
    except BaseException:
        _restore(call)
        raise
    _restore(call)


def _restore(call: Call) -> None:
    task = call.task
    if task.saved_blocked is not None:
        task.blocked = task.saved_blocked
        task.saved_blocked = None

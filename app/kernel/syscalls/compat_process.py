"""Small calls of 32-bit programs: nice, stime, and select with its arguments in memory."""

from __future__ import annotations

from typing import Annotated, Any

from app.kernel.arguments import Int
from app.kernel.arguments.words import Words
from app.kernel.call import Call
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

from .clock_set import set_time
from .sched import change_nice


@syscall
def nice(call: Call, inc: Int) -> Int:
    """Add `inc` to the nice value of the thread, -20 (first) to 19 (last).

    EPERM: only the privileged lower it. See nice(2). Not served: the nice value is kept and told, but all tasks run
    round robin.
    """
    change_nice(call, int(inc))
    return Int(0)


@syscall
def stime(call: Call, tptr: Annotated[Words, "1"]) -> Int:
    """Set the time of day to so many seconds since 1970, which are at `tptr`.

    EFAULT: they are not readable. EINVAL: they can't be a time of day. EPERM: not the superuser. See stime(2).
    """
    (seconds,) = tptr.read()
    set_time(call, "tptr", seconds, 0)
    return Int(0)


@syscall
def old_select(call: Call, arg: Annotated[Words, "5"]) -> Blocking[Any]:
    """Like select, whose five arguments are in memory at `arg`. Number 82 of i386 is this form.

    EFAULT: they are not readable. And the errors of select. See select(2).
    """
    return (yield from call.kernel.dispatcher.become(call, "_newselect", (*arg.read(), 0)))

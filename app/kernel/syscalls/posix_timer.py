"""Timers of the program's own: timer_create and its like (timer_create(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel import posix_clocks
from app.kernel.abi.constants import ClockId, Signo, TimerFlag
from app.kernel.abi.text import flag_text
from app.kernel.abi.time_constants import SigevNotify
from app.kernel.arguments import Int, NumberOut, StructIn
from app.kernel.arguments.interval import IntervalIn, IntervalOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.posix_timer import Notification, PosixTimer, PosixTimers
from app.kernel.resource import Resource
from app.kernel.signal import LAST
from app.kernel.syscall import syscall


@syscall
def timer_create(
    call: Call, clockid: ClockId, sevp: Annotated[StructIn, "sigevent"], timerid: Annotated[NumberOut, "int"]
) -> Int:
    """Make a timer on a clock and store its number at `timerid`; it does not run yet.

    `sevp` says what happens when it fires: SIGEV_SIGNAL sends a signal to the process, SIGEV_THREAD_ID to one thread,
    SIGEV_NONE nothing; NULL means SIGALRM. EFAULT: a pointer is bad. EINVAL: no such clock, or `sevp` names no signal,
    no thread or no way to notify. EOPNOTSUPP: the clock has no timers. EAGAIN: as many timers as RLIMIT_SIGPENDING
    allows. See timer_create(2).
    """
    fields = None if sevp.is_null else sevp.read()
    clock = posix_clocks.find(call.kernel, int(clockid), call.task)
    shown = flag_text(clockid, ClockId)
    if clock is None:
        raise call.refuse(Errno.EINVAL, "clockid", "choice", shown, "There is no such clock.")
    if not clock.has_timers and clock.refuses is None:
        raise call.refuse(Errno.EOPNOTSUPP, "clockid", "choice", shown, "This clock has no timers.")
    process = call.task.process
    timers = process.posix_timers = process.posix_timers or PosixTimers()
    limit, _ = process.rlimits[Resource.RLIMIT_SIGPENDING]
    if len(timers.timers) >= limit:
        raise call.refuse(Errno.EAGAIN, "timerid", "limit", str(limit), f"A user has at most {limit} timers.")
    ident = timers.next_ident
    timers.next_ident = (ident + 1) & 0x7FFF_FFFF
    event = _notification(call, fields, ident)
    timerid.write(ident)
    if clock.refuses is not None and (clock.owner is None or not clock.readable):
        raise call.refuse(clock.refuses, "clockid", "choice", shown, "This clock has no timers here.")
    timers.timers[ident] = PosixTimer(call.kernel, process, ident, clock, event)
    call.service("time", "create", f"Timer {ident} is made, on {shown}. It does not run yet.")
    return Int(0)


def _notification(call: Call, fields: dict[str, int] | None, ident: int) -> Notification:
    """What a `struct sigevent` says (Linux `good_sigevent`). Raises EINVAL."""
    if fields is None:
        return Notification(SigevNotify.SIGEV_SIGNAL, Signo.SIGALRM, ident)
    notify, signo = fields["sigev_notify"], fields["sigev_signo"]
    task = None
    if notify == SigevNotify.SIGEV_THREAD_ID:
        task = call.kernel.tasks.get(fields["sigev_tid"])
        if task is None or task.process is not call.task.process:
            raise call.refuse(
                Errno.EINVAL, "sevp", "thread", str(fields["sigev_tid"]), "The process has no such thread."
            )
    if notify not in tuple(SigevNotify):
        raise call.refuse(Errno.EINVAL, "sevp", "choice", str(notify), "There is no such way to notify.")
    if notify != SigevNotify.SIGEV_NONE and not 0 < signo <= LAST:
        raise call.refuse(Errno.EINVAL, "sevp", "signal", str(signo), f"Signals are numbered 1 to {LAST}.")
    return Notification(notify, signo, fields["sigev_value"], task)


@syscall
def timer_settime(
    call: Call,
    timerid: Int,
    flags: TimerFlag,
    new_value: Annotated[IntervalIn, "itimerspec"],
    old_value: Annotated[IntervalOut, "itimerspec"],
) -> Int:
    """Let a timer fire after `it_value`, or with TIMER_ABSTIME when its clock shows that, and then every `it_interval`.

    A value of 0 stops it. `old_value`, unless NULL, gets what was set. EINVAL: `new_value` is NULL or malformed, or
    there is no such timer. EFAULT: a pointer is bad. See timer_settime(2).
    """
    if new_value.is_null:
        raise call.refuse(Errno.EINVAL, "new_value", "memory", "NULL", "There is nothing to set.")
    value, interval = new_value.read_times()
    timer = _timer(call, timerid)
    old = timer.get()
    timer.set(value, interval, bool(flags & TimerFlag.TIMER_ABSTIME))
    kind = "when its clock shows" if flags & TimerFlag.TIMER_ABSTIME else "in"
    told = f"Timer {int(timerid)} fires {kind} {value / SECOND:g} s." if value else f"Timer {int(timerid)} is stopped."
    call.service("time", "set", told)
    if not old_value.is_null:
        old_value.write_times(*old)
    return Int(0)


@syscall
def timer_gettime(call: Call, timerid: Int, curr_value: Annotated[IntervalOut, "itimerspec"]) -> Int:
    """Tell how long it is until a timer fires, and its interval. EINVAL: no such timer. EFAULT: no room.

    See timer_settime(2).
    """
    timer = _timer(call, timerid)
    curr_value.write_times(*timer.get())
    return Int(0)


@syscall
def timer_getoverrun(call: Call, timerid: Int) -> Int:
    """Tell how often a timer fired in vain between the sending and the taking of its last signal.

    EINVAL: no such timer. See timer_getoverrun(2).
    """
    return Int(_timer(call, timerid).overrun)


@syscall
def timer_delete(call: Call, timerid: Int) -> Int:
    """Delete a timer; its signal, if that is pending, is taken back. EINVAL: no such timer. See timer_delete(2)."""
    _timer(call, timerid).delete()
    timers = call.task.process.posix_timers
    if timers is not None:
        del timers.timers[int(timerid)]
    return Int(0)


def _timer(call: Call, timerid: int) -> PosixTimer:
    """The timer with that number. Raises EINVAL."""
    timers = call.task.process.posix_timers
    timer = None if timers is None else timers.timers.get(int(timerid))
    if timer is None:
        raise call.refuse(Errno.EINVAL, "timerid", "timer", str(int(timerid)), "The process has no such timer.")
    return timer

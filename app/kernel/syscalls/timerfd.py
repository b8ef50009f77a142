"""Timers that one reads and polls: timerfd_create and its like (timerfd_create(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel import posix_clocks
from app.kernel.abi.constants import ClockId, OpenFlag
from app.kernel.abi.text import flag_text
from app.kernel.abi.time_constants import TimerfdFlag
from app.kernel.arguments import Fd, Int
from app.kernel.arguments.interval import IntervalIn, IntervalOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.fs import anonymous
from app.kernel.fs.timerfd import TimerDescription
from app.kernel.posix_clocks import PosixClock
from app.kernel.syscall import syscall

_ALARMS = (ClockId.CLOCK_REALTIME_ALARM, ClockId.CLOCK_BOOTTIME_ALARM)
_CLOCKS = (ClockId.CLOCK_REALTIME, ClockId.CLOCK_MONOTONIC, ClockId.CLOCK_BOOTTIME, *_ALARMS)
_CREATE_FLAGS = int(TimerfdFlag.TFD_CLOEXEC | TimerfdFlag.TFD_NONBLOCK)
_SET_FLAGS = int(TimerfdFlag.TFD_TIMER_ABSTIME | TimerfdFlag.TFD_TIMER_CANCEL_ON_SET)


@syscall
def timerfd_create(call: Call, clockid: ClockId, flags: TimerfdFlag) -> Fd:
    """Make a timer on a clock and return a descriptor of it. A read tells how often it has expired.

    EINVAL: not one of the clocks of the day, since boot, or steady; or flags other than TFD_NONBLOCK and TFD_CLOEXEC.
    EPERM: an alarm clock, without the right to wake the machine. EMFILE: too many descriptors. See timerfd_create(2).
    """
    if flags & ~_CREATE_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "timerfd does not know one of the flags.")
    clock = posix_clocks.find(call.kernel, int(clockid), call.task)
    shown = flag_text(clockid, ClockId)
    if clock is None or clockid not in _CLOCKS:
        raise call.refuse(Errno.EINVAL, "clockid", "choice", shown, "timerfd does not go by this clock.")
    if clockid in _ALARMS:
        if not call.task.credentials.capable(Capability.CAP_WAKE_ALARM):
            raise call.refuse(
                Errno.EPERM, "clockid", "permission", shown, "Only a privileged task may wake the machine."
            )
        clock = PosixClock(clock.start)
    call.task.files.lowest_free()
    status = OpenFlag.O_RDWR | (flags & OpenFlag.O_NONBLOCK)
    timer = TimerDescription(call.kernel, call.task.fs.superblock, int(status), clock)
    number = anonymous.install(call, timer, bool(flags & OpenFlag.O_CLOEXEC))
    call.service("time", "create", f"Descriptor {number} is a new timer on {shown}. It does not run yet.")
    return Fd(call, "", number)


@syscall
def timerfd_settime(
    call: Call,
    fd: Fd,
    flags: TimerfdFlag,
    new_value: Annotated[IntervalIn, "itimerspec"],
    old_value: Annotated[IntervalOut, "itimerspec"],
) -> Int:
    """Let the timer expire after `it_value`, or with TFD_TIMER_ABSTIME when its clock shows that, and then every
    `it_interval`.

    A value of 0 stops it. `old_value`, unless NULL, gets what was set. EFAULT: a pointer is bad. EINVAL: unknown flags,
    a malformed time, or `fd` is no timer. EBADF: `fd` is not open. See timerfd_create(2). Not served: with
    TFD_TIMER_CANCEL_ON_SET a read does not fail with ECANCELED when the superuser sets the clock.
    """
    value, interval = new_value.read_unchecked()
    if flags & ~_SET_FLAGS:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no such flags.")
    new_value.check()
    timer = _timer(call, fd)
    old = timer.get()
    timer.set(value, interval, bool(flags & TimerfdFlag.TFD_TIMER_ABSTIME))
    kind = "when its clock shows" if flags & TimerfdFlag.TFD_TIMER_ABSTIME else "in"
    told = f"The timer expires {kind} {value / SECOND:g} s." if value else "The timer is stopped."
    call.service("time", "set", told)
    if not old_value.is_null:
        old_value.write_times(*old)
    return Int(0)


@syscall
def timerfd_gettime(call: Call, fd: Fd, curr_value: Annotated[IntervalOut, "itimerspec"]) -> Int:
    """Tell how long it is until the timer expires, and its interval. EBADF: `fd` is not open. EINVAL: it is no timer.

    EFAULT: no room. See timerfd_create(2).
    """
    timer = _timer(call, fd)
    curr_value.write_times(*timer.get())
    return Int(0)


def _timer(call: Call, fd: Fd) -> TimerDescription:
    """The open timer. Raises EBADF, EINVAL."""
    file = fd.file
    if not isinstance(file, TimerDescription):
        raise call.refuse(Errno.EINVAL, "fd", "timer", str(fd.number), f"{file.path} is no timer.")
    return file

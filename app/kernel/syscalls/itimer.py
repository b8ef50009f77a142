"""The interval timers of a process: alarm, setitimer, getitimer (setitimer(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel import interval_timer
from app.kernel.abi.time_constants import IntervalTimer as Which
from app.kernel.arguments import Int, Unsigned
from app.kernel.arguments.interval import IntervalIn, IntervalOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.interval_timer import IntervalTimer
from app.kernel.syscall import syscall


@syscall
def alarm(call: Call, seconds: Unsigned) -> Unsigned:
    """Send the process SIGALRM in `seconds`, instead of an earlier alarm; 0 only cancels that.

    Returns the seconds that were left of the earlier one, rounded. Never fails. See alarm(2).
    """
    timer = interval_timer.of(call.kernel, call.task.process, Which.ITIMER_REAL)
    microseconds = timer.remaining // 1000
    left, rest = divmod(microseconds, 1_000_000)
    if rest >= 500_000 or (rest and not left):
        left += 1
    timer.set(int(seconds) * SECOND, 0)
    told = f"SIGALRM comes in {int(seconds)} s." if seconds else "No alarm is set now."
    call.service("time", "alarm", told)
    return Unsigned(left)


@syscall
def setitimer(
    call: Call,
    which: Which,
    new_value: Annotated[IntervalIn, "itimerval"],
    old_value: Annotated[IntervalOut, "itimerval"],
) -> Int:
    """Let the timer `which` fire after `it_value` and then every `it_interval`; a value of 0 stops it.

    ITIMER_REAL goes by the clock and sends SIGALRM; ITIMER_VIRTUAL and ITIMER_PROF go by the CPU time of the process
    and send SIGVTALRM and SIGPROF. `old_value`, unless NULL, gets what was set. EFAULT: a pointer is bad. EINVAL: no
    such timer, or a malformed time. See setitimer(2). Not served: CPU time is not told apart into that of the program
    and that of the kernel, so ITIMER_VIRTUAL counts both.
    """
    value, interval = (0, 0) if new_value.is_null else new_value.read_times()
    timer = _timer(call, which)
    old = timer.remaining, timer.timer.interval
    timer.set(value, interval)
    told = f"The timer fires in {value / SECOND:g} s." if value else "The timer is stopped."
    call.service("time", "set", told)
    if not old_value.is_null:
        old_value.write_times(*old)
    return Int(0)


@syscall
def getitimer(call: Call, which: Which, curr_value: Annotated[IntervalOut, "itimerval"]) -> Int:
    """Tell how long it is until the timer `which` fires, and its interval. EINVAL: no such timer. EFAULT: no room.

    See getitimer(2).
    """
    timer = _timer(call, which)
    curr_value.write_times(timer.remaining, timer.timer.interval)
    return Int(0)


def _timer(call: Call, which: int) -> IntervalTimer:
    """The timer. Raises EINVAL."""
    if which not in tuple(Which):
        raise call.refuse(Errno.EINVAL, "which", "choice", str(int(which)), "There are three interval timers: 0 to 2.")
    return interval_timer.of(call.kernel, call.task.process, int(which))

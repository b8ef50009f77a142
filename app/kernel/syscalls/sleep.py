"""Sleeping for a time, or until one (nanosleep(2)). Virtual time jumps to the end, so nobody has to wait for it."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import ClockId, TimerFlag
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Int, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.clock_timer import ClockTimer
from app.kernel.errno import Errno
from app.kernel.multiplex import KTIME_MAX
from app.kernel.posix_clocks import PosixClock
from app.kernel.syscall import syscall
from app.kernel.syscalls.time import find_clock
from app.kernel.wait import Blocking, Interrupted, Restart, Sleep, WaitQueue


@syscall
def nanosleep(call: Call, req: Annotated[StructIn, "timespec"], rem: Annotated[StructOut, "timespec"]) -> Blocking[Int]:
    """Sleep for the time in `req`.

    `rem`, unless NULL, gets the rest of a sleep that a signal ends. EFAULT: a pointer is bad. EINVAL: the time is
    negative, or has nanoseconds above 999999999. EINTR: a signal handler ran. See nanosleep(2).
    """
    time = _duration(call, req)
    clock = find_clock(call, ClockId.CLOCK_MONOTONIC)
    return (yield from _sleep(call, clock, _sum(clock.read(call.kernel), time), rem))


@syscall
def clock_nanosleep(
    call: Call,
    clockid: ClockId,
    flags: TimerFlag,
    req: Annotated[StructIn, "timespec"],
    rem: Annotated[StructOut, "timespec"],
) -> Blocking[Int]:
    """Sleep by a clock, for a time or, with `TIMER_ABSTIME`, until a time, which may have passed already.

    `rem`, unless NULL, gets the rest of a sleep for a time that a signal ends. By the clock of a process one sleeps
    while that uses CPU time. EINVAL: no such clock, or a time that is negative or has nanoseconds above 999999999.
    EOPNOTSUPP: one can't sleep by this clock. EFAULT: a pointer is bad. EINTR: a signal handler ran.
    See clock_nanosleep(2).
    """
    clock = find_clock(call, clockid)
    shown = flag_text(clockid, ClockId)
    if not clock.can_sleep:
        raise call.refuse(Errno.EOPNOTSUPP, "clockid", "choice", shown, "This clock has no timers to sleep by.")
    time = _duration(call, req)
    if clock.refuses is not None:
        raise call.refuse(clock.refuses, "clockid", "choice", shown, "Sleeping by this clock is not served here.")
    if flags & TimerFlag.TIMER_ABSTIME:
        return (yield from _sleep(call, clock, time, None))
    return (yield from _sleep(call, clock, _sum(clock.read(call.kernel), time), rem))


def _sum(now: int, time: int) -> int:
    return min(now + time, KTIME_MAX)


def _duration(call: Call, req: StructIn) -> int:
    """The time in a timespec, ns. Raises EFAULT and EINVAL."""
    fields = req.read()
    shown = str(req.text())
    if fields["tv_sec"] < 0 or not 0 <= fields["tv_nsec"] < SECOND:
        raise call.refuse(
            Errno.EINVAL, "req", "range", shown, "Seconds must not be negative, nanoseconds must be 0 to 999999999."
        )
    call.passed("req", "range", shown, "The time is well formed.")
    return min(int(fields["tv_sec"]) * SECOND + int(fields["tv_nsec"]), KTIME_MAX)


def _sleep(call: Call, clock: PosixClock, until: int, rem: StructOut | None) -> Blocking[Int]:
    """Sleep until `clock` shows `until` (Linux `hrtimer_nanosleep`); `rem` is None for a sleep until a time.

    When a signal without a handler ends the sleep, it goes on with the same end: restart_syscall(2).
    """
    kernel = call.kernel
    left = until - clock.read(kernel)
    if left <= 0:
        call.service("time", "sleep", "The time has come already: there is nothing to wait for.")
        return Int(0)
    restart = Restart.NOHAND if rem is None else Restart.BLOCK
    queue = WaitQueue()
    timer = ClockTimer(kernel, clock, queue.wake_all)
    timer.set(until, 0, absolute=True)
    sentence = f"The task sleeps for {left / SECOND:g} s."
    if until >= KTIME_MAX:
        sentence = "The timer never fires, so the task sleeps for good."
    shown = kernel.clock.now + left if timer.is_armed and clock.owner is None else None
    try:
        while timer.remaining() > 0:
            yield from call.sleep(Sleep("timer", sentence, (queue,), shown), restart)
    except Interrupted:
        if rem is not None:
            _leave_rest(call, clock, until, rem)
        raise
    finally:
        timer.stop()
    return Int(0)


def _leave_rest(call: Call, clock: PosixClock, until: int, rem: StructOut) -> None:
    """A signal ended the sleep: tell the rest of it, and remember how it goes on. Raises EFAULT."""
    address = rem.address
    if not rem.is_null:
        seconds, rest = divmod(max(until - clock.read(call.kernel), 0), SECOND)
        rem.write(tv_sec=seconds, tv_nsec=rest)

    def restart(again: Call) -> Blocking[Int]:
        return _sleep(again, clock, until, StructOut(again, "rem", address, "timespec"))

    call.task.restart_block = restart

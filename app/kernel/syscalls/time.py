"""Clocks and sleeping, on the run's virtual time."""

from __future__ import annotations

from typing import Annotated

from app.kernel import posix_clocks
from app.kernel.abi.constants import ClockId, TimerFlag
from app.kernel.abi.text import flag_text
from app.kernel.arguments import Int, Long, NumberOut, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.posix_clocks import PosixClock
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking, Sleep

SECOND = 1_000_000_000

KTIME_MAX = (1 << 63) - 1
"""The latest time the kernel can express, ns. A timer set for it never fires."""


@syscall
def clock_gettime(call: Call, clockid: ClockId, tp: Annotated[StructOut, "timespec"]) -> Int:
    """Tell the time of a clock. EINVAL: no such clock. EFAULT: no room at `tp`. See clock_gettime(2)."""
    clock = _readable_clock(call, clockid)
    seconds, rest = divmod(clock.read(call.kernel.clock), SECOND)
    tp.write(tv_sec=seconds, tv_nsec=rest)
    call.service("time", "read", f"{flag_text(clockid, ClockId)} shows {seconds}.{rest:09d} s.")
    return Int(0)


@syscall
def clock_getres(call: Call, clockid: ClockId, res: Annotated[StructOut, "timespec"]) -> Int:
    """Tell how fine a clock is; `res` may be NULL. EINVAL: no such clock. EFAULT: no room. See clock_getres(2)."""
    clock = _readable_clock(call, clockid)
    if not res.is_null:
        res.write(tv_sec=0, tv_nsec=clock.resolution)
    return Int(0)


@syscall
def gettimeofday(call: Call, tv: Annotated[StructOut, "timeval"], tz: Annotated[StructOut, "timezone"]) -> Int:
    """Tell the time since 1970, and the time zone of the kernel, which is UTC. Both pointers may be NULL.

    EFAULT: no room at one of them. See gettimeofday(2).
    """
    if not tv.is_null:
        seconds, rest = divmod(call.kernel.clock.realtime, SECOND)
        tv.write(tv_sec=seconds, tv_usec=rest // 1000)
    if not tz.is_null:
        tz.write()
    return Int(0)


@syscall
def time(call: Call, tloc: Annotated[NumberOut, "long"]) -> Long:
    """Tell the seconds since 1970, and store them at `tloc` unless it is NULL. EFAULT: no room there. See time(2)."""
    seconds = call.kernel.clock.realtime // SECOND
    if not tloc.is_null:
        tloc.write(seconds)
    return Long(seconds)


@syscall
def nanosleep(call: Call, req: Annotated[StructIn, "timespec"], rem: Annotated[StructOut, "timespec"]) -> Blocking[Int]:
    """Sleep for the time in `req`. Virtual time jumps to the end of the sleep, so nobody has to wait for it.

    `rem` would get the rest of a sleep that a signal handler interrupts. EFAULT: `req` is not readable. EINVAL: the
    time is negative, or has nanoseconds above 999999999. See nanosleep(2).
    """
    yield from _sleep_until(call, call.kernel.clock.now + _duration(call, req))
    return Int(0)


@syscall
def clock_nanosleep(
    call: Call,
    clockid: ClockId,
    flags: TimerFlag,
    req: Annotated[StructIn, "timespec"],
    rem: Annotated[StructOut, "timespec"],
) -> Blocking[Int]:
    """Sleep by a clock, for a time or, with `TIMER_ABSTIME`, until a time, which may have passed already.

    EINVAL: no such clock, or a time that is negative or has nanoseconds above 999999999. EOPNOTSUPP: one can't sleep
    by this clock. EFAULT: `req` is not readable. See clock_nanosleep(2).
    """
    clock = _clock(call, clockid)
    if not clock.can_sleep:
        raise call.refuse(
            Errno.EOPNOTSUPP, "clockid", "choice", flag_text(clockid, ClockId), "This clock has no timers to sleep by."
        )
    time = _duration(call, req)
    if clock.refuses is not None:
        raise call.refuse(
            clock.refuses, "clockid", "choice", flag_text(clockid, ClockId), "One can't sleep by this clock here."
        )
    now = call.kernel.clock.now
    until = now + time
    if flags & TimerFlag.TIMER_ABSTIME:
        until = min(now + time - clock.read(call.kernel.clock), KTIME_MAX)
    if clock.counts_cpu and until > now:
        until = KTIME_MAX
    yield from _sleep_until(call, until)
    return Int(0)


def _clock(call: Call, clockid: int) -> PosixClock:
    """The clock. Raises EINVAL."""
    clock = posix_clocks.find(int(clockid), call.task.process.pid)
    if clock is None:
        raise call.refuse(Errno.EINVAL, "clockid", "choice", str(int(clockid)), "There is no such clock.")
    call.passed("clockid", "choice", str(int(clockid)), "There is such a clock.")
    return clock


def _readable_clock(call: Call, clockid: int) -> PosixClock:
    """A clock with a time to tell. Raises EINVAL."""
    clock = _clock(call, clockid)
    if not clock.readable:
        raise call.refuse(
            Errno.EINVAL,
            "clockid",
            "choice",
            flag_text(clockid, ClockId),
            "This clock has no time to tell: there is no such thing.",
        )
    return clock


def _duration(call: Call, req: StructIn) -> int:
    """The time in a timespec, ns. Raises EFAULT and EINVAL."""
    fields = req.read()
    shown = str(req.text())
    if fields["tv_sec"] < 0 or not 0 <= fields["tv_nsec"] < SECOND:
        raise call.refuse(
            Errno.EINVAL, "req", "range", shown, "Seconds must not be negative, nanoseconds must be 0 to 999999999."
        )
    call.passed("req", "range", shown, "The time is well formed.")
    return int(fields["tv_sec"]) * SECOND + int(fields["tv_nsec"])


def _sleep_until(call: Call, until: int) -> Blocking[None]:
    """Sleep until virtual time `until`, ns; not at all when that has passed, and for ever from KTIME_MAX on."""
    now = call.kernel.clock.now
    if until <= now:
        call.service("time", "sleep", "The time has come already, there is nothing to sleep for.")
        return
    if until >= KTIME_MAX:
        yield Sleep("timer", "The timer never fires, so the task sleeps for good.")
        raise KernelError(Errno.EINTR, "A signal ended the sleep", "time")
    yield Sleep("timer", f"The task sleeps for {(until - now) / SECOND:g} s.", until=until)

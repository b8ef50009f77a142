"""Telling the time: clocks, all on the run's virtual time, and CPU times."""

from __future__ import annotations

from typing import Annotated

from app.cpu.mmu import PAGE_SIZE
from app.kernel import posix_clocks
from app.kernel.abi.constants import ClockId
from app.kernel.abi.text import flag_text
from app.kernel.abi.time_constants import RusageWho
from app.kernel.accounting import rusage_fields
from app.kernel.arguments import Int, Long, NumberOut, StructOut
from app.kernel.call import Call
from app.kernel.clock import CLOCK_TICK, SECOND
from app.kernel.errno import Errno
from app.kernel.posix_clocks import PosixClock
from app.kernel.syscall import syscall

"""Unit of times(2), ns: 1 / sysconf(_SC_CLK_TCK)."""


@syscall
def clock_gettime(call: Call, clockid: ClockId, tp: Annotated[StructOut, "timespec"]) -> Int:
    """Tell the time of a clock. EINVAL: no such clock. EFAULT: no room at `tp`. See clock_gettime(2)."""
    clock = readable_clock(call, clockid)
    seconds, rest = divmod(clock.read(call.kernel), SECOND)
    tp.write(tv_sec=seconds, tv_nsec=rest)
    call.service("time", "read", f"{flag_text(clockid, ClockId)} shows {seconds}.{rest:09d} s.")
    return Int(0)


@syscall
def clock_getres(call: Call, clockid: ClockId, res: Annotated[StructOut, "timespec"]) -> Int:
    """Tell how fine a clock is; `res` may be NULL. EINVAL: no such clock. EFAULT: no room. See clock_getres(2)."""
    clock = readable_clock(call, clockid)
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
def times(call: Call, buf: Annotated[StructOut, "tms"]) -> Long:
    """Tell the CPU time of the process and of its children that were waited for, in clock ticks (100 a second).

    Returns the ticks since some moment in the past. `buf` may be NULL. EFAULT: no room. See times(2). Not served: time
    in the kernel is not told apart, all of it counts as that of the program.
    """
    call.kernel.scheduler.charge()
    process = call.task.process
    if not buf.is_null:
        buf.write(tms_utime=process.cpu_time // CLOCK_TICK, tms_cutime=process.children_cpu_time // CLOCK_TICK)
    return Long(call.kernel.clock.monotonic // CLOCK_TICK)


@syscall
def getrusage(call: Call, who: RusageWho, usage: Annotated[StructOut, "rusage"]) -> Int:
    """Tell what has been used by the process, by its children that were waited for, or by the calling thread.

    EINVAL: no such `who`. EFAULT: no room. See getrusage(2). Not served: CPU time, page faults and the present size of
    the memory are told, all time as that of the program; the other numbers are 0.
    """
    call.kernel.scheduler.charge()
    process = call.task.process
    used = {
        RusageWho.RUSAGE_SELF: process.cpu_time,
        RusageWho.RUSAGE_CHILDREN: process.children_cpu_time,
        RusageWho.RUSAGE_THREAD: call.task.cpu_time,
    }
    if who not in tuple(RusageWho):
        raise call.refuse(
            Errno.EINVAL, "who", "choice", str(int(who)), "It must be RUSAGE_SELF, RUSAGE_CHILDREN or RUSAGE_THREAD."
        )
    fields = rusage_fields(used[RusageWho(who)])
    if who != RusageWho.RUSAGE_CHILDREN:
        mm = call.task.mm
        fields["ru_maxrss"] = sum(sum(mm.resident(vma)) for vma in mm.vmas) * PAGE_SIZE // 1024
        fields["ru_minflt"] = process.minor_faults
    usage.write(**fields)
    return Int(0)


def find_clock(call: Call, clockid: int) -> PosixClock:
    """The clock. Raises EINVAL."""
    clock = posix_clocks.find(call.kernel, int(clockid), call.task)
    if clock is None:
        raise call.refuse(Errno.EINVAL, "clockid", "choice", str(int(clockid)), "There is no such clock.")
    call.passed("clockid", "choice", str(int(clockid)), "There is such a clock.")
    return clock


def readable_clock(call: Call, clockid: int) -> PosixClock:
    """A clock with a time to tell. Raises EINVAL."""
    clock = find_clock(call, clockid)
    if not clock.readable:
        raise call.refuse(
            Errno.EINVAL,
            "clockid",
            "choice",
            flag_text(clockid, ClockId),
            "There is nothing whose time this clock could show.",
        )
    return clock

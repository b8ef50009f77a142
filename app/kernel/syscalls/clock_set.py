"""Setting the time: for the superuser only (clock_settime(2), adjtimex(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import ClockId
from app.kernel.abi.text import flag_text
from app.kernel.abi.time_constants import AdjustMode
from app.kernel.arguments import Int, StructIn
from app.kernel.arguments.interval import ClockState, TimexArgument
from app.kernel.call import Call
from app.kernel.clock import SECOND
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.posix_clocks import PosixClock
from app.kernel.syscall import syscall
from app.kernel.syscalls.time import find_clock

MAX_SECONDS = (1 << 63) // SECOND - 30 * 365 * 86400
"""Later than this the time of day can't be set, so that the machine may still run for 30 years."""

TIME_ERROR = 5
"""What adjtimex(2) returns while no daemon keeps the clock in step."""


_READONLY = AdjustMode.ADJ_NANO
"""Together with ADJ_ADJTIME this bit means: only tell (ADJ_OFFSET_SS_READ)."""


@syscall
def clock_settime(call: Call, clockid: ClockId, tp: Annotated[StructIn, "timespec"]) -> Int:
    """Set the time of day. EINVAL: another clock, or a malformed time. EFAULT: `tp` is not readable. EPERM: not the
    superuser.

    See clock_settime(2). Not served: timers that are set to a time of day already keep their moment.
    """
    if clockid < 0:
        tp.read()
    clock = find_clock(call, clockid)
    shown = flag_text(clockid, ClockId)
    if not clock.is_settable and (clock.owner is None or clockid >= 0):
        raise call.refuse(Errno.EINVAL, "clockid", "choice", shown, "This clock can't be set.")
    fields = tp.read()
    if clock.owner is not None:
        raise call.refuse(Errno.EPERM, "clockid", "permission", shown, "CPU time can't be set.")
    set_time(call, "tp", fields["tv_sec"], fields["tv_nsec"])
    return Int(0)


@syscall
def settimeofday(call: Call, tv: Annotated[StructIn, "timeval"], tz: Annotated[StructIn, "timezone"]) -> Int:
    """Set the time of day and the time zone of the kernel. Both pointers may be NULL.

    EFAULT: a pointer is bad. EINVAL: a malformed time. EPERM: not the superuser. See gettimeofday(2). Not served: the
    time zone stays UTC.
    """
    fields = None if tv.is_null else tv.read()
    if fields is not None and not 0 <= fields["tv_usec"] <= 1_000_000:
        raise call.refuse(Errno.EINVAL, "tv", "range", str(tv.text()), "Microseconds are less than a second.")
    if not tz.is_null:
        tz.read()
    if fields is None:
        _need_privilege(call, "tz")
    else:
        set_time(call, "tv", fields["tv_sec"], fields["tv_usec"] * 1000)
    return Int(0)


@syscall
def adjtimex(call: Call, buf: TimexArgument) -> ClockState:
    """Tell how the clock is kept in step, with `modes` 0; other modes change that.

    Returns 5 (TIME_ERROR): no daemon does. EFAULT: `buf` is bad. EPERM: a change, by another than the superuser.
    EINVAL: modes that contradict each other. See adjtimex(2). Not served: changes by the superuser have no effect.
    """
    return _adjust(call, buf, buf.read_struct("timex"))


@syscall
def clock_adjtime(call: Call, clk_id: ClockId, buf: TimexArgument) -> ClockState:
    """Like adjtimex, for a clock.

    EINVAL: no such clock. EOPNOTSUPP: not the clock of the day. And the errors of adjtimex. See adjtimex(2). Not
    served: changes by the superuser have no effect.
    """
    fields = buf.read_struct("timex")
    clock: PosixClock = find_clock(call, clk_id)
    if not clock.is_settable:
        shown = flag_text(clk_id, ClockId)
        raise call.refuse(Errno.EOPNOTSUPP, "clk_id", "choice", shown, "This clock can't be adjusted.")
    return _adjust(call, buf, fields)


def _adjust(call: Call, buf: TimexArgument, fields: dict[str, int]) -> ClockState:
    modes = fields["modes"]
    if modes & AdjustMode.ADJ_ADJTIME:
        if not modes & AdjustMode.ADJ_OFFSET:
            raise call.refuse(Errno.EINVAL, "buf", "flags", hex(modes), "ADJ_ADJTIME needs ADJ_OFFSET.")
        if not modes & _READONLY:
            _need_privilege(call, "buf")
    elif modes:
        _need_privilege(call, "buf")
    seconds, rest = divmod(call.kernel.clock.realtime, SECOND)
    buf.write_struct(
        "timex",
        modes=modes,
        maxerror=16_000_000,
        esterror=16_000_000,
        status=0x40,
        constant=2,
        precision=1,
        tolerance=32_768_000,
        time_sec=seconds,
        time_usec=rest // 1000,
        tick=10_000,
    )
    return ClockState(TIME_ERROR)


def set_time(call: Call, argument: str, seconds: int, nanoseconds: int) -> None:
    """Set the time of day (Linux `do_settimeofday64`). Raises EINVAL, EPERM."""
    if not 0 <= seconds < MAX_SECONDS or not 0 <= nanoseconds < SECOND:
        raise call.refuse(Errno.EINVAL, argument, "range", str(seconds), "That is no time the clock could show.")
    _need_privilege(call, argument)
    clock = call.kernel.clock
    if seconds * SECOND + nanoseconds < clock.monotonic:
        raise call.refuse(Errno.EINVAL, argument, "range", str(seconds), "The machine would have started before 1970.")
    clock.realtime_shift += seconds * SECOND + nanoseconds - clock.realtime
    if call.kernel.vdso is not None:
        call.kernel.vdso.time_was_set()
    call.service("time", "set", f"It is {seconds}.{nanoseconds:09d} s since 1970 now.")


def _need_privilege(call: Call, argument: str) -> None:
    """Raise EPERM for all but the superuser."""
    if not call.task.credentials.capable(Capability.CAP_SYS_TIME):
        raise call.refuse(Errno.EPERM, argument, "permission", "CAP_SYS_TIME", "Only the superuser sets the time.")

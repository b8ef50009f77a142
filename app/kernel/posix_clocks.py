"""The clocks that clock_gettime(2) names, all made from the one virtual clock."""

from __future__ import annotations

from msgspec import Struct

from .abi.constants import ClockId
from .clock import BOOT_OFFSET, REALTIME_EPOCH, Clock
from .errno import Errno

TICK = 4_000_000
"""Resolution of the coarse clocks, ns: the kernel's timer interrupt comes 250 times a second."""


class PosixClock(Struct, frozen=True):
    """A clock: what it shows at the start of the run (ns), its resolution (ns), whether one can sleep by it.

    A CPU time clock (`counts_cpu`) stands still while the process sleeps. By some clocks one can sleep in general,
    but not now: `refuses` is the errno of that. A clock that is not `readable` has no time to tell.
    """

    start: int
    resolution: int = 1
    can_sleep: bool = True
    counts_cpu: bool = False
    refuses: Errno | None = None
    readable: bool = True

    def read(self, clock: Clock) -> int:
        """The time it shows, ns."""
        time = self.start + (clock.cpu_time if self.counts_cpu else clock.now)
        return time - time % self.resolution


_CLOCKS: dict[int, PosixClock] = {
    ClockId.CLOCK_REALTIME: PosixClock(REALTIME_EPOCH),
    ClockId.CLOCK_MONOTONIC: PosixClock(BOOT_OFFSET),
    ClockId.CLOCK_PROCESS_CPUTIME_ID: PosixClock(0, counts_cpu=True),
    ClockId.CLOCK_THREAD_CPUTIME_ID: PosixClock(0, counts_cpu=True, can_sleep=False),
    ClockId.CLOCK_MONOTONIC_RAW: PosixClock(BOOT_OFFSET, can_sleep=False),
    ClockId.CLOCK_REALTIME_COARSE: PosixClock(REALTIME_EPOCH, TICK, can_sleep=False),
    ClockId.CLOCK_MONOTONIC_COARSE: PosixClock(BOOT_OFFSET, TICK, can_sleep=False),
    ClockId.CLOCK_BOOTTIME: PosixClock(BOOT_OFFSET),
    ClockId.CLOCK_REALTIME_ALARM: PosixClock(REALTIME_EPOCH, refuses=Errno.EOPNOTSUPP, readable=False),
    ClockId.CLOCK_BOOTTIME_ALARM: PosixClock(BOOT_OFFSET, refuses=Errno.EOPNOTSUPP, readable=False),
    ClockId.CLOCK_TAI: PosixClock(REALTIME_EPOCH),
}
_PER_THREAD = 4
_CPU_SCHED = 2
_DEVICE = 3


def find(number: int, pid: int) -> PosixClock | None:
    """The clock called `number` by the process `pid`; None when there is none.

    Negative numbers are the CPU clocks of a process or thread, `~id << 3 | kind` (clock_getcpuclockid(3)), or the clock
    of a device, `~fd << 3 | 3`. A process has only its own, which an id of 0 means too; of the others one learns only
    when one uses them. The alarm clocks wake a machine by its real-time clock chip, which this one does not have.
    """
    if number >= 0:
        return _CLOCKS.get(number)
    if number & (_PER_THREAD | _DEVICE) == _DEVICE:
        return PosixClock(0, can_sleep=False, readable=False)
    kind = number & 3
    if kind > _CPU_SCHED or ~(number >> 3) not in (0, pid):
        return PosixClock(0, refuses=Errno.EINVAL, readable=False)
    return PosixClock(
        0,
        resolution=1 if kind == _CPU_SCHED else TICK,
        counts_cpu=True,
        refuses=Errno.EINVAL if number & _PER_THREAD else None,
    )

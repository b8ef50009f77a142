"""The clocks that clock_gettime(2) names, all made from the one virtual clock."""

from __future__ import annotations

from msgspec import Struct

from .abi.constants import ClockId
from .clock import BOOT_OFFSET, REALTIME_EPOCH, Clock

TICK = 4_000_000
"""Resolution of the coarse clocks, ns: the kernel's timer interrupt comes 250 times a second."""


class PosixClock(Struct, frozen=True):
    """A clock: what it shows at the start of the run (ns), its resolution (ns), whether one can sleep by it.

    A CPU time clock (`counts_cpu`) stands still while the process sleeps.
    """

    start: int
    resolution: int = 1
    can_sleep: bool = True
    counts_cpu: bool = False

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
    ClockId.CLOCK_TAI: PosixClock(REALTIME_EPOCH),
}
_PER_THREAD = 4
_CPU_SCHED = 2


def find(number: int, pid: int) -> PosixClock | None:
    """The clock called `number` by the process `pid`; None when there is none.

    Negative numbers are the CPU clocks of a process or thread, `~id << 3 | kind` (clock_getcpuclockid(3)); this
    process has only its own, and 0 means it too. The alarm clocks need a real-time clock chip, which this machine does
    not have.
    """
    if number >= 0:
        return _CLOCKS.get(number)
    kind = number & 3
    if kind > _CPU_SCHED or ~(number >> 3) not in (0, pid):
        return None
    return PosixClock(
        0, resolution=1 if kind == _CPU_SCHED else TICK, counts_cpu=True, can_sleep=not number & _PER_THREAD
    )

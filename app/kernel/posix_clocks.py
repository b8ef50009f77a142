"""The clocks that clock_gettime(2) names, all made from the one virtual clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .abi.constants import ClockId
from .clock import BOOT_OFFSET, REALTIME_EPOCH
from .errno import Errno

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process, Task

TICK = 4_000_000
"""Resolution of the coarse clocks, ns: the kernel's timer interrupt comes 250 times a second."""


class PosixClock(Struct, frozen=True):
    """A clock: what it shows at the start of the run (ns), its resolution (ns), whether one can sleep by it.

    A CPU time clock is that of its `owner`, which stands still while the owner sleeps; other clocks have none. By some
    clocks one can sleep in general, but not now: `refuses` is the errno of that. `has_timers` says whether
    timer_create(2) takes it, `is_settable` clock_settime(2). A clock that is not `readable` has no time to tell.
    """

    start: int = 0
    resolution: int = 1
    can_sleep: bool = True
    owner: Task | Process | None = None
    refuses: Errno | None = None
    readable: bool = True
    has_timers: bool = True
    is_settable: bool = False

    def read(self, kernel: Kernel) -> int:
        """The time it shows, ns."""
        if self.owner is None:
            time = self.start + kernel.clock.now + (kernel.clock.realtime_shift if self.is_settable else 0)
        else:
            kernel.scheduler.charge()
            time = self.owner.cpu_time
        return time - time % self.resolution


_CLOCKS: dict[int, PosixClock] = {
    ClockId.CLOCK_REALTIME: PosixClock(REALTIME_EPOCH, is_settable=True),
    ClockId.CLOCK_MONOTONIC: PosixClock(BOOT_OFFSET),
    ClockId.CLOCK_MONOTONIC_RAW: PosixClock(BOOT_OFFSET, can_sleep=False, has_timers=False),
    ClockId.CLOCK_REALTIME_COARSE: PosixClock(REALTIME_EPOCH, TICK, can_sleep=False, has_timers=False),
    ClockId.CLOCK_MONOTONIC_COARSE: PosixClock(BOOT_OFFSET, TICK, can_sleep=False, has_timers=False),
    ClockId.CLOCK_BOOTTIME: PosixClock(BOOT_OFFSET),
    ClockId.CLOCK_REALTIME_ALARM: PosixClock(
        REALTIME_EPOCH, refuses=Errno.EOPNOTSUPP, readable=False, has_timers=False
    ),
    ClockId.CLOCK_BOOTTIME_ALARM: PosixClock(BOOT_OFFSET, refuses=Errno.EOPNOTSUPP, readable=False, has_timers=False),
    ClockId.CLOCK_TAI: PosixClock(REALTIME_EPOCH),
}
_PER_THREAD = 4
_CPU_SCHED = 2
_DEVICE = 3
_NO_CLOCK = PosixClock(refuses=Errno.EINVAL, readable=False)


def find(kernel: Kernel, number: int, task: Task) -> PosixClock | None:
    """The clock that `task` calls `number`; None when there is none.

    Negative numbers are the CPU clocks of a process or thread, `~id << 3 | kind` (clock_getcpuclockid(3)), or the clock
    of a device, `~fd << 3 | 3`. An id of 0 means the caller. Of other processes any will do, of other threads only
    those of the caller's process; that there is none one learns only when one uses it. The alarm clocks wake a machine
    by its real-time clock chip, which this one does not have.
    """
    if number == ClockId.CLOCK_PROCESS_CPUTIME_ID:
        return PosixClock(owner=task.process)
    if number == ClockId.CLOCK_THREAD_CPUTIME_ID:
        return PosixClock(owner=task, can_sleep=False)
    if number >= 0:
        return _CLOCKS.get(number)
    if number & (_PER_THREAD | _DEVICE) == _DEVICE:
        return PosixClock(can_sleep=False, readable=False, has_timers=False)
    owner = _owner(kernel, ~(number >> 3), bool(number & _PER_THREAD), task)
    if number & 3 > _CPU_SCHED or owner is None:
        return _NO_CLOCK
    resolution = 1 if number & 3 == _CPU_SCHED else TICK
    return PosixClock(resolution=resolution, owner=owner, refuses=Errno.EINVAL if owner is task else None)


def _owner(kernel: Kernel, ident: int, is_thread: bool, task: Task) -> Task | Process | None:
    """Whose CPU time is meant (Linux `pid_for_clock`)."""
    if is_thread:
        thread = task if ident == 0 else kernel.tasks.get(ident)
        return thread if thread is not None and thread.process is task.process else None
    return task.process if ident in (0, task.tid) else kernel.processes.get(ident)

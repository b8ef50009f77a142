"""The three interval timers of a process (setitimer(2)), each with its signal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import posix_clocks
from .abi.constants import ClockId, Signo
from .abi.time_constants import IntervalTimer as Which
from .clock_timer import ClockTimer
from .posix_clocks import PosixClock
from .signal import SigInfo
from .signal_delivery import send_to_process

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process

_SIGNALS = {
    Which.ITIMER_REAL: Signo.SIGALRM,
    Which.ITIMER_VIRTUAL: Signo.SIGVTALRM,
    Which.ITIMER_PROF: Signo.SIGPROF,
}


class IntervalTimer:
    """One of them. ITIMER_REAL goes by the clock, the others by the CPU time of the process.

    The interval of ITIMER_REAL begins again when its signal is taken, that of the others at once.
    """

    def __init__(self, kernel: Kernel, process: Process, which: int) -> None:
        self._kernel = kernel
        self._process = process
        self._signo = _SIGNALS[Which(which)]
        self._is_real = which == Which.ITIMER_REAL
        clock = PosixClock(owner=process)
        if self._is_real:
            clock = posix_clocks.find(kernel, ClockId.CLOCK_MONOTONIC, process.leader) or clock
        self.timer = ClockTimer(kernel, clock, self._expired)

    @property
    def remaining(self) -> int:
        """Time until it fires, ns; at least a microsecond while it is set, 0 when it is not."""
        return max(self.timer.remaining(), 1000) if self.timer.is_armed else 0

    def set(self, value: int, interval: int) -> None:
        """Fire in `value` ns and then every `interval`; 0 stops it."""
        timer = self.timer
        if value:
            timer.set(value, interval, absolute=False)
        else:
            timer.stop()
            timer.interval = 0 if self._is_real else interval

    def _expired(self) -> None:
        was_pending = self._signo in self._process.pending
        taken = self._taken if self._is_real else None
        send_to_process(self._kernel, self._process, SigInfo(self._signo, "SI_KERNEL", taken=taken))
        if was_pending or not self._is_real:
            self._again()

    def _taken(self, info: SigInfo) -> SigInfo:
        self._again()
        return info

    def _again(self) -> None:
        if self.timer.interval:
            self.timer.forward()
        elif not self.timer.is_armed:
            self.timer.stop()


def of(kernel: Kernel, process: Process, which: int) -> IntervalTimer:
    """The timer `which` of a process. Raises ValueError for a number that is none of the three."""
    timers = process.interval_timers
    if which not in timers:
        timers[which] = IntervalTimer(kernel, process, which)
    return timers[which]

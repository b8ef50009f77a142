"""The timers that a process makes for itself (timer_create(2)): any clock, any signal, and a count of overruns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from .abi.time_constants import SigevNotify
from .clock_timer import ClockTimer
from .signal import SigInfo
from .signal_delivery import send_to_process, send_to_task

if TYPE_CHECKING:
    from .kernel import Kernel
    from .posix_clocks import PosixClock
    from .task import Process, Task

MAX_OVERRUN = 0x7FFF_FFFF
"""DELAYTIMER_MAX: a larger count is told as this."""


class Notification(Struct, frozen=True):
    """What happens when a timer fires: `struct sigevent`. `task` is the one thread that gets the signal, if any."""

    notify: int
    signo: int
    value: int
    task: Task | None = None


class PosixTimer:
    """One timer. While its signal is pending it does not fire again; the overruns are counted when it is taken."""

    def __init__(self, kernel: Kernel, process: Process, ident: int, clock: PosixClock, event: Notification) -> None:
        self.ident = ident
        self.overrun = 0
        self._kernel = kernel
        self._process = process
        self._event = event
        self._missed = -1
        self._settings = 0
        self._timer = ClockTimer(kernel, clock, self._expired)

    @property
    def is_silent(self) -> bool:
        """Whether it only counts (SIGEV_NONE)."""
        return self._event.notify == SigevNotify.SIGEV_NONE

    def get(self) -> tuple[int, int]:
        """(time until it fires, interval), ns. One that fires just now has 1 ns left."""
        timer = self._timer
        if timer.expires is None or (not timer.interval and not timer.is_armed and not self.is_silent):
            return 0, timer.interval
        if timer.interval and not timer.is_armed:
            self._missed += timer.forward()
        left = timer.remaining()
        return (left if left > 0 else 0 if self.is_silent else 1), timer.interval

    def set(self, value: int, interval: int, absolute: bool) -> None:
        """Fire in `value` ns, or when the clock shows `value`, and then every `interval`; 0 stops it."""
        self._settings += 1
        self.overrun, self._missed = 0, -1
        if value:
            self._timer.set(value, interval, absolute)
        else:
            self._timer.stop()
            self._timer.interval = 0

    def delete(self) -> None:
        """Stop it for good; its signal will not be acted on."""
        self._timer.stop()
        self._settings += 1

    def _expired(self) -> None:
        event = self._event
        if self.is_silent:
            return
        settings = self._settings
        info = SigInfo(
            event.signo,
            "SI_TIMER",
            value=event.value,
            timer=self.ident,
            taken=lambda info: self._taken(info) if self._settings == settings else None,
        )
        if event.task is not None:
            send_to_task(self._kernel, event.task, info)
        else:
            send_to_process(self._kernel, self._process, info)

    def _taken(self, info: SigInfo) -> SigInfo:
        """Its signal is acted on: the next interval begins (Linux `posixtimer_deliver_signal`)."""
        if self._timer.interval and self._timer.expires is not None:
            self._missed += self._timer.forward()
            self.overrun, self._missed = min(max(self._missed, 0), MAX_OVERRUN), -1
        return replace(info, overrun=self.overrun, taken=None)


class PosixTimers:
    """Those of one process by their numbers, which count up from 0."""

    def __init__(self) -> None:
        self.timers: dict[int, PosixTimer] = {}
        self.next_ident = 0

    def delete_all(self) -> None:
        """The program is gone, by execve(2) or because the process ends."""
        for timer in self.timers.values():
            timer.delete()
        self.timers.clear()

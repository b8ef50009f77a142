"""One timer on a POSIX clock, once or again and again: what setitimer(2), timer_create(2) and timerfd share."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .cpu_timers import CpuTimer
from .multiplex import KTIME_MAX

if TYPE_CHECKING:
    from .kernel import Kernel
    from .posix_clocks import PosixClock
    from .timer import Timer


class ClockTimer:
    """Calls `expired` when `clock` shows `expires` ns; None when it is not set.

    It fires once. One with an `interval` is set again by `forward`, when somebody has taken notice: as in Linux, a
    timer that nobody looks at costs nothing, and all the times it would have fired are counted then.
    """

    def __init__(self, kernel: Kernel, clock: PosixClock, expired: Callable[[], None]) -> None:
        self.kernel = kernel
        self.clock = clock
        self.expires: int | None = None
        self.interval = 0
        self._expired = expired
        self._alarm: Timer | CpuTimer | None = None

    @property
    def is_armed(self) -> bool:
        """Whether it will fire."""
        return self._alarm is not None

    def set(self, value: int, interval: int, absolute: bool) -> None:
        """Fire in `value` ns, or when the clock shows `value`; at once when that has passed. Replaces what was set."""
        self.stop()
        self.interval = interval
        self.expires = min(value if absolute else self.clock.read(self.kernel) + value, KTIME_MAX)
        self._arm()

    def stop(self) -> None:
        """Fire no more."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
        self.expires = None

    def remaining(self) -> int:
        """Time until it fires, ns; 0 or less when it should have; 0 when it is not set."""
        return 0 if self.expires is None else self.expires - self.clock.read(self.kernel)

    def forward(self) -> int:
        """Move the time it fires by whole intervals into the future (`hrtimer_forward_now`), and set it again.

        Returns by how many.
        """
        if self.expires is None or not self.interval:
            return 0
        late = self.clock.read(self.kernel) - self.expires
        count = late // self.interval + 1 if late >= 0 else 0
        self.expires = min(self.expires + count * self.interval, KTIME_MAX)
        if not self.is_armed:
            self._arm()
        return count

    def _arm(self) -> None:
        expires = self.expires
        if expires is None or expires >= KTIME_MAX:
            return
        owner = self.clock.owner
        if owner is not None:
            self._alarm = CpuTimer(owner, expires, self._fire)
        else:
            kernel = self.kernel
            self._alarm = kernel.timers.add(kernel.clock.now + expires - self.clock.read(kernel), self._fire)

    def _fire(self) -> None:
        self._alarm = None
        self._expired()

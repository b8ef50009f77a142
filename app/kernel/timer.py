"""Timers on the virtual clock: what is to happen when a time has come."""

from __future__ import annotations

import heapq
from collections.abc import Callable


class Timer:
    """One appointment: `callback` is called once the clock shows `when` (virtual ns), unless `cancel` comes first."""

    __slots__ = ("callback", "when")

    def __init__(self, when: int, callback: Callable[[], None]) -> None:
        self.when = when
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Forget it; does nothing when it has fired."""
        self.callback = None

    @property
    def is_armed(self) -> bool:
        """Whether it is still to fire."""
        return self.callback is not None


class TimerQueue:
    """All timers of the run, earliest first; of equal times, the one added first."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, int, Timer]] = []
        self._added = 0

    def add(self, when: int, callback: Callable[[], None]) -> Timer:
        """Call `callback` at virtual time `when`, ns; at once after the present trap when that has passed."""
        timer = Timer(when, callback)
        self._added += 1
        heapq.heappush(self._heap, (when, self._added, timer))
        return timer

    def next_time(self) -> int | None:
        """When the next one fires; None when none is armed."""
        heap = self._heap
        while heap and heap[0][2].callback is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def fire(self, now: int) -> None:
        """Call every callback whose time has come by `now`."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            _, _, timer = heapq.heappop(heap)
            callback, timer.callback = timer.callback, None
            if callback is not None:
                callback()

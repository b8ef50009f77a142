"""Timers that one reads (timerfd_create(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.text import count_of
from app.kernel.clock_timer import ClockTimer
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import PollEvent
from app.kernel.posix_clocks import PosixClock
from app.kernel.wait import Sleep, WaitQueue

from .anonymous import NoticeDescription
from .file import Sink
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

COUNT_SIZE = 8
_IN = int(PollEvent.POLLIN)


class TimerDescription(NoticeDescription):
    """An open timerfd: it counts how often its timer has expired since the last read."""

    kind = "timerfd"
    what = "a timer"
    name = "[timerfd]"
    can_write = False

    def __init__(self, kernel: Kernel, fs: SuperBlock, flags: int, clock: PosixClock) -> None:
        super().__init__(fs, flags)
        self._timer = ClockTimer(kernel, clock, self._fired)
        self._has_fired = False
        self._ticks = 0
        self._queue = WaitQueue()

    def release(self) -> None:
        """Nobody will read it."""
        self._timer.stop()
        super().release()

    def set(self, value: int, interval: int, absolute: bool) -> None:
        """Expire in `value` ns, or when the clock shows `value`, and then every `interval`; 0 stops it."""
        self._has_fired, self._ticks = False, 0
        if value:
            self._timer.set(value, interval, absolute)
        else:
            self._timer.stop()
            self._timer.interval = interval

    def get(self) -> tuple[int, int]:
        """(time until it expires, interval), ns."""
        self._count()
        return max(self._timer.remaining(), 0), self._timer.interval

    def _fired(self) -> None:
        self._has_fired = True
        self._ticks += 1
        self._queue.wake_all(_IN)

    def _count(self) -> None:
        """Count the expirations since it fired, and set it again."""
        if self._has_fired and self._timer.interval:
            self._has_fired = False
            self._ticks += self._timer.forward() - 1

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """The number of expirations since the last read, 8 bytes; sleep while it is 0."""
        if sink.size < COUNT_SIZE:
            raise KernelError(Errno.EINVAL, f"The count has {COUNT_SIZE} bytes, and there is less room", "time")
        if not self._ticks:
            return Sleep("timer", "The timer has not expired since, so the task sleeps until it does.", (self._queue,))
        self._count()
        ticks, self._ticks = self._ticks, 0
        self._has_fired = False
        call.service("time", "expired", f"The timer has expired {count_of(ticks, 'time')} since it was set or read.")
        if sink.write(ticks.to_bytes(COUNT_SIZE, "little")) < COUNT_SIZE:
            raise KernelError(Errno.EFAULT, "The number does not fit into the memory", "time")
        return COUNT_SIZE

    def poll(self) -> int:
        """Readable once it has expired."""
        return _IN if self._ticks else 0

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken when it expires."""
        return (self._queue,)

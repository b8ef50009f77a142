"""Waiting for the first of many files to become ready: what poll(2), select(2) and epoll_wait(2) share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from msgspec import Struct

from .clock import SECOND
from .errno import Errno
from .wait import Blocking, Interrupted, Restart, Sleep, WaitQueue

if TYPE_CHECKING:
    from .arguments.poll import Timeout
    from .call import Call
    from .fs.file import FileDescription

KTIME_MAX = (1 << 63) - 1
"""The latest time the kernel can express, ns. A timer set for it never fires."""


class Deadline(Struct, frozen=True):
    """Until when a call waits: virtual ns, or None for ever. `at_once`: it does not wait at all."""

    when: int | None
    at_once: bool = False

    @classmethod
    def after(cls, call: Call, duration: int | None) -> Deadline:
        """In `duration` ns; None is never."""
        if duration is None:
            return cls(None)
        when = call.kernel.clock.now + duration
        return cls(when if when < KTIME_MAX else None, duration == 0)

    @classmethod
    def of(cls, call: Call, timeout: Timeout) -> Deadline:
        """What a timespec or timeval says; NULL is never. Raises EFAULT, and EINVAL for a malformed time.

        Of a timeval Linux takes any number of microseconds.
        """
        if timeout.is_null:
            return cls(None)
        fields = timeout.read()
        seconds = fields["tv_sec"]
        if "tv_nsec" in fields:
            rest = fields["tv_nsec"]
        else:
            microseconds = fields["tv_usec"]
            whole = abs(microseconds) // 1_000_000 * (1 if microseconds >= 0 else -1)
            seconds += whole
            rest = (microseconds - whole * 1_000_000) * 1000
        if seconds < 0 or not 0 <= rest < SECOND:
            raise call.refuse(
                Errno.EINVAL,
                timeout.name,
                "range",
                str(timeout.text()),
                "Seconds must not be negative, nanoseconds must be 0 to 999999999.",
            )
        return cls.after(call, seconds * SECOND + rest)

    def is_over(self, call: Call) -> bool:
        """Whether the time has come."""
        return self.at_once or (self.when is not None and call.kernel.clock.now >= self.when)

    def tell_left(self, call: Call, timeout: Timeout) -> None:
        """Store how much of the time was left, where the call had one to wait."""
        if self.at_once:
            timeout.left = timeout.text()
        elif self.when is not None:
            timeout.write_left(max(self.when - call.kernel.clock.now, 0))


def wait_for_files(
    call: Call,
    files: Iterable[FileDescription],
    look: Callable[[], int],
    deadline: Deadline,
    restart: Restart,
    names: str,
) -> Blocking[int]:
    """Sleep until `look` counts something, or the deadline; returns what it counted last.

    Raises Interrupted when a signal is pending and nothing is ready, even where it would not have slept.
    """
    queues: list[WaitQueue] = []
    for file in files:
        queues += [queue for queue in file.poll_queues() if queue not in queues]
    call.kernel.poll_keyboard_for(queues)
    while not (count := look()):
        if call.signal_pending:
            raise Interrupted(restart)
        if deadline.is_over(call):
            call.service("time", "timeout", "The time is over, and none of the files is ready.")
            return 0
        sentence = f"None of the files (descriptors: {names}) is ready, so the task sleeps until one is."
        on = "files" if queues or deadline.when is None else "timer"
        yield from call.sleep(Sleep(on, sentence, tuple(queues), deadline.when), restart)
    return count

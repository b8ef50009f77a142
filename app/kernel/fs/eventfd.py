"""Event counters (eventfd(2)): a 64-bit number that writes add to and reads take away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.errno import Errno, KernelError
from app.kernel.poll import PollEvent
from app.kernel.wait import Sleep, WaitQueue

from .anonymous import NoticeDescription
from .file import Sink, Source
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.kernel.call import Call

COUNTER_SIZE = 8
LARGEST = (1 << 64) - 2
"""The most that the counter holds; a write of one more is never possible."""

_IN, _OUT = int(PollEvent.POLLIN), int(PollEvent.POLLOUT)


class EventCounter(NoticeDescription):
    """An open eventfd. A `semaphore` gives 1 at a time, others all they have."""

    kind = "eventfd"
    what = "an event counter"
    name = "[eventfd]"

    def __init__(self, fs: SuperBlock, flags: int, count: int, semaphore: bool) -> None:
        super().__init__(fs, flags)
        self.count = count
        self.semaphore = semaphore
        self.queue = WaitQueue()

    def try_read(self, call: Call, sink: Sink, position: int | None) -> int | Sleep:
        """Take the count, or 1 of a semaphore; sleep while it is 0. The count is gone even where `sink` is bad."""
        if sink.size < COUNTER_SIZE:
            raise KernelError(Errno.EINVAL, f"The counter has {COUNTER_SIZE} bytes, and there is less room")
        if not self.count:
            return Sleep("eventfd", "The counter is 0, so the task sleeps until somebody writes.", (self.queue,))
        taken = 1 if self.semaphore else self.count
        self.count -= taken
        call.service("vfs", "read", f"The counter gives {taken} and is {self.count} now.")
        self.queue.wake_all(_OUT)
        if sink.write(taken.to_bytes(COUNTER_SIZE, "little")) < COUNTER_SIZE:
            raise KernelError(Errno.EFAULT, "The number does not fit into the memory")
        return COUNTER_SIZE

    def try_write(self, call: Call, source: Source, position: int | None) -> int | Sleep:
        """Add the number; sleep while the counter has no room for it."""
        if source.size != COUNTER_SIZE:
            raise KernelError(Errno.EINVAL, f"A write to a counter has exactly {COUNTER_SIZE} bytes")
        data = source.read()
        if len(data) < COUNTER_SIZE:
            raise KernelError(Errno.EFAULT, "The number is not wholly readable")
        added = int.from_bytes(data, "little")
        if added > LARGEST:
            raise KernelError(Errno.EINVAL, "The largest number of 64 bits can't be added")
        if self.count + added > LARGEST:
            return Sleep("eventfd", "The counter has no room for that, so the task sleeps.", (self.queue,))
        self.count += added
        call.service("vfs", "write", f"The counter takes {added} and is {self.count} now.")
        self.queue.wake_all(_IN)
        return COUNTER_SIZE

    def poll(self) -> int:
        """Readable above 0, writable while 1 can be added (Linux `eventfd_poll`)."""
        return (_IN if self.count else 0) | (_OUT if self.count < LARGEST else 0)

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """Woken by reads and writes."""
        return (self.queue,)

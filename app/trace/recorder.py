"""The recorder: numbers and stamps events, and hands them on in batches."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable

from .events import AnyEvent

Sink = Callable[[list[AnyEvent]], None]
"""Takes a non-empty batch of events, in order. May block: that is the back pressure on the program."""


class Recorder:
    """Collects the events of one run.

    `sink` receives them in batches of at most `batch` events, and whatever is waiting at each `flush`.
    The kernel sets `now` (virtual nanoseconds) and `task` (current tid) as they change, so that emitting an event
    costs no lookup. While `muted` events are dropped: what happens before the program exists is no part of its story.

    One thread emits; any thread may flush, so that a program silent for long does not hold its events back.
    """

    def __init__(self, sink: Sink, batch: int = 256) -> None:
        self.now = 0
        self.task = 0
        self.seq = 0
        self.muted = False
        self._sink = sink
        self._batch = batch
        self._waiting: deque[AnyEvent] = deque()
        self._flushing = threading.Lock()

    def emit(self, event: AnyEvent) -> None:
        """Stamp `event` with the next `seq`, the current time and task, and queue it for the sink."""
        if self.muted:
            return
        seq = self.seq
        event.seq = seq
        event.time = self.now
        event.task = self.task
        self.seq = seq + 1
        waiting = self._waiting
        waiting.append(event)
        if len(waiting) >= self._batch:
            self.flush()

    def emit_for(self, task: int, event: AnyEvent) -> None:
        """Emit an event that belongs to `task`, though another one has the CPU."""
        current, self.task = self.task, task
        try:
            self.emit(event)
        finally:
            self.task = current

    def flush(self) -> None:
        """Give everything queued to the sink. Called when the run waits, ends, or has been silent for a while."""
        # `emit` takes no lock: appending to a deque and taking from its other end do not disturb each other.
        with self._flushing:
            take = self._waiting.popleft
            batch = [take() for _ in range(len(self._waiting))]
            if batch:
                self._sink(batch)

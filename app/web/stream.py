"""Checking the events of one run on their way to the browser, and ending a run whose worker could not."""

from __future__ import annotations

from typing import get_args

from app.trace.events import AnyEvent, Counters, EndReason, Fault, Output, RunEnd, Trap

_EXIT_CODES: dict[str, int] = {"internal-error": 125, "stopped": 130}
_EXIT_CODE_AT_A_LIMIT = 124


class BrokenStreamError(Exception):
    """A worker sent something that no working kernel sends."""


class EventStream:
    """What has passed so far. A worker is untrusted, so its numbering is checked and not believed."""

    def __init__(self) -> None:
        self.ended = False
        self._next_seq = 0
        self._time = 0
        self._task = 0
        self._traps = 0
        self._faults = 0
        self._output_bytes = 0

    @property
    def started(self) -> bool:
        """True once an event has passed."""
        return self._next_seq > 0

    def accept(self, events: list[AnyEvent]) -> None:
        """Take the next batch; raises `BrokenStreamError` at an event that is out of order or after the end."""
        for event in events:
            if self.ended:
                raise BrokenStreamError(f"event {event.seq} follows run.end")
            if event.seq != self._next_seq:
                raise BrokenStreamError(f"event {event.seq} where {self._next_seq} was expected")
            self._next_seq += 1
            self._time = event.time
            self._task = event.task
            match event:
                case Trap():
                    self._traps += 1
                case Fault():
                    self._faults += 1
                case Output():
                    self._output_bytes += len(event.data)
                case RunEnd():
                    self.ended = True

    def end(self, reason: str, sentence: str) -> RunEnd:
        """The `run.end` event in place of the worker's own; the peak of memory is unknown here and given as 0."""
        known: EndReason = "internal-error"
        for candidate in get_args(EndReason):
            if candidate == reason:
                known = candidate
        self.ended = True
        return RunEnd(
            seq=self._next_seq,
            time=self._time,
            task=self._task,
            reason=known,
            status=None,
            signal=None,
            exit_code=_EXIT_CODES.get(known, _EXIT_CODE_AT_A_LIMIT),
            sentence=sentence,
            counters=Counters(
                traps=self._traps,
                faults=self._faults,
                events=self._next_seq + 1,
                output_bytes=self._output_bytes,
                memory_bytes=0,
                time=self._time,
            ),
        )

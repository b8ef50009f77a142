"""A run on the web's side: decodes and checks what its worker says, as input from a stranger."""

from __future__ import annotations

import logging
import queue
import secrets
from collections.abc import Callable, Iterator

import msgspec

from app.runner.messages import (
    Action,
    Built,
    Crashed,
    Done,
    Ended,
    Events,
    FromWorker,
    Killed,
    Rejected,
    ToWorker,
    WorkerFrame,
)
from app.trace.events import RunEnd

# A system call in progress at the limit still reports its remaining steps.
_EVENTS_ABOVE_LIMIT = 1024
_CRASHES = {
    "time-limit": "The program was stopped: assembling it took too long.",
    "memory-limit": "The program was stopped: it needs more memory than a run may use.",
    "internal-error": "Something went wrong inside Trapgate. It is not your program's fault, and it has been logged.",
}

_decoder: msgspec.msgpack.Decoder[WorkerFrame] = msgspec.msgpack.Decoder(WorkerFrame)
_log = logging.getLogger("trapgate.runner")


class ProtocolError(Exception):
    """A worker said what an honest one does not say."""


class Stream:
    """Decodes one worker's frames and checks that they follow each other as they must."""

    def __init__(self, max_events: int, action: Action = "run") -> None:
        self._most = max_events + _EVENTS_ABOVE_LIMIT
        self._action = action
        self._built = False
        self._seen = 0
        self._ended = False

    def decode(self, frame: bytes) -> WorkerFrame:
        """The message in `frame`. Raises ProtocolError."""
        try:
            message = _decoder.decode(frame)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise ProtocolError(str(error)) from error
        if isinstance(message, Events):
            self._check(message)
        elif isinstance(message, Built):
            self._check_built()
        elif isinstance(message, Done) and not self._ended:
            raise ProtocolError("done without run.end")
        elif isinstance(message, Rejected) and (self._seen or not message.mistakes):
            raise ProtocolError("rejected after events, or without a mistake")
        return message

    def _check_built(self) -> None:
        if self._seen or self._built:
            raise ProtocolError("built after events, or twice")
        self._built = True

    def _check(self, message: Events) -> None:
        if self._action == "check":
            raise ProtocolError("events in a check")
        if not message.events:
            raise ProtocolError("a batch without events")
        for event in message.events:
            if event.seq != self._seen:
                raise ProtocolError(f"event {event.seq} where {self._seen} was due")
            if self._ended:
                raise ProtocolError("events after run.end")
            self._seen += 1
            self._ended = isinstance(event, RunEnd)
        if self._seen > self._most:
            raise ProtocolError(f"more than {self._most} events")


class LocalRun:
    """A run of `LocalBackend`: see `app.runner.backend.Run`."""

    def __init__(
        self,
        max_events: int,
        *,
        action: Action = "run",
        grant: Callable[[], None],
        send: Callable[[ToWorker], None],
        cancel: Callable[[], None],
    ) -> None:
        self.id = secrets.token_hex(8)
        self.action = action
        self._stream = Stream(max_events, action)
        self._grant = grant
        self._send = send
        self._cancel = cancel
        self._arrived: queue.Queue[bytes | Ended | None] = queue.Queue()
        self._over = False

    def put(self, item: bytes | Ended) -> None:
        """Hand over what the runner sent; the credit bounds how much waits here."""
        self._arrived.put(item)

    def frames(self) -> Iterator[FromWorker]:
        """See `app.runner.backend.Run.frames`. To be called once."""
        try:
            while (item := self._arrived.get()) is not None and not self._over:
                message = self._understand(item)
                if not isinstance(message, Events) and not (isinstance(message, Built) and self.action == "run"):
                    # Before the consumer sees it: whatever the worker still does is of no use.
                    self.cancel()
                    yield message
                    return
                yield message
                self._grant()
        finally:
            self.cancel()

    def send(self, message: ToWorker) -> None:
        """See `app.runner.backend.Run.send`."""
        if not self._over:
            self._send(message)

    def cancel(self) -> None:
        """See `app.runner.backend.Run.cancel`."""
        if not self._over:
            self._over = True
            self._cancel()
            self._arrived.put(None)

    def _understand(self, item: bytes | Ended) -> FromWorker:
        if isinstance(item, Ended):
            return Killed(item.reason, item.sentence)
        try:
            message = self._stream.decode(item)
        except ProtocolError as error:
            _log.warning("run %s: the worker broke the protocol: %a", self.id, str(error))
            return Killed("internal-error", _CRASHES["internal-error"])
        if isinstance(message, Crashed):
            level = logging.ERROR if message.reason == "internal-error" else logging.INFO
            _log.log(level, "run %s: the worker gave up: %s\n%s", self.id, message.reason, _harmless(message.detail))
            return Killed(message.reason, _CRASHES[message.reason])
        return message


def _harmless(text: str) -> str:
    """Text from a worker, such that it can't pass for lines of the log or control a terminal."""
    return "\n".join("    | " + line.encode("unicode_escape").decode() for line in text[:10000].split("\n"))

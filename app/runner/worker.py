"""The one-shot worker: a sandboxed process that serves one run over one socket and ends.

Two threads. The main one reads the RunSpec, runs the engine and writes frames; a blocking write is the back pressure
on the program. The attendant passes the keyboard and Stop on, and watches the limits.
"""

from __future__ import annotations

import os
import select
import threading
import traceback
from collections import deque

import msgspec

from app.runner import sandbox
from app.runner.execution import Engine, Stoppable, Watch
from app.runner.frames import MAX_CONTROL_FRAME, MAX_WORKER_FRAME, FrameBuffer, pack
from app.runner.messages import Crashed, Done, Events, Keyboard, Rejected, RunSpec, SourceMistake, ToWorker, WorkerFrame
from app.toolchain.program import Diagnostic, SourceError
from app.trace.events import AnyEvent, EndReason
from app.trace.recorder import Recorder

SOCKET_FD = 3
"""The descriptor of the worker's socket, once `main` has moved it there."""

MAX_KEYBOARD_BYTES = 65536
"""Unread input kept for the program; more is dropped, as a terminal's input queue drops it."""

_FLUSH_SECONDS = 0.05
_IDLE_SECONDS = 60.0
_READ_BYTES = 65536
# Address space for the emulator and its translation cache, the second thread's heap, and the assembler's tables.
_ENGINE_BYTES = 192 << 20
_MAX_DETAIL_CHARACTERS = 8000

_encoder = msgspec.msgpack.Encoder()
_spec_decoder = msgspec.msgpack.Decoder(RunSpec)
_message_decoder: msgspec.msgpack.Decoder[ToWorker] = msgspec.msgpack.Decoder(ToWorker)


def main(socket_fd: int, engine: Engine, *, parent: int, address_space_bytes: int) -> None:
    """Serve one run and end the process; call it right after fork, in a single-threaded process.

    `parent` is the runner's pid and `address_space_bytes` the size of the process it was forked from.
    """
    status = 1
    try:
        _keep_only(socket_fd)
        worker = Worker(engine, address_space_bytes)
        try:
            sandbox.enter(parent=parent, start_threads=worker.start_attendant)
            worker.serve()
            status = 0
        except Exception as error:
            worker.give_up(error)
    finally:
        os._exit(status)


def _keep_only(socket_fd: int) -> None:
    """Close every descriptor but the socket, which becomes SOCKET_FD; standard streams become /dev/null."""
    null = os.open(os.devnull, os.O_RDWR)
    # Out of the way first: either may sit where the other has to go.
    null, socket_fd = (_above(fd) for fd in (null, socket_fd))
    for fd in range(3):
        os.dup2(null, fd)
    os.dup2(socket_fd, SOCKET_FD)
    os.closerange(SOCKET_FD + 1, os.sysconf("SC_OPEN_MAX"))


def _above(fd: int) -> int:
    return fd if fd > SOCKET_FD else _above(os.dup(fd))


class Keys:
    """The console of a worker: input comes from the visitor by messages, output leaves as events."""

    def __init__(self) -> None:
        self.idle = False
        """Whether the program waits, with nothing to do until the next message."""
        self._changed = threading.Condition()
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._stopped = False

    def write(self, stream: int, data: bytes) -> None:
        """Nothing: the page shows the `output` events."""

    def poll(self, seconds: float) -> bool:
        """Wait up to `seconds` for input: see `app.kernel.console.Console`."""
        with self._changed:
            self.idle = seconds > 0
            return self._changed.wait_for(lambda: bool(self._chunks or self._stopped), seconds)

    def read(self, size: int) -> bytes | None:
        """Wait for input: see `app.kernel.console.Console`. Like Ctrl-D, an end of input counts once."""
        with self._changed:
            while not (self._chunks or self._stopped):
                self.idle = True
                self._changed.wait()
            if self._stopped:
                return None
            chunk = self._chunks.popleft()
            if len(chunk) > size:
                self._chunks.appendleft(chunk[size:])
                chunk = chunk[:size]
            self._size -= len(chunk)
            return chunk

    def type(self, message: Keyboard) -> None:
        """Queue what the visitor typed."""
        with self._changed:
            data = message.data[: MAX_KEYBOARD_BYTES - self._size]
            if data:
                self._chunks.append(data)
                self._size += len(data)
            if message.eof and not (self._chunks and self._chunks[-1] == b""):
                self._chunks.append(b"")
            self.idle = False
            self._changed.notify()

    def stop(self) -> None:
        """Wake the reader for good."""
        with self._changed:
            self._stopped = True
            self.idle = False
            self._changed.notify()


class Worker:
    """State of the one run, shared by the two threads."""

    def __init__(self, engine: Engine, base_address_space: int) -> None:
        self._engine = engine
        self._base_address_space = base_address_space
        self._received = FrameBuffer(MAX_CONTROL_FRAME)
        self._recorder = Recorder(self._send_events)
        self._keys = Keys()
        self._sending = threading.Lock()
        self._spec_arrived = threading.Event()
        self._poll = select.poll()
        self._poll.register(SOCKET_FD, select.POLLIN)
        self._watch: Watch
        self._run: Stoppable | None = None
        self._ending: tuple[EndReason, str] | None = None

    def start_attendant(self) -> None:
        """Start the second thread; it waits for the RunSpec."""
        threading.Thread(target=self._attend_guarded, daemon=True).start()

    def serve(self) -> None:
        """Read the RunSpec, run it, send everything."""
        if not self._poll.poll(0):
            self._engine.rehearse()
        while (frame := self._received.take()) is None:
            self._read()
        spec = _spec_decoder.decode(frame)
        sandbox.limit(
            # A second for the clean end that the attendant asks for.
            cpu_seconds=spec.limits.cpu_seconds + 1,
            address_space_bytes=self._base_address_space + spec.limits.memory_bytes + _ENGINE_BYTES,
        )
        self._watch = Watch(spec.limits)
        self._spec_arrived.set()
        try:
            if spec.action == "check":
                self._send(self._engine.check(spec))
                return
            self._engine.run(spec, self._recorder, self._keys, self._started)
        except SourceError as error:
            self._send(Rejected([_mistake(d) for d in error.diagnostics]))
            return
        self._recorder.flush()
        self._send(Done())

    def give_up(self, error: Exception) -> None:
        """Send the last message of a run that failed, after the events it still has."""
        detail = "".join(traceback.format_exception(error))[-_MAX_DETAIL_CHARACTERS:]
        if isinstance(error, MemoryError):
            self._send(Crashed("memory-limit", detail))
        else:
            self._recorder.flush()
            self._send(Crashed("internal-error", detail))

    def _started(self, run: Stoppable) -> None:
        self._run = run
        if self._keys.poll(0):
            run.notice_input()
        if self._ending:
            run.stop(*self._ending)

    def _read(self) -> None:
        data = os.read(SOCKET_FD, _READ_BYTES)
        if not data:
            os._exit(0)
        self._received.feed(data)

    def _attend_guarded(self) -> None:
        try:
            self._attend()
        except Exception as error:
            self.give_up(error)
        finally:
            os._exit(1)

    def _attend(self) -> None:
        self._spec_arrived.wait()
        while True:
            while (frame := self._received.take()) is not None:
                self._obey(_message_decoder.decode(frame))
            if self._ending is None and (sentence := self._watch.exceeded()):
                self._end("time-limit", sentence)
            self._recorder.flush()
            if self._poll.poll(self._pause() * 1000):
                self._read()

    def _pause(self) -> float:
        """Seconds until the attendant has something to do even if no message comes."""
        if self._ending:
            return _FLUSH_SECONDS
        return self._watch.pause(_IDLE_SECONDS if self._keys.idle else _FLUSH_SECONDS)

    def _obey(self, message: ToWorker) -> None:
        if isinstance(message, Keyboard):
            self._keys.type(message)
            if self._run:
                self._run.notice_input()
        else:
            self._end("stopped", "You stopped the program.")

    def _end(self, reason: EndReason, sentence: str) -> None:
        self._ending = (reason, sentence)
        self._keys.stop()
        if self._run:
            self._run.stop(reason, sentence)
        elif reason == "time-limit":
            # Still assembling, in native code that nothing can interrupt.
            self._send(Crashed("time-limit", sentence))
            os._exit(0)

    def _send_events(self, events: list[AnyEvent]) -> None:
        payload = _encoder.encode(Events(events))
        if len(payload) > MAX_WORKER_FRAME and len(events) > 1:
            half = len(events) // 2
            self._send_events(events[:half])
            self._send_events(events[half:])
        else:
            self._write(payload)

    def _send(self, message: WorkerFrame) -> None:
        self._write(_encoder.encode(message))

    def _write(self, payload: bytes) -> None:
        with self._sending:
            data = memoryview(pack(payload))
            while data:
                data = data[os.write(SOCKET_FD, data) :]


def _mistake(diagnostic: Diagnostic) -> SourceMistake:
    return msgspec.convert(diagnostic, SourceMistake, from_attributes=True)

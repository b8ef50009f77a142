"""A backend without workers: what a run says is scripted by its source text.

The source is a list of words: `hello` (a short run), `echo` (waits for input and prints it), `many` (endless output),
`mistake` (rejected), `die` (killed after one event), `gap` (wrong numbering), `early` (done without run.end),
`crash` (the connection to the worker breaks), `late` (events after run.end), `busy` and `down` (submit fails).
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from itertools import count
from typing import Any

from app.runner.backend import Busy, Unavailable
from app.runner.messages import (
    Done,
    Events,
    FromWorker,
    Keyboard,
    Killed,
    Rejected,
    RunSpec,
    SourceMistake,
    Stop,
    ToWorker,
)
from app.trace.events import Counters, InputWait, Output, RunEnd

_ids = count(1)


def output(seq: int, data: bytes = b"x") -> Output:
    return Output(seq=seq, time=seq * 10, task=1, stream=0, data=data)


def run_end(seq: int, reason: str = "exit") -> RunEnd:
    counters = Counters(traps=0, faults=0, events=seq + 1, output_bytes=0, memory_bytes=4096, time=seq * 10)
    return RunEnd(
        seq=seq, task=1, reason=reason, status=0, signal=None, exit_code=0, sentence="The end.", counters=counters
    )


class FakeRun:
    """Plays the script; `consumed` counts the frames taken."""

    def __init__(self, spec: RunSpec) -> None:
        self.id = f"fake-{next(_ids)}"
        self.spec = spec
        self.received: queue.Queue[ToWorker | None] = queue.Queue()
        self.cancelled = threading.Event()
        self.consumed = 0

    def send(self, message: ToWorker) -> None:
        self.received.put(message)

    def cancel(self) -> None:
        self.cancelled.set()
        self.received.put(None)

    def frames(self) -> Iterator[FromWorker]:
        for frame in getattr(self, "_" + self.spec.source.decode().split()[0])():
            if self.cancelled.is_set():
                return
            self.consumed += 1
            yield frame

    def _hello(self) -> Iterator[FromWorker]:
        yield Events([output(0, b"hi\n"), output(1, b"\xff")])
        yield Events([run_end(2)])
        yield Done()

    def _echo(self) -> Iterator[FromWorker]:
        seq = 0
        while True:
            yield Events([InputWait(seq=seq, task=1, call=0, sentence="The program waits for the keyboard.")])
            match self.received.get():
                case Keyboard(data, eof):
                    yield Events([output(seq + 1, data), *([run_end(seq + 2)] if eof else [])])
                    seq += 2
                    if eof:
                        yield Done()
                        return
                case Stop():
                    yield Events([run_end(seq + 1, "stopped")])
                    yield Done()
                    return
                case None:
                    return

    def _many(self) -> Iterator[FromWorker]:
        for seq in count():
            if not self.received.empty() and self.received.get() == Stop():
                yield Events([run_end(seq, "stopped")])
                yield Done()
                return
            yield Events([output(seq)])

    def _mistake(self) -> Iterator[FromWorker]:
        mistake = SourceMistake(1, 1, 5, "`mvo` is not an instruction.", "Did you mean `mov`?", "error")
        yield Rejected([mistake])

    def _die(self) -> Iterator[FromWorker]:
        yield Events([output(0, b"before")])
        yield Killed("memory-limit", "The worker took too much memory.")

    def _gap(self) -> Iterator[FromWorker]:
        yield Events([output(0)])
        yield Events([output(2)])
        yield Done()

    def _early(self) -> Iterator[FromWorker]:
        yield Events([output(0)])
        yield Done()

    def _crash(self) -> Iterator[FromWorker]:
        yield Events([output(0)])
        raise ConnectionResetError("worker gone")

    def _late(self) -> Iterator[FromWorker]:
        yield Events([run_end(0)])
        yield Events([output(1)])
        yield Done()


class FakeBackend:
    """Keeps every run it started in `runs`."""

    def __init__(self) -> None:
        self.runs: list[FakeRun] = []
        self.closed = False

    def submit(self, spec: RunSpec) -> FakeRun:
        if spec.source == b"busy":
            raise Busy
        if spec.source == b"down":
            raise Unavailable
        run = FakeRun(spec)
        self.runs.append(run)
        return run

    def close(self) -> None:
        self.closed = True

    def status(self) -> dict[str, Any]:
        """What the tests of the live server look at."""
        return {
            "runs": {
                run.id: {
                    "consumed": run.consumed,
                    "cancelled": run.cancelled.is_set(),
                    "columns": run.spec.columns,
                    "filename": run.spec.filename,
                }
                for run in self.runs
            }
        }

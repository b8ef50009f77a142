"""A backend without workers: what a run says is scripted by its source text.

The source is a list of words: `hello` (a short run), `echo` (waits for input and prints it), `many` (endless output),
`mistake` (rejected), `die` (killed after one event), `gap` (wrong numbering), `early` (done without run.end),
`crash` (the connection to the worker breaks), `late` (events after run.end), `built` (compiled first), `rebuilt`
(compiled again), `busy` and `down` (submit fails). A check of `hello` is fine, one of `hang` never ends. An ELF file
says its size.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from app.runner.backend import Busy, Unavailable
from app.runner.messages import (
    AssemblyLine,
    Built,
    CodeLine,
    Done,
    Events,
    FromWorker,
    Keyboard,
    Killed,
    LanguageState,
    LibraryState,
    Rejected,
    RunSpec,
    SourceMistake,
    Stop,
    Toolchain,
    ToWorker,
)
from app.trace.events import Counters, InputWait, Output, RunEnd

_ids = count(1)

TOOLCHAIN = Toolchain(
    languages=(
        LanguageState("gas", ("x86_64", "arm")),
        LanguageState("c", ("x86_64",)),
        LanguageState("rust", (), "There is no rustc."),
    ),
    libraries=(LibraryState("x86_64", "building", 7, 100),),
)


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
        for frame in self._script():
            if self.cancelled.is_set():
                return
            self.consumed += 1
            yield frame

    def _script(self) -> Iterator[FromWorker]:
        if self.spec.language == "elf":
            return self._size()
        word = self.spec.source.decode().split()[0]
        return getattr(self, ("_check_" if self.spec.action == "check" else "_") + word)()

    def _check_hello(self) -> Iterator[FromWorker]:
        lines = [CodeLine(2, 0x401000, 5, b"\xb8\x01\0\0\0")]
        yield Built(language="gas", mistakes=[], lines=lines, assembly=[])

    def _check_mistake(self) -> Iterator[FromWorker]:
        yield from self._mistake()

    def _check_die(self) -> Iterator[FromWorker]:
        yield Killed("time-limit", "It took too long.")

    def _check_early(self) -> Iterator[FromWorker]:
        yield Done()

    def _check_crash(self) -> Iterator[FromWorker]:
        raise ConnectionResetError("worker gone")

    def _check_hang(self) -> Iterator[FromWorker]:
        self.received.get()
        yield Done()

    def _size(self) -> Iterator[FromWorker]:
        yield Events([output(0, str(len(self.spec.source)).encode()), run_end(1)])
        yield Done()

    def _built(self) -> Iterator[FromWorker]:
        warning = SourceMistake(3, 5, 8, "unused variable", "", "warning")
        assembly = [AssemblyLine("main:", 1), AssemblyLine("\tret", None)]
        yield Built(language="c", mistakes=[warning], lines=[], assembly=assembly)
        yield from self._hello()

    def _rebuilt(self) -> Iterator[FromWorker]:
        yield Events([output(0)])
        yield Built(language="c", mistakes=[], lines=[], assembly=[])

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
        self.listeners: list[Callable[[Toolchain], None]] = []
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

    def toolchain(self) -> Toolchain:
        return TOOLCHAIN

    def on_toolchain(self, listener: Callable[[Toolchain], None]) -> None:
        self.listeners.append(listener)

    def status(self) -> dict[str, Any]:
        """What the tests of the live server look at."""
        return {
            "runs": {
                run.id: {
                    "consumed": run.consumed,
                    "cancelled": run.cancelled.is_set(),
                    "columns": run.spec.columns,
                    "filename": run.spec.filename,
                    "arch": run.spec.arch,
                    "optimize": run.spec.optimize,
                }
                for run in self.runs
            }
        }

"""A run inside this very process, for the command line."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable

from app.kernel.console import Console
from app.runner.execution import Engine, Stoppable, Watch
from app.runner.messages import Limits, RunSpec
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder, Sink

Confine = Callable[[Callable[[], None]], object]
"""Enters a sandbox, having called its argument first."""

_FLUSH_SECONDS = 0.05


def execute(
    spec: RunSpec,
    *,
    console: Console,
    sink: Sink,
    engine: Engine | None = None,
    batch: int = 256,
    confine: Confine = lambda start_threads: start_threads(),
    begin: Callable[[], None] = lambda: None,
) -> RunEnd:
    """Run `spec` to its end and return its last event.

    `sink` gets the events in batches of at most `batch`, and at least every 50 milliseconds, from one thread at a
    time but not always from the caller's. The time limits are those of `spec`; assembling is not interrupted by them.
    `engine` is Trapgate's own unless given. `confine` is called when everything is loaded and nothing of the
    visitor's has been looked at; it may enter a sandbox, and must call its argument, which starts a thread. `begin` is
    called when the program is about to begin. Raises
    SourceError when the source has mistakes, and what `sink`, `console` and `confine` raise.
    """
    engine = _loaded(engine, spec.arch)
    last: list[AnyEvent] = []

    def keep_last(events: list[AnyEvent]) -> None:
        last[:] = events[-1:]
        sink(events)

    def started(run: Stoppable) -> None:
        begin()
        attendant.watch(run)

    recorder = Recorder(keep_last, batch)
    typing = console if spec.streams[0] == "terminal" else None
    attendant = _Attendant(recorder, spec.limits, typing)
    confine(attendant.start)
    try:
        engine.run(spec, recorder, console, started)
    finally:
        attendant.end()
    recorder.flush()
    if attendant.failure is not None:
        raise attendant.failure
    if not (last and isinstance(last[0], RunEnd)):
        raise RuntimeError("the run ended without a run.end event")
    return last[0]


def _loaded(engine: Engine | None, arch: str) -> Engine:
    """`engine`, or else Trapgate's own, with all it needs for `arch` in memory.

    Loading makes many objects and hardly any garbage, and what is loaded stays: the collector need not look at it.
    """
    gc.disable()
    try:
        if engine is None:
            from app.runner.engine import TrapgateEngine  # noqa: PLC0415 - loads Unicorn and Keystone

            engine = TrapgateEngine()
        engine.load(arch)
    finally:
        gc.freeze()
        gc.enable()
    return engine


class _Attendant:
    """The second thread: stops the run at its time limits, passes events on while the program is silent, and tells the
    run when somebody types at `console`, if that is a terminal."""

    def __init__(self, recorder: Recorder, limits: Limits, console: Console | None) -> None:
        self._console = console
        self.failure: Exception | None = None
        self._recorder = recorder
        self._limits = limits
        self._run: Stoppable | None = None
        self._begun = threading.Event()
        self._over = threading.Event()

    def start(self) -> None:
        """Start the thread; it waits for a run to watch."""
        threading.Thread(target=self._attend, daemon=True).start()

    def watch(self, run: Stoppable) -> None:
        """Watch `run` from now on."""
        self._run = run
        self._begun.set()

    def end(self) -> None:
        """Let the thread end."""
        self._over.set()
        self._begun.set()

    def _attend(self) -> None:
        self._begun.wait()
        if self._run is None:
            return
        watch = Watch(self._limits)
        while not self._over.wait(watch.pause(_FLUSH_SECONDS)):
            if sentence := watch.exceeded():
                self._run.stop("time-limit", sentence)
                return
            if self._console is not None and self._console.poll(0):
                self._run.notice_input()
            try:
                self._recorder.flush()
            except Exception as error:
                self.failure = error
                self._run.stop("stopped", "The trace could not be written.")
                return

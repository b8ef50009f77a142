"""A run inside this very process, for the command line."""

from __future__ import annotations

import threading

from app.kernel.console import Console
from app.runner.execution import Engine, Stoppable, Watch
from app.runner.messages import RunSpec
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder, Sink

_FLUSH_SECONDS = 0.05


def execute(spec: RunSpec, *, console: Console, sink: Sink, engine: Engine | None = None, batch: int = 256) -> RunEnd:
    """Run `spec` to its end and return its last event.

    `sink` gets the events in batches of at most `batch`, and at least every 50 milliseconds, from one thread at a time
    but not always from the caller's. The time limits are those of `spec`; assembling is not interrupted by them.
    `engine` is Trapgate's own unless given. Raises SourceError when the source has mistakes, and what `sink`
    and `console` raise.
    """
    if engine is None:
        from app.runner.engine import TrapgateEngine  # noqa: PLC0415 - loads Unicorn and Keystone

        engine = TrapgateEngine()
    last: list[AnyEvent] = []
    failures: list[Exception] = []

    def keep_last(events: list[AnyEvent]) -> None:
        last[:] = events[-1:]
        sink(events)

    recorder = Recorder(keep_last, batch)
    over = threading.Event()

    def attend(run: Stoppable, watch: Watch) -> None:
        while not over.wait(watch.pause(_FLUSH_SECONDS)):
            if sentence := watch.exceeded():
                run.stop("time-limit", sentence)
                return
            try:
                recorder.flush()
            except Exception as error:
                failures.append(error)
                run.stop("stopped", "The trace could not be written.")
                return

    def started(run: Stoppable) -> None:
        threading.Thread(target=attend, args=(run, Watch(spec.limits)), daemon=True).start()

    try:
        engine.run(spec, recorder, console, started)
    finally:
        over.set()
    recorder.flush()
    if failures:
        raise failures[0]
    if not (last and isinstance(last[0], RunEnd)):
        raise RuntimeError("the run ended without a run.end event")
    return last[0]

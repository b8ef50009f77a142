"""One run inside one process: the engine's contract, and the watch on its limits."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from app.kernel.console import Console
from app.runner.messages import Built, Limits, RunSpec
from app.trace.events import EndReason
from app.trace.recorder import Recorder


class BadSpecError(Exception):
    """The files or the working directory of a RunSpec can't be set up; the message says which and why."""


class Stoppable(Protocol):
    """A run in progress."""

    def stop(self, reason: EndReason, sentence: str) -> None:
        """Ask the run to end at the next opportunity. May be called from any thread, at any time."""

    def notice_input(self) -> None:
        """Something was typed: the console has it. May be called from any thread, at any time."""


Started = Callable[[Stoppable], None]


class Engine(Protocol):
    """Turns a RunSpec into events."""

    def load(self, *arches: str) -> None:
        """Open every library and module that a run on one of `arches` needs; none is opened later."""

    def prepare(self) -> None:
        """Load and use every part once, so that nothing is left to open when the sandbox is closed. No threads."""

    def rehearse(self) -> None:
        """Run something small. A worker does so while it waits: a fork shares memory, and first touches are slow."""

    def check(self, spec: RunSpec) -> Built:
        """Make the program of `spec` and tell what came of it, without executing anything of it.

        Raises `app.toolchain.program.SourceError` when the source has mistakes.
        """

    def run(self, spec: RunSpec, recorder: Recorder, console: Console, started: Started) -> None:
        """Execute `spec` to its `run.end`. `started` is called when the program is about to begin.

        Raises `app.toolchain.program.SourceError` when the source has mistakes, and BadSpecError; nothing has been
        emitted then.
        """


class Watch:
    """Compares what a run has used with its limits. Both clocks start when the watch is made."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._cpu_start = time.process_time()
        self._wall_start = time.monotonic()

    def exceeded(self) -> str | None:
        """The sentence that says which time limit the run has reached, None while it has not."""
        if time.process_time() - self._cpu_start >= self._limits.cpu_seconds:
            return f"The program was stopped: it used its {self._limits.cpu_seconds:g} seconds of processor time."
        if time.monotonic() - self._wall_start >= self._limits.wall_seconds:
            return f"The program was stopped: it ran for {self._limits.wall_seconds:g} seconds."
        return None

    def pause(self, longest: float) -> float:
        """Seconds until a limit can be reached at the earliest, at most `longest`.

        One thread computes at a time, so the CPU clock does not run faster than the wall clock.
        """
        cpu = self._limits.cpu_seconds - (time.process_time() - self._cpu_start)
        wall = self._limits.wall_seconds - (time.monotonic() - self._wall_start)
        return max(0.001, min(longest, cpu, wall))

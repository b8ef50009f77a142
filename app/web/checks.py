"""The checks of one connection: what a source becomes, told while its author types."""

from __future__ import annotations

import itertools
import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Protocol

from app.runner.backend import Busy, Run, RunBackend, Unavailable
from app.runner.messages import Built, Killed, Rejected, RunSpec
from app.settings import Settings

from .window import Window

log = logging.getLogger(__name__)

_BUSY = "The server checks as many programs as it can; it will look at this one after the next change."
_BROKEN = "The check ended without an answer."


class Emit(Protocol):
    """Send one message to the browser; `acknowledged` is called when it has answered."""

    def __call__(
        self, event: str, payload: dict[str, Any], acknowledged: Callable[..., None] | None = None
    ) -> None: ...


Spawn = Callable[..., object]
"""Calls its first argument with the others in the background."""


class Checks:
    """One check at a time, the newest; one that is replaced has no answer."""

    def __init__(self, backend: RunBackend, settings: Settings, emit: Emit, spawn: Spawn) -> None:
        self._backend = backend
        self._interval = settings.check_interval_seconds
        self._emit = emit
        self._spawn = spawn
        self._window = Window(1, settings.acknowledge_timeout_seconds)
        self._numbers = itertools.count(1)
        self._changed = threading.Condition()
        self._waiting: tuple[str, RunSpec] | None = None
        self._run: Run | None = None
        self._working = False
        self._closed = False
        self._earliest = 0.0

    def ask(self, spec: RunSpec) -> str:
        """Check `spec` as soon as allowed instead of what was asked before; returns the name of the check."""
        with self._changed:
            name = f"check-{next(self._numbers)}"
            self._waiting = (name, spec)
            replaced, idle = self._run, not self._working
            self._working = True
        if replaced is not None:
            replaced.cancel()
        if idle:
            self._spawn(self._work)
        return name

    def close(self) -> None:
        """The browser is gone: end the check in progress."""
        with self._changed:
            self._closed = True
            run = self._run
            self._changed.notify_all()
        self._window.close()
        if run is not None:
            run.cancel()

    def _work(self) -> None:
        while (check := self._next()) is not None:
            self._serve(*check)

    def _next(self) -> tuple[str, RunSpec] | None:
        """The newest check, when it may begin; None when there is none to do, which ends the work."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed, max(0.0, self._earliest - time.monotonic()))
        heard = self._window.wait()
        with self._changed:
            check, self._waiting = self._waiting, None
            if check is None or self._closed or not heard:
                self._working = False
                return None
            self._earliest = time.monotonic() + self._interval
            return check

    def _serve(self, name: str, spec: RunSpec) -> None:
        try:
            answer = self._answer(spec)
        except Busy:
            answer = _outcome(problem=_BUSY)
        except Unavailable as error:
            log.error("no check is possible: %s", error)
            answer = _outcome(problem="The runner cannot be reached; it is being restarted.")
        except Exception:
            log.exception("check")
            answer = _outcome(problem=_BROKEN)
        if answer is not None and not self._closed:
            self._window.sent()
            self._emit("checked", {"check": name, **answer}, self._window.acknowledged)

    def _answer(self, spec: RunSpec) -> dict[str, Any] | None:
        """What came of it; None when it was replaced. Raises Busy and Unavailable."""
        run = self._backend.submit(spec)
        with self._changed:
            self._run = run
            replaced = self._closed or self._waiting is not None
        if replaced:
            run.cancel()
        try:
            message = next(iter(run.frames()), None)
        finally:
            run.cancel()
            with self._changed:
                self._run = None
                replaced = self._closed or self._waiting is not None
        match message:
            case Built(language, mistakes, lines, assembly):
                return _outcome(ok=True, language=language, mistakes=mistakes, lines=lines, assembly=assembly)
            case Rejected(mistakes):
                return _outcome(mistakes=mistakes)
            case Killed(_, sentence):
                return _outcome(problem=sentence)
            case None if replaced:
                return None
            case _:
                return _outcome(problem=_BROKEN)


def _outcome(
    *,
    ok: bool = False,
    language: str | None = None,
    mistakes: list[Any] | None = None,
    lines: list[Any] | None = None,
    assembly: list[Any] | None = None,
    problem: str | None = None,
) -> dict[str, Any]:
    return {
        "ok": ok,
        "language": language,
        "mistakes": mistakes or [],
        "lines": lines or [],
        "assembly": assembly or [],
        "problem": problem,
    }

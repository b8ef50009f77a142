"""One connection and its run: taking requests, and pumping what the run says to the browser."""

from __future__ import annotations

import logging
import threading
from typing import Any

from app.runner.backend import Busy, Run, RunBackend, Unavailable
from app.runner.messages import Built, Done, Events, Keyboard, Killed, Rejected, Stop
from app.settings import Settings

from .checks import Checks, Emit, Spawn
from .messages import (
    CheckRequest,
    InputRequest,
    MessageError,
    RunRequest,
    StopRequest,
    check_spec,
    input_bytes,
    run_spec,
)
from .stream import BrokenStreamError, EventStream
from .window import Window

log = logging.getLogger(__name__)


class Connection:
    """What one browser tab may do. Requests raise `MessageError`; results are acknowledgements."""

    def __init__(self, backend: RunBackend, settings: Settings, emit: Emit, spawn: Spawn) -> None:
        self._backend = backend
        self._settings = settings
        self._emit = emit
        self._spawn = spawn
        self._window = Window(settings.max_unacknowledged_batches, settings.acknowledge_timeout_seconds)
        self._checks = Checks(backend, settings, emit, spawn)
        self._lock = threading.Lock()
        self._run: Run | None = None
        self._starting = False
        self._closed = False

    def run(self, request: RunRequest) -> dict[str, Any]:
        """Start a run."""
        spec = run_spec(request, self._settings)
        with self._lock:
            if self._run is not None or self._starting:
                raise MessageError("run-active", "A program is already running here; stop it first.")
            self._starting = True
        run = None
        try:
            run = self._backend.submit(spec)
        except Busy:
            raise MessageError("busy", "Every worker is taken; try again in a moment.") from None
        except Unavailable as error:
            log.error("no run is possible: %s", error)
            raise MessageError("unavailable", "The runner cannot be reached; it is being restarted.") from None
        finally:
            with self._lock:
                self._starting = False
                self._run = run
                closed = self._closed
        if closed:
            run.cancel()
        # The pump speaks only after it has waited for the worker, so the acknowledgement goes out first.
        self._spawn(self._pump, run)
        return {"ok": True, "run": run.id}

    def check(self, request: CheckRequest) -> dict[str, Any]:
        """Tell what a source becomes, instead of what was asked before."""
        return {"ok": True, "check": self._checks.ask(check_spec(request, self._settings))}

    def input(self, request: InputRequest) -> dict[str, Any]:
        """Type something into the run's terminal."""
        data = input_bytes(request)
        self._active(request.run).send(Keyboard(data, request.eof))
        return {"ok": True}

    def stop(self, request: StopRequest) -> dict[str, Any]:
        """Ask the run to end."""
        self._active(request.run).send(Stop())
        return {"ok": True}

    def close(self) -> None:
        """The browser is gone: end its run."""
        with self._lock:
            self._closed = True
            run = self._run
        self._window.close()
        self._checks.close()
        if run is not None:
            run.cancel()

    def _active(self, run_id: str) -> Run:
        with self._lock:
            if self._run is None or self._run.id != run_id:
                raise MessageError("no-such-run", "There is no such run here, or it is over.", "run")
            return self._run

    def _pump(self, run: Run) -> None:
        stream = EventStream()
        clean = False
        try:
            clean = self._relay(run, stream)
        except BrokenStreamError as error:
            log.warning("run %s: %s", run.id, error)
            self._finish(run, stream, "internal-error", "The worker's report was not in order, so the run was ended.")
        except Exception:
            log.exception("run %s", run.id)
            self._finish(run, stream, "internal-error", "The connection to the worker broke, so the run was ended.")
        finally:
            if not clean:
                run.cancel()
            with self._lock:
                self._run = None
            self._emit("ended", {"run": run.id})

    def _relay(self, run: Run, stream: EventStream) -> bool:
        """Pass frames on until the run is over; True when the worker itself said that it is."""
        frames = iter(run.frames())
        while True:
            # After run.end only the worker's goodbye is missing, which no browser needs to make room for.
            if not stream.ended and not self._window.wait():
                if not self._closed:
                    sentence = "The browser has not confirmed what it was sent for too long, so the run was ended."
                    self._finish(run, stream, "stopped", sentence)
                return False
            match next(frames, None):
                case Events(events):
                    self._relay_events(run, stream, events)
                case Built() as built:
                    self._relay_built(run, stream, built)
                case Rejected(mistakes):
                    if stream.started:
                        raise BrokenStreamError("mistakes in the source of a running program")
                    self._emit("rejected", {"run": run.id, "mistakes": mistakes})
                    return True
                case Killed(reason, sentence):
                    self._finish(run, stream, reason, sentence)
                    return True
                case Done():
                    if not stream.ended:
                        raise BrokenStreamError("the worker is done before run.end")
                    return True
                case None:
                    if not stream.ended and not self._closed:
                        raise BrokenStreamError("the frames end before run.end")
                    return False

    def _relay_built(self, run: Run, stream: EventStream, built: Built) -> None:
        if stream.started:
            raise BrokenStreamError("a running program was built again")
        payload = {
            "run": run.id,
            "language": built.language,
            "mistakes": built.mistakes,
            "lines": built.lines,
            "assembly": built.assembly,
        }
        self._window.sent()
        self._emit("built", payload, self._window.acknowledged)

    def _relay_events(self, run: Run, stream: EventStream, events: list[Any]) -> None:
        stream.accept(events)
        if events:
            self._window.sent()
            self._emit("events", {"run": run.id, "events": events}, self._window.acknowledged)

    def _finish(self, run: Run, stream: EventStream, reason: str, sentence: str) -> None:
        """Send the `run.end` that the worker owes, if it does."""
        if not stream.ended:
            end = stream.end(reason, sentence)
            self._window.sent()
            self._emit("events", {"run": run.id, "events": [end]}, self._window.acknowledged)

"""How the web process starts runs. This side never loads the engine, and trusts nothing that comes from a worker."""

from __future__ import annotations

import itertools
import logging
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Protocol

import msgspec

import app
from app.runner.compiler_box import BoxLimits
from app.runner.frames import MAX_CONTROL_FRAME, MAX_WORKER_FRAME, FrameBuffer, FrameError, pack
from app.runner.messages import (
    Action,
    Cancel,
    Ended,
    Forward,
    FromRunner,
    FromWorker,
    Grant,
    Ready,
    RunSpec,
    Submit,
    Toolchain,
    ToRun,
    ToRunner,
    ToWorker,
)
from app.runner.run import LocalRun
from app.runner.toolchain_watch import ToolchainWatch
from app.settings import Settings

FRAMES_IN_FLIGHT = 4
"""Frames of one run that may wait in this process for their consumer."""

_READ_BYTES = 262144
_FORWARD_OVERHEAD_BYTES = 1024
_READY_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
# The runner, and so every worker, gets nothing else of this process's environment: there may be secrets in it.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
# What decides where C libraries are kept.
_CACHE_ENVIRONMENT = ("TRAPGATE_CACHE_DIR", "XDG_CACHE_HOME")

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[FromRunner] = msgspec.msgpack.Decoder(FromRunner)
_log = logging.getLogger("trapgate.runner")


class Busy(Exception):
    """As many runs, or checks, as allowed are in progress."""


class Unavailable(Exception):
    """The runner does not start or can't run anything here; the message says why."""


class Run(Protocol):
    """A run as its consumer sees it."""

    id: str

    def frames(self) -> Iterator[FromWorker]:
        """What the worker says, ending after its last message. Blocks; taking one lets the worker produce another."""

    def send(self, message: ToWorker) -> None:
        """Tell the worker something. Without effect once the run is over."""

    def cancel(self) -> None:
        """Kill the worker; `frames` ends at once. May be called any number of times."""


class RunBackend(Protocol):
    """Where runs happen."""

    def submit(self, spec: RunSpec) -> Run:
        """Start a run. Raises Busy and Unavailable."""

    def close(self) -> None:
        """End every run and free everything."""

    def status(self) -> dict[str, Any]:
        """Figures for health checks."""

    def toolchain(self) -> Toolchain:
        """What can be made into a program now. Cheap, and never blocks."""

    def on_toolchain(self, listener: Callable[[Toolchain], None]) -> None:
        """Have `listener` called whenever `toolchain` changes, from any thread. Listeners stay for good."""


class LocalBackend:
    """Runs on this machine, in a runner process that starts with the first run and is replaced when it dies.

    Works with threads and with gevent's greenlets in their place.
    """

    runner_module = "app.runner.server"

    def __init__(self, settings: Settings) -> None:
        self._most = {"run": settings.max_runs, "check": settings.max_checks}
        self._arguments = [
            *("--warm-workers", str(settings.warm_workers), "--compilations", str(settings.max_compilations)),
            *("--compile-limits", msgspec.json.encode(_box_limits(settings)).decode()),
        ]
        self._toolchain = ToolchainWatch(settings.c_library_jobs if settings.build_c_library else 0)
        self._lock = threading.Lock()
        self._runner: _Runner | None = None
        self._closed = False

    def start(self) -> None:
        """Start the runner now rather than with the first run. Raises Unavailable when it can't be started.

        What is missing of the C libraries is built in the background from now on.
        """
        self._current()
        self._toolchain.start()

    def submit(self, spec: RunSpec) -> Run:
        """Start a run. Raises Busy, Unavailable, and ValueError for a spec too large to send."""
        payload_size = len(_encoder.encode(spec))
        if payload_size > MAX_CONTROL_FRAME - _FORWARD_OVERHEAD_BYTES:
            raise ValueError(
                f"the run's files and source take {payload_size} bytes; the runner takes {MAX_CONTROL_FRAME}"
            )
        runner = self._current()
        runner.wait_until_ready()
        return runner.submit(spec, self._most[spec.action])

    def close(self) -> None:
        """End the runner and with it every run."""
        with self._lock:
            self._closed = True
            runner, self._runner = self._runner, None
        self._toolchain.close()
        if runner:
            runner.close()

    def status(self) -> dict[str, Any]:
        """`runner`: `stopped`, `starting` or `ready`; `pid`; `sandbox`: active layers; `runs`; `max_runs`."""
        runner = self._runner
        most = self._most["run"]
        if runner is None or runner.dead:
            return {"runner": "stopped", "pid": None, "sandbox": [], "runs": 0, "max_runs": most}
        return {
            "runner": "ready" if runner.layers else "starting",
            "pid": runner.pid,
            "sandbox": list(runner.layers),
            "runs": runner.in_progress("run"),
            "max_runs": most,
        }

    def toolchain(self) -> Toolchain:
        """See `RunBackend.toolchain`."""
        return self._toolchain.current()

    def on_toolchain(self, listener: Callable[[Toolchain], None]) -> None:
        """See `RunBackend.on_toolchain`."""
        self._toolchain.on_change(listener)

    def _current(self) -> _Runner:
        with self._lock:
            if self._closed:
                raise Unavailable("the server is shutting down")
            if self._runner is None or self._runner.dead:
                self._runner = _Runner(self.runner_module, self._arguments)
            return self._runner


class _Runner:
    """One runner process and the runs it has."""

    def __init__(self, module: str, arguments: list[str]) -> None:
        ours, theirs = socket.socketpair()
        fd = theirs.fileno()
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", module, "--fd", str(fd), *arguments],
                pass_fds=[fd],
                stdin=subprocess.DEVNULL,
                # Ctrl-C in a terminal is for the web process, which then closes the runner.
                start_new_session=True,
                cwd=Path(app.__file__).parent.parent,
                env={name: os.environ[name] for name in (*_ENVIRONMENT, *_CACHE_ENVIRONMENT) if name in os.environ},
            )
        except OSError as error:
            ours.close()
            raise Unavailable(f"the runner does not start: {error}") from error
        finally:
            theirs.close()
        self.pid = self._process.pid
        self.layers: tuple[str, ...] = ()
        self.dead = False
        self._closing = False
        self._socket = ours
        self._numbers = itertools.count(1)
        self._runs: dict[int, LocalRun] = {}
        self._lock = threading.Lock()
        self._sending = threading.Lock()
        self._settled = threading.Event()
        self._unfit = "the runner ended while it started; its messages are in the server's log"
        self._reader = threading.Thread(target=self._read, name="runner", daemon=True)
        self._reader.start()

    def in_progress(self, action: Action) -> int:
        """Runs, or checks, whose worker is not known to be dead."""
        return sum(run.action == action for run in list(self._runs.values()))

    def wait_until_ready(self) -> None:
        """Return when runs can be submitted. Raises Unavailable."""
        if not self._settled.wait(_READY_SECONDS):
            raise Unavailable(f"the runner was not ready after {_READY_SECONDS:g} seconds")
        if not self.layers:
            raise Unavailable(self._unfit)

    def submit(self, spec: RunSpec, most: int) -> LocalRun:
        """Start a run. Raises Busy, and Unavailable when the runner has just died."""
        with self._lock:
            if self.dead:
                raise Unavailable("the runner has just ended; try again")
            if self.in_progress(spec.action) >= most:
                raise Busy(f"{most} are in progress")
            number = next(self._numbers)
            run = LocalRun(
                spec.limits.events,
                action=spec.action,
                grant=lambda: self._send(Grant(number, 1)),
                send=lambda message: self._send(ToRun(number, message)),
                cancel=lambda: self._send(Cancel(number)),
            )
            self._runs[number] = run
        self._send(Submit(number, spec, FRAMES_IN_FLIGHT))
        return run

    def close(self) -> None:
        """End the process and wait for it."""
        self._closing = True
        self._hang_up()
        self._reader.join(_CLOSE_SECONDS)

    def _send(self, message: ToRunner) -> None:
        with self._sending:
            try:
                self._socket.sendall(pack(_encoder.encode(message)))
            except OSError:
                # The reader notices the same and ends the runs.
                return

    def _read(self) -> None:
        received = FrameBuffer(MAX_WORKER_FRAME + _FORWARD_OVERHEAD_BYTES)
        try:
            while data := self._socket.recv(_READ_BYTES):
                received.feed(data)
                while (frame := received.take()) is not None:
                    self._handle(_decoder.decode(frame))
        except (OSError, FrameError, msgspec.MsgspecError) as error:
            # Hanging up ends a greenlet's `recv` with an error, a thread's without.
            if not self._closing:
                _log.error("connection to the runner: %s", error)
        finally:
            self._lost()

    def _handle(self, message: FromRunner) -> None:
        if isinstance(message, Forward):
            if run := self._runs.get(message.run):
                run.put(message.frame)
        elif isinstance(message, Ended):
            with self._lock:
                run = self._runs.pop(message.run, None)
            if run:
                run.put(message)
        elif isinstance(message, Ready):
            self.layers = message.layers
            self._settled.set()
        else:
            self._unfit = message.reason

    def _lost(self) -> None:
        with self._lock:
            self.dead = True
            orphans, self._runs = self._runs, {}
        self._settled.set()
        for number, run in orphans.items():
            run.put(Ended(number, "internal-error", "The runner restarted and your program was lost. Run it again."))
        self._hang_up()
        try:
            self._process.wait(_CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._socket.close()

    def _hang_up(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            # Closed already.
            return


def _box_limits(settings: Settings) -> BoxLimits:
    return BoxLimits(
        cpu_seconds=settings.max_compile_cpu_seconds,
        wall_seconds=settings.max_compile_wall_seconds,
        memory_bytes=settings.max_compile_memory_bytes,
        file_bytes=settings.max_compile_output_bytes,
    )

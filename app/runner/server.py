"""The runner: a fork server that keeps warm, sandboxed, one-shot workers ready and relays what they send.

Started by exec (`python -m app.runner.server --fd N`) before anything is threaded, and single-threaded for ever, so
that its children can be forked cleanly. It does not look into what workers send. It ends when its control socket
closes.
"""

from __future__ import annotations

import argparse
import gc
import logging
import resource
import selectors
import signal
import socket
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import NoReturn

import msgspec

from app.runner import compiler, sandbox
from app.runner.children import Child
from app.runner.compilation import Compilation, Compilers, CompilerUnavailableError, remove_left_over
from app.runner.compile_stage import CompileStage
from app.runner.compiler_box import BoxLimits
from app.runner.execution import Engine
from app.runner.frames import MAX_CONTROL_FRAME, FrameBuffer, FrameError, pack, receive
from app.runner.languages import compiled_language
from app.runner.messages import (
    Cancel,
    Ended,
    Forward,
    FromRunner,
    Grant,
    Keyboard,
    Ready,
    RunSpec,
    Stop,
    Submit,
    ToRun,
    ToRunner,
    Unfit,
)

_IDLE_SECONDS = 0.01
_FORK_AGAIN_SECONDS = 1.0
_MAX_UNSENT_BYTES = 4 << 20
_MAX_WAITING_INPUT_BYTES = 262144

_encoder = msgspec.msgpack.Encoder()
_decoder: msgspec.msgpack.Decoder[ToRunner] = msgspec.msgpack.Decoder(ToRunner)
_log = logging.getLogger("trapgate.runner")


def serve(control: socket.socket, engine: Engine, warm_workers: int, compilers: Compilers) -> None:
    """Serve runs over `control` until the other side closes it. The calling process must be single-threaded.

    `warm_workers` is how many sandboxed workers wait for their run.
    """
    remove_left_over()
    layers = sandbox.probe()
    missing = [layer for layer in layers if layer.name == "seccomp" and not layer.active]
    if missing:
        control.sendall(pack(_encoder.encode(Unfit(f"no sandbox: {missing[0].detail}"))))
        return
    engine.prepare()
    gc.collect()
    gc.freeze()
    server = Server(control, engine, warm_workers, compilers)
    server.send(Ready(tuple(layer.name for layer in layers if layer.active)))
    try:
        server.loop()
    finally:
        server.close()


class Server:
    """The event loop and its children."""

    def __init__(self, control: socket.socket, engine: Engine, warm_workers: int, compilers: Compilers) -> None:
        self._control = control
        self._engine = engine
        self._warm_workers = warm_workers
        self._address_space_bytes = sandbox.address_space_bytes()
        self._received = FrameBuffer(MAX_CONTROL_FRAME)
        self._unsent = bytearray()
        self._connected = True
        self._spares: list[Child] = []
        self._runs: dict[int, Child] = {}
        self._compilers = compilers
        self._compiling: dict[int, CompileStage] = {}
        self._to_compile: deque[CompileStage] = deque()
        self._next_fork = 0.0
        self._selector = selectors.DefaultSelector()
        control.setblocking(False)

    def send(self, message: FromRunner) -> None:
        """Queue a message to the web process."""
        self._unsent += pack(_encoder.encode(message))

    def loop(self) -> None:
        """Work until the control socket closes."""
        while self._connected:
            ready = self._wait()
            for key, mask in ready:
                callback: Callable[[int], None] = key.data
                callback(mask)
            for number, child in list(self._runs.items()):
                child.enforce_deadline()
                self._relay(number, child)
            for stage in list(self._compiling.values()):
                self._advance(stage)
            self._begin_compilations()
            self._write_control()
            # Only when nothing else is to do: a fork holds everything up for some milliseconds.
            if not ready and self._lacks_spares():
                self._add_spare()

    def close(self) -> None:
        """End every child."""
        for child in (*self._spares, *self._runs.values()):
            child.close()
        for stage in self._compiling.values():
            stage.close()
        self._selector.close()

    def _wait(self) -> list[tuple[selectors.SelectorKey, int]]:
        self._interest(
            self._control,
            selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0),
            self._control_ready,
        )
        congested = len(self._unsent) > _MAX_UNSENT_BYTES
        timeout = float("inf")
        for child in self._runs.values():
            mask = selectors.EVENT_READ if child.wants_read and not congested else 0
            mask |= selectors.EVENT_WRITE if child.wants_write else 0
            self._interest(child.socket, mask, partial(self._child_ready, child))
            timeout = min(timeout, child.seconds_left())
        for stage in self._compiling.values():
            job = stage.compilation
            self._interest(job.socket, selectors.EVENT_READ if job.wants_read else 0, partial(_read_answer, job))
            timeout = min(timeout, job.seconds_left())
        if len(self._spares) < self._warm_workers:
            timeout = min(timeout, max(_IDLE_SECONDS, self._next_fork - time.monotonic()))
        return self._selector.select(None if timeout == float("inf") else max(timeout, 0))

    def _interest(self, file: socket.socket, mask: int, callback: Callable[[int], None]) -> None:
        key = self._selector.get_map().get(file)
        if key is None:
            if mask:
                self._selector.register(file, mask, callback)
        elif not mask:
            self._selector.unregister(file)
        elif key.events != mask:
            self._selector.modify(file, mask, key.data)

    def _lacks_spares(self) -> bool:
        return len(self._spares) < self._warm_workers and time.monotonic() >= self._next_fork

    def _fork(self) -> Child | None:
        try:
            child = Child(self._engine, self._address_space_bytes)
        except OSError as error:
            _log.error("no worker can be started: %s", error)
            self._next_fork = time.monotonic() + _FORK_AGAIN_SECONDS
            return None
        self._selector.register(child.pidfd, selectors.EVENT_READ, lambda mask: self._died(child))
        return child

    def _add_spare(self) -> None:
        if child := self._fork():
            self._spares.append(child)

    def _died(self, child: Child) -> None:
        self._selector.unregister(child.pidfd)
        how = child.reap()
        if child in self._spares:
            _log.error("worker %d died while it waited for a run (%s)", child.pid, how)
            self._spares.remove(child)
            self._next_fork = time.monotonic() + _FORK_AGAIN_SECONDS
            child.close()
        elif how != "status 0" and not child.abandoned:
            _log.warning("worker %d of run %s died: %s", child.pid, child.run, how)

    def _child_ready(self, child: Child, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            child.write()
        if mask & selectors.EVENT_READ:
            child.read()

    def _relay(self, number: int, child: Child) -> None:
        """Forward what may be forwarded, and close the books when the worker is done."""
        try:
            while (frame := child.take()) is not None:
                self.send(Forward(number, frame))
        except FrameError as error:
            _log.warning("worker %d of run %d: %s", child.pid, number, error)
            child.abandon("internal-error", "The run ended unexpectedly.")
        if child.finished:
            self.send(Ended(number, *child.verdict))
            del self._runs[number]
            self._interest(child.socket, 0, lambda mask: None)
            child.close()

    def _control_ready(self, mask: int) -> None:
        if mask & selectors.EVENT_WRITE:
            self._write_control()
        if mask & selectors.EVENT_READ:
            self._read_control()

    def _write_control(self) -> None:
        try:
            while self._unsent:
                del self._unsent[: self._control.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._connected = False

    def _read_control(self) -> None:
        self._connected = receive(self._control, self._received)
        while (frame := self._received.take()) is not None:
            self._obey(_decoder.decode(frame))

    def _obey(self, message: ToRunner) -> None:
        if isinstance(message, Submit):
            self._begin(message)
            return
        if stage := self._stage(message.run):
            self._obey_early(stage, message)
            return
        if message.run not in self._runs:
            # It ended while the message was on its way.
            return
        child = self._runs[message.run]
        if isinstance(message, Grant):
            child.credit += message.frames
        elif isinstance(message, ToRun):
            self._pass_on(child, message)
        else:
            child.abandon("stopped", "The run was cancelled.")

    def _begin(self, message: Submit) -> None:
        if compiled_language(message.spec) is None:
            self._execute(message.run, message.spec, message.credit)
        else:
            self._to_compile.append(CompileStage(message.run, message.spec, message.credit))

    def _execute(self, run: int, spec: RunSpec, credit: int) -> None:
        """Give a run whose program needs no compiler (any more) to a worker."""
        # The last warm worker is for somebody who presses Run.
        kept = 1 if spec.action == "check" else 0
        child = (self._take_spare() if len(self._spares) > kept else None) or self._fork()
        if child is None:
            self.send(Ended(run, "internal-error", "The server can't start another process now. Try again."))
            return
        self._runs[run] = child
        child.begin(run, spec, _encoder.encode(spec), credit)

    def _stage(self, run: int) -> CompileStage | None:
        """The run with that number, if it is compiled or waits for that."""
        return self._compiling.get(run) or next((stage for stage in self._to_compile if stage.run == run), None)

    def _obey_early(self, stage: CompileStage, message: Grant | ToRun | Cancel) -> None:
        """What concerns a run that is still compiled."""
        if isinstance(message, Grant):
            stage.credit += message.frames
        elif isinstance(message, ToRun) and isinstance(message.message, Keyboard):
            stage.type(message.message)
        else:
            stopped = isinstance(message, ToRun)
            self._leave(stage)
            sentence = "You stopped the program." if stopped else "The run was cancelled."
            self.send(Ended(stage.run, "stopped", sentence))

    def _begin_compilations(self) -> None:
        """Start what waits to be compiled, as far as there is room."""
        while stage := self._next_to_compile():
            self._to_compile.remove(stage)
            try:
                job = stage.begin(self._compilers)
            except CompilerUnavailableError as error:
                self.send(Forward(stage.run, compiler.rejection(str(error)).frame))
                self.send(Ended(stage.run, "internal-error", "There is no compiler."))
                continue
            except OSError as error:
                _log.error("no compiler can be started: %s", error)
                self.send(Ended(stage.run, "internal-error", "The server can't start another process now. Try again."))
                continue
            self._compiling[stage.run] = stage
            self._selector.register(job.pidfd, selectors.EVENT_READ, partial(self._compiler_died, job))

    def _next_to_compile(self) -> CompileStage | None:
        """What may be compiled now: runs first, and if there are several places, one is kept free of checks."""
        most = self._compilers.at_once
        if len(self._compiling) >= most:
            return None
        if run := next((stage for stage in self._to_compile if not stage.is_check), None):
            return run
        checks = sum(stage.is_check for stage in self._compiling.values())
        return self._to_compile[0] if self._to_compile and checks < max(1, most - 1) else None

    def _compiler_died(self, job: Compilation, mask: int) -> None:
        self._selector.unregister(job.pidfd)
        job.reap()

    def _advance(self, stage: CompileStage) -> None:
        """When a compilation is over, go on with the run."""
        stage.compilation.enforce_deadline()
        if not stage.compilation.finished:
            return
        result = stage.compilation.result()
        self._leave(stage)
        if result is None:
            _log.warning("the compilation of run %d ended without an answer", stage.run)
            self.send(Ended(stage.run, "internal-error", "Compiling ended unexpectedly."))
            return
        self.send(Forward(stage.run, result.frame))
        if not result.image:
            self.send(Ended(stage.run, "internal-error", "There is no program."))
            return
        self._execute(stage.run, stage.built(result), stage.credit - 1)
        for keys in stage.typed:
            self._obey(ToRun(stage.run, keys))

    def _leave(self, stage: CompileStage) -> None:
        """End the compilation of a run, or its waiting."""
        if self._compiling.pop(stage.run, None) is None:
            self._to_compile.remove(stage)
            return
        job = stage.compilation
        self._interest(job.socket, 0, lambda mask: None)
        if not job.exited:
            self._selector.unregister(job.pidfd)
        stage.close()

    def _take_spare(self) -> Child | None:
        """A warm worker that is alive: one that has just died is still among them until the loop hears of it."""
        child = next((child for child in self._spares if child.alive), None)
        if child is not None:
            self._spares.remove(child)
        return child

    def _pass_on(self, child: Child, message: ToRun) -> None:
        if isinstance(message.message, Stop):
            child.stop_soon()
        elif isinstance(message.message, Keyboard) and child.unsent_bytes > _MAX_WAITING_INPUT_BYTES:
            # The worker does not take its input; a terminal drops characters then, too.
            return
        child.send(_encoder.encode(message.message))


def _read_answer(job: Compilation, mask: int) -> None:
    job.read()


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:
    raise SystemExit(128 + signum)


def main(load_engine: Callable[[], Engine]) -> None:
    """Entry point of the runner process. `load_engine` imports what executes programs."""
    parser = argparse.ArgumentParser(prog="app.runner.server")
    parser.add_argument("--fd", type=int, required=True, help="descriptor of the control socket")
    parser.add_argument("--warm-workers", type=int, default=2, help="workers kept ready")
    parser.add_argument("--compile-limits", default="{}", help="limits of one compilation, in JSON")
    parser.add_argument("--compilations", type=int, default=4, help="compilations at once")
    arguments = parser.parse_args()
    logging.basicConfig(format="%(name)s: %(levelname)s: %(message)s")
    signal.signal(signal.SIGTERM, _terminate)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Two descriptors a run: the usual soft limit of 1024 would be the limit of runs.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    limits = msgspec.json.decode(arguments.compile_limits, type=BoxLimits)
    with socket.socket(fileno=arguments.fd) as control:
        serve(control, load_engine(), arguments.warm_workers, Compilers(limits, arguments.compilations))


def _load_engine() -> Engine:
    from app.runner.engine import TrapgateEngine  # noqa: PLC0415 - loads Unicorn and Keystone

    return TrapgateEngine()


if __name__ == "__main__":
    main(_load_engine)

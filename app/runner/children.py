"""The runner's side of one worker: its process, its socket, and how it died."""

from __future__ import annotations

import os
import select
import signal
import socket
import time

from app.runner import worker
from app.runner.execution import Engine
from app.runner.frames import MAX_WORKER_FRAME, FrameBuffer, pack, receive
from app.runner.messages import RunSpec
from app.trace.events import EndReason

Verdict = tuple[EndReason, str]

_WALL_GRACE_SECONDS = 2.0
_STOP_GRACE_SECONDS = 2.0
_CHECK_NICENESS = 10


class Child:
    """A worker that waits for its run (`run` is None) or has one. Raises OSError when it can't be started."""

    def __init__(self, engine: Engine, address_space_bytes: int) -> None:
        runner_end, worker_end = socket.socketpair()
        runner = os.getpid()
        try:
            self.pid = os.fork()
        except OSError:
            runner_end.close()
            worker_end.close()
            raise
        if self.pid == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            worker.main(worker_end.fileno(), engine, parent=runner, address_space_bytes=address_space_bytes)
        worker_end.close()
        runner_end.setblocking(False)
        self.socket = runner_end
        self.pidfd = os.pidfd_open(self.pid)
        self.run: int | None = None
        self.credit = 0
        self.exited = False
        self.abandoned = False
        self._at_end = False
        self._received = FrameBuffer(MAX_WORKER_FRAME)
        self._unsent = bytearray()
        self._deadline = float("inf")
        self._cpu_seconds = float("inf")
        self._verdict: Verdict = ("internal-error", "The run ended unexpectedly.")
        self._at_deadline: Verdict = self._verdict

    def begin(self, run: int, spec: RunSpec, payload: bytes, credit: int) -> None:
        """Give the worker its run; `payload` is `spec` encoded."""
        self.run = run
        self.credit = credit
        self._cpu_seconds = spec.limits.cpu_seconds
        self._deadline = time.monotonic() + spec.limits.wall_seconds + _WALL_GRACE_SECONDS
        self._at_deadline = (
            "time-limit",
            f"The program was stopped: it ran for {spec.limits.wall_seconds:g} seconds.",
        )
        if spec.action == "check":
            # Whoever types makes many of them; runs go first.
            os.setpriority(os.PRIO_PROCESS, self.pid, _CHECK_NICENESS)
        self.send(payload)

    @property
    def alive(self) -> bool:
        """Whether the process has not ended, looked at just now."""
        if self.exited:
            return False
        poll = select.poll()
        poll.register(self.pidfd, select.POLLIN)
        return not poll.poll(0)

    @property
    def wants_write(self) -> bool:
        """Whether bytes wait for the worker to take them."""
        return bool(self._unsent)

    @property
    def wants_read(self) -> bool:
        """Whether the web process has room for more of what the worker says."""
        return self.run is not None and self.credit > 0 and not self._at_end and not self.abandoned

    @property
    def unsent_bytes(self) -> int:
        """How much waits for the worker to take it."""
        return len(self._unsent)

    @property
    def finished(self) -> bool:
        """Whether the worker is dead and has nothing left to deliver."""
        return self.exited and (self._at_end or self.abandoned)

    @property
    def verdict(self) -> Verdict:
        """Why it died, once it has."""
        return self._verdict

    def seconds_left(self) -> float:
        """Until `enforce_deadline` has something to do."""
        return self._deadline - time.monotonic()

    def send(self, payload: bytes) -> None:
        """Queue a frame for the worker."""
        self._unsent += pack(payload)
        self.write()

    def write(self) -> None:
        """Send what is queued, as far as the socket takes it."""
        try:
            del self._unsent[: self.socket.send(self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            # It is dead or dying: how is told by its exit status.
            self._unsent.clear()

    def read(self) -> None:
        """Read what has arrived."""
        self._at_end = not receive(self.socket, self._received)

    def take(self) -> bytes | None:
        """The next frame that may be forwarded. Raises FrameError."""
        if self.credit <= 0 or self.abandoned:
            return None
        frame = self._received.take()
        if frame is not None:
            self.credit -= 1
        return frame

    def stop_soon(self) -> None:
        """The worker was asked to stop: it has a moment to do so by itself."""
        self._deadline = min(self._deadline, time.monotonic() + _STOP_GRACE_SECONDS)
        self._at_deadline = ("stopped", "You stopped the program.")

    def enforce_deadline(self) -> None:
        """Kill the worker if its time is over."""
        if not self.exited and self.seconds_left() <= 0:
            self._deadline = float("inf")
            self._verdict = self._at_deadline
            self._kill()

    def abandon(self, reason: EndReason, sentence: str) -> None:
        """Kill the worker and drop what it has not delivered."""
        self.abandoned = True
        if not self.exited:
            self._verdict = (reason, sentence)
            self._kill()

    def reap(self) -> str:
        """Collect the dead process (its pidfd is readable); returns how it ended, for the log."""
        _, status, usage = os.wait4(self.pid, 0)
        self.exited = True
        self._deadline = float("inf")
        code = os.waitstatus_to_exitcode(status)
        if code == -signal.SIGXCPU or (
            code == -signal.SIGKILL and usage.ru_utime + usage.ru_stime >= self._cpu_seconds
        ):
            self._verdict = (
                "time-limit",
                f"The program was stopped: it used its {self._cpu_seconds:g} seconds of processor time.",
            )
        elif code == -signal.SIGKILL and self._verdict[0] == "internal-error" and not self.abandoned:
            self._verdict = ("memory-limit", "The program was stopped: the server ran out of memory.")
        return signal.Signals(-code).name if code < 0 else f"status {code}"

    def close(self) -> None:
        """Kill if need be, and free everything."""
        if not self.exited:
            self._kill()
            os.waitpid(self.pid, 0)
            self.exited = True
        os.close(self.pidfd)
        self.socket.close()

    def _kill(self) -> None:
        signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)

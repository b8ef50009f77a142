"""The side of a compilation that waits for it: its process, its directory, its time, and what came of it."""

from __future__ import annotations

import os
import select
import signal
import socket
import tempfile
import time
from contextlib import suppress

import msgspec
from msgspec.structs import replace

from app.runner import compiler
from app.runner.compiler import Compiled, Order
from app.runner.compiler_box import BoxLimits, missing
from app.runner.frames import FrameBuffer, FrameError, receive
from app.runner.languages import compiled_language
from app.runner.messages import RunSpec
from app.runner.rust import RustMissingError, find_rust
from app.toolchain.c.kit import Kit, KitError, find_kit
from app.toolchain.elf import MAX_FILE_BYTES
from app.toolchain.machines import MACHINES
from app.toolchain.rust.commands import ARCHES, RustKit

_PREFIX = "trapgate-job-"
_CHECK_NICENESS = 10
_FRAME_OVERHEAD_BYTES = 8 << 20

_decoder = msgspec.msgpack.Decoder(Compiled)


class CompilerUnavailableError(Exception):
    """The language cannot be compiled here; the message says why."""


class Compilers:
    """What this host compiles with. `limits` bound every compilation; there should be no more than `at_once`."""

    def __init__(self, limits: BoxLimits, at_once: int = 1) -> None:
        self.limits = limits
        self.at_once = at_once
        self._kit: Kit | None = None
        self._problem = ""
        try:
            self._kit = find_kit()
        except KitError as error:
            self._problem = str(error)
        self._problem = self._problem or missing()

    def start(self, spec: RunSpec) -> Compilation:
        """Begin to compile `spec`; a check has no more time than its own limits give.

        Forks, so call it from a single-threaded process only.
        Raises CompilerUnavailableError, and OSError when no process can be started.
        """
        limits = self.limits
        if spec.action == "check":
            limits = replace(
                limits,
                cpu_seconds=min(limits.cpu_seconds, spec.limits.cpu_seconds),
                wall_seconds=min(limits.wall_seconds, spec.limits.wall_seconds),
            )
        if compiled_language(spec) == "rust":
            return Compilation(self._rust(spec), rust_limits(limits), spec)
        if self._kit is None or self._problem:
            raise CompilerUnavailableError(f"C cannot be compiled here: {self._problem}")
        return Compilation(self._kit, limits, spec)

    @staticmethod
    def _rust(spec: RunSpec) -> RustKit:
        if reason := missing():
            raise CompilerUnavailableError(f"Rust cannot be compiled here: {reason}")
        if spec.arch not in ARCHES:
            title = MACHINES[spec.arch].title if spec.arch in MACHINES else spec.arch
            raise CompilerUnavailableError(f"Rust is compiled for x86-64 only, not for {title}")
        try:
            return find_rust()
        except RustMissingError as error:
            raise CompilerUnavailableError(f"Rust cannot be compiled here: {error}") from error


def rust_limits(limits: BoxLimits) -> BoxLimits:
    """What rustc may use where a C compiler may use `limits`: its programs hold much of the standard library."""
    return replace(
        limits,
        cpu_seconds=2 * limits.cpu_seconds,
        wall_seconds=2 * limits.wall_seconds,
        memory_bytes=max(limits.memory_bytes, 4 << 30),
        file_bytes=max(limits.file_bytes, MAX_FILE_BYTES),
    )


class Compilation:
    """One compilation. `close` it, whatever happens: that frees its directory."""

    def __init__(self, kit: Kit | RustKit, limits: BoxLimits, spec: RunSpec) -> None:
        order = Order(spec.source, spec.arch, spec.optimize, link=spec.action == "run")
        ours, theirs = socket.socketpair()
        this = os.getpid()
        self._folder = tempfile.mkdtemp(prefix=f"{_PREFIX}{this}-")
        try:
            self.pid = os.fork()
        except OSError:
            ours.close()
            theirs.close()
            remove_folder(self._folder)
            raise
        if self.pid == 0:
            compiler.main(theirs.fileno(), order, kit, self._folder, limits, parent=this)
        theirs.close()
        ours.setblocking(False)
        self.socket = ours
        self.pidfd = os.pidfd_open(self.pid)
        if spec.action == "check":
            # Whoever types makes many of them; runs go first.
            os.setpriority(os.PRIO_PROCESS, self.pid, _CHECK_NICENESS)
        self.exited = False
        self._limits = limits
        self._received = FrameBuffer(limits.file_bytes + _FRAME_OVERHEAD_BYTES)
        self._at_end = False
        self._killed = False
        self._deadline = time.monotonic() + limits.wall_seconds

    @property
    def wants_read(self) -> bool:
        """Whether more may come."""
        return not self._at_end

    @property
    def finished(self) -> bool:
        """Whether the process is dead and all it said is here."""
        return self.exited and self._at_end

    def seconds_left(self) -> float:
        """Until `enforce_deadline` has something to do."""
        return float("inf") if self.exited else self._deadline - time.monotonic()

    def enforce_deadline(self) -> None:
        """Kill the processes if their time is over."""
        if not self.exited and self.seconds_left() <= 0:
            self._killed = True
            self._deadline = float("inf")
            self._kill()

    def read(self) -> None:
        """Read what has arrived."""
        self._at_end = not receive(self.socket, self._received)

    def reap(self) -> None:
        """Collect the dead process (its pidfd is readable), and end what it may have left behind."""
        self._kill()
        os.waitpid(self.pid, 0)
        self.exited = True

    def result(self) -> Compiled | None:
        """What came of it, once it has `finished`; None when the process broke off or said what it must not."""
        if self._killed:
            return compiler.rejection(
                f"compiling was stopped: it took more than {self._limits.wall_seconds:g} seconds",
                "macros, or headers that include one another, can grow without end",
            )
        try:
            frame = self._received.take()
            return None if frame is None else _decoder.decode(frame)
        except (FrameError, msgspec.MsgspecError):
            return None

    def wait(self) -> Compiled | None:
        """Block until it has finished, and return its result."""
        poll = select.poll()
        poll.register(self.socket, select.POLLIN)
        while not self._at_end and not self._killed:
            if poll.poll(max(0.0, self.seconds_left()) * 1000):
                self.read()
            self.enforce_deadline()
        self.reap()
        return self.result()

    def close(self) -> None:
        """End it if need be, and free everything."""
        if not self.exited:
            self.reap()
        os.close(self.pidfd)
        self.socket.close()
        remove_folder(self._folder)

    def _kill(self) -> None:
        """All processes of the session; the first one by itself, as long as it does not lead one."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)


def remove_left_over() -> None:
    """Remove the directories of compilations whose runner was killed."""
    place = tempfile.gettempdir()
    for name in os.listdir(place):
        owner = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            remove_folder(f"{place}/{name}")


def remove_folder(folder: str) -> None:
    """Remove `folder` with all that a job has left in it, as far as possible.

    Directories may be nested more deeply than a recursion reaches, so their contents move up before they go.
    """
    moved = 0
    with suppress(OSError):
        while directories := _empty(folder):
            for directory in directories:
                os.chmod(directory, 0o700)
                for inner in _empty(directory):
                    moved += 1
                    os.rename(inner, f"{folder}/{_PREFIX}{moved}")
                os.rmdir(directory)
        os.rmdir(folder)


def _empty(folder: str) -> list[str]:
    """Remove the files of `folder`; returns its directories."""
    directories = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                directories.append(entry.path)
            else:
                os.unlink(entry.path)
    return directories

"""Compare this kernel with the Linux of the test machine: the same machine code runs on both.

A case is a list of calls, written with `call`:

    check(
        call("openat", AT_FDCWD, "missing", 0),              # str: address of a NUL-terminated string
        call("creat", "new", 0o644),
        call("write", Result(1), b"hello", 5),               # bytes: just these; Result(1): what call 1 gave
        call("lseek", Result(1), -2, 2),
        call("pipe", Buffer("fds", 8), show="sign"),         # a named zeroed buffer; the same name is the same buffer
        call("read", Loaded("fds", 0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),   # Loaded: an int found in a buffer
        stdin=b"typed",
    )

`check` assembles a fixed interpreter with the calls as its data, writes an ELF file and runs it natively (as an
unprivileged user, in a fresh directory) and under this kernel, both with pipes as standard streams. After each call the
interpreter prints its result (`show="value"`), only success or errno (`"sign"`, for results that need not agree, such
as addresses), or nothing (`"none"`), and then every `dump`ed range of a buffer in hexadecimal. Printing goes through
descriptor 1000, so a case may do with 0 to 999 what it likes. Output, exit status or signal, and so every errno, must
be the same.

More arguments: `Edge(n)`: the last `n` bytes of a page before an unmapped one; `READ_ONLY`: an address in the program's
code; `Packed([...])`: a struct of 8-byte words, each of which may be any of these; `UNMAPPED`, `KERNEL_ADDRESS`.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest

from app.kernel.abi.text import signal_name
from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.kernel.task import Task
from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder
from tests.conformance.event_rules import Possessions, check_events, check_released
from tests.conformance.program import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
    compile_case,
)

__all__ = [
    "AT_FDCWD",
    "KERNEL_ADDRESS",
    "READ_ONLY",
    "UNMAPPED",
    "Buffer",
    "Call",
    "Edge",
    "FedConsole",
    "Loaded",
    "Outcome",
    "Packed",
    "Result",
    "call",
    "check",
    "check_source",
    "compile_case",
    "fresh_directory",
    "need_ext4",
    "privileges",
    "run_here",
    "run_native",
    "why_not_native",
]

USER_ID = 1000
WORK_DIRECTORY = "/tmp/conformance-00000000"
"""Where a case runs under this kernel: as long as the path of a `fresh_directory`."""

TIMEOUT_SECONDS = 20

EMULATORS: dict[str, tuple[str, ...]] = {"arm": ("qemu-arm",)}
"""What runs the programs that the machine's Linux cannot."""


@dataclass
class Outcome:
    """What a run left behind."""

    stdout: bytes
    stderr: bytes
    status: int | None
    signal: str | None
    events: list[AnyEvent] = field(default_factory=list)


# -- running it --------------------------------------------------------------------------------------------------------


@cache
def why_not_native() -> str | None:
    """Why this machine cannot run the programs itself; None when it can."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "needs Linux on x86-64"
    return None


def need_ext4() -> None:
    """Skip a test whose answers (largest offset, holes, blocks) are ext4's, where files are on something else."""
    with fresh_directory() as path:
        shown = subprocess.run(["stat", "-f", "-c", "%T", path], capture_output=True, text=True, check=False).stdout
    if shown.strip() not in ("ext2/ext3", "overlayfs"):
        pytest.skip(f"compares with ext4, and temporary files are on {shown.strip() or 'something unknown'}")


@contextmanager
def fresh_directory() -> Iterator[Path]:
    """A directory of the unprivileged user's own, outside pytest's private ones."""
    path = Path(tempfile.mkdtemp(prefix="conformance-"))
    try:
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(path, USER_ID, USER_ID)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def privileges() -> dict[str, object]:
    """Arguments for subprocess that give up root."""
    return {"user": USER_ID, "group": USER_ID, "extra_groups": [USER_ID]} if os.geteuid() == 0 else {}


def run_native(program: Program, stdin: bytes = b"", inside: str = "") -> Outcome:
    """Run on the real kernel, in a fresh directory or in `inside` it, as the leader of a process group.

    All of `stdin`, a pipe's worth, is there.
    """
    with fresh_directory() as home, fresh_directory() as work:
        executable = home / "program"
        executable.write_bytes(write_elf(program))
        executable.chmod(0o755)
        make_below(work, inside)
        source, feed = os.pipe()
        with os.fdopen(source, "rb") as reader:
            with os.fdopen(feed, "wb") as writer:
                writer.write(stdin)
            done = subprocess.run(
                [
                    *("/bin/sh", "-c", 'ulimit -S -c 0; ulimit -n 1024; umask 022; exec "$0" $1'),
                    *(*EMULATORS.get(program.arch, ()), str(executable)),
                ],
                stdin=reader,
                capture_output=True,
                cwd=work / inside,
                env={},
                timeout=TIMEOUT_SECONDS,
                check=False,
                process_group=0,
                **privileges(),
            )
    if done.returncode < 0:
        return Outcome(done.stdout, done.stderr, None, signal_name(-done.returncode))
    return Outcome(done.stdout, done.stderr, done.returncode, None)


def make_below(directory: Path, inside: str) -> None:
    """Directories of the unprivileged user's, one in the other."""
    for name in Path(inside).parts:
        directory /= name
        directory.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(directory, USER_ID, USER_ID)


class FedConsole:
    """A console whose keyboard says what it is told to, then ends."""

    def __init__(self, chunks: Sequence[bytes]) -> None:
        self._chunks = [chunk for chunk in chunks if chunk]
        self.shown: dict[int, bytearray] = {}

    def write(self, stream: int, data: bytes) -> None:
        """Keep the output."""
        self.shown.setdefault(stream, bytearray()).extend(data)

    def poll(self, seconds: float) -> bool:
        """All that will ever be typed is there."""
        return True

    def read(self, size: int) -> bytes | None:
        """The next chunk."""
        return self._chunks.pop(0) if self._chunks else b""


class WatchedKernel(Kernel):
    """A kernel that remembers what each task had when it ended."""

    def _boot(self) -> None:
        super()._boot()
        self.last: dict[int, list[Possessions]] = {}
        abandon = self.dispatcher.abandon

        def remember(task: Task) -> None:
            self.last.setdefault(task.tid, []).append(Possessions.of(task))
            abandon(task)

        self.dispatcher.abandon = remember  # type: ignore[method-assign]


def run_here(program: Program, stdin: bytes = b"", config: KernelConfig | None = None) -> Outcome:
    """Run under this kernel. Whatever the program does, its events keep the rules."""
    console = FedConsole([stdin])
    events: list[AnyEvent] = []
    config = config or KernelConfig(cwd=WORK_DIRECTORY, streams=("stream", "stream", "stream"), max_events=2_000_000)
    kernel = WatchedKernel(program, Recorder(events.extend), console, config)
    kernel.run()
    end = events[-1]
    assert isinstance(end, RunEnd), end
    assert end.reason in ("exit", "signal"), end.sentence
    check_events(kernel.last, events)
    check_released(kernel)
    shown = console.shown
    return Outcome(bytes(shown.get(1, b"")), bytes(shown.get(2, b"")), end.status, end.signal, events)


def check(*steps: Call, stdin: bytes = b"") -> Outcome:
    """Run `steps` on both kernels and compare. Returns this kernel's outcome, whose events a test may look at."""
    return _compare(lambda: compile_case(steps), stdin, steps)


def check_source(source: str, stdin: bytes = b"") -> Outcome:
    """The same for a program in GNU assembler, Intel syntax."""
    return _compare(lambda: assemble(f".intel_syntax noprefix\n.globl _start\n{source}\n", language="gas"), stdin)


def _compare(build: Callable[[], Program], stdin: bytes, steps: Sequence[Call] = ()) -> Outcome:
    """Run a program on both kernels and compare."""
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    program = build()
    real = run_native(program, stdin)
    ours = run_here(program, stdin)
    if (real.stdout, real.stderr, real.status, real.signal) != (ours.stdout, ours.stderr, ours.status, ours.signal):
        pytest.fail(_difference(steps, real, ours), pytrace=False)
    return ours


def _difference(steps: Sequence[Call], real: Outcome, ours: Outcome) -> str:
    """The lines that differ, with the calls that printed them, and how both runs ended."""
    owners = [step for step in steps for _ in range((step.show != "none") + len(step.dump))]
    real_lines, our_lines = (outcome.stdout.decode("latin-1").splitlines() for outcome in (real, ours))
    table = []
    for index in range(max(len(real_lines), len(our_lines))):
        left = real_lines[index] if index < len(real_lines) else "(nothing)"
        right = our_lines[index] if index < len(our_lines) else "(nothing)"
        if left != right:
            owner = owners[index] if index < len(owners) else None
            shown = f"{owner.name}{_shown(owner.arguments)}" if owner else "?"
            table.append(f"line {index}: Linux {left}, this kernel {right}: {shown}")
    ends = f"Linux: status {real.status}, signal {real.signal}; here: status {ours.status}, signal {ours.signal}"
    return "\n".join([*table[:40], ends])


def _shown(arguments: tuple[object, ...]) -> str:
    return f"({', '.join(text if len(text := repr(value)) < 60 else text[:57] + '...' for value in arguments)})"

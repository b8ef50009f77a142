"""Run one executable file on both kernels: natively, unprivileged and in a fresh directory, and under this kernel.

Both get the same arguments, environment, files and standard input, with pipes as standard streams.
"""

from __future__ import annotations

import difflib
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from app.kernel.abi.text import signal_name
from app.kernel.config import GuestFile, KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.elf import load_elf
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder
from tests.conformance.event_rules import check_released
from tests.conformance.harness import (
    USER_ID,
    WORK_DIRECTORY,
    FedConsole,
    Outcome,
    fresh_directory,
    why_not_native,
)

ENVIRONMENT = ("HOME=/tmp", "LANG=C", "PATH=/nowhere")
"""No program of the machine's is found, so that both sides have the same ones: those they are given."""
LAUNCHER = Path(__file__).with_name("launch.py")
MEMORY_BYTES = 256 << 20
TIMEOUT_SECONDS = 30
NATIVE_TRIES = 3
HERE_SECONDS = 120


def run_native(
    executable: Path,
    arguments: Sequence[str] = ("program",),
    stdin: bytes = b"",
    files: Mapping[str, bytes] | None = None,
) -> Outcome:
    """Run on the real kernel. `files` are put into its directory by their names."""
    with fresh_directory() as home, fresh_directory() as work:
        program = home / Path(arguments[0]).name
        program.write_bytes(executable.read_bytes())
        program.chmod(0o755)
        for name, contents in (files or {}).items():
            (work / name).write_bytes(contents)
            (work / name).chmod(0o755 if contents.startswith(b"\x7fELF") else 0o644)
            if os.geteuid() == 0:
                os.chown(work / name, USER_ID, USER_ID)
        status, report = os.pipe()
        try:
            launched = subprocess.Popen(
                [sys.executable, "-ES", str(LAUNCHER), str(report), str(USER_ID), str(program), *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                cwd=work,
                env=dict(setting.split("=", 1) for setting in ENVIRONMENT),
                pass_fds=[report],
            )
            try:
                stdout, stderr = launched.communicate(stdin, timeout=TIMEOUT_SECONDS)
            finally:
                launched.terminate()
                launched.wait()
        finally:
            os.close(report)
        with os.fdopen(status, "rb") as reader:
            told = reader.read()
    assert told, stderr.decode()
    code = os.waitstatus_to_exitcode(int(told))
    if code < 0:
        return Outcome(stdout, stderr, None, signal_name(-code))
    return Outcome(stdout, stderr, code, None)


def run_here(
    executable: Path,
    arguments: Sequence[str] = ("program",),
    stdin: bytes = b"",
    files: Mapping[str, bytes] | None = None,
) -> Outcome:
    """Run under this kernel. Fails when it ends in another way than a program can."""
    console = FedConsole([stdin])
    events: list[AnyEvent] = []
    config = KernelConfig(
        argv=tuple(arguments),
        env=ENVIRONMENT,
        cwd=WORK_DIRECTORY,
        files=tuple(
            GuestFile(f"{WORK_DIRECTORY}/{name}", contents, 0o100755 if contents.startswith(b"\x7fELF") else 0o100644)
            for name, contents in (files or {}).items()
        ),
        streams=("stream", "stream", "stream"),
        memory_bytes=MEMORY_BYTES,
        max_events=5_000_000,
    )
    kernel = Kernel(load_elf(executable.read_bytes()), Recorder(events.extend), console, config)
    watchdog = threading.Timer(
        HERE_SECONDS, kernel.stop, ("time-limit", f"The run took more than {HERE_SECONDS} seconds.")
    )
    watchdog.start()
    try:
        kernel.run()
    finally:
        watchdog.cancel()
    end = events[-1]
    shown = console.shown
    outcome = Outcome(bytes(shown.get(1, b"")), bytes(shown.get(2, b"")), None, None, events)
    assert isinstance(end, RunEnd), end
    if end.reason not in ("exit", "signal"):
        tail = outcome.stdout.decode("latin-1").splitlines()[-5:]
        pytest.fail("\n".join([f"ended with {end.reason}: {end.sentence}", "after:", *tail]), pytrace=False)
    check_released(kernel)
    outcome.status, outcome.signal = end.status, end.signal
    return outcome


def compare(
    executable: Path,
    arguments: Sequence[str] = ("program",),
    stdin: bytes = b"",
    files: Mapping[str, bytes] | None = None,
) -> Outcome:
    """Run on both kernels; the test fails where output, status or signal differ. Returns this kernel's outcome.

    The real one gets three tries: on a busy machine its short timers may strike before the call that they should
    interrupt. This kernel has one, and is right when it does what Linux does in any.
    """
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    ours = run_here(executable, arguments, stdin, files)
    for _ in range(NATIVE_TRIES):
        difference = differences(run_native(executable, arguments, stdin, files), ours)
        if not difference:
            return ours
    pytest.fail(difference, pytrace=False)


def differences(real: Outcome, ours: Outcome) -> str:
    """What differs, for people; empty when nothing does."""
    parts: list[str] = []
    for stream in ("stdout", "stderr"):
        lines = [getattr(outcome, stream).decode("latin-1").splitlines() for outcome in (real, ours)]
        parts += list(difflib.unified_diff(*lines, f"{stream} on Linux", f"{stream} here", lineterm="", n=1))[:60]
    if (real.status, real.signal) != (ours.status, ours.signal):
        parts.append(f"Linux: status {real.status}, signal {real.signal}; here: {ours.status}, {ours.signal}")
    return "\n".join(parts)

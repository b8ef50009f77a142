"""What strace(1) prints for a program on the real machine and here, without what differs from run to run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.trace.events import Return, TaskExit
from tests.conformance.harness import fresh_directory, privileges
from tests.conformance.native import ENVIRONMENT, TIMEOUT_SECONDS, run_here

_UNCERTAIN = (
    (r"^\d+ +", ""),
    (r"\s+= ", " = "),
    (r"0x[0-9a-f]{4,}", "ADDRESS"),
    (r"(tv_n?u?sec=)\d+", r"\1TIME"),
    (r"\b\d{3,}\b", "NUMBER"),
    (r'(getrandom\()"[^"]*"', r"\1BYTES"),
    (r"\d+ vars", "N vars"),
)
_START = ("execve(", "rseq(", 'readlink("/proc/self/exe"', "clock_gettime(", "+++", "---")
"""Lines that are not compared: how it was started, what the C library tries, what the vDSO answers on Linux."""


def normalised(line: str) -> str:
    """The line without addresses, process ids, times and random bytes."""
    for pattern, instead in _UNCERTAIN:
        line = re.sub(pattern, instead, line)
    return line


def real_calls(executable: Path) -> list[list[str]]:
    """The calls of each thread on the real machine, in the order in which the threads began."""
    if shutil.which("strace") is None:
        pytest.skip("needs strace")
    with fresh_directory() as home, fresh_directory() as work:
        program = home / "program"
        program.write_bytes(executable.read_bytes())
        program.chmod(0o755)
        output = work / "strace"
        settings = [word for setting in ENVIRONMENT for word in ("-E", setting)]
        done = subprocess.run(
            ["strace", "-ff", "-o", str(output), "-E", "LC_CTYPE", *settings, str(program)],
            cwd=work,
            env={"PATH": os.environ["PATH"]},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=TIMEOUT_SECONDS,
            **privileges(),
        )
        files = sorted(work.glob("strace.*"), key=lambda path: int(path.suffix[1:]))
        if not files:
            pytest.skip(f"strace cannot trace here: {done.stderr.decode()[:100]}")
        return [_kept(path.read_text().splitlines()) for path in files]


def calls_here(executable: Path) -> list[list[str]]:
    """The same under this kernel."""
    threads: dict[int, list[str]] = {}
    for event in run_here(executable).events:
        if isinstance(event, Return):
            threads.setdefault(event.task, []).append(event.strace)
        elif isinstance(event, TaskExit) and event.strace:
            threads.setdefault(event.task, []).append(f"{event.strace} = ?")
    return [_kept(lines) for lines in threads.values()]


def _kept(lines: list[str]) -> list[str]:
    return [normalised(line) for line in lines if not line.startswith(_START)]

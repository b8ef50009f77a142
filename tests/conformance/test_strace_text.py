"""The strace text of a run compared with what strace(1) prints for the same program."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cache

import pytest

from app.toolchain.elf import write_elf
from app.trace.strace import render
from tests.conformance.fuzz_calls import Sequence as Generator
from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
    compile_case,
    fresh_directory,
    privileges,
    run_here,
    why_not_native,
)

_ALIKE = [
    (re.compile(r"conformance-\w{8}"), "conformance"),
    (re.compile(r"0x7f[0-9a-f]{10}\b"), "ADDRESS"),
    (re.compile(r"^(brk\()[^)]*\) = .*"), r"\1)"),
    (re.compile(r"tv_sec=\d{3,}, tv_[nu]sec=\d+"), "TIME"),
    (re.compile(r"^(get[a-z]*[pt]id|time|set_tid_address|umask)\((.*)\) += \d+$"), r"\1(\2) = NUMBER"),
    (re.compile(r"^(uname\(\{sysname=\"Linux\", nodename=)\"[^\"]*\""), r"\1NAME"),
    (re.compile(r"^(getrandom\()\"[^\"]*\""), r"\1BYTES"),
    (re.compile(r"si_pid=\d+"), "si_pid=PID"),
    (re.compile(r"^(t?g?kill\()\d+, (\d+, )?"), r"\1PID, "),
    (re.compile(r" \+*= "), " = "),
    (re.compile(r"\) +="), ") ="),
]


@cache
def why_no_strace() -> str | None:
    """Why strace cannot be compared with; None when it can."""
    if why_not_native():
        return why_not_native()
    strace = shutil.which("strace")
    if strace is None:
        return "strace is not installed"
    tried = subprocess.run([strace, "-o", "/dev/null", "/bin/true"], capture_output=True, check=False)
    return None if tried.returncode == 0 else f"strace does not work here: {tried.stderr.decode().strip()}"


def alike(line: str) -> str:
    """`line` without what is not the same everywhere."""
    for pattern, replacement in _ALIKE:
        line = pattern.sub(replacement, line)
    return line


def both(steps: Sequence[Call]) -> tuple[list[str], list[str]]:
    """What strace and this kernel print for `steps`."""
    program = compile_case(steps)
    with fresh_directory() as home, fresh_directory() as work:
        executable = home / "case"
        executable.write_bytes(write_elf(program))
        executable.chmod(0o755)
        trace = home / "trace"
        subprocess.run(
            ["strace", "-f", "-o", str(trace), str(executable)], stdin=subprocess.DEVNULL, capture_output=True, cwd=work, env={"PATH": "/usr/bin:/bin"}, timeout=20,
            check=False, **privileges(),
        )  # fmt: skip
        written = trace.read_text("latin-1")
    ours = [line for event in run_here(program).events if (line := render(event)) is not None]
    theirs = [re.sub(r"^\d+ +", "", line) for line in written.splitlines()]
    return [_of_steps(lines) for lines in (theirs, ours)]


def _of_steps(lines: Sequence[str]) -> list[str]:
    return [alike(line) for line in lines if not line.startswith(("execve(", "write(1000,"))]

"""The conformance programs on other architectures; see `machines.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.build import PROGRAMS
from tests.conformance.harness import why_not_native
from tests.conformance.machines import LINES, MACHINES, X86_ONLY, check_emulated, check_program

EVERY = bool(os.environ.get("TRAPGATE_EVERY_PROGRAM"))
"""All programs; without it those that depend on the architecture most, to save time."""

SOME = (
    *("descriptors", "directories", "epoll", "exec_self", "faults", "fork_wait", "interrupted"),
    *("memory_regions", "mmap_basics", "open_flags", "pipes", "procfs", "rlimits", "robust_mutex", "shared_memory"),
    *("signal_basics", "signal_info", "signal_stack", "signal_threads", "stat_fields", "stdio_buffering"),
    *("system_info", "sysv_ipc", "thread_endings", "threads", "timers", "unix_sockets"),
)
ALL = sorted(path.stem for path in PROGRAMS.glob("*.c") if path.stem not in X86_ONLY)
OWN = sorted(Path(__file__).with_name("machine_programs").glob("*.c"))
"""Programs about the architecture itself, compared with qemu-user alone."""


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("name", [name for name in ALL if EVERY or name in SOME])
def test_prints_what_linux_prints(name, machine):
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    check_program(name, machine)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("source", OWN, ids=lambda path: path.stem)
def test_prints_what_qemu_prints(source, machine):
    check_emulated(source, machine)


def test_the_lists_name_programs():
    names = {path.stem for path in PROGRAMS.glob("*.c")}
    assert {*X86_ONLY, *SOME} <= names
    assert {name for name, _ in LINES} <= names

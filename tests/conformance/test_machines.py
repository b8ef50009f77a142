"""The conformance programs on other architectures; see `machines.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conformance.build import PROGRAMS
from tests.conformance.harness import why_not_native
from tests.conformance.machines import LINES, MACHINES, X86_ONLY, build_for, check_emulated, check_program
from tests.conformance.native import run_here

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


@pytest.mark.parametrize(("machine", "registers", "vectors"), [("aarch64", 272, 528), ("riscv64", 256, 264)])
def test_a_tracer_sees_register_sets(machine, registers, vectors):
    source = Path(__file__).with_name("machine_programs") / "traced" / "regsets.c"
    outcome = run_here(build_for(machine, source))
    assert outcome.stdout.decode().splitlines() == [
        "child: stopped by signal 19",
        "ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD) = 0",
        "WSTOPSIG(status) == (SIGTRAP | 0x80): yes",
        f"all.iov_len = {registers}",
        "ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &all) = 0",
        "words[RESULT] == getpid(): yes",
        "ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &all) = 0",
        "ptrace(PTRACE_GETREGSET, pid, NT_PRFPREG, &vectors) = 0",
        f"vectors.iov_len = {vectors}",
        "ptrace(PTRACE_SETREGSET, pid, NT_PRFPREG, &vectors) = 0",
        "syscall(SYS_ptrace, 12, pid, 0, words) = -1 EIO",
        "syscall(SYS_ptrace, PTRACE_PEEKUSER, pid, 0, words) = -1 EIO",
        "ptrace(PTRACE_GETREGSET, pid, 0x777, &all) = -1 EINVAL",
        "ptrace(PTRACE_CONT, pid, 0, 0) = 0",
        "child: exited 7",
    ]

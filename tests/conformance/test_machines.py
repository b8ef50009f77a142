"""The conformance programs on other architectures; see `machines.py`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.trace.events import Dispatch
from tests.conformance.build import PROGRAMS, build
from tests.conformance.harness import why_not_native
from tests.conformance.machines import (
    LINES,
    MACHINES,
    QEMU_HANGS,
    X86_ONLY,
    build_for,
    check_emulated,
    check_program,
)
from tests.conformance.native import differences, run_here, run_native

EVERY = bool(os.environ.get("TRAPGATE_EVERY_PROGRAM"))
"""All programs; without it those that depend on the architecture most, to save time."""

SOME = (
    *("descriptors", "directories", "epoll", "exec_self", "faults", "fork_wait", "interrupted"),
    *("memory_regions", "mmap_basics", "open_flags", "pipes", "procfs", "rlimits", "robust_mutex", "shared_memory"),
    *("signal_basics", "signal_info", "signal_stack", "signal_threads", "stat_fields", "stdio_buffering"),
    *("system_info", "sysv_ipc", "thread_endings", "threads", "timers", "unix_sockets"),
)
SOME_32 = (
    *("descriptors", "directories", "exec_self", "faults", "fork_wait", "mmap_basics", "poll_select"),
    *("signal_info", "stat_fields", "stdio_buffering", "sysv_ipc", "threads", "timers", "unix_sockets"),
)
"""The same for the 32-bit ABIs."""

ALL = sorted(path.stem for path in PROGRAMS.glob("*.c") if path.stem not in X86_ONLY)
OWN = sorted(Path(__file__).with_name("machine_programs").glob("*.c"))
"""Programs about the architecture itself, compared with qemu-user alone."""

MACHINES_32 = {"i386", "arm"}
OWN_32 = sorted(Path(__file__).with_name("programs_32").glob("*.c"))
"""The same for 32-bit programs."""


def _cases():
    for machine in MACHINES:
        some = SOME_32 if machine in MACHINES_32 else SOME
        for name in ALL:
            if (EVERY or name in some) and (name, machine) not in QEMU_HANGS:
                yield pytest.param(name, machine, id=f"{name}-{machine}")


@pytest.mark.parametrize(("name", "machine"), list(_cases()))
def test_prints_what_linux_prints(name, machine):
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    check_program(name, machine)


@pytest.mark.parametrize("machine", sorted(set(MACHINES) - MACHINES_32))
@pytest.mark.parametrize("source", OWN, ids=lambda path: path.stem)
def test_prints_what_qemu_prints(source, machine):
    check_emulated(source, machine)


@pytest.mark.parametrize("machine", sorted(MACHINES_32))
@pytest.mark.parametrize("source", OWN_32, ids=lambda path: path.stem)
def test_calls_of_32_bit_programs(source, machine):
    reason = why_not_native()
    if reason and machine == "i386":
        pytest.skip(reason)
    check_emulated(source, machine)


def test_int_0x80_in_64_bit_code():
    """The instruction enters the table of 32-bit programs from any code, where the machine's Linux has that table."""
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    executable = build(Path(__file__).with_name("programs_64") / "int80.c", "gcc")
    real = run_native(executable)
    if real.signal == "SIGSEGV":
        pytest.skip("this Linux serves no 32-bit programs")
    ours = run_here(executable)
    assert differences(real, ours) == ""
    tables = {event.table for event in ours.events if isinstance(event, Dispatch)}
    assert tables == {"x86_64", "i386"}


def test_the_lists_name_programs():
    names = {path.stem for path in PROGRAMS.glob("*.c")}
    assert {*X86_ONLY, *SOME, *SOME_32} <= names
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

"""The strace text of a run compared with what strace(1) prints for the same program."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from functools import cache

import pytest

from app.toolchain.elf import write_elf
from app.trace.strace import render
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

TIMEOUT_SECONDS = 20

_ALIKE = [
    (re.compile(r"\) +="), ") ="),
    (re.compile(r"conformance-\w{8}"), "conformance"),
    (re.compile(r"0x7f[0-9a-f]{10}\b"), "ADDRESS"),
    (re.compile(r"^(brk\()[^)]*\) = .*"), r"\1)"),
    (re.compile(r"^time\(.*"), "time"),
    (re.compile(r"tv_sec=\d{3,}, tv_[nu]sec=\d+"), "TIME"),
    (re.compile(r"^(get[a-z]*[pt]id|set_tid_address|umask)\((.*)\) += \d+$"), r"\1(\2) = NUMBER"),
    (re.compile(r"^(uname\(\{sysname=\"Linux\", nodename=)\"[^\"]*\""), r"\1NAME"),
    (re.compile(r"^(getrandom\()\"[^\"]*\""), r"\1BYTES"),
    (re.compile(r"si_pid=\d+"), "si_pid=PID"),
    (re.compile(r"^(shmget.*) = \d+$"), r"\1 = ID"),
    (re.compile(r"^(shmctl.*_INFO.*) = \d+$"), r"\1 = INDEX"),
    (re.compile(r"^(shmat|shmctl)\(\d+, "), r"\1(ID, "),
    (re.compile(r"shm_(cpid|lpid|[acd]time)=[1-9]\d*"), r"shm_\1=SOME"),
    (re.compile(r"^(process_vm_\w+\()\d+, "), r"\1PID, "),
    (re.compile(r"^(t?g?kill\()\d+, (\d+, )?"), r"\1PID, "),
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
        source, feed = os.pipe()
        os.close(feed)
        subprocess.run(
            ["strace", "-f", "-o", str(trace), str(executable)],
            stdin=source,
            capture_output=True,
            cwd=work,
            env={"PATH": "/usr/bin:/bin"},
            timeout=TIMEOUT_SECONDS,
            check=False,
            **privileges(),
        )
        os.close(source)
        written = trace.read_text("latin-1")
    ours = [line for event in run_here(program).events if (line := render(event)) is not None]
    theirs = [re.sub(r"^\d+ +", "", line) for line in written.splitlines()]
    return _of_steps(theirs), _of_steps(ours)


def _of_steps(lines: Sequence[str]) -> list[str]:
    return [alike(line) for line in lines if not line.startswith(("execve(", "write(1000,"))]


FILES = [
    call("mkdir", "d", 0o755),
    call("mkdir", "d", 0o1777),
    call("open", "a", 0o102, 0o644),
    call("write", Result(2), b"hello\n\0\x01\x7f", 9),
    call("lseek", Result(2), 0, 0),
    call("lseek", Result(2), -1, 2),
    call("lseek", Result(2), 0, 9),
    call("read", Result(2), Buffer("b", 64), 64),
    call("read", Result(2), Buffer("b"), 64),
    call("read", -1, Buffer("b"), 64),
    call("pread64", Result(2), Buffer("b"), 5, 1),
    call("pwrite64", Result(2), b"x" * 40, 40, 1),
    call("pwrite64", Result(2), UNMAPPED, 40, 1),
    call("write", Result(2), KERNEL_ADDRESS, 40),
    call("writev", Result(2), Packed([b"ab", 2, 0, 0, b"cde", 3]), 3),
    call("writev", -1, Packed([b"ab", 2, UNMAPPED, 7]), 2),
    call("writev", Result(2), UNMAPPED, 2),
    call("writev", Result(2), Packed([0]), 0),
    call("lseek", Result(2), 0, 0),
    call("readv", Result(2), Packed([Buffer("b"), 4, Buffer("b", offset=8), 40, Buffer("b", offset=8), 30]), 3),
    call("readv", Result(2), Packed([Buffer("b"), 4, Buffer("b", offset=8), 4]), 2),
    call("openat", AT_FDCWD, "d", 0o200000),
    call("getdents64", Result(21), Buffer("entries", 1024), 1024),
    call("getdents64", Result(21), Buffer("entries"), 1024),
    call("getdents64", Result(2), Buffer("entries"), 1024),
    call("openat", Result(21), "x", 0o2002101, 0o600),
    call("creat", "d/y", 0o4755),
    call("open", "missing", 0o1),
    call("open", UNMAPPED, 0),
    call("open", "/dev/null", 0o10000000),
    call("stat", "a", Buffer("st", 144)),
    call("stat", "missing", Buffer("st")),
    call("fstat", Result(21), Buffer("st")),
    call("newfstatat", AT_FDCWD, "/dev/null", Buffer("st"), 0),
    call("newfstatat", Result(2), "", Buffer("st"), 0x1000),
    call("access", "a", 6),
    call("access", "a", 0),
    call("faccessat", AT_FDCWD, "missing", 4),
    call("getcwd", Buffer("b"), 64),
    call("getcwd", Buffer("b"), 3),
    call("chdir", "d"),
    call("chdir", "missing"),
    call("rename", "x", "z"),
    call("unlink", "z"),
    call("unlink", "z"),
    call("chdir", ".."),
    call("rmdir", "d"),
    call("symlink", "target", "l"),
    call("readlink", "l", Buffer("b"), 64),
    call("close", Result(2)),
    call("close", Result(2)),
]
DESCRIPTORS = [
    call("dup", 0),
    call("dup2", 0, 7),
    call("dup3", 0, 8, 0o2000000),
    call("dup2", -1, 7),
    call("pipe", Buffer("p", 8)),
    call("pipe2", Buffer("q", 8), 0o2004000),
    call("pipe2", UNMAPPED, 0),
    call("write", Loaded("q", 4), b"through", 7),
    call("read", Loaded("q", 0), Buffer("b", 64), 64),
    call("read", Loaded("q", 0), Buffer("b"), 64),
    *(call("fcntl", Loaded("q", 4), command, argument) for command, argument in
      ((1, 0), (2, 0), (2, 1), (1, 0), (3, 0), (4, 0o4000), (4, 0), (3, 0), (0, 20),
       (1030, 20), (1032, 0), (1031, 4096), (99, 0))),
    call("fcntl", 0, 3),
    call("open", "a", 0o2102, 0o600),
    call("fcntl", Result(24), 3),
    call("fcntl", Result(24), 6, Packed([1, 0, 10, 0])),
    call("fcntl", Result(24), 5, Packed([1, 0, 10, 0])),
    call("fcntl", -1, 6, Packed([1, 0, 10, 0])),
    call("ioctl", 0, 0x5401, Buffer("b")),
    call("ioctl", 0, 0x5413, Buffer("b")),
    call("ioctl", Loaded("q", 0), 0x541B, Buffer("b")),
    call("ioctl", Loaded("q", 0), 0x5421, Packed([1])),
    call("ioctl", 0, 0x5451),
    call("close", Loaded("q", 0)),
    call("rt_sigaction", 13, Packed([1, 0, 0, 0]), 0, 8),
    call("write", Loaded("q", 4), b"broken", 6),
]  # fmt: skip
MEMORY = [
    call("brk", 0),
    call("brk", Result(0, 4096)),
    call("mmap", 0, 8192, 3, 0x22, -1, 0),
    call("mmap", 0x2000_0000, 8192, 3, 0x32, -1, 0),
    call("mmap", 0x2000_0000, 8192, 3, 0x10_0022, -1, 0),
    call("mmap", 0, 0, 3, 0x22, -1, 0),
    call("mmap", 0, 4096, 1, 2, -1, 0x1000),
    call("mmap", 0, 4096, 0, 0x22, -1, 1),
    call("mprotect", 0x2000_0000, 4096, 1),
    call("mprotect", 0x2000_0000, 4096, 0),
    call("mprotect", 0x2000_0001, 4096, 7),
    call("write", 1, 0x2000_0000, 5),
    call("munmap", 0x2000_0000, 8192),
    call("munmap", 1, 8192),
    call("getrandom", Buffer("b", 64), 64, 0),
    call("getrandom", UNMAPPED, 64, 1),
    call("arch_prctl", 0x1002, 0x1234),
    call("arch_prctl", 0x1003, Buffer("b")),
    call("arch_prctl", 0x1002, KERNEL_ADDRESS),
    call("arch_prctl", 5, 1),
    call("set_tid_address", Buffer("b")),
    *(call(f"get{name}") for name in ("pid", "tid", "ppid", "uid", "euid", "gid", "egid")),
    call("uname", Buffer("name", 390)),
    call("uname", UNMAPPED),
    call(600, 1, 2),
]
SIGNALS = [
    call("nanosleep", Packed([0, 1000]), 0),
    call("nanosleep", Packed([0, 10**9]), Edge(16)),
    call("nanosleep", UNMAPPED, 0),
    call("clock_nanosleep", 1, 1, Packed([0, 5]), 0),
    call("clock_nanosleep", 99, 0, Packed([0, 5]), 0),
    call("clock_gettime", 1, Buffer("b", 64)),
    call("clock_gettime", 99, Buffer("b")),
    call("gettimeofday", Buffer("b"), 0),
    call("rt_sigaction", 10, Packed([1, 0x400_0000, 0x1234, 1 << 9]), 0, 8),
    call("rt_sigaction", 10, 0, Buffer("old", 32), 8),
    call("rt_sigaction", 9, Packed([1, 0, 0, 0]), 0, 8),
    call("rt_sigaction", 10, Packed([1, 0, 0, 0]), 0, 4),
    call("rt_sigprocmask", 0, Packed([1 << 9 | 1 << 11]), Buffer("old"), 8),
    call("rt_sigprocmask", 2, Packed([2**64 - 1]), 0, 8),
    call("rt_sigprocmask", 1, 0, Buffer("old"), 8),
    call("rt_sigprocmask", 2, Packed([0]), Buffer("old"), 8),
    call("getpid"),
    call("kill", Result(16), 0),
    call("kill", Result(16), 10),
    call("kill", Result(16), 17),
    call("kill", Result(16), 99),
    call("kill", Result(16), 15),
]
AT, TO = 0x2000_0000, 0x3000_0000
ADVICE = [
    call("mmap", AT, 4 * 4096, 3, 0x32, -1, 0),
    call("mmap", AT, 4096, 3, 0x32 | 0x1_E100, -1, 0),
    call("mmap", AT, 4096, 3, 0x38, -1, 0),
    call("mremap", AT, 4096, 8192, 0),
    call("mremap", AT, 4096, 4096, 1, TO),
    call("mremap", AT, 4096, 4096, 3, TO),
    call("mremap", AT, 4096, 4096, 5, TO),
    call("mremap", AT, 4096, 4096, 7, TO),
    call("mremap", AT, 4096, 4096, 8, TO),
    call("mremap", TO, 4096, 4096, 3, 0),
    call("mremap", 0, -1, 0, 0x12, 1),
    *(call("madvise", AT, 4096, advice) for advice in (*range(26), 100, 101, 104, -1)),
    call("madvise", AT, 1 << 40, 4),
    call("mincore", TO, 4096, Buffer("v", 64)),
    call("mincore", AT, 0, Buffer("v")),
    call("mincore", AT + 4096, 3 * 4096, Buffer("v")),
    call("mincore", AT, 9 * 4096, UNMAPPED),
    call("mmap", TO, 40 * 4096, 3, 0x32, -1, 0),
    call("mincore", TO, 40 * 4096, Buffer("v")),
    call("mincore", TO, 32 * 4096, Buffer("v")),
    call("mincore", TO, 33 * 4096, Buffer("v")),
    *(call("msync", TO, 4096, flags) for flags in (0, 1, 2, 4, 5, 6, 8, -1)),
    call("mlock", TO, 4096),
    call("mlock", 0, 4096),
    call("mlock2", TO, 4096, 0),
    call("mlock2", TO, 4096, 1),
    call("mlock2", TO, 4096, 3),
    call("munlock", TO, 4096),
    call("mlockall", 0),
    call("mlockall", 2),
    call("mlockall", 15),
    call("munlockall"),
    call("pkey_alloc", 1, 0),
    call("pkey_alloc", 0, 4),
    call("pkey_alloc", 1, 3),
    call("pkey_free", -1),
    call("pkey_mprotect", TO, 4096, 1, -1),
    call("pkey_mprotect", TO, 4096, 0x100_0003, 1),
    call("remap_file_pages", TO, 4096, 0, 2, 0),
    call("remap_file_pages", TO, 4096, 1, 2, 0x1_0000),
    *(call("membarrier", command, 0, 0) for command in (1, 2, 4, 8, 16, 32, 64, 128, 256)),
    call("membarrier", 0, 1, 0),
    call("membarrier", 0, 5, 2),
]
SHARED = [
    call("shmget", 0, 100, 0o600),
    call("shmget", 0x1234, 100, 0o1600),
    call("shmget", -1, 100, 0o600),
    call("shmget", 0, 0, 0o3000),
    call("shmget", 0, 1 << 63, 0o37777),
    call("shmat", Result(0), 0, 0),
    call("shmat", Result(0), TO, 0o10000),
    call("shmat", Result(0), TO + 1, 0o20000),
    call("shmat", Result(0), TO + 1, 0o170000),
    call("shmat", -1, 0, 1),
    call("shmctl", Result(0), 2, Buffer("ds", 128)),
    call("shmctl", Result(1), 2, Buffer("ds")),
    call("shmctl", Result(0), 2, UNMAPPED),
    call("shmctl", Result(0), 2, 0),
    call("shmctl", -1, 2, 0),
    call("shmctl", Result(0), 11, 0),
    call("shmctl", Result(0), 12, 0),
    call("shmctl", -1, 13, Buffer("ds")),
    call("shmctl", -1, 15, Buffer("ds")),
    call("shmctl", 0, 3, UNMAPPED),
    call("shmctl", 0, 14, UNMAPPED),
    call("shmctl", 0, 3, Buffer("info", 128)),
    call("shmctl", Result(0), 99, 0),
    call("shmctl", Result(0), 1, UNMAPPED),
    call("shmctl", Result(0), 1, Packed([1000 << 32, 1000, 0o640 << 32, 0, 0, 0, 0])),
    call("shmctl", Result(0), 2, Buffer("ds")),
    call("shmctl", Result(0), 0, 0),
    call("shmctl", Result(1), 0, 0),
    call("shmctl", Result(0), 2, Buffer("ds")),
    call("shmdt", TO),
    call("shmdt", 0),
    call("getpid"),
    call("process_vm_readv", Result(32), Packed([Buffer("b", 64), 5]), 1, Packed([b"hello", 5, UNMAPPED, 1]), 2, 0),
    call("process_vm_readv", Result(32), Packed([Buffer("b"), 50]), 1, Packed([UNMAPPED, 5]), 1, 0),
    call("process_vm_readv", Result(32), UNMAPPED, 1, UNMAPPED, 1, 1),
    call("process_vm_writev", Result(32), Packed([b"hello", 5]), 1, Packed([Buffer("b"), 5]), 1, 0),
    call("process_vm_writev", Result(32), Packed([UNMAPPED, 5]), 1, Packed([Buffer("b"), 5]), 1, 0),
    call("process_vm_writev", Result(32), 0, 0, 0, 0, 0),
]
WAITING = [
    call("eventfd2", 3, 0o4001),
    call("eventfd2", 3, 2),
    call("epoll_create1", 0o2000000),
    call("epoll_create1", 1),
    call("epoll_ctl", Result(2), 1, Result(0), b"\1\0\0\x80\7\0\0\0\0\0\0\0"),
    call("epoll_ctl", Result(2), 3, Result(0), b"\5\x20\0\x40\7\0\0\0\1\0\0\0"),
    call("epoll_ctl", Result(2), 3, Result(0), UNMAPPED),
    call("epoll_ctl", Result(2), 9, Result(0), b"\5\x20\0\x40\7\0\0\0\1\0\0\0"),
    call("epoll_wait", Result(2), Buffer("e", 128), 4, 0),
    call("epoll_wait", Result(2), Buffer("e"), 4, 0),
    call("epoll_wait", Result(2), Buffer("e"), 0, 0),
    call("epoll_pwait", Result(2), Buffer("e"), 4, 1, Packed([1 << 16]), 8),
    call("epoll_pwait2", Result(2), Buffer("e"), 4, Packed([0, 5]), 0, 8),
    call("epoll_ctl", Result(2), 2, Result(0), 0),
    call("poll", Packed([3 | 5 << 32, 0xFFFF_FFFF, 99 | 1 << 32]), 3, 0),
    call("poll", Packed([0x6401_0000_0003]), 1, 0),
    call("poll", UNMAPPED, 2, 0),
    call("poll", 0, 0, 1),
    call("ppoll", Packed([3 | 64 << 32]), 1, Packed([0, 5]), Packed([1 << 16]), 8),
    call("select", 4, Packed([8]), Packed([8]), 0, Packed([0, 0])),
    call("select", 4, Packed([0]), 0, 0, Packed([0, 7])),
    call("select", -1, 0, 0, 0, 0),
    call("select", 4, UNMAPPED, 0, 0, Packed([0, 0])),
    call("pselect6", 4, Packed([8]), 0, Packed([8]), Packed([0, 0]), Packed([Packed([1 << 16]), 8])),
    call("pselect6", 0, 0, 0, 0, Packed([0, 1]), 0),
    call("timerfd_create", 1, 0o4000),
    call("timerfd_create", 99, 1),
    call("timerfd_settime", Result(25), 1, Packed([0, 0, 0, 1]), Buffer("old", 32)),
    call("timerfd_settime", Result(25), 4, Packed([0, 0, 0, 1]), Buffer("old")),
    call("timerfd_gettime", Result(25), Buffer("old")),
    call("timerfd_gettime", Result(0), Buffer("old")),
    call("read", Result(25), Buffer("b", 8), 8),
    call("ppoll", Packed([3 | 4 << 32]), 1, Packed([0, 0]), 0, 8),
]
TIMERS = [
    call("setitimer", 0, Packed([1, 2, 0, 0]), Buffer("old", 32)),
    call("setitimer", 2, 0, 0),
    call("setitimer", 9, Packed([1, 2, 0, 0]), 0),
    call("getitimer", 1, Buffer("old")),
    call("getitimer", 1, UNMAPPED),
    call("alarm", 9),
    call("alarm", 0),
    call("timer_create", 1, Packed([7, 10]), Buffer("t", 4)),
    call("timer_create", 1, Packed([0, 10 | 1 << 32]), Buffer("u", 4)),
    call("timer_create", 1, 0, Buffer("v", 4)),
    call("timer_create", 99, 0, Buffer("v")),
    call("timer_settime", Loaded("t"), 0, Packed([1, 2, 0, 0]), Buffer("old")),
    call("timer_gettime", Loaded("t"), Buffer("old")),
    call("timer_gettime", 99, Buffer("old")),
    call("timer_getoverrun", Loaded("t")),
    call("timer_delete", Loaded("t")),
    call("nanosleep", Packed([0, 5]), Buffer("r", 16)),
    call("clock_nanosleep", 1, 0, Packed([0, 5]), 0),
    call("clock_nanosleep", 1, 1, Packed([0, 5]), Buffer("r")),
    call("clock_settime", 0, Packed([1, 5])),
    call("settimeofday", Packed([1, 5]), 0),
    call("getrusage", 0, UNMAPPED),
    call("getrusage", -1, Buffer("usage", 144)),
    call("getrusage", 5, Buffer("usage")),
]
ENDINGS = [call("exit_group", 3)]


@pytest.mark.parametrize(
    "steps",
    [FILES, DESCRIPTORS, MEMORY, ADVICE, SHARED, SIGNALS, WAITING, TIMERS, ENDINGS],
    ids=["files", "descriptors", "memory", "advice", "shared", "signals", "waiting", "timers", "ending"],
)
def test_the_lines_are_those_of_strace(steps: Sequence[Call]) -> None:
    reason = why_no_strace()
    if reason:
        pytest.skip(reason)
    theirs, ours = both(steps)
    assert ours == theirs

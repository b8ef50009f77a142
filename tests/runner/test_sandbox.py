"""The sandbox against the real kernel: what a process may still do once it is inside."""

from __future__ import annotations

import errno
import os
import platform
import resource
import signal
import subprocess
import sys

import pytest

from app.runner import sandbox, seccomp

pytestmark = pytest.mark.usefixtures("sandbox_host")

# Enters the sandbox and makes one raw system call; prints `result errno`.
RAW_CALL = """
import ctypes, os, sys
from app.runner import sandbox
libc = ctypes.CDLL(None, use_errno=True)
numbers = [ctypes.c_long(int(n, 0)) for n in sys.argv[1:]]
sandbox.enter(parent=os.getppid())
result = libc.syscall(*numbers)
os.write(1, f"{result} {ctypes.get_errno()}".encode())
"""


def inside(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)], capture_output=True, text=True, timeout=30, check=False
    )


def number(name: str) -> int:
    column = 0 if platform.machine() == "x86_64" else 1
    value = seccomp.FATAL[name][column]
    if value is None:
        pytest.skip(f"{platform.machine()} has no system call {name}")
    return value


@pytest.mark.parametrize("name", sorted(seccomp.FATAL))
def test_calls_that_only_an_exploit_makes_kill_the_process(name):
    assert inside(RAW_CALL, number(name), 0, 0, 0, 0, 0, 0).returncode == -signal.SIGSYS


@pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64")
@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("open", (2, 0, 0)),
        ("openat", (257, -100, 0, 0)),
        ("clone", (56, 17, 0, 0, 0, 0)),
        ("clone as a thread", (56, 0x3D0F00, 0, 0, 0, 0)),
        ("kill", (62, 1, 9)),
        ("tgkill", (234, 1, 1, 9)),
        ("dup", (32, 0)),
        ("prctl", (157, 4, 1, 0, 0, 0)),
        ("ioctl", (16, 0, 0x5413, 0)),
        ("sendto", (44, 0, 0, 0, 0, 0, 0)),
        ("setuid", (105, 0)),
        ("prlimit64 of another process", (302, 1, 7, 0, 0)),
        ("chdir", (80, 0)),
    ],
)
def test_all_others_are_refused(name, arguments):
    assert inside(RAW_CALL, *arguments).stdout == f"-1 {errno.EPERM}"


@pytest.mark.skipif(platform.machine() != "x86_64", reason="x32 belongs to x86-64")
def test_calls_of_the_x32_abi_kill_the_process():
    assert inside(RAW_CALL, 0x4000_0000 | 39).returncode == -signal.SIGSYS


def test_clone3_is_unknown_so_that_the_c_library_falls_back():
    assert inside(RAW_CALL, 435, 0, 0).stdout == f"-1 {errno.ENOSYS}"


def test_threads_started_before_the_filter_are_under_it_too():
    code = """
import os, threading
from app.runner import sandbox
go, answer = threading.Event(), []
def attempt():
    go.wait()
    try:
        os.open("/dev/null", os.O_RDONLY)
    except PermissionError as error:
        answer.append(type(error).__name__)
thread = threading.Thread(target=attempt)
sandbox.enter(parent=os.getppid(), start_threads=thread.start)
go.set()
thread.join()
os.write(1, answer[0].encode())
"""
    assert inside(code).stdout == "PermissionError"


def test_identity_limits_and_privileges_are_given_up():
    code = """
import os, resource
from app.runner import sandbox
status = open("/proc/self/status")
sandbox.enter(parent=os.getppid())
sandbox.limit(cpu_seconds=2.5, address_space_bytes=1 << 30)
fields = dict(line.split(":", 1) for line in os.read(status.fileno(), 8192).decode().splitlines())
names = ("RLIMIT_FSIZE", "RLIMIT_CORE", "RLIMIT_NOFILE", "RLIMIT_CPU", "RLIMIT_AS")
limits = [resource.getrlimit(getattr(resource, name)) for name in names]
report = [fields["Uid"].split()[0], fields["CapEff"].strip(), fields["NoNewPrivs"].strip(), limits]
os.write(1, repr(report).encode())
"""
    result = inside(code)
    uid = os.geteuid() or 65534
    limits = [(0, 0), (0, 0), (4, 4), (3, 4), (1 << 30, 1 << 30)]
    assert result.stdout == repr([str(uid), "0" * 16, "1", limits]), result.stderr


def test_a_host_without_memory_ends_a_worker_first():
    code = """
import os
from app.runner import sandbox
score = open("/proc/self/oom_score_adj")
sandbox.enter(parent=os.getppid())
os.write(1, os.read(score.fileno(), 100))
"""
    assert inside(code).stdout == "1000\n"


def test_a_worker_dies_with_its_parent():
    code = """
import os, signal
from app.runner import sandbox
(ready, tell), (never, keep) = os.pipe(), os.pipe()
parent = os.getpid()
if os.fork() == 0:
    sandbox.enter(parent=parent)
    os.write(tell, b"x")
    os.read(never, 1)
os.read(ready, 1)
os.kill(parent, signal.SIGKILL)
"""
    # The child holds the other end of standard output: it must be gone for `run` to return.
    assert inside(code).returncode == -signal.SIGKILL


def test_it_refuses_when_the_parent_is_gone_already():
    code = """
import os
from app.runner import sandbox
try:
    sandbox.enter(parent=os.getppid() + 1)
except sandbox.SandboxUnavailableError as error:
    print(error)
"""
    assert "is gone" in inside(code).stdout


def test_the_probe_reports_and_leaves_the_process_as_it_was():
    layers = {layer.name: layer for layer in sandbox.probe()}
    assert layers["seccomp"].active
    assert layers["no new privileges"].active
    assert {"unprivileged user", "landlock", "resource limits"} <= layers.keys()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[1] != 0
    with open("/proc/self/status", encoding="ascii") as status:
        assert "NoNewPrivs:\t0" in status.read()


def test_the_probe_says_why_there_is_no_filter(monkeypatch):
    monkeypatch.setattr(seccomp, "supported", lambda: False)
    (layer,) = sandbox.probe()
    assert (layer.name, layer.active) == ("seccomp", False)
    assert platform.machine() in layer.detail

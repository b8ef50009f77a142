"""The compiler's box against the real kernel: what its processes may still do."""

from __future__ import annotations

import os
import platform
import signal
import subprocess
import sys

import pytest

from app.runner import seccomp
from tests.runner.compiling import needs_box

pytestmark = [
    needs_box,
    pytest.mark.skipif(platform.machine() != "x86_64", reason="the numbers are those of x86-64"),
]

# Enters the box around a directory and runs the code that is given.
INSIDE = """
import ctypes, errno, os, signal, socket, sys
from app.runner import compiler_box, landlock
from app.runner.compiler_box import BoxLimits
from app.runner.landlock import Rule
folder, readable, code = sys.argv[1:]
libc = ctypes.CDLL(None, use_errno=True)
def call(*numbers):
    result = libc.syscall(*[ctypes.c_long(n) for n in numbers])
    return errno.errorcode[ctypes.get_errno()] if result < 0 else "done"
def attempt(what, *arguments):
    try:
        what(*arguments)
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
if os.fork() == 0:
    compiler_box.enter(
        parent=os.getppid(),
        rules=(Rule(readable, landlock.READ), Rule(folder, landlock.WORK)),
        limits=BoxLimits(cpu_seconds=2, memory_bytes=1 << 30, file_bytes=1 << 20),
    )
    os.chdir(folder)
    print(eval(code), flush=True)
    os._exit(0)
_, status = os.wait()
code = os.waitstatus_to_exitcode(status)
if code < 0:
    os.kill(os.getpid(), -code)
sys.exit(code)
"""


@pytest.fixture
def inside(tmp_path):
    folder, readable = tmp_path / "job", tmp_path / "readable"
    folder.mkdir()
    readable.mkdir()
    (readable / "header.h").write_text("int x;")
    (tmp_path / "secret").write_text("secret")

    def run(code: str) -> str:
        done = subprocess.run(
            [sys.executable, "-c", INSIDE, str(folder), str(readable), code.replace("HERE", str(tmp_path))],
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        if done.returncode < 0:
            return signal.Signals(-done.returncode).name
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    return run


@pytest.mark.parametrize(
    ("code", "answer"),
    [
        ("open('HERE/readable/header.h').read()", "int x;"),
        ("open('own', 'w').write('mine')", "4"),
        ("attempt(open, 'HERE/secret')", "EACCES"),
        ("attempt(open, 'HERE/readable/new', 'w')", "EACCES"),
        ("attempt(open, 'HERE/job/../secret')", "EACCES"),
        ("attempt(os.listdir, '/')", "EACCES"),
        ("attempt(os.listdir, '/tmp')", "EACCES"),
        ("attempt(open, '/proc/self/environ')", "EACCES"),
        ("attempt(open, '/dev/null', 'w')", "EACCES"),
        ("attempt(os.symlink, '/etc/passwd', 'link')", "EPERM"),
        ("attempt(os.mkdir, 'folder')", "EPERM"),
        ("attempt(os.mkfifo, 'fifo')", "EPERM"),
        ("attempt(os.execv, '/bin/true', ['true'])", "EACCES"),
        ("attempt(os.kill, os.getppid(), 0)", "EPERM"),
        ("attempt(os.setsid)", "EPERM"),
        ("attempt(os.setpgid, 0, 0)", "EPERM"),
        ("os.geteuid() != 0", "True"),
        ("attempt(open('large', 'wb', 0).truncate, 2 << 20)", "EFBIG"),
        ("call(56, 0x10000000 | 17, 0, 0, 0, 0)", "EPERM"),
        ("call(435, 0, 0)", "ENOSYS"),
        ("call(157, 38, 0, 0, 0, 0)", "EPERM"),
        ("call(105, 0)", "EPERM"),
        ("call(302, 1, 7, 0, 0)", "EPERM"),
        ("call(234, 1, 1, 9)", "EPERM"),
    ],
)  # fmt: skip
def test_files_processes_and_calls(inside, code, answer):
    assert inside(code) == answer


@pytest.mark.parametrize("name", sorted(seccomp.COMPILER_FATAL))
def test_calls_that_only_an_exploit_makes_kill_the_process(inside, name):
    number = seccomp.COMPILER_FATAL[name][0]
    assert number is not None
    assert inside(f"call({number}, 0, 0, 0, 0, 0, 0)") == "SIGSYS"


def test_an_endless_loop_ends_at_the_limit(inside):
    assert inside("[0 for _ in iter(int, 1)]") in ("SIGXCPU", "SIGKILL")


def test_processes_are_few_when_the_identity_is_its_own(inside):
    if os.geteuid() != 0:
        pytest.skip("only root can give the job an identity of its own")
    # Each waits for the end of a pipe that the first one closes when it ends.
    child = "os.fork() or os.close(ends[1]) or os.read(ends[0], 1) or os._exit(0)"
    code = f"(lambda ends: [attempt(lambda: {child}) for _ in range(40)][-1])(os.pipe())"
    assert inside(code) == "EAGAIN"


def test_an_error_of_the_table_would_be_found():
    both = set(seccomp.COMPILER_ALLOWED) & set(seccomp.COMPILER_FATAL)
    assert not both
    for column in (0, 1):
        numbers = [row[column] for row in seccomp.COMPILER_ALLOWED.values() if row[column] is not None]
        assert len(numbers) == len(set(numbers))

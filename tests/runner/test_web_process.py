"""The runner as seen from web processes: nothing heavy loaded, greenlets welcome, nothing left behind."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.runner.support import is_dead


def python(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def output_of(code: str) -> str:
    process = python(code)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_the_web_side_loads_no_engine():
    loaded = output_of("import sys, app.runner.backend; print(*sys.modules)").split()
    heavy = ("unicorn", "keystone", "app.cpu", "app.kernel", "app.toolchain", "app.web")
    # What compilers are told is text.
    light = ("app.toolchain", "app.toolchain.machines", "app.toolchain.detect", "app.toolchain.program")
    compilers = ("app.toolchain.c", "app.toolchain.rust")
    found = [name for name in loaded if name.startswith(heavy) and name not in light]
    assert [name for name in found if not name.startswith(compilers)] == []


def test_runs_work_under_gevent(sandbox_host):
    pytest.importorskip("gevent")
    code = """
from gevent import monkey; monkey.patch_all()
import gevent
from tests.runner.support import FakeBackend, completed, spec
backend = FakeBackend()
waiting = backend.submit(spec("quiet"))
greenlet = gevent.spawn(lambda: list(waiting.frames()))
for _ in range(3):
    output, end = completed(backend.submit(spec("pid")))
    print(end.reason, greenlet.dead)
waiting.cancel()
greenlet.join(timeout=20)
print(greenlet.successful())
backend.close()
"""
    assert output_of(code).split("\n") == ["exit False"] * 3 + ["True", ""]


def test_a_killed_web_process_leaves_nothing_running(sandbox_host):
    process = python("""
from tests.runner.support import FakeBackend, spec, printed
backend = FakeBackend()
frames = backend.submit(spec("quiet")).frames()
print(backend.status()["pid"], int(printed(next(frames).events)), flush=True)
next(frames)
""")
    runner, worker = map(int, process.stdout.readline().split())
    process.kill()
    process.communicate()
    assert is_dead(runner)
    assert is_dead(worker)


def test_the_runner_gets_no_secrets_from_the_environment(sandbox_host):
    code = """
import os
os.environ["TRAPGATE_SECRET"] = "hush"
from tests.runner.support import FakeBackend, completed, spec
backend = FakeBackend()
completed(backend.submit(spec("pid")))
print("hush" in open(f"/proc/{backend.status()['pid']}/environ").read())
backend.close()
"""
    assert output_of(code) == "False\n"

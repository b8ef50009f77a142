import shutil
import subprocess

import pytest
from trace_samples import COUNTERS, EVENTS

from app.trace import events as e
from app.trace.strace import StraceLog, render


def signal(**changes):
    fields = {
        "number": 10,
        "name": "SIGUSR1",
        "sender": "1",
        "disposition": "default",
        "action": "terminate",
        "sentence": "",
    }
    return e.Signal(**(fields | changes))


def end(reason, status=None, name=None):
    return e.RunEnd(reason=reason, status=status, signal=name, exit_code=0, sentence="", counters=COUNTERS)


def test_a_run():
    lines = [line for line in map(render, EVENTS) if line is not None]
    assert lines == [
        'write(1, "hi\\377", 3) = 3',
        "--- SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x8} ---",
        "+++ killed by SIGSEGV +++",
    ]


def test_a_call_that_never_returns_is_printed_when_its_task_ends():
    assert render(e.TaskExit(pid=1, status=0, signal=None, strace="exit(0)")) == "exit(0) = ?"
    assert render(e.TaskExit(pid=1, status=None, signal="SIGSEGV")) is None


def test_signals():
    assert render(signal()) == "--- SIGUSR1 {si_signo=SIGUSR1, ...} ---"
    assert render(signal(disposition="ignore", action="ignore")) == "--- SIGUSR1 {si_signo=SIGUSR1, ...} ---"
    assert render(signal(disposition="blocked", action="pending")) is None
    assert render(signal(number=9, name="SIGKILL")) is None


def test_endings():
    assert render(end("exit", status=3)) == "+++ exited with 3 +++"
    assert render(end("signal", name="SIGKILL")) == "+++ killed by SIGKILL +++"
    assert render(end("time-limit")) == "+++ ended by time-limit +++"


@pytest.mark.parametrize(
    ("script", "events"),
    [
        ("exit 3", [e.TaskExit(pid=1, status=3, signal=None, strace="exit_group(3)"), end("exit", status=3)]),
        ("kill -TERM $$", [signal(name="SIGTERM"), end("signal", name="SIGTERM")]),
        (
            "trap '' USR1; kill -USR1 $$; kill -KILL $$",
            [signal(disposition="ignore"), signal(name="SIGKILL"), end("signal", name="SIGKILL")],
        ),
    ],
)
def test_shapes_are_those_of_strace(script, events, tmp_path):
    if shutil.which("strace") is None:
        pytest.skip("strace is not installed")
    log = tmp_path / "log"
    done = subprocess.run(
        ["strace", "-a1", "-e", "trace=exit_group", "-o", log, "sh", "-c", script],
        capture_output=True,
        check=False,
        timeout=60,
    )
    theirs = log.read_text().splitlines() if log.exists() else []
    if not theirs:
        pytest.skip(f"strace does not work here: {done.stderr.decode(errors='replace').strip()}")
    ours = [line for line in map(render, events) if line is not None]
    assert [line.split(", ")[0] for line in ours] == [line.split(", ")[0] for line in theirs]


def test_lines_say_whose_they_are_while_there_are_several_tasks():
    log = StraceLog()
    answer = e.Return(call=0, value="0x1", text="1", errno=None, strace="fork() = 2", sentence="", task=1)
    run = [
        e.TaskStart(pid=1, parent=0, name="a", process=1, task=1),
        answer,
        e.TaskStart(pid=2, parent=1, name="a", process=2, task=1),
        answer,
        e.TaskExit(pid=2, status=3, signal=None, strace="exit(3)", task=2),
        answer,
        e.TaskExit(pid=1, status=None, signal="SIGKILL", task=1),
        end("signal", name="SIGKILL"),
    ]
    assert [line for event in run for line in log.lines(event)] == [
        "fork() = 2",
        "strace: Process 2 attached",
        "[pid     1] fork() = 2",
        "[pid     2] exit(3) = ?",
        "[pid     2] +++ exited with 3 +++",
        "fork() = 2",
        "+++ killed by SIGKILL +++",
    ]

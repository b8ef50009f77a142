"""Runs through a real runner process with real workers, around an engine without CPU or kernel."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from app.runner.backend import FRAMES_IN_FLIGHT, Busy, Unavailable
from app.runner.messages import Done, Events, Keyboard, Killed, Rejected, Stop
from app.trace.events import RunEnd
from tests.runner.support import FakeBackend, becomes_true, completed, is_dead, printed, spec, split


def first_output(frames) -> bytes:
    message = next(frames)
    assert isinstance(message, Events)
    return printed(message.events)


def test_every_run_has_a_process_of_its_own(backend):
    pids = [int(completed(backend.submit(spec("pid")))[0]) for _ in range(3)]
    assert len(set(pids)) == 3
    assert all(is_dead(pid) for pid in pids)


def test_a_waiting_worker_rehearses_once(backend):
    assert becomes_true(lambda: completed(backend.submit(spec("rehearsals")))[0] == b"1")


def test_mistakes_in_the_source_come_back_with_their_place(backend):
    (message,) = backend.submit(spec("mistake")).frames()
    assert isinstance(message, Rejected)
    (mistake,) = message.mistakes
    assert (mistake.line, mistake.column, mistake.end_column) == (3, 5, 9)
    assert (mistake.message, mistake.severity) == ("unknown instruction", "error")


def test_the_program_gets_what_is_typed_until_the_input_ends(backend):
    run = backend.submit(spec("echo"))
    frames = run.frames()
    next(frames)
    run.send(Keyboard(b"one "))
    run.send(Keyboard(b"two", eof=True))
    events, last = split(frames)
    assert printed(events) == b"one two"
    assert last == Done()


@pytest.mark.parametrize("behaviour", ["loop", "quiet", "echo"])
def test_stop_ends_a_run_cleanly(backend, behaviour):
    run = backend.submit(spec(behaviour))
    frames = run.frames()
    next(frames)
    run.send(Stop())
    events, last = split(frames)
    assert last == Done()
    assert isinstance(events[-1], RunEnd)
    assert events[-1].reason == "stopped"


def test_a_worker_that_ignores_stop_is_killed(backend):
    run = backend.submit(spec("deaf"))
    frames = run.frames()
    assert first_output(frames) == b"never stops"
    run.send(Stop())
    assert split(frames) == ([], Killed("stopped", "You stopped the program."))


def test_an_endless_loop_ends_at_the_cpu_limit_and_keeps_its_output(backend):
    output, end = completed(backend.submit(spec("loop", cpu_seconds=0.2)))
    assert output == b"before the loop"
    assert end.reason == "time-limit"


def test_the_limits_hold_after_a_wait_for_the_keyboard(backend):
    run = backend.submit(spec("echo-then-loop", cpu_seconds=0.3))
    frames = run.frames()
    next(frames)
    run.send(Keyboard(b"typed, "))
    events, last = split(frames)
    assert last == Done()
    assert printed(events) == b"typed, before the loop"
    assert events[-1].reason == "time-limit"


def test_a_run_that_waits_for_the_keyboard_ends_at_the_wall_limit(backend):
    events, last = split(backend.submit(spec("echo", wall_seconds=0.3)).frames())
    assert last == Done()
    assert events[-1].reason == "time-limit"


def test_a_run_ends_at_the_wall_limit(backend):
    _, end = completed(backend.submit(spec("quiet", wall_seconds=0.2)))
    assert end.reason == "time-limit"


@pytest.mark.parametrize(
    ("behaviour", "limits", "output"),
    [
        ("deaf", {"cpu_seconds": 0.2}, b"never stops"),
        ("asleep", {"wall_seconds": 0.2}, b"sleeps through everything"),
        ("hang-assembling", {"cpu_seconds": 0.2}, b""),
    ],
)
def test_what_can_not_be_asked_to_stop_is_killed_at_its_limit(backend, behaviour, limits, output):
    events, last = split(backend.submit(spec(behaviour, **limits)).frames())
    assert printed(events) == output
    assert isinstance(last, Killed)
    assert last.reason == "time-limit"


def test_too_much_memory_is_named_as_the_reason(backend):
    events, last = split(backend.submit(spec("memory")).frames())
    assert events == []
    assert isinstance(last, Killed)
    assert last.reason == "memory-limit"


def test_a_bug_reaches_the_log_and_not_the_visitor(backend, caplog):
    events, last = split(backend.submit(spec("bug")).frames())
    assert printed(events) == b"before the bug"
    assert isinstance(last, Killed)
    assert last.reason == "internal-error"
    assert "KeyError" not in last.sentence
    assert "KeyError" in caplog.text
    assert all(line.startswith("    | ") for line in caplog.records[-1].getMessage().splitlines()[1:])


@pytest.mark.parametrize(
    ("behaviour", "output"),
    [
        ("segfault", b"before the crash"),
        ("leave", b""),
        ("garbage", b""),
        ("oversized", b""),
        ("socket", b""),
        ("no-end", b"no run.end follows"),
    ],
)
def test_a_worker_that_dies_or_misbehaves_is_an_internal_error(backend, behaviour, output):
    events, last = split(backend.submit(spec(behaviour)).frames())
    assert printed(events) == output
    assert isinstance(last, Killed)
    assert last.reason == "internal-error"
    assert completed(backend.submit(spec("pid")))


def test_nothing_of_the_host_is_within_reach_of_a_worker(backend):
    events, _ = split(backend.submit(spec("attack")).frames())
    assert [printed([event]).decode() for event in events[:-1]] == [
        "open: PermissionError",
        "stat: PermissionError",
        "listdir: PermissionError",
        "kill: PermissionError",
        "fork: PermissionError",
        "thread: RuntimeError",
        "dup: PermissionError",
    ]


def test_batches_too_large_for_a_frame_are_split(backend):
    output, end = completed(backend.submit(spec("large")))
    assert len(output) == 12 << 20
    assert end.seq == 12


def test_cancel_kills_the_worker_and_ends_the_frames(backend):
    run = backend.submit(spec("quiet"))
    frames = run.frames()
    pid = int(first_output(frames))
    run.cancel()
    assert list(frames) == []
    assert is_dead(pid)
    run.cancel()
    run.send(Stop())


def test_leaving_the_frames_kills_the_worker(backend):
    frames = backend.submit(spec("quiet")).frames()
    pid = int(first_output(frames))
    frames.close()
    assert is_dead(pid)


def test_an_idle_consumer_holds_the_worker_back(backend):
    run = backend.submit(spec("forever", events=10**9))
    frames = run.frames()
    next(frames)
    waiting = run._arrived
    assert becomes_true(lambda: waiting.qsize() == FRAMES_IN_FLIGHT - 1)
    pid = backend.status()["pid"]
    before = resident_bytes(pid)
    completed(backend.submit(spec("large")))
    assert waiting.qsize() == FRAMES_IN_FLIGHT - 1
    # What passed through meanwhile was 12 MB, and the runner holds at most a few frames of it.
    assert resident_bytes(pid) - before < 32 << 20
    for _ in range(50):
        assert isinstance(next(frames), Events)
        assert waiting.qsize() <= FRAMES_IN_FLIGHT
    run.cancel()


def resident_bytes(pid: int) -> int:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_more_runs_than_allowed_are_refused_until_one_ends(sandbox_host):
    backend = FakeBackend(max_runs=1)
    try:
        run = backend.submit(spec("quiet"))
        with pytest.raises(Busy, match="1 are in progress"):
            backend.submit(spec("pid"))
        run.cancel()
        assert becomes_true(lambda: backend.status()["runs"] == 0)
        completed(backend.submit(spec("pid")))
    finally:
        backend.close()


def test_checks_have_places_of_their_own(sandbox_host):
    backend = FakeBackend(max_runs=1)
    try:
        run = backend.submit(spec("quiet"))
        checks = [backend.submit(spec("hang", action="check")) for _ in range(2)]
        with pytest.raises(Busy, match="2 are in progress"):
            backend.submit(spec("hang", action="check"))
        assert backend.status()["runs"] == 1
        for each in (run, *checks):
            each.cancel()
        assert becomes_true(lambda: backend.status()["runs"] == 0)
        completed(backend.submit(spec("pid")))
    finally:
        backend.close()


def test_a_check_that_never_ends_is_ended(sandbox_host):
    backend = FakeBackend()
    try:
        (killed,) = backend.submit(spec("hang", action="check", cpu_seconds=0.2)).frames()
        assert (type(killed), killed.reason) == (Killed, "time-limit")
    finally:
        backend.close()


def test_without_warm_workers_runs_start_all_the_same(sandbox_host):
    backend = FakeBackend(warm_workers=0)
    try:
        completed(backend.submit(spec("pid")))
    finally:
        backend.close()


def test_a_dead_runner_ends_its_runs_and_is_replaced(backend):
    frames = backend.submit(spec("quiet")).frames()
    worker = int(first_output(frames))
    runner = backend.status()["pid"]
    os.kill(runner, signal.SIGKILL)
    events, last = split(frames)
    assert events == []
    assert isinstance(last, Killed)
    assert last.reason == "internal-error"
    assert "runner restarted" in last.sentence
    assert is_dead(worker)
    completed(backend.submit(spec("pid")))
    assert backend.status()["pid"] != runner


def test_sigterm_ends_the_runner_and_its_workers(backend):
    frames = backend.submit(spec("quiet")).frames()
    worker = int(first_output(frames))
    runner = backend.status()["pid"]
    os.kill(runner, signal.SIGTERM)
    assert is_dead(runner)
    assert is_dead(worker)


def test_close_ends_everything(sandbox_host):
    backend = FakeBackend()
    frames = backend.submit(spec("quiet")).frames()
    worker = int(first_output(frames))
    runner = backend.status()["pid"]
    backend.close()
    assert is_dead(runner)
    assert is_dead(worker)
    with pytest.raises(Unavailable, match="shutting down"):
        backend.submit(spec("pid"))


def test_a_host_without_the_filter_runs_nothing(sandbox_host):
    backend = FakeBackend()
    backend.runner_module = "tests.runner.unfit_server"
    try:
        with pytest.raises(Unavailable, match="no sandbox: the kernel refused it"):
            backend.submit(spec("pid"))
    finally:
        backend.close()


def test_a_host_without_room_for_another_process_says_so(sandbox_host):
    backend = FakeBackend()
    backend.runner_module = "tests.runner.forkless_server"
    try:
        for _ in range(2):
            (message,) = backend.submit(spec("pid")).frames()
            assert isinstance(message, Killed)
            assert "can't start another process" in message.sentence
    finally:
        backend.close()


def test_a_runner_that_does_not_start_is_unavailable(sandbox_host):
    backend = FakeBackend()
    backend.runner_module = "tests.runner.no_such_module"
    with pytest.raises(Unavailable, match="ended while it started"):
        backend.submit(spec("pid"))
    assert backend.status()["runner"] == "stopped"


def test_a_spec_too_large_to_send_is_refused(backend):
    with pytest.raises(ValueError, match="the runner takes"):
        backend.submit(spec("x" * (33 << 20)))


def test_status_names_the_layers(backend):
    assert backend.status()["runner"] == "stopped"
    completed(backend.submit(spec("pid")))
    status = backend.status()
    assert status["runner"] == "ready"
    assert "seccomp" in status["sandbox"]

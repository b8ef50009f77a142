"""Frames, a worker's keyboard, and runs inside this process."""

from __future__ import annotations

import pytest

from app.runner.frames import FrameBuffer, FrameError, pack
from app.runner.local import execute
from app.runner.messages import Keyboard
from app.runner.worker import MAX_KEYBOARD_BYTES, Keys
from app.toolchain.program import SourceError
from app.trace.events import AnyEvent
from tests.runner.fake_engine import FakeEngine
from tests.runner.support import printed, spec


def test_frames_survive_any_cutting():
    stream = pack(b"") + pack(b"one") + pack(b"x" * 300)
    for size in (1, 2, 5, 1000):
        buffer = FrameBuffer(300)
        frames = []
        for start in range(0, len(stream), size):
            buffer.feed(stream[start : start + size])
            while (frame := buffer.take()) is not None:
                frames.append(frame)
        assert frames == [b"", b"one", b"x" * 300]


def test_a_frame_over_the_limit_is_refused_by_its_header():
    buffer = FrameBuffer(300)
    buffer.feed(pack(b"x" * 301)[:4])
    with pytest.raises(FrameError, match="301"):
        buffer.take()


def test_keys_come_in_order_and_an_end_counts_once():
    keys = Keys()
    keys.type(Keyboard(b"abc", eof=True))
    keys.type(Keyboard(b"d"))
    assert [keys.read(2), keys.read(2), keys.read(2), keys.read(2)] == [b"ab", b"c", b"", b"d"]


def test_unread_keys_are_dropped_beyond_the_limit():
    keys = Keys()
    for _ in range(3):
        keys.type(Keyboard(b"x" * (MAX_KEYBOARD_BYTES // 2 + 1)))
    keys.type(Keyboard(b"", eof=True))
    size = 0
    while data := keys.read(4096):
        size += len(data)
    assert size == MAX_KEYBOARD_BYTES


def test_a_stopped_keyboard_answers_none():
    keys = Keys()
    keys.type(Keyboard(b"abc"))
    keys.stop()
    assert keys.read(10) is None


class Typist:
    def __init__(self, *chunks: bytes) -> None:
        self.chunks = list(chunks)

    def write(self, stream: int, data: bytes) -> None:
        raise AssertionError("the fake engine writes by events only")

    def poll(self, seconds: float) -> bool:
        return True

    def read(self, size: int) -> bytes | None:
        return self.chunks.pop(0) if self.chunks else b""


def test_a_local_run_returns_its_end():
    events: list[AnyEvent] = []
    end = execute(spec("echo"), console=Typist(b"a", b"b"), sink=events.extend, engine=FakeEngine())
    assert printed(events) == b"ab"
    assert events[-1] is end
    assert end.reason == "exit"


def test_a_local_run_stops_at_its_limits():
    events: list[AnyEvent] = []
    end = execute(spec("loop", cpu_seconds=0.2), console=Typist(), sink=events.extend, engine=FakeEngine())
    assert end.reason == "time-limit"
    assert printed(events) == b"before the loop"


def test_a_silent_program_does_not_hold_its_events_back():
    seen_early: list[bool] = []
    events: list[AnyEvent] = []

    class Watcher(FakeEngine):
        def do_quiet(self, run):
            run.say(b"now")
            run.stop_asked.wait()
            seen_early.append(printed(events) == b"now")
            run.end(*run.stopped)

    execute(spec("quiet", wall_seconds=0.3), console=Typist(), sink=events.extend, engine=Watcher())
    assert seen_early == [True]


def test_a_sink_that_fails_ends_a_local_run():
    def sink(events: list[AnyEvent]) -> None:
        raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        execute(spec("loop", cpu_seconds=60), console=Typist(), sink=sink, engine=FakeEngine())


def test_mistakes_and_bugs_of_a_local_run_are_raised():
    with pytest.raises(SourceError, match="unknown instruction"):
        execute(spec("mistake"), console=Typist(), sink=lambda events: None, engine=FakeEngine())
    with pytest.raises(KeyError):
        execute(spec("bug"), console=Typist(), sink=lambda events: None, engine=FakeEngine())
    with pytest.raises(RuntimeError, match=r"without a run\.end"):
        execute(spec("no-end"), console=Typist(), sink=lambda events: None, engine=FakeEngine())

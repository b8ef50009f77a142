"""The web's side of one worker: decoding what a stranger says."""

from __future__ import annotations

import msgspec
import pytest

from app.runner.messages import Built, Crashed, Done, Events, Killed, Rejected, SourceMistake
from app.runner.run import ProtocolError, Stream
from app.trace.events import Counters, Output, RunEnd, Trap

COUNTERS = Counters(traps=0, faults=0, events=0, output_bytes=0, memory_bytes=0, time=0)


def end(seq: int) -> RunEnd:
    return RunEnd(seq=seq, reason="exit", status=0, signal=None, exit_code=0, sentence="", counters=COUNTERS)


def output(seq: int) -> Output:
    return Output(seq=seq, stream=0, data=b"x")


def encode(message: object) -> bytes:
    return msgspec.msgpack.encode(message)


BUILT = Built(language="c", mistakes=[], lines=[], assembly=[])


def feed(*messages: object, max_events: int = 100, action: str = "run") -> None:
    stream = Stream(max_events, action)
    for message in messages:
        stream.decode(encode(message))


def test_a_whole_run_passes():
    feed(Events([output(0), output(1)]), Events([output(2), end(3)]), Done())


def test_a_built_program_passes_before_its_events():
    feed(BUILT, Events([output(0), end(1)]), Done())
    feed(BUILT, action="check")


def test_a_check_runs_nothing():
    with pytest.raises(ProtocolError, match="events in a check"):
        feed(BUILT, Events([output(0)]), action="check")


def test_a_crash_passes_at_any_time():
    feed(Crashed("internal-error", "x"))
    feed(Events([output(0)]), Crashed("time-limit", "x"))


@pytest.mark.parametrize(
    ("messages", "complaint"),
    [
        ([Events([output(1)])], "event 1 where 0 was due"),
        ([Events([output(0), output(0)])], "event 0 where 1 was due"),
        ([Events([end(0), output(1)])], "after run.end"),
        ([Events([])], "without events"),
        ([Done()], "without run.end"),
        ([Events([output(0)]), Done()], "without run.end"),
        ([Rejected([])], "without a mistake"),
        ([Events([output(0)]), Rejected([SourceMistake(1, 1, 2, "m", "", "error")])], "after events"),
        ([Events([output(0)]), BUILT], "built after events"),
        ([BUILT, BUILT], "twice"),
        ([Killed("exit", "forged")], "killed"),
        ([{"type": "done", "more": 1}], "more"),
        ([{"type": "events", "events": [{"type": "output", "stream": "zero", "data": b""}]}], r"events\[0\].stream"),
        ([{"type": "events", "events": [{"type": "no.such.event"}]}], "no.such.event"),
        ([Events([Trap(call=0, instruction="syscall", pc="<b>", number="0x1", args=(), line=None)])], "pc"),
        ([Crashed("exit", "")], "exit"),
        ([7], "int"),
    ],
)
def test_anything_else_breaks_the_protocol(messages, complaint):
    with pytest.raises(ProtocolError, match=complaint):
        feed(*messages)


def test_malformed_and_deeply_nested_bytes_break_the_protocol():
    for frame in (b"", b"\xc1", b"\x91" * 100_000, encode(Done()) + b"\0"):
        with pytest.raises(ProtocolError):
            Stream(100).decode(frame)


def test_a_flood_of_events_is_cut_off():
    batch = [output(seq) for seq in range(2000)]
    with pytest.raises(ProtocolError, match="more than 1124 events"):
        feed(Events(batch), max_events=100)

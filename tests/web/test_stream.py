"""Checking a worker's numbering, and the `run.end` made in its place."""

from __future__ import annotations

import pytest

from app.trace.events import Fault, Trap
from app.web.stream import BrokenStreamError, EventStream
from tests.web.fake_backend import output, run_end


def test_order_is_required():
    stream = EventStream()
    stream.accept([output(0), output(1)])
    for seq in (1, 3, 0):
        with pytest.raises(BrokenStreamError, match="2 was expected"):
            stream.accept([output(seq)])
    stream.accept([output(2)])


def test_nothing_may_follow_the_end():
    stream = EventStream()
    with pytest.raises(BrokenStreamError, match=r"follows run\.end"):
        stream.accept([run_end(0), output(1)])


def test_the_end_counts_what_has_passed():
    stream = EventStream()
    trap = Trap(seq=0, call=0, instruction="syscall", pc="0x1", number="0x1", args=(), line=None)
    fault = Fault(
        seq=1,
        vector="#PF",
        name="page fault",
        pc="0x1",
        line=None,
        address="0x0",
        access="read",
        signal=None,
        sentence="A fault.",
    )
    stream.accept([trap, fault, output(2, b"abc")])
    end = stream.end("time-limit", "Too long.")
    assert (end.seq, end.time, end.task) == (3, 20, 1)
    assert (end.reason, end.sentence, end.exit_code, end.status) == ("time-limit", "Too long.", 124, None)
    counters = end.counters
    assert (counters.traps, counters.faults, counters.events, counters.output_bytes) == (1, 1, 4, 3)


def test_a_reason_outside_the_schema_is_an_internal_error():
    assert EventStream().end("bad-luck", "?").reason == "internal-error"

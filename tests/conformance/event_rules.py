"""What holds for the event stream of every run, whatever the program does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from app.kernel.task import Process
from app.trace.events import (
    AnyEvent,
    Block,
    Check,
    Dispatch,
    Fault,
    ModeSwitch,
    Output,
    Return,
    RunEnd,
    RunStart,
    Segment,
    Service,
    TaskExit,
    Trap,
    Wake,
)
from app.trace.fold import VisibleState, fold


def check_events(process: Process, events: Sequence[AnyEvent]) -> None:
    """Assert that `events`, a whole run of one process, keep the rules and fold to what `process` is in the end."""
    assert isinstance(events[0], RunStart)
    assert [event.seq for event in events] == list(range(len(events)))
    assert all(before.time <= after.time for before, after in pairwise(events))
    assert [event for event in events if isinstance(event, RunEnd)] == [events[-1]]
    state = VisibleState()
    for event in events:
        fold(state, event)
    _check_calls(events)
    _check_modes(events)
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.counters.events == len(events)
    assert end.counters.traps == sum(isinstance(event, Trap) for event in events)
    assert end.counters.faults == sum(isinstance(event, Fault) for event in events)
    assert end.counters.output_bytes == sum(len(event.data) for event in events if isinstance(event, Output))
    files = process.files
    assert {number: event.description for number, event in state.descriptors.items()} == {
        number: files.get(number).identity  # type: ignore[union-attr]
        for number in files.numbers()
    }
    for number, event in state.descriptors.items():
        assert ("O_CLOEXEC" in event.flags) == files.closes_on_exec(number), event
    kept = (Segment(hex(vma.start), hex(vma.end), vma.perms, vma.name) for vma in process.mm.vmas)
    assert _joined(state.memory) == _joined(kept)


def _check_calls(events: Sequence[AnyEvent]) -> None:
    """Each trap is looked up, then answered once, unless the task or the run ends in it; sleeps end by a wake."""
    current: int | None = None
    asleep = looked_up = False
    answered = -1
    reasons: list[Check | Service] = []
    for event in events:
        if isinstance(event, Trap):
            assert current is None, f"a trap inside call {current}: {event}"
            assert event.call == answered + 1
            current, looked_up, asleep, reasons = event.call, False, False, []
        elif isinstance(event, TaskExit | RunEnd):
            current = None
        elif isinstance(event, Dispatch | Check | Service | Block | Wake | Return):
            assert event.call == current, f"outside its call: {event}"
            assert isinstance(event, Dispatch) is not looked_up, f"in a wrong place: {event}"
            looked_up = True
            assert not asleep or isinstance(event, Wake), f"in a sleeping call: {event}"
            if isinstance(event, Block | Wake):
                assert isinstance(event, Wake) is asleep
                asleep = isinstance(event, Block)
            elif isinstance(event, Check | Service):
                assert not isinstance(event, Check) or (event.errno is None) is event.ok, event
                reasons.append(event)
            elif isinstance(event, Return):
                _check_explained(event, reasons)
                answered, current = event.call, None


def _check_explained(answer: Return, reasons: Iterable[Check | Service]) -> None:
    """An error has a failed check of that errno, or a service that names it; success has no failed check."""
    reasons = list(reasons)
    failed = [event.errno for event in reasons if isinstance(event, Check) and not event.ok]
    if answer.errno is None:
        assert not failed, f"{answer.strace} in spite of {failed}"
    elif answer.errno != "ENOSYS":
        named = any(isinstance(event, Service) and answer.errno in event.sentence for event in reasons)
        assert answer.errno in failed or named, f"nothing explains {answer.strace}"


def _check_modes(events: Sequence[AnyEvent]) -> None:
    """Mode switches alternate, and what the kernel does happens in kernel mode."""
    mode = "user"
    for event in events:
        if isinstance(event, ModeSwitch):
            assert event.to != mode, event
            mode = event.to
        elif isinstance(event, Dispatch | Check | Service | Block | Wake | Return | TaskExit | Fault):
            assert mode == "kernel", event


def _joined(segments: Iterable[Segment]) -> list[Segment]:
    """Neighbours that look the same made one."""
    result: list[Segment] = []
    for segment in segments:
        last = result[-1] if result else None
        if last and (last.end, last.perms, last.name) == (segment.start, segment.perms, segment.name):
            result[-1] = Segment(last.start, segment.end, last.perms, last.name)
        else:
            result.append(segment)
    return result

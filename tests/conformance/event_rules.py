"""What holds for the event stream of every run, whatever the program does."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from app.kernel.kernel import Kernel
from app.kernel.task import Task
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
    TaskExec,
    TaskExit,
    Trap,
    Wake,
)
from app.trace.fold import VisibleState, fold


@dataclass
class Possessions:
    """What a task has: descriptor -> (identity of the description, whether exec closes it), and its regions."""

    files: dict[int, tuple[int, bool]]
    regions: list[Segment]

    @classmethod
    def of(cls, task: Task) -> Possessions:
        """As it is now."""
        files = task.files
        return cls(
            {
                number: (files.get(number).identity, files.closes_on_exec(number))  # type: ignore[union-attr]
                for number in files.numbers()
            },
            [Segment(hex(vma.start), hex(vma.end), vma.perms, vma.name) for vma in task.mm.vmas],
        )


def check_released(kernel: Kernel) -> None:
    """Assert that a run whose every process has ended holds nothing that belonged to them.

    What stays is what has a life of its own: shared memory with an id, and open files on their way through a socket
    that only such a file leads to.
    """
    if kernel.tasks:
        return
    assert sorted(kernel.processes) == [1, 999]
    if kernel.net.in_flight:
        return
    assert kernel.first.leader.fs.superblock.pipe_pages == 0
    assert kernel.net.memory == 0
    if not len(kernel.shm):
        assert kernel.memory.used == 0


def check_events(last: Mapping[int, list[Possessions]], events: Sequence[AnyEvent]) -> None:
    """Assert that `events`, a whole run, keep the rules and fold to what each task had when it ended: `last`.

    A number may end more than once, when a thread takes the place of the first one of its process (execve).
    """
    assert isinstance(events[0], RunStart)
    assert [event.seq for event in events] == list(range(len(events)))
    assert all(before.time <= after.time for before, after in pairwise(events))
    assert [event for event in events if isinstance(event, RunEnd)] == [events[-1]]
    state = VisibleState()
    left = {number: list(ends) for number, ends in last.items()}
    for event in events:
        fold(state, event)
        if isinstance(event, TaskExit):
            view = state.tasks[event.pid]
            had = left[event.pid].pop(0)
            folded = {
                number: (entry.description, "O_CLOEXEC" in entry.flags) for number, entry in view.descriptors.items()
            }
            assert folded == had.files, event
            assert _joined(view.memory.regions) == _joined(had.regions), event
    _check_calls(events)
    _check_modes(events)
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.counters.events == len(events)
    assert end.counters.traps == sum(isinstance(event, Trap) for event in events)
    assert end.counters.faults == sum(isinstance(event, Fault) for event in events)
    assert end.counters.output_bytes == sum(len(event.data) for event in events if isinstance(event, Output))


@dataclass
class _Progress:
    """How far a task has come in its call."""

    call: int | None = None
    looked_up: bool = False
    asleep: bool = False
    reasons: list[Check | Service] = field(default_factory=list)


def _check_calls(events: Sequence[AnyEvent]) -> None:
    """Each trap is looked up, then answered once, unless the task or the run ends in it; sleeps end by a wake."""
    tasks: dict[int, _Progress] = {}
    traps = 0
    for event in events:
        now = tasks.setdefault(event.task, _Progress())
        if isinstance(event, Trap):
            assert now.call is None, f"a trap inside call {now.call}: {event}"
            assert event.call == traps
            traps += 1
            tasks[event.task] = _Progress(event.call)
        elif isinstance(event, TaskExit):
            tasks.pop(event.pid)
        elif isinstance(event, TaskExec) and event.former is not None:
            tasks[event.task] = tasks.pop(event.former)
        elif isinstance(event, Dispatch | Check | Service | Block | Wake | Return):
            assert event.call == now.call, f"outside its call: {event}"
            assert isinstance(event, Dispatch) is not now.looked_up, f"in a wrong place: {event}"
            now.looked_up = True
            assert not now.asleep or isinstance(event, Wake), f"in a sleeping call: {event}"
            if isinstance(event, Block | Wake):
                assert isinstance(event, Wake) is now.asleep
                now.asleep = isinstance(event, Block)
            elif isinstance(event, Check | Service):
                assert not isinstance(event, Check) or (event.errno is None) is event.ok, event
                now.reasons.append(event)
            elif isinstance(event, Return):
                _check_explained(event, now.reasons)
                now.call = None


def _check_explained(answer: Return, reasons: Iterable[Check | Service]) -> None:
    """An error has a failed check of that errno, or a service that names it; success has no failed check.

    A call that got some way before the check failed succeeds all the same; then a service names the errno, too.
    """
    reasons = list(reasons)
    failed = [event.errno for event in reasons if isinstance(event, Check) and not event.ok]
    services = [event.sentence for event in reasons if isinstance(event, Service)]
    if answer.errno is None:
        unsaid = [errno for errno in failed if not any(errno in sentence for sentence in services if errno)]
        assert not unsaid, f"{answer.strace} in spite of {unsaid}"
    elif answer.errno != "ENOSYS":
        named = any(answer.errno in sentence for sentence in services)
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

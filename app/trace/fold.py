"""The fold: what is visible after the first events of a run.

The page has a fold of its own in TypeScript for the same stream; this one is the reference.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct, field

from .events import (
    AbiInfo,
    AnyEvent,
    Block,
    Check,
    Dispatch,
    Fault,
    Fd,
    Input,
    InputWait,
    Memory,
    Mode,
    ModeSwitch,
    Output,
    Return,
    RunEnd,
    RunStart,
    Segment,
    Service,
    Signal,
    Switch,
    TaskExec,
    TaskExit,
    TaskStart,
    Trap,
    Wake,
    word,
)
from .strace import render

TERMINAL = 0
"""Stream number of the terminal in `Output`."""


TaskState = Literal["running", "ready", "waiting", "stopped", "exited"]


class CallState(Struct):
    """A system call, as far as it has come."""

    trap: Trap
    dispatch: Dispatch | None = None
    checks: list[Check] = field(default_factory=list)
    services: list[Service] = field(default_factory=list)
    block: Block | None = None
    result: Return | None = None


class AddressSpaceView(Struct):
    """Memory of a process: regions by address; they never overlap. Threads have the same object."""

    regions: list[Segment] = field(default_factory=list)


class TaskView(Struct):
    """A task, dead ones included."""

    pid: int
    parent: int
    name: str
    process: int
    memory: AddressSpaceView
    descriptors: dict[int, Fd]
    """The descriptor table: the event that last said what each descriptor is."""
    state: TaskState = "ready"
    end: TaskExit | None = None


class VisibleState(Struct):
    """Everything that can be seen at one event. `seq` is that event's; -1 before the first."""

    seq: int = -1
    time: int = 0
    task: int = 0
    status: Literal["starting", "running", "waiting", "ended"] = "starting"
    mode: Mode = "user"
    line: int | None = None
    lines: dict[int, int | None] = field(default_factory=dict)
    """Where each task has entered the kernel or left it last."""
    abi: AbiInfo | None = None
    calls: dict[int, CallState] = field(default_factory=dict)
    """The latest call of each task, answered or not."""
    strace: list[str] = field(default_factory=list)
    output: dict[int, bytearray] = field(default_factory=dict)
    tasks: dict[int, TaskView] = field(default_factory=dict)
    signals: list[Signal] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    ending: RunEnd | None = None

    @property
    def call(self) -> CallState | None:
        """The latest call of the current task."""
        return self.calls.get(self.task)

    @property
    def memory(self) -> list[Segment]:
        """Regions of the current task."""
        view = self.tasks.get(self.task)
        return view.memory.regions if view else []

    @property
    def descriptors(self) -> dict[int, Fd]:
        """Descriptor table of the current task."""
        view = self.tasks.get(self.task)
        return view.descriptors if view else {}

    @property
    def terminal(self) -> bytes:
        """Every byte that reached the terminal."""
        return bytes(self.output.get(TERMINAL, b""))


def state_at(events: Sequence[AnyEvent], index: int) -> VisibleState:
    """The state after `events[index]`; -1 is the state before the first. IndexError beyond the last."""
    if not -1 <= index < len(events):
        raise IndexError(f"event {index} of {len(events)}")
    state = VisibleState()
    for event in events[: index + 1]:
        fold(state, event)
    return state


def fold(state: VisibleState, event: AnyEvent) -> None:
    """Bring `state` from the event before to `event`. ValueError when that leaves a gap in `seq`."""
    if event.seq != state.seq + 1:
        raise ValueError(f"event {event.seq} does not follow event {state.seq}")
    state.seq = event.seq
    state.time = event.time
    state.task = state.task or event.task
    if state.status == "waiting":
        state.status = "running"
    line = render(event)
    if line is not None:
        state.strace.append(line)
    match event:
        case RunStart():
            state.status = "running"
            state.abi = event.abi
            state.line = event.line
            _view(state, event.task).memory.regions = list(event.segments)
        case RunEnd():
            state.status = "ended"
            state.ending = event
        case ModeSwitch():
            state.mode = event.to
            _move(state, event)
        case Trap() | Dispatch() | Check() | Service() | Block() | Wake() | Return():
            _call(state, event)
        case Output():
            state.output.setdefault(event.stream, bytearray()).extend(event.data)
        case InputWait():
            state.status = "waiting"
        case Input():
            pass
        case Fault():
            state.faults.append(event)
            _move(state, event)
        case Signal():
            state.signals.append(event)
            _stop_or_continue(state, event)
        case Switch() | TaskStart() | TaskExec() | TaskExit():
            _task(state, event)
        case Memory():
            memory = _view(state, event.task).memory
            memory.regions = change_memory(memory.regions, event)
        case Fd():
            descriptors = _view(state, event.task).descriptors
            if event.change == "close":
                descriptors.pop(event.fd, None)
            else:
                descriptors[event.fd] = event


def _move(state: VisibleState, event: Trap | ModeSwitch | Fault) -> None:
    """Show another source line; code without one leaves the last line in view."""
    state.lines[event.task] = event.line
    if event.line is not None:
        state.line = event.line


def _stop_or_continue(state: VisibleState, event: Signal) -> None:
    """Let a signal that stops or continues a process do so to every thread of it."""
    task = state.tasks.get(event.task)
    if task is None or event.action not in ("stop", "continue"):
        return
    for other in state.tasks.values():
        if other.process != task.process or other.state == "exited":
            continue
        if event.action == "stop":
            other.state = "stopped"
        elif other.state == "stopped":
            other.state = "ready"


def _call(state: VisibleState, event: Trap | Dispatch | Check | Service | Block | Wake | Return) -> None:
    if isinstance(event, Trap):
        state.calls[event.task] = CallState(event)
        _move(state, event)
        return
    call = state.calls.get(event.task)
    if call is None or call.trap.call != event.call:
        raise ValueError(f"event {event.seq}: task {event.task} is not in call {event.call}")
    match event:
        case Dispatch():
            call.dispatch = event
        case Check():
            call.checks.append(event)
        case Service():
            call.services.append(event)
        case Block():
            call.block = event
            _set_task(state, event.task, "waiting")
        case Wake():
            call.block = None
            _set_task(state, event.task, "running" if event.task == state.task else "ready")
        case Return():
            call.result = event


def _task(state: VisibleState, event: Switch | TaskStart | TaskExec | TaskExit) -> None:
    match event:
        case TaskStart():
            _start_task(state, event)
        case TaskExec():
            if event.former is not None:
                _rename(state, event.former, event.task)
            task = _view(state, event.task)
            task.name = event.name
            task.memory = AddressSpaceView(list(event.segments))
            task.descriptors = dict(task.descriptors)
        case TaskExit():
            _view(state, event.pid).end = event
            _set_task(state, event.pid, "exited")
        case Switch():
            previous = state.tasks.get(event.previous)
            if previous is not None and previous.state == "running":
                previous.state = "ready"
            _set_task(state, event.next, "running")
            state.task = event.next or state.task
            line = state.lines.get(state.task)
            state.line = state.line if line is None else line


def _view(state: VisibleState, tid: int) -> TaskView:
    """The task; the first one is there as soon as anything happens to it."""
    if tid not in state.tasks:
        state.tasks[tid] = TaskView(tid, 0, "", tid, AddressSpaceView(), {}, "running")
    return state.tasks[tid]


def _start_task(state: VisibleState, event: TaskStart) -> None:
    """A new task, with its own or its parent's memory and descriptors; the first is there since the run began."""
    if event.pid == state.task:
        first = _view(state, event.pid)
        first.parent, first.name = event.parent, event.name
        return
    parent = _view(state, event.parent)
    memory = parent.memory if "memory" in event.shares else AddressSpaceView(list(parent.memory.regions))
    descriptors = parent.descriptors if "files" in event.shares else dict(parent.descriptors)
    state.tasks[event.pid] = TaskView(event.pid, event.parent, event.name, event.process, memory, descriptors)
    state.lines[event.pid] = state.lines.get(event.parent)


def _rename(state: VisibleState, former: int, now: int) -> None:
    """A task takes the place of the first one of its process, which has ended."""
    task = state.tasks.pop(former, None)
    if task is None:
        raise ValueError(f"task {former} is not there")
    task.pid = now
    task.parent = _view(state, now).parent
    state.tasks[now] = task
    if former in state.calls:
        state.calls[now] = state.calls.pop(former)
    if former in state.lines:
        state.lines[now] = state.lines.pop(former)
    state.task = now


def _set_task(state: VisibleState, task: int, now: TaskState) -> None:
    if task in state.tasks:
        state.tasks[task].state = now


def change_memory(regions: list[Segment], change: Memory) -> list[Segment]:
    """Regions after one change: those that it cuts are split, those inside go, or get other permissions."""
    start, end = int(change.start, 16), int(change.end, 16)
    result = []
    for region in regions:
        low, high = int(region.start, 16), int(region.end, 16)
        if high <= start or low >= end:
            result.append(region)
            continue
        if low < start:
            result.append(_part(region, low, start))
        if change.change == "protect":
            result.append(_part(region, max(low, start), min(high, end), change.perms))
        if high > end:
            result.append(_part(region, end, high))
    if change.change == "map":
        result.append(Segment(change.start, change.end, change.perms, change.name))
    return sorted(result, key=lambda region: int(region.start, 16))


def _part(region: Segment, start: int, end: int, perms: str | None = None) -> Segment:
    return Segment(word(start), word(end), region.perms if perms is None else perms, region.name)

"""Tracing: one process watches another, stops it, and looks into it (ptrace(2)).

A traced task has a `Trace`; for all others that is None, which is all they pay. A stop is told to the tracer by wait(2)
and SIGCHLD, and the task stays in state TRACED until the tracer lets it go on. Stops inside a call are sleeps of that
call; the others are made on the way back to user mode (`before_user`).
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import TYPE_CHECKING

from msgspec import Struct, field

from . import exit, signal_delivery
from .abi.constants import SaFlag, Signo
from .abi.ptrace_constants import PtraceEvent, PtraceOption
from .abi.text import signal_name
from .credentials import Capability
from .errno import Errno
from .fork import CloneFlag
from .signal import SIG_IGN, SigInfo
from .task import TaskState
from .wait import Blocking, Interrupted, Restart, Sleep

if TYPE_CHECKING:
    from .call import Call
    from .credentials import Credentials
    from .kernel import Kernel
    from .task import Process, Task, WaitStatus

NO_CALL = (1 << 64) - 1
"""What `orig_rax` is outside of system calls: -1."""

SYSCALL_GOOD = 0x80
"""Added to SIGTRAP in stops at system calls, with PTRACE_O_TRACESYSGOOD."""


class Mode(enum.Enum):
    """How far a traced task goes on."""

    CONT = "to the next signal"
    SYSCALL = "to the next system call"
    STEP = "for one instruction"


class StopKind(enum.Enum):
    """What a stop is about, which decides what becomes of the signal that the tracer gives back."""

    SIGNAL = "signal"
    CALL = "system call"
    EVENT = "event"
    GROUP = "group"


class Trace(Struct, eq=False):
    """That a task is traced, by whom, and how.

    `stop` is the code of the stop it is in (signal number, with an event above), 0 when it runs; `told` whether wait(2)
    has told of it. `info` is the signal it stopped for. `waiting_stops` are made before it is in user mode again.
    """

    tracer: Process
    options: int = 0
    seized: bool = False
    mode: Mode = Mode.CONT
    stop: int = 0
    kind: StopKind = StopKind.SIGNAL
    told: bool = True
    info: SigInfo | None = None
    message: int = 0
    given: int = 0
    """The signal that the tracer gave when it let the task go on."""
    number: int = NO_CALL
    """The system call it is in, or comes from (`orig_rax`)."""
    waiting_stops: list[tuple[int, StopKind, int]] = field(default_factory=list)
    exiting: Callable[[], None] | None = None
    """The end of the task, which waits for the tracer (PTRACE_EVENT_EXIT)."""
    ended: WaitStatus | None = None
    """How it ended, if it is a thread that has and wait(2) has not told of it."""
    interrupted: bool = False
    """PTRACE_INTERRUPT asks it to stop."""

    @property
    def report(self) -> int | None:
        """What wait(2) has to tell: the stop code; None when there is nothing new."""
        return self.stop if self.stop and not self.told else None


def may_access(who: Credentials, other: Credentials) -> bool:
    """Whether the real user and group are those of the other, in every role (ptrace(2), PTRACE_MODE_REALCREDS)."""
    return other.are_all_of(who.uid, who.gid) or who.capable(Capability.CAP_SYS_PTRACE)


def attach(task: Task, tracer: Process, options: int = 0, seized: bool = False) -> Trace:
    """`tracer` traces `task` from now on."""
    task.trace = trace = Trace(tracer, options, seized)
    tracer.tracees.append(task)
    return trace


def stop(kernel: Kernel, task: Task, code: int, kind: StopKind, message: int = 0, info: SigInfo | None = None) -> None:
    """Stop `task` and tell its tracer (Linux `ptrace_stop`)."""
    trace = _trace(task)
    trace.stop, trace.kind, trace.told = code, kind, False
    trace.message, trace.info, trace.given = message or trace.message, info, 0
    task.state = TaskState.TRACED
    tracer = trace.tracer
    if not tracer.tasks:
        return
    disposition = tracer.leader.sighand.get(Signo.SIGCHLD)
    if disposition.handler != SIG_IGN and not disposition.flags & SaFlag.SA_NOCLDSTOP:
        told = SigInfo(
            Signo.SIGCHLD,
            "CLD_STOPPED" if kind is StopKind.GROUP else "CLD_TRAPPED",
            pid=task.tid,
            uid=task.credentials.uid,
            status=code & 0x7F,
        )
        signal_delivery.send_to_process(kernel, tracer, told)
    tracer.child_events.wake_all()


def resume(task: Task, mode: Mode, signo: int) -> None:
    """The tracer lets `task` go on, with signal `signo` instead of the one it stopped for (0: without)."""
    trace = _trace(task)
    trace.mode, trace.given, trace.stop, trace.told = mode, signo, 0, True
    _wake(task)


def _wake(task: Task) -> None:
    if task.state is TaskState.TRACED:
        task.state = TaskState.RUNNABLE
        task.on_runnable(task)


def detach(kernel: Kernel, task: Task, signo: int = 0) -> None:
    """Nobody traces `task` any more; it goes on, with signal `signo` if it stopped for one or at a call."""
    trace = _trace(task)
    task.trace = None
    trace.tracer.tracees.remove(task)
    if trace.exiting is not None:
        task.trace, trace.options, trace.mode = trace, 0, Mode.CONT
    was_stopped, trace.stop = trace.stop, 0
    if was_stopped and signo and trace.kind in (StopKind.SIGNAL, StopKind.CALL):
        task.pending.add(_given_info(trace, signo))
    if task.process.stopped_by and was_stopped and trace.kind is StopKind.GROUP:
        task.state = TaskState.STOPPED
    else:
        _wake(task)


def release_tracees(kernel: Kernel, tracer: Process) -> None:
    """A tracer ends: those it traces go on untraced, or with PTRACE_O_EXITKILL end (Linux `exit_ptrace`)."""
    for task in tuple(tracer.tracees):
        trace = _trace(task)
        if trace.ended is not None:
            forget(task)
            continue
        if task.process.is_zombie:
            told(kernel, task)
            continue
        if trace.options & PtraceOption.PTRACE_O_EXITKILL:
            signal_delivery.send_to_task(kernel, task, SigInfo(Signo.SIGKILL, "SI_KERNEL"))
        detach(kernel, task)


def ended(kernel: Kernel, task: Task, status: WaitStatus) -> None:
    """A traced task has ended. The end of a process is told to its tracer first, and then to its parent."""
    trace = _trace(task)
    if task.is_leader and is_told_first(task.process):
        tracer = trace.tracer
        exit.notify(kernel, tracer, task.process, Signo.SIGCHLD, exit.exit_code_name(status), status.value)
        tracer.child_events.wake_all()
        return
    if task.is_leader or not trace.tracer.tasks:
        trace.tracer.tracees.remove(task)
        task.trace = None
        return
    trace.ended = status
    code, value = exit.exit_code_name(status), status.value
    exit.notify(kernel, trace.tracer, task.process, Signo.SIGCHLD, code, value)
    trace.tracer.child_events.wake_all()


def is_told_first(process: Process) -> bool:
    """Whether a process that has ended is traced by one that is not its parent, and that is not told of it yet."""
    trace = process.leader.trace
    return trace is not None and trace.tracer is not process.parent and bool(trace.tracer.tasks)


def forget(task: Task) -> None:
    """Its tracer knows that a thread has ended."""
    _trace(task).tracer.tracees.remove(task)
    task.trace = None


def told(kernel: Kernel, task: Task) -> None:
    """The tracer knows of the end of a process: now its parent is told."""
    _trace(task).tracer.tracees.remove(task)
    task.trace = None
    exit.tell_of_end(kernel, task.process)


def is_killed(task: Task) -> bool:
    """Whether SIGKILL ends every stop."""
    return Signo.SIGKILL in task.pending or Signo.SIGKILL in task.process.pending


def _trace(task: Task) -> Trace:
    trace = task.trace
    if trace is None:
        raise ValueError(f"task {task.tid} is not traced")
    return trace


def _given_info(trace: Trace, signo: int) -> SigInfo:
    """The signal that the tracer lets through, or puts in its place."""
    info = trace.info
    if info is not None and info.signo == signo:
        return info
    if trace.kind is StopKind.CALL:
        return SigInfo(signo, "SI_KERNEL")
    return SigInfo.user(signo, trace.tracer)


# -- stops ---------------------------------------------------------------------------------------------------------


def stop_in_call(call: Call, code: int, kind: StopKind, message: int = 0) -> Blocking[None]:
    """Stop inside a call until the tracer lets it go on. Raises Interrupted when SIGKILL comes instead."""
    task = call.task
    trace = _trace(task)
    stop(call.kernel, task, code, kind, message)
    while trace.stop:
        if is_killed(task):
            trace.stop = 0
            raise Interrupted(Restart.NOINTR)
        yield Sleep("tracer", "The task is traced: it stops until its tracer lets it go on.", interruptible=False)
    if kind is StopKind.CALL and trace.given:
        signo, trace.given = trace.given, 0
        signal_delivery.send_to_task(call.kernel, task, SigInfo(signo, "SI_KERNEL"))


def stop_at_entry(call: Call) -> Blocking[None]:
    """The stop before a call is made."""
    trace = _trace(call.task)
    trace.number = call.number & NO_CALL
    if not call.abi.first_argument_is_result:
        call.kernel.cpu.set(call.abi.info.return_register, -Errno.ENOSYS)
    yield from stop_in_call(call, _call_code(trace), StopKind.CALL)
    call.number = trace.number if trace.number < 1 << 31 else -1


def _call_code(trace: Trace) -> int:
    return Signo.SIGTRAP | (SYSCALL_GOOD if trace.options & PtraceOption.PTRACE_O_TRACESYSGOOD else 0)


def left_call(task: Task, number: int) -> None:
    """A call has its answer: stop before user mode, as the tracer wants (`ptrace_report_syscall_exit`)."""
    trace = _trace(task)
    trace.number = number & NO_CALL
    if trace.mode is Mode.SYSCALL:
        trace.waiting_stops.append((_call_code(trace), StopKind.CALL, 0))
    elif trace.mode is Mode.STEP:
        task.pending.add(SigInfo(Signo.SIGTRAP, "TRAP_BRKPT", address=0))


def stepped(kernel: Kernel, task: Task, pc: int) -> None:
    """One instruction has been executed: SIGTRAP, if the tracer asked for one."""
    if task.trace is not None and task.trace.mode is Mode.STEP:
        signal_delivery.force(kernel, task, SigInfo(Signo.SIGTRAP, "TRAP_TRACE", address=pc))


def is_stepping(task: Task) -> bool:
    """Whether it is to execute one instruction only."""
    return task.trace is not None and task.trace.mode is Mode.STEP


def before_user(kernel: Kernel, task: Task) -> bool:
    """Make the stops that wait; False when `task` is stopped now. May end the task."""
    trace = _trace(task)
    if is_killed(task):
        trace.stop = 0
        trace.waiting_stops.clear()
    elif trace.kind is StopKind.CALL and trace.given:
        signo, trace.given = trace.given, 0
        signal_delivery.send_to_task(kernel, task, SigInfo(signo, "SI_KERNEL"))
    if trace.exiting is not None:
        trace.exiting()
    if trace.waiting_stops:
        code, kind, message = trace.waiting_stops.pop(0)
        stop(kernel, task, code, kind, message)
        return False
    return True


def filter_signal(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """A signal is about to be acted on: the tracer is asked first (signal-delivery-stop)."""
    name = signal_name(info.signo)
    sentence = f"{name} has come. The task is traced: it stops, and its tracer decides what becomes of the signal."
    signal_delivery.record(kernel, task, info, "blocked", "pending", sentence)
    stop(kernel, task, info.signo, StopKind.SIGNAL, info=info)


def take_given(task: Task) -> SigInfo | None:
    """The signal that the tracer has let through, once. One that is blocked by now becomes pending instead."""
    trace = _trace(task)
    if trace.kind is not StopKind.SIGNAL or not trace.given:
        return None
    info, trace.given = _given_info(trace, trace.given), 0
    if info.signo in task.blocked:
        task.pending.add(info)
        return None
    return info


def group_stop(kernel: Kernel, task: Task, signo: int) -> None:
    """Its process is stopped by a signal, or PTRACE_INTERRUPT asks it to stop."""
    trace = _trace(task)
    trace.interrupted = False
    code = signo | PtraceEvent.PTRACE_EVENT_STOP << 8 if trace.seized else signo
    stop(kernel, task, code, StopKind.GROUP)


# -- events --------------------------------------------------------------------------------------------------------


def wants(task: Task, event: PtraceEvent) -> bool:
    """Whether the tracer of `task`, if any, wants to be told of `event`."""
    return task.trace is not None and bool(task.trace.options >> event & 1)


def event_code(event: PtraceEvent) -> int:
    """The stop code of an event."""
    return Signo.SIGTRAP | event << 8


def forked(parent: Task, child: Task, flags: int, exit_signal: int) -> PtraceEvent | None:
    """A traced task has made another; returns the event that its tracer wants to be told of.

    The new one is traced too then, or with CLONE_PTRACE: it begins with a stop (Linux `ptrace_init_task`).
    """
    trace = _trace(parent)
    event: PtraceEvent | None = PtraceEvent.PTRACE_EVENT_FORK
    if flags & CloneFlag.CLONE_VFORK:
        event = PtraceEvent.PTRACE_EVENT_VFORK
    elif exit_signal != Signo.SIGCHLD:
        event = PtraceEvent.PTRACE_EVENT_CLONE
    if event is None or flags & CloneFlag.CLONE_UNTRACED or not wants(parent, event):
        event = None
    if event is None and not flags & CloneFlag.CLONE_PTRACE:
        return None
    inherited = attach(child, trace.tracer, trace.options, trace.seized)
    if trace.seized:
        inherited.waiting_stops.append((event_code(PtraceEvent.PTRACE_EVENT_STOP), StopKind.GROUP, 0))
    else:
        child.pending.add(SigInfo(Signo.SIGSTOP, "SI_USER"))
    return event


def executed(task: Task, former: int) -> None:
    """A traced task runs another program: an event, or for a tracer of the old kind a SIGTRAP."""
    trace = _trace(task)
    if wants(task, PtraceEvent.PTRACE_EVENT_EXEC):
        code = event_code(PtraceEvent.PTRACE_EVENT_EXEC)
        trace.waiting_stops.insert(0, (code, StopKind.EVENT, former))
    elif not trace.seized:
        task.pending.add(SigInfo.user(Signo.SIGTRAP, task.process))


def stops_before_end(kernel: Kernel, task: Task, word: int, end: Callable[[], None]) -> bool:
    """Whether the tracer wants to look at `task` before it ends; `end` is called when it goes on."""
    trace = task.trace
    if trace is None or trace.exiting is not None or not wants(task, PtraceEvent.PTRACE_EVENT_EXIT):
        return False
    trace.exiting = end
    stop(kernel, task, event_code(PtraceEvent.PTRACE_EVENT_EXIT), StopKind.EVENT, word)
    return True

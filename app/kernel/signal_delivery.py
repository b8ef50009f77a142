"""Sending signals, and acting on them before a task goes back to user mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.trace.events import Signal as SignalEvent
from app.trace.events import word

from . import ptrace, signal_frame
from .abi.constants import SaFlag, Signo
from .abi.text import signal_name
from .credentials import Capability
from .resource import Resource
from .signal import (
    FIRST_REALTIME,
    SIG_DFL,
    SIG_IGN,
    STOPPING,
    Action,
    Disposition,
    PendingSignals,
    SigInfo,
    SignalSet,
    default_action,
)
from .stop import in_orphaned_group
from .task import TaskState

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process, Task

MINIMUM_CORE = 4096
"""A core dump is written when RLIMIT_CORE allows at least a page."""


def send_to_task(kernel: Kernel, task: Task, info: SigInfo) -> bool:
    """Send to one thread (tgkill(2), faults). It takes effect before user mode goes on.

    False when the user has too many signals queued (RLIMIT_SIGPENDING).
    """
    return task.state is TaskState.DEAD or _send(kernel, task, task.pending, info, (task,))


def send_to_process(kernel: Kernel, process: Process, info: SigInfo) -> bool:
    """Send to a process (kill(2)): the first thread that does not block it acts on it, its leader by preference.

    False when the user has too many signals queued (RLIMIT_SIGPENDING).
    """
    tasks = process.tasks
    if not tasks:
        return True
    if len(tasks) > 1 and tasks[0] is not process.leader and process.leader in tasks:
        tasks = [process.leader, *(task for task in tasks if task is not process.leader)]
    return _send(kernel, tasks[0], process.pending, info, tuple(tasks))


def may_send(sender: Task, process: Process, signo: int) -> bool:
    """Whether `sender` may send the signal to `process` (kill(2), second paragraph; Linux `check_kill_permission`)."""
    mine, theirs = sender.credentials, process.credentials
    if mine.capable(Capability.CAP_KILL) or {mine.euid, mine.uid} & {theirs.suid, theirs.uid}:
        return True
    return signo == Signo.SIGCONT and process.sid == sender.process.sid


def send_to_group(kernel: Kernel, pgid: int, info: SigInfo) -> bool:
    """Send to every process of a process group; False when there is none."""
    members = [process for process in kernel.processes.values() if process.pgid == pgid]
    for process in members:
        send_to_process(kernel, process, info)
    return bool(members)


def _send(kernel: Kernel, target: Task, queue: PendingSignals, info: SigInfo, candidates: tuple[Task, ...]) -> bool:
    """Make `info` pending in `queue`, and wake the first of `candidates` that is to act on it (`__send_signal`).

    One that would be ignored is dropped; `target` tells of it when it goes on.
    """
    signo = info.signo
    _prepare(kernel, target.process, signo)
    if (
        target.sighand.ignores(signo)
        and signo not in target.blocked
        and signo not in target.waited_for
        and (target.trace is None)
    ):
        target.dropped.setdefault(signo, info)
        return True
    if signo < FIRST_REALTIME and signo in queue and not info.is_of_timer:
        return True
    if (
        not info.is_of_timer
        and (signo >= FIRST_REALTIME or info.from_program)
        and _queued(kernel, target) >= _limit(target)
    ):
        if signo >= FIRST_REALTIME and info.code != "SI_USER":
            return False
        info = SigInfo(signo, "SI_USER")
    chosen = next((task for task in candidates if _wants(kernel, task, signo)), None)
    queue.add(info)
    target.sighand.arrivals.wake_all()
    if chosen is not None:
        _rouse(chosen, signo)
    elif all(signo in task.blocked for task in candidates):
        name = signal_name(signo)
        record(kernel, target, info, "blocked", "pending", f"{name} is blocked by the signal mask and stays pending.")
    return True


def _wants(kernel: Kernel, task: Task, signo: int) -> bool:
    """Whether `task` is to be disturbed for a signal (`wants_signal`)."""
    if signo == Signo.SIGKILL:
        return True
    if signo in task.blocked or task.state in (TaskState.STOPPED, TaskState.TRACED):
        return False
    return len(task.process.tasks) == 1 or task is kernel.scheduler.current or not task.signal_pending


def _queued(kernel: Kernel, target: Task) -> int:
    """How many signals are queued for the user of `target`."""
    uid = target.credentials.uid
    private = sum(len(task.pending) for task in kernel.tasks.values() if task.credentials.uid == uid)
    return private + sum(len(p.pending) for p in kernel.processes.values() if p.credentials.uid == uid)


def _limit(target: Task) -> int:
    soft, _ = target.process.rlimits[Resource.RLIMIT_SIGPENDING]
    return soft


def _prepare(kernel: Kernel, process: Process, signo: int) -> None:
    """A stop signal takes a pending SIGCONT back, and SIGCONT the stop signals, whatever their dispositions.

    SIGCONT lets a stopped process go on even when it is blocked, ignored or caught (signal(7)).
    """
    queues = [process.pending, *(task.pending for task in process.tasks)]
    if signo in STOPPING:
        for queue in queues:
            queue.discard(Signo.SIGCONT)
    elif signo == Signo.SIGCONT:
        for queue in queues:
            for stop in STOPPING:
                queue.discard(stop)
        kernel.continue_process(process)


def _rouse(task: Task, signo: int) -> None:
    """Let `task` notice a signal: a sleep that may be interrupted ends, and one that is fatal ends every sleep."""
    sleeping = task.sleeping
    if signo == Signo.SIGKILL and task.state in (TaskState.STOPPED, TaskState.TRACED):
        task.state = TaskState.RUNNABLE
        task.on_runnable(task)
    elif sleeping is None or sleeping.sleep.interruptible or task.sighand.is_fatal(signo):
        task.wake()


def retarget(process: Process) -> None:
    """A thread blocks signals or ends: others may act on what waits (Linux `retarget_shared_pending`)."""
    for task in process.tasks:
        sleeping = task.sleeping
        if sleeping is not None and sleeping.sleep.interruptible and process.pending.unblocked(task.blocked):
            task.wake()


def force(kernel: Kernel, task: Task, info: SigInfo, by_default: bool = False) -> None:
    """Send a signal caused by a fault: blocking or ignoring it does not help (Linux `force_sig`).

    `by_default` leaves no handler a chance either.
    """
    blocked = info.signo in task.blocked
    if by_default or blocked or task.sighand.get(info.signo).handler == SIG_IGN:
        task.blocked.discard(info.signo)
        task.sighand.reset(info.signo)
    task.pending.add(info)


def deliver(kernel: Kernel, task: Task) -> bool:
    """Act on every pending signal that is not blocked, as on every return to user mode, and on a stop.

    Afterwards the task may be stopped, or about to run a handler (True). Unwinds to the run loop when that is the end
    of the task.
    """
    handler_runs = False
    while task.state is TaskState.RUNNABLE:
        if task.stop_pending and not task.fatal_signal_pending:
            task.stop_pending = False
            if task.trace is not None:
                ptrace.group_stop(kernel, task, task.process.stopped_by or Signo.SIGTRAP)
            else:
                task.state = TaskState.STOPPED
            break
        if task.trace is not None:
            given = ptrace.take_given(task)
            if given is not None:
                handler_runs |= _act(kernel, task, given)
                continue
        info = task.pending.take(task.blocked) or task.process.pending.take(task.blocked)
        if info is not None and task.trace is not None and info.signo != Signo.SIGKILL:
            ptrace.filter_signal(kernel, task, info)
            break
        if info is not None:
            handler_runs |= _act(kernel, task, info)
            continue
        for dropped in task.dropped.values():
            _record_default(kernel, task, dropped)
        task.dropped.clear()
        if task.interruption is not None:
            kernel.dispatcher.restart(task)
        if task.saved_blocked is None:
            break
        task.blocked, task.saved_blocked = task.saved_blocked, None
    return handler_runs


def record(
    kernel: Kernel,
    task: Task,
    info: SigInfo,
    disposition: Literal["default", "ignore", "blocked", "handler"],
    action: Literal["terminate", "core", "ignore", "stop", "continue", "pending", "handler"],
    sentence: str,
    handler: int | None = None,
    frame: int | None = None,
) -> None:
    """Emit the event, which belongs to `task` whoever has the CPU."""
    kernel.recorder.emit_for(
        task.tid,
        SignalEvent(
            number=info.signo,
            name=signal_name(info.signo),
            sender=info.sender,
            disposition=disposition,
            action=action,
            sentence=sentence,
            siginfo=info.text(task.abi.structs),
            handler=None if handler is None else word(handler),
            frame=None if frame is None else word(frame),
        ),
    )


def _record_default(kernel: Kernel, task: Task, info: SigInfo) -> Action:
    """Tell what a signal without a handler does; returns it."""
    signo = info.signo
    name = signal_name(signo)
    ignored = task.sighand.get(signo).handler == SIG_IGN
    action: Action = "ignore" if ignored else default_action(signo)
    words = {
        "terminate": f"{name} ends the process: that is its default action.",
        "core": f"{name} ends the process{_dump_words(task)}: that is its default action.",
        "ignore": f"{name} is ignored.",
        "stop": f"{name} stops the process until SIGCONT.",
        "continue": f"{name} lets a stopped process go on.",
    }
    record(kernel, task, info, "ignore" if ignored else "default", action, words[action])
    return action


def _dumps_core(task: Task) -> bool:
    soft, _ = task.process.rlimits[Resource.RLIMIT_CORE]
    return soft >= MINIMUM_CORE


def _dump_words(task: Task) -> str:
    return " with a core dump" if _dumps_core(task) else ", without the core dump, which RLIMIT_CORE forbids"


def _act(kernel: Kernel, task: Task, info: SigInfo) -> bool:
    """Carry out the disposition of one signal; True when a handler is to run.

    Unwinds to the run loop when that is the end of the process.
    """
    signo = info.signo
    disposition = task.sighand.get(signo)
    if disposition.handler not in (SIG_DFL, SIG_IGN):
        return _run_handler(kernel, task, info, disposition)
    if disposition.handler == SIG_DFL and signo in STOPPING - {Signo.SIGSTOP} and in_orphaned_group(kernel, task):
        sentence = f"{signal_name(signo)} would stop the process, but nobody is left in its session to let it go on."
        record(kernel, task, info, "default", "ignore", sentence)
        return False
    action = _record_default(kernel, task, info)
    if action in ("terminate", "core"):
        kernel.kill_process(task, signo, dumped=action == "core" and _dumps_core(task))
    elif action == "stop":
        kernel.stop_process(task, signo)
    return False


def _run_handler(kernel: Kernel, task: Task, info: SigInfo, disposition: Disposition) -> bool:
    """Prepare the task to run its handler (Linux `handle_signal`); SIGSEGV when there is no room for the frame."""
    signo = info.signo
    name = signal_name(signo)
    flags = disposition.flags
    if flags & SaFlag.SA_RESETHAND:
        task.sighand.reset(signo)
    interrupted = kernel.dispatcher.handler_runs(task, disposition)
    mask = task.blocked if task.saved_blocked is None else task.saved_blocked
    frame = signal_frame.push(kernel, task, info, disposition, mask.bits)
    if frame is None:
        kernel.recorder.emit_for(
            task.tid,
            SignalEvent(
                number=signo,
                name=name,
                sender=info.sender,
                disposition="handler",
                action="ignore",
                sentence=f"{name} has a handler, but its frame can't be stored on the stack: SIGSEGV instead.",
                siginfo=info.text(task.abi.structs),
                handler=word(disposition.handler),
            ),
        )
        force(kernel, task, SigInfo(Signo.SIGSEGV, "SI_KERNEL"), by_default=signo == Signo.SIGSEGV)
        return False
    task.saved_blocked = None
    blocked = task.blocked.bits | disposition.mask
    if not flags & SaFlag.SA_NODEFER:
        blocked |= 1 << (signo - 1)
    task.blocked = SignalSet(blocked)
    where = " on the alternate stack" if frame.on_altstack else ""
    sentence = f"{name} is caught: its handler runs with a frame{where} that keeps the registers.{interrupted}"
    record(kernel, task, info, "handler", "handler", sentence, disposition.handler, frame.address)
    return True

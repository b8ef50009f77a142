"""Sending signals, and acting on them before a task goes back to user mode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.trace.events import Signal as SignalEvent

from .abi.constants import Signo
from .abi.text import signal_name
from .signal import SIG_DFL, SIG_IGN, STOPPING, Action, PendingSignals, SigInfo, default_action
from .task import TaskState

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process, Task


def send_to_task(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Send to one thread (tgkill(2), faults). It takes effect before user mode goes on."""
    if task.state is not TaskState.DEAD:
        _send(kernel, task, task.pending, info)


def send_to_process(kernel: Kernel, process: Process, info: SigInfo) -> None:
    """Send to a process (kill(2)): the first thread that does not block it acts on it, its leader by preference."""
    if not process.tasks:
        return
    willing = [task for task in process.tasks if info.signo not in task.blocked]
    task = process.leader if process.leader in willing else next(iter(willing), process.tasks[0])
    _send(kernel, task, process.pending, info)


def send_to_group(kernel: Kernel, pgid: int, info: SigInfo) -> bool:
    """Send to every process of a process group; False when there is none."""
    members = [process for process in kernel.processes.values() if process.pgid == pgid]
    for process in members:
        send_to_process(kernel, process, info)
    return bool(members)


def _send(kernel: Kernel, task: Task, queue: PendingSignals, info: SigInfo) -> None:
    """Make `info` pending in `queue`, and wake `task`, which is to act on it.

    One that would be ignored does not disturb a task that sleeps.
    """
    name = signal_name(info.signo)
    _prepare(kernel, task.process, info.signo)
    if info.signo in task.blocked:
        queue.add(info)
        record(kernel, task, info, "blocked", "pending", f"{name} is blocked by the signal mask and stays pending.")
    elif task.sighand.ignores(info.signo) and task.sleeping is not None:
        record(kernel, task, info, _disposition(task, info.signo), "ignore", f"{name} is ignored.")
    else:
        queue.add(info)
        _rouse(task, info.signo)


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
    """Let `task` notice a signal: a sleep that may be interrupted ends, and SIGKILL ends every sleep and stop."""
    sleeping = task.sleeping
    if signo == Signo.SIGKILL and task.state is TaskState.STOPPED:
        task.state = TaskState.RUNNABLE
        task.on_runnable(task)
    elif sleeping is None or sleeping.sleep.interruptible or signo == Signo.SIGKILL:
        task.wake()


def force(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Send a signal caused by a fault: blocking or ignoring it does not help (Linux `force_sig`)."""
    if info.signo in task.blocked or task.sighand.get(info.signo).handler == SIG_IGN:
        task.blocked.discard(info.signo)
        task.sighand.reset(info.signo)
    task.pending.add(info)


def deliver(kernel: Kernel, task: Task) -> None:
    """Act on every pending signal that is not blocked, as on every return to user mode, and on a stop.

    Afterwards the task may be stopped. Unwinds to the run loop when that is the end of the task.
    """
    while task.state is TaskState.RUNNABLE:
        if task.stop_pending:
            task.stop_pending = False
            task.state = TaskState.STOPPED
            return
        info = task.pending.take(task.blocked) or task.process.pending.take(task.blocked)
        if info is None:
            return
        _act(kernel, task, info)


def _disposition(task: Task, signo: int) -> Literal["default", "ignore"]:
    """What the process said about `signo`, when it gave no handler."""
    return "ignore" if task.sighand.get(signo).handler == SIG_IGN else "default"


def record(
    kernel: Kernel,
    task: Task,
    info: SigInfo,
    disposition: Literal["default", "ignore", "blocked", "handler"],
    action: Literal["terminate", "core", "ignore", "stop", "continue", "pending", "handler"],
    sentence: str,
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
            siginfo=info.text(),
        ),
    )


def _act(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Carry out the disposition of one signal. Unwinds to the run loop when that is the end of the process."""
    signo = info.signo
    name = signal_name(signo)
    disposition = task.sighand.get(signo)
    if disposition.handler not in (SIG_DFL, SIG_IGN):
        kernel.end(
            "unsupported",
            f"{name} has a handler at {disposition.handler:#x}, and this kernel records handlers but cannot run them.",
        )
    action: Action = "ignore" if disposition.handler == SIG_IGN else default_action(signo)
    words = {
        "terminate": f"{name} ends the process: that is its default action.",
        "core": f"{name} ends the process, and Linux would write a core dump: that is its default action.",
        "ignore": f"{name} is ignored.",
        "stop": f"{name} stops the process until SIGCONT.",
        "continue": f"{name} lets a stopped process go on.",
    }
    record(kernel, task, info, _disposition(task, signo), action, words[action])
    if action in ("terminate", "core"):
        kernel.kill_process(task, signo, dumped=action == "core")
    elif action == "stop":
        kernel.stop_process(task, signo)

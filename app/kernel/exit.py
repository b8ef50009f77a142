"""The end of tasks and processes: what is let go of, who is told, and what stays until somebody asks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.trace.events import TaskExit

from . import futex, ptrace, signal_delivery, stop
from .abi.constants import MAX_SIGNAL, SaFlag, Signo
from .abi.text import signal_name
from .clock import CLOCK_TICK
from .fs import job_control
from .ipc import sem
from .signal import SIG_IGN, SigInfo
from .task import Process, Task, TaskState, WaitStatus

if TYPE_CHECKING:
    from .kernel import Kernel


def exit_process(kernel: Kernel, task: Task, status: WaitStatus, strace: str | None = None) -> None:
    """End every thread of the process of `task` (Linux `do_group_exit`); `strace` is the call that did it."""
    process = task.process
    process.group_exit = process.group_exit or status
    for other in [thread for thread in process.tasks if thread is not task]:
        exit_task(kernel, other, status)
    exit_task(kernel, task, status, strace)


def exit_task(kernel: Kernel, task: Task, status: WaitStatus, strace: str | None = None) -> None:
    """End one thread (Linux `do_exit`); the last one ends the process."""
    process = task.process
    status = process.group_exit or status
    killer = status.signal
    kernel.recorder.emit_for(
        task.tid,
        TaskExit(
            pid=task.tid,
            status=None if killer else status.code,
            signal=signal_name(killer) if killer else None,
            strace=strace,
        ),
    )
    if task is kernel.scheduler.current:
        kernel.scheduler.charge()
    task.state = TaskState.DEAD
    kernel.scheduler.remove(task)
    kernel.dispatcher.abandon(task)
    futex.release_memory(kernel, task)
    sem.exit_undo(task)
    if task.vfork_done is not None:
        task.vfork_done.wake_all()
    del kernel.tasks[task.tid]
    process.tasks.remove(task)
    task.files.drop_reference()
    task.mm.drop_reference()
    if task.trace is not None and not task.is_leader:
        ptrace.ended(kernel, task, status)
    if not process.tasks:
        _end_process(kernel, process, status)
    elif process.pending:
        signal_delivery.retarget(process)


def _end_process(kernel: Kernel, process: Process, status: WaitStatus) -> None:
    """Nothing runs in it any more: it becomes a zombie, its children get another parent, its own parent is told."""
    process.status = status
    process.stop_timers()
    if process.tracees:
        ptrace.release_tracees(kernel, process)
    job_control.release(kernel, process)
    stop.hang_up_orphans(kernel, process)
    _orphan_children(kernel, process)
    process.exit_events.wake_all()
    if process.leader.trace is not None:
        ptrace.ended(kernel, process.leader, status)
        if ptrace.is_told_first(process):
            return
    tell_of_end(kernel, process)


def tell_of_end(kernel: Kernel, process: Process) -> None:
    """Tell the parent that a process has ended; it goes at once when nobody wants to know."""
    parent, status = process.parent, process.status
    if status is None:
        raise ValueError(f"process {process.pid} has not ended")
    if parent is None or not parent.tasks:
        reap(kernel, process)
        return
    disposition = parent.leader.sighand.get(Signo.SIGCHLD)
    ordinary = process.exit_signal == Signo.SIGCHLD
    unwanted = ordinary and (disposition.handler == SIG_IGN or disposition.flags & SaFlag.SA_NOCLDWAIT)
    if process.exit_signal in range(1, MAX_SIGNAL + 1) and not (ordinary and disposition.handler == SIG_IGN):
        notify_parent(kernel, process, process.exit_signal, exit_code_name(status), status.signal or status.code)
    if unwanted:
        reap(kernel, process)
    parent.child_events.wake_all()


def exit_code_name(status: WaitStatus) -> str:
    """The si_code that tells a parent how its child ended (sigaction(2))."""
    if status.signal is None:
        return "CLD_EXITED"
    return "CLD_DUMPED" if status.dumped else "CLD_KILLED"


def notify_parent(kernel: Kernel, process: Process, signo: int, code: str, status: int) -> None:
    """Send the parent `signo` with what became of its child."""
    if process.parent is not None:
        notify(kernel, process.parent, process, signo, code, status)


def notify(kernel: Kernel, listener: Process, process: Process, signo: int, code: str, status: int) -> None:
    """Send `listener`, the parent or the tracer of `process`, the same."""
    info = SigInfo(
        signo,
        code,
        pid=process.pid,
        uid=process.leader.credentials.uid,
        status=status,
        utime=process.cpu_time // CLOCK_TICK,
    )
    signal_delivery.send_to_process(kernel, listener, info)


def reap(kernel: Kernel, process: Process) -> None:
    """Forget a zombie: its parent knows how it ended, or does not care."""
    parent = process.parent
    if parent is not None:
        parent.children.remove(process)
        parent.children_cpu_time += process.cpu_time + process.children_cpu_time
    del kernel.processes[process.pid]


def _orphan_children(kernel: Kernel, process: Process) -> None:
    """Children of a process that ends go to the nearest subreaper above, or to init."""
    heir = process.parent
    while heir is not None and not (heir.is_subreaper and heir.tasks):
        heir = heir.parent
    heir = heir or kernel.init
    for child in process.children:
        for task in child.tasks:
            if task.parent_death_signal:
                info = SigInfo.user(task.parent_death_signal, process)
                signal_delivery.send_to_process(kernel, child, info)
        child.parent = heir
        child.exit_signal = int(Signo.SIGCHLD)
        heir.children.append(child)
        if child.is_zombie and not heir.tasks:
            reap(kernel, child)
        elif child.is_zombie:
            heir.child_events.wake_all()
    process.children.clear()

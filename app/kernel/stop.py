"""Stopping and continuing processes: what SIGSTOP, SIGTSTP and SIGCONT do (signal(7), wait(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import exit, ptrace, signal_delivery
from .abi.constants import SaFlag, Signo
from .signal import SIG_IGN, SigInfo
from .task import Process, Task, TaskState

if TYPE_CHECKING:
    from .kernel import Kernel


CONTINUED_WORD = 0xFFFF
"""The status word of a process that goes on (WIFCONTINUED)."""


def stop_process(kernel: Kernel, task: Task, signo: int) -> None:
    """Stop every thread of the process of `task`, which is the current one: the others as soon as they would run."""
    process = task.process
    process.stopped_by = signo
    if task.trace is not None:
        ptrace.group_stop(kernel, task, signo)
    else:
        task.state = TaskState.STOPPED
    for other in process.tasks:
        if other is not task:
            other.stop_pending = True
            if other.sleeping is None or other.sleeping.sleep.interruptible:
                other.wake()
    if task.trace is None or task.trace.tracer is not process.parent:
        _tell_parent(kernel, process, "CLD_STOPPED", signo << 8 | 0x7F, signo)


def continue_process(kernel: Kernel, process: Process) -> None:
    """Let a stopped process go on; nothing when it is not stopped."""
    if not process.stopped_by:
        return
    process.stopped_by = 0
    for task in process.tasks:
        task.stop_pending = False
        if task.state is TaskState.STOPPED:
            task.state = TaskState.RUNNABLE
            task.on_runnable(task)
    _tell_parent(kernel, process, "CLD_CONTINUED", CONTINUED_WORD, Signo.SIGCONT)


def in_orphaned_group(kernel: Kernel, task: Task) -> bool:
    """Whether nobody could let a stopped process group go on: no member has a parent elsewhere in the session."""
    process = task.process
    return is_orphaned(kernel, process.pgid)


def is_orphaned(kernel: Kernel, pgid: int, leaving: Process | None = None) -> bool:
    """Whether a process group is orphaned (setpgid(2)), without regard to `leaving`, which ends."""
    for member in kernel.processes.values():
        parent = member.parent
        if member.pgid != pgid or member is leaving or member.is_zombie or parent is None or parent is kernel.init:
            continue
        if parent.pgid != pgid and parent.sid == member.sid:
            return False
    return True


def hang_up_orphans(kernel: Kernel, process: Process) -> None:
    """`process` ends: stopped process groups that nobody can let go on now get SIGHUP and SIGCONT (_exit(2)).

    These may be its own group and those of its children (Linux `kill_orphaned_pgrp`).
    """
    parent = process.parent
    groups = [process.pgid] if parent is not None and parent.pgid != process.pgid and parent.sid == process.sid else []
    groups += [child.pgid for child in process.children if child.pgid != process.pgid and child.sid == process.sid]
    for pgid in dict.fromkeys(groups):
        members = [member for member in kernel.processes.values() if member.pgid == pgid and member is not process]
        if any(member.stopped_by for member in members) and is_orphaned(kernel, pgid, process):
            for signo in (Signo.SIGHUP, Signo.SIGCONT):
                signal_delivery.send_to_group(kernel, pgid, SigInfo(signo, "SI_KERNEL"))


def _tell_parent(kernel: Kernel, process: Process, code: str, word: int, status: int) -> None:
    """Keep the report for wait(2), and send SIGCHLD unless the parent does not want it for this (SA_NOCLDSTOP)."""
    process.stop_report = (word, code)
    parent = process.parent
    if parent is None or not parent.tasks:
        return
    wanted = parent.leader.sighand.get(Signo.SIGCHLD)
    if wanted.handler != SIG_IGN and not wanted.flags & SaFlag.SA_NOCLDSTOP:
        exit.notify_parent(kernel, process, Signo.SIGCHLD, code, status)
    parent.child_events.wake_all()

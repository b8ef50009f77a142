"""Stopping and continuing processes: what SIGSTOP, SIGTSTP and SIGCONT do (signal(7), wait(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import exit
from .abi.constants import SaFlag, Signo
from .task import Process, Task, TaskState

if TYPE_CHECKING:
    from .kernel import Kernel

CONTINUED_WORD = 0xFFFF
"""The status word of a process that goes on (WIFCONTINUED)."""


def stop_process(kernel: Kernel, task: Task, signo: int) -> None:
    """Stop every thread of the process of `task`, which is the current one: the others as soon as they would run."""
    process = task.process
    process.stopped_by = signo
    task.state = TaskState.STOPPED
    for other in process.tasks:
        if other is not task:
            other.stop_pending = True
            if other.sleeping is None or other.sleeping.sleep.interruptible:
                other.wake()
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


def _tell_parent(kernel: Kernel, process: Process, code: str, word: int, status: int) -> None:
    """Keep the report for wait(2), and send SIGCHLD unless the parent does not want it for this (SA_NOCLDSTOP)."""
    process.stop_report = (word, code)
    parent = process.parent
    if parent is None or not parent.tasks:
        return
    if not parent.leader.sighand.get(Signo.SIGCHLD).flags & SaFlag.SA_NOCLDSTOP:
        exit.notify_parent(kernel, process, Signo.SIGCHLD, code, status)
    parent.child_events.wake_all()

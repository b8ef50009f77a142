"""Timers on CPU time: they go on only while their task or process has the CPU (Linux posix-cpu-timers.c)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .abi.constants import Signo
from .clock import SECOND
from .resource import INFINITY, Resource
from .signal import SigInfo
from .signal_delivery import send_to_process

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process, Task


GRAIN = 100_000
"""CPU time is looked at this often, ns, so that a timer may fire by so much too late; in Linux it is a clock tick."""


class CpuTimer:
    """One appointment: `callback` is called once `owner` has used `when` ns of CPU time, unless `cancel` comes
    first."""

    __slots__ = ("callback", "owner", "when")

    def __init__(self, owner: Task | Process, when: int, callback: Callable[[], None]) -> None:
        self.owner = owner
        self.when = when
        self.callback = callback
        owner.cpu_timers.append(self)

    def cancel(self) -> None:
        """Forget it; does nothing when it has fired."""
        if self in self.owner.cpu_timers:
            self.owner.cpu_timers.remove(self)


def time_left(task: Task) -> int | None:
    """How much longer `task` may run before a timer of its own or of its process fires, ns; None if none is armed."""
    process = task.process
    soft, _ = process.rlimits[Resource.RLIMIT_CPU]
    if not task.cpu_timers and not process.cpu_timers and soft == INFINITY:
        return None
    left = [timer.when - timer.owner.cpu_time for timer in (*task.cpu_timers, *process.cpu_timers)]
    if soft != INFINITY:
        left.append(soft * SECOND - process.cpu_time)
    earliest = min(left)
    return max(earliest, GRAIN) if earliest > 0 else 0


def fire(kernel: Kernel, task: Task) -> None:
    """Call every callback whose time has come, now that `task` had the CPU (Linux `run_posix_cpu_timers`)."""
    left = time_left(task)
    if left is None:
        return
    kernel.scheduler.charge()
    if time_left(task) != 0:
        return
    for owner in (task, task.process):
        due = sorted(
            (timer for timer in owner.cpu_timers if timer.when <= owner.cpu_time), key=lambda timer: timer.when
        )
        for timer in due:
            timer.cancel()
            timer.callback()
    _check_limit(kernel, task.process)


def _check_limit(kernel: Kernel, process: Process) -> None:
    """RLIMIT_CPU: SIGXCPU at the soft limit and each second after it, SIGKILL at the hard one (setrlimit(2))."""
    soft, hard = process.rlimits[Resource.RLIMIT_CPU]
    used = process.cpu_time
    if hard != INFINITY and used >= hard * SECOND:
        send_to_process(kernel, process, SigInfo(Signo.SIGKILL, "SI_KERNEL"))
    elif soft != INFINITY and used >= soft * SECOND:
        send_to_process(kernel, process, SigInfo(Signo.SIGXCPU, "SI_KERNEL"))
        process.rlimits[Resource.RLIMIT_CPU] = used // SECOND + 1, hard

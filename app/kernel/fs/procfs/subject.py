"""Whom a directory below /proc is about: a process as a whole, or one of its threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.clock import BOOT_OFFSET
from app.kernel.credentials import Capability, Credentials
from app.kernel.errno import Errno, KernelError
from app.kernel.task import Process, Task, TaskState

if TYPE_CHECKING:
    from app.kernel.fs.context import FsContext
    from app.kernel.fs.descriptors import DescriptorTable
    from app.kernel.kernel import Kernel
    from app.kernel.mm.address_space import AddressSpace

_STATES = {
    TaskState.RUNNABLE: "R (running)",
    TaskState.SLEEPING: "S (sleeping)",
    TaskState.STOPPED: "T (stopped)",
    TaskState.TRACED: "t (tracing stop)",
    TaskState.DEAD: "Z (zombie)",
}


class Subject:
    """A task, and whether it stands for its whole process (/proc/PID) or for itself (/proc/PID/task/TID)."""

    def __init__(self, kernel: Kernel, task: Task, whole: bool) -> None:
        self.kernel = kernel
        self.task = task
        self.process: Process = task.process
        self.whole = whole

    @classmethod
    def of_process(cls, kernel: Kernel, pid: int) -> Subject | None:
        """The process with this id. A thread's id works too, though no listing shows it."""
        process = kernel.processes.get(pid)
        task = process.leader if process is not None else kernel.tasks.get(pid)
        return None if task is None else cls(kernel, task, whole=True)

    @classmethod
    def of_task(cls, kernel: Kernel, process: Process, tid: int) -> Subject | None:
        """The thread of `process` with this id."""
        task = next((task for task in cls.threads(process) if task.tid == tid), None)
        return None if task is None else cls(kernel, task, whole=False)

    @staticmethod
    def threads(process: Process) -> list[Task]:
        """The threads of a process by id. Its leader stays among them as long as the process exists."""
        others = [task for task in process.tasks if task is not process.leader]
        return sorted((process.leader, *others), key=lambda task: task.tid)

    @property
    def exists(self) -> bool:
        """Whether the task lives, or is the leader of a process that has not been waited for yet."""
        task = self.task
        if self.process.leader is task:
            return self.kernel.processes.get(self.process.pid) is self.process
        return self.kernel.tasks.get(task.tid) is task

    @property
    def is_dead(self) -> bool:
        """Whether the task has ended: it has neither memory nor files any more."""
        return self.task.state is TaskState.DEAD

    @property
    def state(self) -> str:
        """As in the State line: `S (sleeping)`."""
        return _STATES[self.task.state]

    @property
    def thread_count(self) -> int:
        """How many threads the process has."""
        return len(self.threads(self.process))

    @property
    def credentials(self) -> Credentials:
        """Who it is."""
        return self.task.credentials

    @property
    def owner(self) -> tuple[int, int]:
        """User and group that the files belong to: root's of a zombie, and when PR_SET_DUMPABLE hides the process."""
        return self.directory_owner if self.process.dumpable == 1 and not self.is_dead else (0, 0)

    @property
    def directory_owner(self) -> tuple[int, int]:
        """User and group that the directories everybody may read belong to."""
        who = self.credentials
        return who.euid, who.egid

    @property
    def mm(self) -> AddressSpace | None:
        """Its memory, while it has any."""
        return None if self.is_dead else self.task.mm

    @property
    def files(self) -> DescriptorTable | None:
        """Its descriptors, while it has any."""
        return None if self.is_dead else self.task.files

    @property
    def fs(self) -> FsContext | None:
        """Its root and working directory."""
        return None if self.is_dead else self.task.fs

    @property
    def cpu_time(self) -> int:
        """CPU time used, ns."""
        self.kernel.scheduler.charge()
        return self.process.cpu_time if self.whole else self.task.cpu_time

    @property
    def start_time(self) -> int:
        """When it began, ns since boot."""
        return BOOT_OFFSET + self.task.start_time

    def need(self) -> None:
        """Raises ESRCH when it is gone."""
        if not self.exists:
            raise KernelError(Errno.ESRCH, f"Process {self.process.pid} has ended", "sched")

    def may_be_inspected_by(self, other: Task) -> bool:
        """Whether `other` could trace it: a thread of the same process, the same user, or the superuser (ptrace(2))."""
        if other.process is self.process:
            return True
        who, target = other.credentials, self.credentials
        same = target.are_all_of(who.fsuid, who.fsgid)
        return (same and self.process.dumpable == 1) or who.capable(Capability.CAP_SYS_PTRACE)

    def need_inspectable(self, other: Task) -> None:
        """Raises EACCES when `other` may not look inside."""
        if not self.may_be_inspected_by(other):
            raise KernelError(Errno.EACCES, f"Only its own user may look inside process {self.process.pid}", "sched")

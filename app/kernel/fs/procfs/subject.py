"""Whom a directory below /proc is about: a process as a whole, or one of its threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.clock import BOOT_OFFSET
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.tty import Terminal
from app.kernel.task import Credentials, Process, Task, TaskState

if TYPE_CHECKING:
    from app.kernel.fs.context import FsContext
    from app.kernel.fs.descriptors import DescriptorTable
    from app.kernel.kernel import Kernel
    from app.kernel.mm.address_space import AddressSpace
    from app.kernel.signal import Disposition

_STATES = {
    TaskState.RUNNABLE: "R (running)",
    TaskState.SLEEPING: "S (sleeping)",
    TaskState.STOPPED: "T (stopped)",
    TaskState.DEAD: "Z (zombie)",
}


class Subject:
    """A process and the thread that speaks for it: the one of /proc/PID/task/TID, else the first that still lives.

    `task` is None for a process that no task executes: a zombie, init, or the shell that started the program.
    """

    def __init__(self, kernel: Kernel, process: Process, task: Task | None, whole: bool) -> None:
        self.kernel = kernel
        self.process = process
        self.whole = whole
        self.oom_score_adj = 0
        self._task = task

    @classmethod
    def of_process(cls, kernel: Kernel, pid: int) -> Subject | None:
        """The process with this id."""
        task = kernel.tasks.get(pid)
        return None if task is None else cls(kernel, task.process, task, whole=True)

    @classmethod
    def of_task(cls, kernel: Kernel, tid: int) -> Subject | None:
        """The thread with this id."""
        task = kernel.tasks.get(tid)
        return None if task is None else cls(kernel, task.process, task, whole=False)

    @staticmethod
    def processes(kernel: Kernel) -> set[int]:
        """The ids of all processes."""
        return {task.process.pid for task in kernel.tasks.values()}

    @property
    def exists(self) -> bool:
        """Whether the process, or the thread, has not been waited for yet."""
        return self._task is not None and self.kernel.tasks.get(self._task.tid) is self._task

    @property
    def task(self) -> Task | None:
        """The thread that speaks for it."""
        return self._task

    @property
    def tid(self) -> int:
        """The thread's id; the process's for a process."""
        return self.process.pid if self.whole or self._task is None else self._task.tid

    @property
    def tasks(self) -> list[Task]:
        """The living threads of the process, by id."""
        return [task for task in self.kernel.tasks.values() if task.process is self.process]

    @property
    def name(self) -> str:
        """The command name (comm)."""
        return self.process.name

    @property
    def state(self) -> str:
        """As in the State line: `S (sleeping)`."""
        return "S (sleeping)" if self._task is None else _STATES[self._task.state]

    @property
    def parent(self) -> int:
        """The parent's id."""
        return self.process.ppid

    @property
    def group(self) -> int:
        """The process group."""
        return self.process.pid

    @property
    def session(self) -> int:
        """The session."""
        return self.process.ppid

    @property
    def credentials(self) -> Credentials:
        """Who it is."""
        return self.process.credentials

    @property
    def owner(self) -> tuple[int, int]:
        """User and group that the files belong to."""
        who = self.credentials
        return who.euid, who.egid

    @property
    def mm(self) -> AddressSpace | None:
        """Its memory, while it has any."""
        return None if self._task is None else self._task.mm

    @property
    def files(self) -> DescriptorTable | None:
        """Its descriptors, while it has any."""
        return None if self._task is None else self._task.files

    @property
    def fs(self) -> FsContext | None:
        """Its root and working directory."""
        return None if self._task is None else self._task.fs

    @property
    def dispositions(self) -> dict[int, Disposition]:
        """What it wants done with signals."""
        return self.process.dispositions

    @property
    def shared_pending(self) -> int:
        """Signals that wait for any of its threads, as a `sigset_t`."""
        return 0

    @property
    def cpu_time(self) -> int:
        """CPU time used, ns."""
        return self.kernel.clock.cpu_time if self._task is not None else 0

    @property
    def start_time(self) -> int:
        """When it began, ns since boot."""
        return BOOT_OFFSET

    @property
    def exit_code(self) -> int:
        """As wait4 tells it, for a zombie."""
        return 0

    @property
    def terminal(self) -> tuple[int, int]:
        """(device number of the controlling terminal, its foreground process group); (0, -1) without one."""
        terminal = self.kernel.input
        return (136 << 8, terminal.foreground) if isinstance(terminal, Terminal) else (0, -1)

    @property
    def limits(self) -> list[tuple[int, int]]:
        """Soft and hard limit by resource number."""
        return []

    def rename(self, name: str) -> None:
        """Give it another command name."""
        self.process.name = name

    def need(self) -> None:
        """Raises ESRCH when it is gone."""
        if not self.exists:
            raise KernelError(Errno.ESRCH, f"Process {self.process.pid} has ended")

    def may_be_inspected_by(self, other: Task) -> bool:
        """Whether `other` could trace it: threads of one process, the same user, or the superuser (ptrace(2))."""
        if other.process is self.process:
            return True
        mine, theirs = self.credentials, other.process.credentials
        return theirs.euid == 0 or (theirs.euid, theirs.egid) == (mine.uid, mine.gid) == (mine.euid, mine.egid)

    def need_inspectable(self, other: Task) -> None:
        """Raises EACCES when `other` may not look inside."""
        if not self.may_be_inspected_by(other):
            raise KernelError(Errno.EACCES, f"Only its own user may look inside process {self.process.pid}")

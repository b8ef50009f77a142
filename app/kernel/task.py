"""Tasks and processes: a task is what the scheduler runs, a process (thread group) is what its tasks share."""

from __future__ import annotations

import enum
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .signal import Disposition, PendingSignals, SignalSet

if TYPE_CHECKING:
    from .abi import Abi
    from .call import Call
    from .fs.context import FsContext
    from .fs.descriptors import DescriptorTable
    from .mm.address_space import AddressSpace
    from .wait import Sleep


class TaskState(enum.Enum):
    """What a task is doing."""

    RUNNABLE = "runnable"
    SLEEPING = "sleeping"
    STOPPED = "stopped"
    DEAD = "dead"


class Credentials(Struct, frozen=True):
    """User and group ids (credentials(7))."""

    uid: int
    euid: int
    gid: int
    egid: int


class Process(Struct, eq=False):
    """What the threads of one program share: memory, descriptors, working directory, signal dispositions, identity."""

    pid: int
    ppid: int
    name: str
    credentials: Credentials
    mm: AddressSpace
    files: DescriptorTable
    fs: FsContext
    dispositions: dict[int, Disposition] = field(default_factory=dict)


class SleepingCall(Struct):
    """A system call that could not finish: the handler, parked, and what it sleeps on."""

    call: Call
    handler: Generator[Sleep, None, Any]
    sleep: Sleep


class Task(Struct, eq=False):
    """One thread of execution. `sleeping` is the call it is asleep in, if any."""

    tid: int
    process: Process
    abi: Abi
    state: TaskState = TaskState.RUNNABLE
    sleeping: SleepingCall | None = None
    blocked: SignalSet = field(default_factory=SignalSet)
    pending: PendingSignals = field(default_factory=PendingSignals)
    clear_child_tid: int = 0

    @property
    def mm(self) -> AddressSpace:
        """The address space it runs in."""
        return self.process.mm

    @property
    def files(self) -> DescriptorTable:
        """The descriptor table it uses."""
        return self.process.files

    @property
    def credentials(self) -> Credentials:
        """Who it is."""
        return self.process.credentials

    @property
    def fs(self) -> FsContext:
        """Root and working directory, umask."""
        return self.process.fs

    def wake(self) -> None:
        """Make it runnable again; a task that does not sleep stays as it is."""
        if self.state is TaskState.SLEEPING:
            self.state = TaskState.RUNNABLE

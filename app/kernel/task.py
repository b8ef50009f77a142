"""Tasks and processes: a task is what the scheduler runs, a process (thread group) is what its tasks share."""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

from msgspec import Struct, field

from .abi.signal_frame import FaultRecord
from .resource import default_limits
from .signal import PendingSignals, SigInfo, SignalHandlers, SignalSet
from .wait import Restart, WaitQueue

if TYPE_CHECKING:
    from app.cpu.cpu import Context

    from .abi import Abi
    from .call import Call
    from .cpu_timers import CpuTimer
    from .credentials import Credentials
    from .fs.context import FsContext
    from .fs.descriptors import DescriptorTable
    from .fs.inode import Inode
    from .interval_timer import IntervalTimer
    from .ipc.sem import UndoList
    from .mm.address_space import AddressSpace
    from .posix_timer import PosixTimers
    from .ptrace import Trace
    from .timer import Timer
    from .wait import Sleep

SIGCHLD = 17


class TaskState(enum.Enum):
    """What a task is doing."""

    RUNNABLE = "runnable"
    SLEEPING = "sleeping"
    STOPPED = "stopped"
    TRACED = "traced"
    """Stopped until its tracer lets it go on (ptrace(2))."""
    DEAD = "dead"


class SchedPolicy(enum.IntEnum):
    """Scheduling policies (sched(7))."""

    SCHED_OTHER = 0
    SCHED_FIFO = 1
    SCHED_RR = 2
    SCHED_BATCH = 3
    SCHED_IDLE = 5
    SCHED_DEADLINE = 6


class WaitStatus(Struct, frozen=True):
    """How a process ended, or what became of it meanwhile: the `status` word of wait(2)."""

    word: int

    @classmethod
    def exited(cls, code: int) -> WaitStatus:
        """It ended by itself, with the low 8 bits of `code`."""
        return cls((code & 0xFF) << 8)

    @classmethod
    def killed(cls, signo: int, dumped: bool) -> WaitStatus:
        """A signal ended it."""
        return cls(signo | (0x80 if dumped else 0))

    @property
    def signal(self) -> int | None:
        """The signal that ended it; None when it ended by itself."""
        return self.word & 0x7F or None

    @property
    def value(self) -> int:
        """`si_status`: the signal, or the exit status."""
        return self.signal or self.code

    @property
    def dumped(self) -> bool:
        """Whether Linux would have written a core dump."""
        return bool(self.word & 0x80)

    @property
    def code(self) -> int:
        """The exit status 0..255."""
        return self.word >> 8 & 0xFF


class Process(Struct, eq=False):
    """A thread group (Linux `signal_struct`): what all its tasks have in common, and its place in the family.

    `tasks` are the living ones; `leader` is the first, whose tid is the pid. A process without living tasks is a zombie
    until its parent has asked for `status`. `stop_report` is what wait(2) has not been told yet of its being stopped or
    continued: (status word, si_code). `child_events` wakes who waits for children of it.
    """

    pid: int
    parent: Process | None
    pgid: int
    sid: int
    _leader: Task | None = None
    tasks: list[Task] = field(default_factory=list)
    children: list[Process] = field(default_factory=list)
    tracees: list[Task] = field(default_factory=list)
    """Those that it traces (ptrace(2))."""
    exit_signal: int = SIGCHLD
    pending: PendingSignals = field(default_factory=PendingSignals)
    rlimits: dict[int, tuple[int, int]] = field(default_factory=default_limits)
    child_events: WaitQueue = field(default_factory=WaitQueue)
    exit_events: WaitQueue = field(default_factory=WaitQueue)
    """Woken when the process becomes a zombie (pidfd)."""
    pidfd_inode: Inode | None = None
    """What all pidfds of it show in fstat(2), once there was one."""
    group_exit: WaitStatus | None = None
    """Set once the whole process is ending."""
    status: WaitStatus | None = None
    stopped_by: int = 0
    """The signal that stopped it; 0 when it is not stopped."""
    stop_report: tuple[int, str] | None = None
    personality: int = 0
    executed: bool = False
    """Whether it has called execve since it was forked."""
    is_subreaper: bool = False
    dumpable: int = 1
    oom_score_adj: int = 0
    """What /proc/PID/oom_score_adj says."""
    start_time: int = 0
    cpu_time: int = 0
    """Virtual ns its tasks spent on the CPU."""
    cpu_timers: list[CpuTimer] = field(default_factory=list)
    """Timers on that time."""
    interval_timers: dict[int, IntervalTimer] = field(default_factory=dict)
    """Those of setitimer(2), by their number, once they were used."""
    posix_timers: PosixTimers | None = None
    """Those of timer_create(2), once there was one."""
    minor_faults: int = 0
    """Page faults that were repaired."""
    children_cpu_time: int = 0
    """That of its children that have been waited for, and of theirs."""

    @property
    def leader(self) -> Task:
        """The first task; it stays the leader when it ends before others."""
        assert self._leader is not None  # noqa: S101
        return self._leader

    @leader.setter
    def leader(self, task: Task) -> None:
        self._leader = task

    @property
    def ppid(self) -> int:
        """Process id of the parent; 0 when it has none."""
        return 0 if self.parent is None else self.parent.pid

    def stop_timers(self) -> None:
        """It ends: no timer of its own fires any more."""
        for timer in self.interval_timers.values():
            timer.set(0, 0)
        self.delete_posix_timers()

    def delete_posix_timers(self) -> None:
        """Delete what timer_create(2) made; they also end with the program, by execve(2)."""
        if self.posix_timers is not None:
            self.posix_timers.delete_all()

    @property
    def is_zombie(self) -> bool:
        """Whether it has ended and nobody has asked how."""
        return self.status is not None

    @property
    def name(self) -> str:
        """The command name of its leader."""
        return self.leader.name

    @property
    def credentials(self) -> Credentials:
        """Whom its leader acts as."""
        return self.leader.credentials


class SleepingCall(Struct):
    """A system call that could not finish: the handler, parked, and what it sleeps on."""

    call: Call
    handler: Generator[Sleep, None, Any]
    sleep: Sleep
    timer: Timer | None = None


class Interruption(Struct, frozen=True):
    """A call that a signal ended: how it may be made again."""

    restart: Restart
    pc: int
    """Address of the trap instruction."""
    number: int
    """What the number register held."""
    first: int
    """What the first argument register held."""
    abi: Abi
    """Whose table the call entered."""


class AlternateStack(Struct, frozen=True):
    """Where signal handlers run that ask for it (sigaltstack(2)). Without a size there is none."""

    start: int = 0
    size: int = 0
    flags: int = 0


DISABLED_STACK = AlternateStack(flags=2)
"""What a thread starts with, and what SS_AUTODISARM leaves: SS_DISABLE."""


class Task(Struct, eq=False):
    """One thread of execution (Linux `task_struct`).

    `mm`, `files`, `fs` and `sighand` are shared by the tasks that clone(2) made to share them. `sleeping` is the call
    it is asleep in, if any; `context` its registers while another task has the CPU. `restored` names the registers that
    its next return to user mode loads.
    """

    tid: int
    process: Process
    abi: Abi
    name: str
    credentials: Credentials
    mm: AddressSpace
    files: DescriptorTable
    fs: FsContext
    sighand: SignalHandlers
    state: TaskState = TaskState.RUNNABLE
    on_runnable: Callable[[Task], None] = lambda task: None
    """Told when the task wakes: the scheduler's."""
    context: Context | None = None
    sleeping: SleepingCall | None = None
    restored: dict[str, str] = field(default_factory=dict)
    interruption: Interruption | None = None
    restart_block: Callable[[Call], Generator[Sleep, None, Any]] | None = None
    """How an interrupted sleep goes on (restart_syscall(2))."""
    blocked: SignalSet = field(default_factory=SignalSet)
    saved_blocked: SignalSet | None = None
    """The mask to put back after the handler that ended sigsuspend(2), ppoll(2) or their like."""
    waited_for: SignalSet = field(default_factory=SignalSet)
    """Blocked signals that it waits for in sigtimedwait(2) (Linux `real_blocked`): they stay pending if ignored."""
    pending: PendingSignals = field(default_factory=PendingSignals)
    dropped: dict[int, SigInfo] = field(default_factory=dict)
    """Signals that were ignored when they came, to be told of when it goes on."""
    fault: FaultRecord = FaultRecord()
    altstack: AlternateStack = AlternateStack()
    stop_pending: bool = False
    """Another thread's stop signal also stops this one."""
    policy: int = int(SchedPolicy.SCHED_OTHER)
    rt_priority: int = 0
    reset_on_fork: bool = False
    nice: int = 0
    parent_death_signal: int = 0
    no_new_privs: bool = False
    timer_slack: int = 50_000
    default_timer_slack: int = 50_000
    io_flusher: bool = False
    clear_child_tid: int = 0
    robust_list: int = 0
    trace: Trace | None = None
    """Set while somebody traces it (ptrace(2))."""
    semaphore_undo: UndoList | None = None
    """What its exit adds to semaphores (SEM_UNDO)."""
    cpu_time: int = 0
    cpu_timers: list[CpuTimer] = field(default_factory=list)
    start_time: int = 0
    vfork_done: WaitQueue | None = None
    """Wakes the parent of a vfork(2), when the child has its own memory or is gone."""

    @property
    def signal_pending(self) -> bool:
        """Whether a signal, or a stop, is to be acted on before user mode goes on."""
        if not (self.pending.infos or self.process.pending.infos or self.stop_pending):
            return False
        blocked = self.blocked
        return self.stop_pending or self.pending.unblocked(blocked) or self.process.pending.unblocked(blocked)

    @property
    def fatal_signal_pending(self) -> bool:
        """Whether a signal that will end the process waits; this ends sleeps that no other signal does."""
        pending = self.pending.bits | self.process.pending.bits
        return pending != 0 and any(
            pending >> (signo - 1) & 1 and signo not in self.blocked and self.sighand.is_fatal(signo)
            for signo in range(1, pending.bit_length() + 1)
        )

    @property
    def is_leader(self) -> bool:
        """Whether its tid is the process's pid."""
        return self.process.leader is self

    def wake(self) -> None:
        """Make it runnable again; a task that does not sleep stays as it is."""
        if self.state is TaskState.SLEEPING:
            self.state = TaskState.RUNNABLE
            self.on_runnable(self)

"""fork: one task becomes two (clone(2)). What they share and what is copied is said by flags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from app.kernel.abi.flags import Flags
from app.trace.events import TaskStart, TaskUnshare

from .errno import Errno, KernelError
from .ipc import sem
from .resource import Resource
from .signal import SignalSet
from .task import DISABLED_STACK, Process, SchedPolicy, Task
from .thread_area import UserDesc, load
from .wait import WaitQueue

if TYPE_CHECKING:
    from app.cpu.cpu import Context

    from .call import Call
    from .kernel import Kernel


class CloneFlag(Flags):
    """Flags of clone(2) and clone3(2)."""

    CLONE_VM = 0x100
    CLONE_FS = 0x200
    CLONE_FILES = 0x400
    CLONE_SIGHAND = 0x800
    CLONE_PIDFD = 0x1000
    CLONE_PTRACE = 0x2000
    CLONE_VFORK = 0x4000
    CLONE_PARENT = 0x8000
    CLONE_THREAD = 0x10000
    CLONE_NEWNS = 0x20000
    CLONE_SYSVSEM = 0x40000
    CLONE_SETTLS = 0x80000
    CLONE_PARENT_SETTID = 0x100000
    CLONE_CHILD_CLEARTID = 0x200000
    CLONE_DETACHED = 0x400000
    CLONE_UNTRACED = 0x800000
    CLONE_CHILD_SETTID = 0x1000000
    CLONE_NEWCGROUP = 0x2000000
    CLONE_NEWUTS = 0x4000000
    CLONE_NEWIPC = 0x8000000
    CLONE_NEWUSER = 0x10000000
    CLONE_NEWPID = 0x20000000
    CLONE_NEWNET = 0x40000000
    CLONE_IO = 0x80000000
    CLONE_CLEAR_SIGHAND = 0x100000000
    CLONE_INTO_CGROUP = 0x200000000


NAMESPACES = (
    CloneFlag.CLONE_NEWNS
    | CloneFlag.CLONE_NEWCGROUP
    | CloneFlag.CLONE_NEWUTS
    | CloneFlag.CLONE_NEWIPC
    | CloneFlag.CLONE_NEWPID
    | CloneFlag.CLONE_NEWNET
)

_SHARES: dict[int, Literal["memory", "files", "fs", "handlers"]] = {
    CloneFlag.CLONE_VM: "memory",
    CloneFlag.CLONE_FILES: "files",
    CloneFlag.CLONE_FS: "fs",
    CloneFlag.CLONE_SIGHAND: "handlers",
}

MAX_TASKS = 256
"""Living tasks and zombies of a run, at most."""


def copy_task(call: Call, flags: int, stack: int, tls: int, exit_signal: int) -> Task:
    """Make a new task that goes on where `call` returns, with 0 as its answer. It is not in the run queue yet.

    `stack` is its stack pointer, 0 for the parent's value.

    Raises EAGAIN when there are too many, and OutOfMemory.
    """
    kernel, parent = call.kernel, call.task
    limit, _ = parent.process.rlimits[Resource.RLIMIT_NPROC]
    uid = parent.credentials.uid
    count = sum(task.credentials.uid == uid for task in kernel.tasks.values())
    if len(kernel.tasks) + len(kernel.processes) > 2 * MAX_TASKS or (uid and count >= limit):
        raise KernelError(Errno.EAGAIN, f"There are {count} tasks already, as many as there may be", "sched")
    thread_pointer = _thread_pointer(call, tls) if flags & CloneFlag.CLONE_SETTLS else None
    tid = kernel.new_pid()
    process = (
        parent.process if flags & CloneFlag.CLONE_THREAD else _new_process(kernel, parent, tid, flags, exit_signal)
    )
    shares_memory = flags & CloneFlag.CLONE_VM
    mm = parent.mm.share() if shares_memory else parent.mm.fork(kernel)
    files = parent.files.share() if flags & CloneFlag.CLONE_FILES else parent.files.fork()
    fs = parent.fs if flags & CloneFlag.CLONE_FS else parent.fs.fork()
    sighand = parent.sighand if flags & CloneFlag.CLONE_SIGHAND else parent.sighand.fork()
    if flags & CloneFlag.CLONE_CLEAR_SIGHAND:
        sighand = sighand.after_exec()
    child = Task(
        tid=tid,
        process=process,
        abi=parent.abi,
        name=parent.name,
        credentials=parent.credentials,
        mm=mm,
        files=files,
        fs=fs,
        sighand=sighand,
        on_runnable=parent.on_runnable,
        blocked=SignalSet(parent.blocked.bits),
        altstack=DISABLED_STACK if shares_memory and not flags & CloneFlag.CLONE_VFORK else parent.altstack,
        policy=int(SchedPolicy.SCHED_OTHER) if parent.reset_on_fork else parent.policy,
        rt_priority=0 if parent.reset_on_fork else parent.rt_priority,
        no_new_privs=parent.no_new_privs,
        timer_slack=parent.timer_slack,
        default_timer_slack=parent.timer_slack,
        io_flusher=parent.io_flusher,
        nice=max(parent.nice, 0) if parent.reset_on_fork else parent.nice,
        start_time=kernel.clock.now,
    )
    child.context = _child_registers(call, stack, thread_pointer)
    if process is not parent.process:
        process.leader = child
    process.tasks.append(child)
    kernel.tasks[tid] = child
    sem.copy_undo(parent, child, bool(flags & CloneFlag.CLONE_SYSVSEM))
    if flags & CloneFlag.CLONE_VFORK:
        child.vfork_done = WaitQueue()
    kernel.recorder.emit(
        TaskStart(
            pid=tid,
            parent=parent.tid,
            name=child.name,
            process=process.pid,
            shares=tuple(name for flag, name in _SHARES.items() if flags & flag),
        )
    )
    if not shares_memory:
        mm.announce_left_out(parent.mm, tid)
    return child


def _new_process(kernel: Kernel, parent: Task, pid: int, flags: int, exit_signal: int) -> Process:
    """A thread group of its own for the child."""
    maker = parent.process
    above = maker.parent if flags & CloneFlag.CLONE_PARENT and maker.parent is not None else maker
    process = Process(
        pid=pid,
        parent=above,
        pgid=maker.pgid,
        sid=maker.sid,
        exit_signal=maker.exit_signal if flags & CloneFlag.CLONE_PARENT else exit_signal,
        rlimits=dict(maker.rlimits),
        oom_score_adj=maker.oom_score_adj,
        start_time=kernel.clock.now,
    )
    above.children.append(process)
    kernel.processes[pid] = process
    return process


def _thread_pointer(call: Call, tls: int) -> int | UserDesc:
    """What `tls` of clone(2) means: an address, or on i386 the address of a struct. Raises EFAULT, EINVAL."""
    if call.task.abi.thread_register:
        return tls
    layout = call.abi.structs["user_desc"]
    data = call.task.mm.copy_in(tls, layout.size)
    if len(data) < layout.size:
        raise KernelError(Errno.EFAULT, f"There is no readable struct user_desc at {tls:#x}", "mm")
    wanted = UserDesc.of(layout.unpack(data))
    wanted.check(call.kernel.cpu)
    return wanted


def _child_registers(call: Call, stack: int, tls: int | UserDesc | None) -> Context:
    """The parent's registers, but for the answer, the stack and the thread pointer."""
    cpu = call.kernel.cpu
    abi = call.task.abi
    mine = cpu.save()
    cpu.set(abi.info.return_register, 0)
    if stack:
        cpu.set(abi.stack_register, stack)
    if isinstance(tls, UserDesc):
        load(cpu, tls)
    elif tls is not None:
        cpu.set(abi.thread_register, tls)
    childs = cpu.save()
    cpu.restore(mine)
    return childs


def unshare_files(call: Call) -> None:
    """Give the calling task a descriptor table of its own, with the same files, if it shares one."""
    task = call.task
    shared = task.files
    if shared.references > 1:
        task.files = shared.fork()
        shared.drop_reference()
        sentence = "The task has a descriptor table of its own now; the files in it are the same."
        call.kernel.recorder.emit(TaskUnshare(sentence=sentence))

"""Making tasks: fork, vfork, clone. The dispatcher answers twice: the parent gets the tid, the child 0."""

from __future__ import annotations

from app.kernel import ptrace
from app.kernel.abi.constants import Signo
from app.kernel.abi.flags import all_bits
from app.kernel.abi.ptrace_constants import PtraceEvent
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Address, Int, Size
from app.kernel.arguments.clone import ChildStack, ChildTid, CloneArguments, CloneFlags, ParentTid, Tls
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.fork import NAMESPACES, CloneFlag, copy_task
from app.kernel.signal import LAST
from app.kernel.syscall import syscall
from app.kernel.syscalls.pidfd import install_pidfd
from app.kernel.task import Task
from app.kernel.wait import Blocking, Restart, Sleep

_EXIT_SIGNAL = 0xFF
_VFORK = int(CloneFlag.CLONE_VM | CloneFlag.CLONE_VFORK)


@syscall
def fork(call: Call) -> Blocking[Int]:
    """Make a child process: a copy of this one, which goes on at the same place with 0 as the answer.

    Memory is not copied but shared until one of the two stores into a page (copy-on-write). EAGAIN: there are too many
    processes. See fork(2).
    """
    return (yield from _clone(call, 0, int(Signo.SIGCHLD)))


@syscall
def vfork(call: Call) -> Blocking[Int]:
    """Make a child process that borrows this one's memory; the parent sleeps until the child calls execve or ends.

    EAGAIN: there are too many processes. See vfork(2).
    """
    return (yield from _clone(call, _VFORK, int(Signo.SIGCHLD)))


@syscall
def clone(
    call: Call,
    flags: CloneFlags,
    stack: ChildStack,
    parent_tid: ParentTid,
    child_tid: ChildTid,
    tls: Tls,
) -> Blocking[Int]:
    """Make a new task, which goes on with 0 as the answer; `flags` say what it shares with this one.

    With `CLONE_THREAD` it is a thread of this process, else a process. The low 8 bits of `flags` are the signal that
    tells the parent of its end. EINVAL: flags that exclude each other. EAGAIN: there are too many tasks. EPERM: new
    namespaces need privileges. See clone(2).

    Not served: new namespaces, for anybody.
    """
    exit_signal = flags & _EXIT_SIGNAL
    bits = flags & ~_EXIT_SIGNAL & 0xFFFF_FFFF
    return (yield from _clone(call, bits, exit_signal, stack, tls, parent_tid, child_tid, parent_tid))


_CGROUP_SIZE = 88
"""Of the first `struct clone_args` with a control group (CLONE_ARGS_SIZE_VER2)."""

_MAX_INT = 2**31 - 1


@syscall
def clone3(call: Call, cl_args: CloneArguments, size: Size) -> Blocking[Int]:
    """Make a new task as `clone` does; everything is said in a struct, which has room for what will be invented.

    EINVAL: the struct is too small, or flags exclude each other. E2BIG: it is larger than known and the rest is not 0.
    EFAULT: it is not readable. EAGAIN: there are too many tasks. EPERM: new namespaces, or choosing the tid, need
    privileges. See clone3(2). Not served: new namespaces and control groups, for anybody.
    """
    fields = cl_args.read_sized(int(size))
    flags = fields["flags"]
    problem = ""
    if flags & ~_CLONE3_KNOWN or flags & CloneFlag.CLONE_DETACHED:
        problem = "There are no such flags."
    elif fields["exit_signal"] > LAST:
        problem = "The exit signal is no signal."
    elif flags & (CloneFlag.CLONE_THREAD | CloneFlag.CLONE_PARENT) and fields["exit_signal"]:
        problem = "A thread, or a sibling, has no exit signal of its own."
    elif bool(fields["stack"]) != bool(fields["stack_size"]):
        problem = "A stack has an address and a size, or neither."
    elif bool(fields["set_tid"]) != bool(fields["set_tid_size"]):
        problem = "A choice of tids has an address and a size, or neither."
    elif flags & CloneFlag.CLONE_INTO_CGROUP and (size < _CGROUP_SIZE or fields["cgroup"] > _MAX_INT):
        problem = "The struct has no descriptor of a control group."
    if problem:
        raise call.refuse(Errno.EINVAL, "cl_args", "flags", hex(flags), problem)
    if fields["set_tid"] or flags & CloneFlag.CLONE_INTO_CGROUP:
        raise call.refuse(Errno.EPERM, "cl_args", "permission", hex(fields["set_tid"]), "That needs privileges.")
    stack = fields["stack"] + fields["stack_size"]
    pidfd = fields["pidfd"] if flags & CloneFlag.CLONE_PIDFD else 0
    child = yield from _clone(
        call, flags, fields["exit_signal"], stack, fields["tls"], fields["parent_tid"], fields["child_tid"], pidfd
    )
    if flags & CloneFlag.CLONE_PARENT_SETTID:
        cl_args.outcome = f" => {{parent_tid=[{int(child)}]}}"
    return child


_CLONE3_KNOWN = all_bits(CloneFlag)


def _clone(
    call: Call,
    flags: int,
    exit_signal: int,
    stack: int = 0,
    tls: int = 0,
    parent_tid: int = 0,
    child_tid: int = 0,
    pidfd: int = 0,
) -> Blocking[Int]:
    """What all of them do (Linux `kernel_clone`)."""
    both = CloneFlag.CLONE_PIDFD | CloneFlag.CLONE_PARENT_SETTID
    if flags & both == both and pidfd == parent_tid:
        sentence = "A pidfd and a tid cannot be stored at the same place."
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), sentence)
    _check(call, flags)
    if flags & CloneFlag.CLONE_PIDFD:
        # What could go wrong does so before there is a child.
        number = call.task.files.lowest_free()
        if call.task.mm.copy_out(pidfd, number.to_bytes(4, "little")) < 4:
            sentence = "There is no writable int for the descriptor."
            raise call.refuse(Errno.EFAULT, "pidfd", "memory", Address.show(pidfd), sentence)
    child = copy_task(call, flags, stack, tls, exit_signal)
    tid = child.tid.to_bytes(4, "little")
    if flags & CloneFlag.CLONE_PARENT_SETTID:
        call.task.mm.copy_out(parent_tid, tid)
    if flags & CloneFlag.CLONE_PIDFD:
        install_pidfd(call, child.process)
    if flags & CloneFlag.CLONE_CHILD_SETTID:
        child.mm.copy_out(child_tid, tid)
    if flags & CloneFlag.CLONE_CHILD_CLEARTID:
        child.clear_child_tid = child_tid
    _explain(call, child, flags, exit_signal)
    event = None if call.task.trace is None else ptrace.forked(call.task, child, flags, exit_signal)
    call.kernel.scheduler.add(child)
    if event is not None:
        yield from ptrace.stop_in_call(call, ptrace.event_code(event), ptrace.StopKind.EVENT, child.tid)
    done = child.vfork_done
    if done is not None:
        while child.vfork_done is not None and child.tid in call.kernel.tasks:
            sentence = "The parent sleeps until the child has a program of its own or has ended (vfork)."
            yield from call.sleep(Sleep("vfork", sentence, (done,), interruptible=False), Restart.NOINTR)
        if ptrace.wants(call.task, PtraceEvent.PTRACE_EVENT_VFORK_DONE):
            code = ptrace.event_code(PtraceEvent.PTRACE_EVENT_VFORK_DONE)
            yield from ptrace.stop_in_call(call, code, ptrace.StopKind.EVENT, child.tid)
    return Int(child.tid)


def _check(call: Call, flags: int) -> None:
    """Raise EINVAL for flags that exclude each other, EPERM for namespaces (Linux `copy_process`)."""

    def has(*wanted: CloneFlag) -> bool:
        return all(flags & flag for flag in wanted)

    problem = ""
    if has(CloneFlag.CLONE_NEWNS, CloneFlag.CLONE_FS) or has(CloneFlag.CLONE_NEWUSER, CloneFlag.CLONE_FS):
        problem = "A new namespace of mounts or users has directories of its own."
    elif has(CloneFlag.CLONE_THREAD) and not has(CloneFlag.CLONE_SIGHAND):
        problem = "Threads share their signal handlers: CLONE_THREAD needs CLONE_SIGHAND."
    elif has(CloneFlag.CLONE_SIGHAND) and not has(CloneFlag.CLONE_VM):
        problem = "Handlers are addresses: CLONE_SIGHAND needs CLONE_VM."
    elif has(CloneFlag.CLONE_SIGHAND, CloneFlag.CLONE_CLEAR_SIGHAND):
        problem = "Shared handlers cannot be cleared for one."
    elif has(CloneFlag.CLONE_THREAD) and flags & (CloneFlag.CLONE_NEWUSER | CloneFlag.CLONE_NEWPID):
        problem = "A thread stays in the namespaces of its process."
    elif has(CloneFlag.CLONE_PIDFD) and flags & CloneFlag.CLONE_THREAD:
        problem = "A pidfd stands for a process, not for a thread."
    if problem:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), problem)
    if flags & (NAMESPACES | CloneFlag.CLONE_NEWUSER):
        privileged = call.task.credentials.capable(Capability.CAP_SYS_ADMIN)
        errno = Errno.EINVAL if privileged or flags & CloneFlag.CLONE_NEWUSER else Errno.EPERM
        raise call.refuse(errno, "flags", "permission", hex(flags), "This kernel makes no new namespaces.")
    if flags:
        call.passed("flags", "flags", hex(flags), "The flags make sense together.")


def _explain(call: Call, child: Task, flags: int, exit_signal: int) -> None:
    if flags & CloneFlag.CLONE_THREAD:
        call.service("sched", "clone", f"Thread {child.tid} begins to exist in process {child.process.pid}.")
        return
    memory = "in the same memory" if flags & CloneFlag.CLONE_VM else "with a copy-on-write copy of the memory"
    told = f"; {signal_name(exit_signal)} will tell of its end" if exit_signal else ""
    call.service("sched", "fork", f"Process {child.tid} begins to exist {memory}{told}.")

"""The scheduler's calls: who gets the CPU (sched(7)).

There is one CPU, shared round robin. Policies and priorities are kept and told, as for a machine that is mostly idle.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated

from app.kernel.arguments import Address, Int, NumberOut, StructIn, StructOut, Unsigned, UserIn, UserOut
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.resource import Resource
from app.kernel.syscall import syscall
from app.kernel.task import SchedPolicy, Task

CPU_MASK_BYTES = 8
SCHED_RESET_ON_FORK = 0x4000_0000
ROUND_ROBIN_SLICE = (0, 100_000_000)
_REALTIME = (SchedPolicy.SCHED_FIFO, SchedPolicy.SCHED_RR)
_FIRST_ATTR_SIZE = 48
_ATTR_SIZE = 56
_NICE_LOWEST, _NICE_HIGHEST = -20, 19


class PriorityTarget(IntEnum):
    """Whose priority getpriority(2) means."""

    PRIO_PROCESS = 0
    PRIO_PGRP = 1
    PRIO_USER = 2


@syscall
def sched_yield(call: Call) -> Int:
    """Let other tasks have the CPU first. Never fails. See sched_yield(2)."""
    call.kernel.scheduler.yield_cpu()
    call.service("sched", "yield", "The task goes to the end of the run queue.")
    return Int(0)


@syscall
def sched_getaffinity(call: Call, pid: Int, len: Unsigned, mask: Annotated[UserOut, "len"]) -> Int:
    """Tell on which CPUs a thread may run; there is one, number 0. Returns the size of the mask in bytes.

    EINVAL: `len` is too small or not a multiple of the size of a long. ESRCH: there is no such thread. EFAULT: there is
    no room. See sched_setaffinity(2).
    """
    if not len or len % call.abi.info.word_size:
        raise call.refuse(Errno.EINVAL, "len", "size", str(int(len)), "The mask is made of whole words.")
    _task(call, pid)
    size = min(int(len), CPU_MASK_BYTES)
    mask.write((1).to_bytes(size, "little"))
    return Int(size)


@syscall
def sched_setaffinity(call: Call, pid: Int, len: Unsigned, mask: Annotated[UserIn, "len"]) -> Int:
    """Say on which CPUs a thread may run; there is one, so the mask must have bit 0.

    EFAULT: the mask is not readable. ESRCH: there is no such thread. EPERM: it belongs to somebody else. EINVAL: no CPU
    is left. See sched_setaffinity(2).
    """
    bits = int.from_bytes(mask.read(min(int(len), CPU_MASK_BYTES)), "little")
    _need_owner(call, _task(call, pid))
    if not bits & 1:
        raise call.refuse(Errno.EINVAL, "mask", "flags", hex(bits), "Only CPU 0 exists, and the mask is without it.")
    return Int(0)


@syscall
def sched_getscheduler(call: Call, pid: Int) -> Int:
    """Tell the scheduling policy of a thread. EINVAL: `pid` is negative. ESRCH: there is no such thread.

    See sched_getscheduler(2).
    """
    task = _task(call, pid, negative=Errno.EINVAL)
    return Int(task.policy | (SCHED_RESET_ON_FORK if task.reset_on_fork else 0))


@syscall
def sched_setscheduler(call: Call, pid: Int, policy: SchedPolicy, param: Annotated[StructIn, "sched_param"]) -> Int:
    """Change the scheduling policy of a thread.

    EINVAL: bad pid, policy or priority. EFAULT: `param` is not readable. ESRCH: there is no such thread. EPERM:
    real-time policies need CAP_SYS_NICE. See sched_setscheduler(2).

    Not served: the policy is kept and told, but all tasks run round robin.
    """
    if policy < 0 or param.is_null or pid < 0:
        raise call.refuse(Errno.EINVAL, "policy", "choice", str(int(policy)), "A policy and parameters are needed.")
    priority = param.read()["sched_priority"]
    task = _task(call, pid)
    _set_policy(call, task, int(policy), priority)
    return Int(0)


@syscall
def sched_getparam(call: Call, pid: Int, param: Annotated[StructOut, "sched_param"]) -> Int:
    """Tell the real-time priority of a thread, 0 for ordinary ones. EINVAL: bad arguments. ESRCH: no such thread.

    EFAULT: there is no room. See sched_setparam(2).
    """
    if param.is_null or pid < 0:
        raise call.refuse(Errno.EINVAL, "param", "range", "NULL", "A thread and room for the answer are needed.")
    param.write(sched_priority=_task(call, pid).rt_priority)
    return Int(0)


@syscall
def sched_setparam(call: Call, pid: Int, param: Annotated[StructIn, "sched_param"]) -> Int:
    """Change the real-time priority of a thread. EINVAL: bad arguments, or its policy has no such priority.

    ESRCH: no such thread. EPERM: raising it needs CAP_SYS_NICE. EFAULT: `param` is not readable. See sched_setparam(2).

    Not served: the priority is kept and told, but all tasks run round robin.
    """
    if param.is_null or pid < 0:
        raise call.refuse(Errno.EINVAL, "param", "range", "NULL", "A thread and parameters are needed.")
    priority = param.read()["sched_priority"]
    task = _task(call, pid)
    _set_policy(call, task, task.policy, priority)
    return Int(0)


@syscall
def sched_get_priority_max(call: Call, policy: SchedPolicy) -> Int:
    """Tell the highest priority of a policy: 99 for real-time ones, else 0. EINVAL: no such policy.

    See sched_get_priority_max(2). Not served: SCHED_EXT.
    """
    return Int(99 if _known_policy(call, policy) in _REALTIME else 0)


@syscall
def sched_get_priority_min(call: Call, policy: SchedPolicy) -> Int:
    """Tell the lowest priority of a policy: 1 for real-time ones, else 0. EINVAL: no such policy.

    See sched_get_priority_min(2). Not served: SCHED_EXT.
    """
    return Int(1 if _known_policy(call, policy) in _REALTIME else 0)


@syscall
def sched_rr_get_interval(call: Call, pid: Int, interval: Annotated[StructOut, "timespec"]) -> Int:
    """Tell how long a thread may keep the CPU while others wait. EINVAL: `pid` is negative. ESRCH: no such thread.

    EFAULT: there is no room. See sched_rr_get_interval(2).
    """
    task = _task(call, pid, negative=Errno.EINVAL)
    seconds, nanoseconds = ROUND_ROBIN_SLICE if task.policy == SchedPolicy.SCHED_RR else (0, 3_000_000)
    interval.write(tv_sec=seconds, tv_nsec=0 if task.policy == SchedPolicy.SCHED_FIFO else nanoseconds)
    return Int(0)


@syscall
def sched_getattr(
    call: Call, pid: Int, attr: Annotated[StructOut, "sched_attr"], size: Unsigned, flags: Unsigned
) -> Int:
    """Tell policy, nice value and priority of a thread. EINVAL: bad arguments. ESRCH: no such thread.

    EFAULT: there is no room. See sched_setattr(2).
    """
    if attr.is_null or pid < 0 or not _FIRST_ATTR_SIZE <= size <= 4096 or flags:
        raise call.refuse(
            Errno.EINVAL, "attr", "size", str(int(size)), "There must be room for at least 48 bytes, and no flags."
        )
    task = _task(call, pid)
    room = min(int(size), _ATTR_SIZE)
    attr.write(
        room,
        size=room,
        sched_policy=task.policy,
        sched_flags=int(task.reset_on_fork),
        sched_nice=0 if task.policy in _REALTIME else task.nice,
        sched_priority=task.rt_priority,
        sched_util_max=1024,
    )
    return Int(0)


@syscall
def sched_setattr(call: Call, pid: Int, attr: Annotated[StructIn, "sched_attr"], flags: Unsigned) -> Int:
    """Change policy, nice value and priority of a thread.

    EINVAL: bad arguments. ESRCH: no such thread. EPERM: raising them needs CAP_SYS_NICE. EFAULT: `attr` is not
    readable. See sched_setattr(2).

    Not served: SCHED_DEADLINE; the rest is kept and told, but all tasks run round robin.
    """
    if attr.is_null or pid < 0 or flags:
        raise call.refuse(Errno.EINVAL, "attr", "range", "NULL", "A thread and attributes are needed, and no flags.")
    fields = attr.read()
    task = _task(call, pid)
    nice = fields["sched_nice"]
    if not _NICE_LOWEST <= nice <= _NICE_HIGHEST:
        raise call.refuse(Errno.EINVAL, "attr", "range", str(nice), "Nice values go from -20 to 19.")
    _set_policy(call, task, fields["sched_policy"], fields["sched_priority"])
    if task.policy not in _REALTIME:
        if nice < task.nice:
            _need_nice(call, "attr", task, nice)
        task.nice = nice
    return Int(0)


@syscall
def getpriority(call: Call, which: PriorityTarget, who: Int) -> Int:
    """Tell the highest priority of a process, a process group or a user; 0 means the caller's.

    The kernel answers 20 minus the nice value, so that no answer looks like an error; the C library turns it back.
    EINVAL: no such `which`. ESRCH: there is nobody. See getpriority(2).
    """
    return Int(max(20 - task.nice for task in _targets(call, which, int(who))))


@syscall
def setpriority(call: Call, which: PriorityTarget, who: Int, prio: Int) -> Int:
    """Change the nice value, -20 (first) to 19 (last), of a process, a process group or a user.

    EINVAL: no such `which`. ESRCH: there is nobody. EPERM: somebody else's. EACCES: only the privileged lower it.
    See setpriority(2).

    Not served: the nice value is kept and told, but all tasks run round robin.
    """
    nice = max(_NICE_LOWEST, min(int(prio), _NICE_HIGHEST))
    for task in _targets(call, which, int(who)):
        _need_owner(call, task)
        if nice < task.nice:
            _need_nice(call, "prio", task, nice, Errno.EACCES)
        task.nice = nice
    return Int(0)


def change_nice(call: Call, increment: int) -> None:
    """Add to the nice value of the caller, within its bounds (nice(2)). Raises EPERM."""
    task = call.task
    wanted = max(_NICE_LOWEST, min(task.nice + increment, _NICE_HIGHEST))
    if wanted < task.nice:
        _need_nice(call, "inc", task, wanted)
    task.nice = wanted


@syscall
def getcpu(call: Call, cpu: Annotated[NumberOut, "int"], node: Annotated[NumberOut, "int"], tcache: Address) -> Int:
    """Tell on which CPU and memory node the thread runs: 0 and 0. EFAULT: there is no room. See getcpu(2)."""
    for room in (cpu, node):
        if not room.is_null:
            room.write(0)
    return Int(0)


def _task(call: Call, pid: int, negative: Errno = Errno.ESRCH) -> Task:
    """The thread; 0 is the caller. Raises ESRCH, or `negative` for a negative number."""
    task = call.kernel.find_task(int(pid)) if pid else call.task
    if task is None:
        errno = negative if pid < 0 else Errno.ESRCH
        raise call.refuse(errno, "pid", "process", str(int(pid)), f"There is no thread {int(pid)}.")
    return task


def _targets(call: Call, which: int, who: int) -> list[Task]:
    """Whom getpriority means. Raises EINVAL, ESRCH."""
    tasks = list(call.kernel.tasks.values())
    if which == PriorityTarget.PRIO_PROCESS:
        task = call.kernel.find_task(who or call.task.tid)
        found = [] if task is None else [task]
    elif which == PriorityTarget.PRIO_PGRP:
        found = [task for task in tasks if task.process.pgid == (who or call.task.process.pgid)]
    elif which == PriorityTarget.PRIO_USER:
        found = [task for task in tasks if task.credentials.uid == (who or call.task.credentials.uid)]
    else:
        raise call.refuse(Errno.EINVAL, "which", "choice", str(int(which)), "It is a process, a group or a user.")
    if not found:
        raise call.refuse(Errno.ESRCH, "who", "process", str(who), "There is nobody of that kind.")
    return found


def _known_policy(call: Call, policy: int) -> int:
    if policy not in list(SchedPolicy):
        raise call.refuse(Errno.EINVAL, "policy", "choice", str(int(policy)), "There is no such policy.")
    return int(policy)


def _set_policy(call: Call, task: Task, policy: int, priority: int) -> None:
    """Raises EINVAL, EPERM."""
    reset, policy = bool(policy & SCHED_RESET_ON_FORK), policy & ~SCHED_RESET_ON_FORK
    realtime = _known_policy(call, policy) in _REALTIME
    if policy == SchedPolicy.SCHED_DEADLINE or realtime != (1 <= priority <= 99) or (not realtime and priority):
        raise call.refuse(
            Errno.EINVAL, "param", "range", str(priority), "Real-time policies have priorities 1 to 99, others only 0."
        )
    _need_owner(call, task)
    if (
        realtime
        and priority > task.process.rlimits[Resource.RLIMIT_RTPRIO][0]
        and not call.task.credentials.capable(Capability.CAP_SYS_NICE)
    ):
        raise call.refuse(Errno.EPERM, "policy", "permission", str(policy), "Real-time policies need CAP_SYS_NICE.")
    task.policy, task.rt_priority, task.reset_on_fork = policy, priority, reset


def _need_owner(call: Call, task: Task) -> None:
    mine = call.task.credentials
    if mine.euid not in (task.credentials.uid, task.credentials.euid) and not mine.capable(Capability.CAP_SYS_NICE):
        raise call.refuse(Errno.EPERM, "pid", "permission", str(task.tid), "It belongs to another user.")


def _need_nice(call: Call, name: str, task: Task, nice: int, errno: Errno = Errno.EPERM) -> None:
    """A lower nice value than before needs privileges, or RLIMIT_NICE."""
    limit, _ = task.process.rlimits[Resource.RLIMIT_NICE]
    if nice < 20 - limit and not call.task.credentials.capable(Capability.CAP_SYS_NICE):
        raise call.refuse(errno, name, "permission", str(nice), "Only a privileged task may get ahead of others.")

"""Resource limits (getrlimit(2))."""

from __future__ import annotations

from typing import Annotated

from app.kernel.arguments import Int, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.resource import INFINITY, MAX_OPEN_FILES, Resource
from app.kernel.syscall import syscall
from app.kernel.task import Process


@syscall
def getrlimit(call: Call, resource: Resource, rlim: Annotated[StructOut, "rlimit"]) -> Int:
    """Tell how much of `resource` the process may use: the soft limit, which counts, and the hard one above it.

    EINVAL: no such resource. EFAULT: there is no room. See getrlimit(2).
    """
    _need_resource(call, resource)
    soft, hard = call.task.process.rlimits[int(resource)]
    rlim.write(rlim_cur=soft, rlim_max=hard)
    return Int(0)


@syscall
def setrlimit(call: Call, resource: Resource, rlim: Annotated[StructIn, "rlimit"]) -> Int:
    """Change a limit. The soft one may be anything up to the hard one; the hard one only goes down.

    EFAULT: `rlim` is not readable. EINVAL: no such resource, or the soft limit is above the hard one. EPERM: raising a
    hard limit needs CAP_SYS_RESOURCE. See setrlimit(2).
    """
    fields = rlim.read()
    largest = (1 << 4 * rlim.layout.size) - 1
    soft, hard = (INFINITY if fields[name] == largest else fields[name] for name in ("rlim_cur", "rlim_max"))
    _set(call, call.task.process, resource, soft, hard)
    return Int(0)


@syscall
def prlimit64(
    call: Call,
    pid: Int,
    resource: Resource,
    new_limit: Annotated[StructIn, "rlimit"],
    old_limit: Annotated[StructOut, "rlimit"],
) -> Int:
    """Tell and change a limit of a process; a `pid` of 0 means the caller. Either pointer may be NULL.

    EFAULT: bad pointers. ESRCH: there is no such process. EPERM: it belongs to somebody else, or a hard limit
    is raised. EINVAL: no such resource, or the soft limit is above the hard one. See prlimit(2).
    """
    fields = None if new_limit.is_null else new_limit.read()
    task = call.kernel.find_task(int(pid)) if pid else call.task
    if task is None:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(int(pid)), f"There is no process {int(pid)}.")
    mine, theirs = call.task.credentials, task.credentials
    same = theirs.are_all_of(mine.uid, mine.gid)
    if task.process is not call.task.process and not same and not mine.capable(Capability.CAP_SYS_RESOURCE):
        raise call.refuse(Errno.EPERM, "pid", "permission", str(int(pid)), "It belongs to another user.")
    _need_resource(call, resource)
    soft, hard = task.process.rlimits[int(resource)]
    if fields is not None:
        _set(call, task.process, resource, fields["rlim_cur"], fields["rlim_max"])
    if not old_limit.is_null:
        old_limit.write(rlim_cur=soft, rlim_max=hard)
    return Int(0)


def _need_resource(call: Call, resource: int) -> None:
    if not 0 <= resource < len(Resource):
        raise call.refuse(Errno.EINVAL, "resource", "choice", str(int(resource)), "There is no such resource.")


def _set(call: Call, process: Process, resource: int, soft: int, hard: int) -> None:
    _need_resource(call, resource)
    if soft > hard:
        raise call.refuse(Errno.EINVAL, "rlim", "range", str(soft), "The soft limit must not be above the hard one.")
    if resource == Resource.RLIMIT_NOFILE and hard > MAX_OPEN_FILES:
        raise call.refuse(
            Errno.EPERM, "rlim", "range", str(hard), f"No process opens more than {MAX_OPEN_FILES} files (fs.nr_open)."
        )
    _, old_hard = process.rlimits[int(resource)]
    if hard > old_hard and not call.task.credentials.capable(Capability.CAP_SYS_RESOURCE):
        raise call.refuse(
            Errno.EPERM, "rlim", "permission", str(hard), f"The hard limit only goes down from {old_hard}."
        )
    process.rlimits[int(resource)] = (soft, hard)
    if resource == Resource.RLIMIT_NOFILE:
        for task in process.tasks:
            task.files.limit = soft
    call.service("sched", "limit", f"{Resource(int(resource)).name} of process {process.pid} is now {soft}.")

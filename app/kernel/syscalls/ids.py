"""Process groups and sessions: which processes belong together (credentials(7), setpgid(2))."""

from __future__ import annotations

from app.kernel.arguments import Int
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall
from app.kernel.task import Process


@syscall
def getpgrp(call: Call) -> Int:
    """Tell the process group of the caller. Never fails. See getpgrp(2)."""
    return Int(call.task.process.pgid)


@syscall
def getpgid(call: Call, pid: Int) -> Int:
    """Tell the process group of a process; a `pid` of 0 means the caller. ESRCH: there is no such process.

    See getpgid(2).
    """
    return Int(_process(call, pid).pgid)


@syscall
def getsid(call: Call, pid: Int) -> Int:
    """Tell the session of a process; a `pid` of 0 means the caller. ESRCH: there is no such process. See getsid(2)."""
    return Int(_process(call, pid).sid)


@syscall
def setpgid(call: Call, pid: Int, pgid: Int) -> Int:
    """Put a process, the caller or a child of it, into a process group; 0 means the caller, and a group of its own.

    A shell does so with each pipeline, so that Ctrl-C reaches all of it and nobody else.
    EINVAL: `pgid` is negative. ESRCH: `pid` is neither the caller nor a child. EACCES: the child has called execve
    already. EPERM: it leads a session or is in another one, or there is no such group in the session. See setpgid(2).
    """
    me = call.task.process
    number = int(pid) or me.pid
    group = int(pgid) or number
    if group < 0:
        raise call.refuse(Errno.EINVAL, "pgid", "range", str(int(pgid)), "Process groups have positive numbers.")
    process = call.kernel.processes.get(number)
    if process is None or (process is not me and process.parent is not me):
        raise call.refuse(Errno.ESRCH, "pid", "process", str(int(pid)), "It is neither the caller nor a child of it.")
    problem = _why_not_move(process, me)
    if problem is not None:
        raise call.refuse(problem[0], "pid", "process", str(int(pid)), problem[1])
    members = [other for other in call.kernel.processes.values() if other.pgid == group]
    if group != number and not any(other.sid == me.sid for other in members):
        raise call.refuse(Errno.EPERM, "pgid", "group", str(int(pgid)), "There is no such group in this session.")
    process.pgid = group
    call.service("sched", "group", f"Process {process.pid} is in process group {group} now.")
    return Int(0)


def _why_not_move(process: Process, me: Process) -> tuple[Errno, str] | None:
    """Why `process` can't be put into another group."""
    if process is not me and process.sid != me.sid:
        return Errno.EPERM, "The child is in another session."
    if process is not me and process.executed:
        return Errno.EACCES, "The child has executed another program, whose business its group is."
    if process.sid == process.pid:
        return Errno.EPERM, "A session leader stays the leader of its group."
    return None


@syscall
def setsid(call: Call) -> Int:
    """Begin a session: the caller leads it and a process group of its own, without a controlling terminal.

    EPERM: the caller leads a process group already. See setsid(2).
    """
    me = call.task.process
    if any(process.pgid == me.pid for process in call.kernel.processes.values()):
        raise call.refuse(
            Errno.EPERM, "(caller)", "group", str(me.pid), "The caller leads a process group, which can't be split."
        )
    me.sid = me.pgid = me.pid
    call.service("sched", "session", f"Process {me.pid} leads session {me.pid}, which has no controlling terminal.")
    return Int(me.sid)


def _process(call: Call, pid: int) -> Process:
    """The process with a task `pid`, or the caller's. Raises ESRCH."""
    if not pid:
        return call.task.process
    task = call.kernel.find_task(int(pid))
    if task is None:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(int(pid)), f"There is no process {int(pid)}.")
    process = task.process
    call.passed("pid", "process", str(int(pid)), f"Process {process.pid} is {process.name}.")
    return process

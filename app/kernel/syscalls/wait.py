"""Waiting for children: how a parent learns what became of them (wait(2))."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum
from typing import Annotated

from app.kernel import exit, ptrace
from app.kernel.abi.constants import Signo
from app.kernel.abi.file_constants import FAMILIES
from app.kernel.abi.flags import Flags, all_bits
from app.kernel.accounting import rusage_fields
from app.kernel.arguments import Int, StructOut
from app.kernel.arguments.wait import StatusOut
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.pidfd import PidfdDescription
from app.kernel.stop import CONTINUED_WORD
from app.kernel.syscall import syscall
from app.kernel.task import Process, Task
from app.kernel.wait import Blocking, Restart, Sleep


class WaitOption(Flags):
    """Options of waitid(2)."""

    WNOHANG = 0x1
    WSTOPPED = 0x2
    WEXITED = 0x4
    WCONTINUED = 0x8
    WNOWAIT = 0x1000000
    # A class would mangle these names if they were written as names.
    locals()["__WNOTHREAD"] = 0x20000000
    locals()["__WALL"] = 0x40000000
    locals()["__WCLONE"] = 0x80000000


class Wait4Option(Flags):
    """Options of wait4(2); WSTOPPED is also called WUNTRACED."""

    WNOHANG = 0x1
    WSTOPPED = 0x2
    WCONTINUED = 0x8
    locals()["__WNOTHREAD"] = 0x20000000
    locals()["__WALL"] = 0x40000000
    locals()["__WCLONE"] = 0x80000000


class IdType(IntEnum):
    """Which children waitid(2) is about."""

    P_ALL = 0
    P_PID = 1
    P_PGID = 2
    P_PIDFD = 3


FAMILIES[WaitOption] = FAMILIES[Wait4Option] = "W???"

_WALL, _WCLONE = 0x4000_0000, 0x8000_0000
_WAIT4_KNOWN = all_bits(Wait4Option)
_WAITID_KNOWN = all_bits(WaitOption)


Matcher = Callable[[int, Process], bool]
"""Whether a wait is about the child, or the traced thread, with this number in this process."""


class _Found:
    """What a wait is told of one child: the status word, the si_code and si_status. `pid` is a thread's if traced."""

    def __init__(self, process: Process, word: int, code: str, status: int, pid: int = 0) -> None:
        self.process, self.word, self.code, self.status = process, word, code, status
        self.pid = pid or process.pid


@syscall
def wait4(
    call: Call, pid: Int, wstatus: StatusOut, options: Wait4Option, rusage: Annotated[StructOut, "rusage"]
) -> Blocking[Int]:
    """Sleep until a child has ended (or stopped, or gone on, as `options` ask), and tell which one and how.

    A `pid` above 0 means that child, -1 any child, 0 any child of the caller's process group, below -1 any of the group
    with the negated number. A child that has ended is a zombie until this call has told of it.
    ECHILD: there is no such child. EINVAL: unknown options. EFAULT: there is no room for the status. See wait4(2).
    """
    bits = int(options) & 0xFFFF_FFFF
    if bits & ~_WAIT4_KNOWN:
        raise call.refuse(Errno.EINVAL, "options", "flags", hex(bits), "There are no such options.")
    if pid == -(1 << 31):
        raise KernelError(Errno.ESRCH, "There is no such process group", "sched")
    matches = _by_pid(call, int(pid))
    found = yield from _wait(call, matches, bits | WaitOption.WEXITED, str(pid.text()))
    if found is None:
        return Int(0)
    if not wstatus.is_null:
        wstatus.write(found.word)
    if not rusage.is_null:
        used = found.process.cpu_time + found.process.children_cpu_time
        rusage.write(**rusage_fields(used))
    return Int(found.pid)


@syscall
def waitid(
    call: Call,
    which: IdType,
    id: Int,
    infop: Annotated[StructOut, "siginfo_child"],
    options: WaitOption,
    rusage: Annotated[StructOut, "rusage"],
) -> Blocking[Int]:
    """Sleep until a child is as `options` ask: ended, stopped or gone on; `infop` gets what a SIGCHLD would say.

    With `WNOWAIT` the child can be waited for again. EINVAL: unknown options or none of the three, or no such `which`.
    ECHILD: there is no such child. EFAULT: there is no room. See waitid(2).
    """
    try:
        found = yield from _wait_by_id(call, which, int(id), int(options) & 0xFFFF_FFFF)
    except KernelError:
        # Linux empties it whatever came of the call, and tells of a place that cannot be written before all else.
        if not infop.is_null:
            infop.write(_WAITID_SIZE)
        raise
    if found is not None and not rusage.is_null:
        rusage.write(**rusage_fields(found.process.cpu_time + found.process.children_cpu_time))
    if not infop.is_null:
        if found is None:
            infop.write(_WAITID_SIZE)
        else:
            infop.write(
                _WAITID_SIZE,
                si_signo=int(Signo.SIGCHLD),
                si_code=_CODES[found.code],
                si_pid=found.pid,
                si_uid=found.process.credentials.uid,
                si_status=found.status,
            )
    return Int(0)


def _wait_by_id(call: Call, which: int, number: int, bits: int) -> Blocking[_Found | None]:
    """What waitid does before it tells. Raises EINVAL, EBADF, ECHILD."""
    wanted = WaitOption.WEXITED | WaitOption.WSTOPPED | WaitOption.WCONTINUED
    if bits & ~_WAITID_KNOWN or not bits & wanted:
        raise call.refuse(Errno.EINVAL, "options", "flags", hex(bits), "They must say what to wait for, and no more.")
    return (yield from _wait(call, _by_id(call, which, number), bits, str(number)))


_WAITID_SIZE = 28
"""waitid fills `siginfo_t` up to si_status."""

_CODES = {"CLD_EXITED": 1, "CLD_KILLED": 2, "CLD_DUMPED": 3, "CLD_TRAPPED": 4, "CLD_STOPPED": 5, "CLD_CONTINUED": 6}


def _by_pid(call: Call, pid: int) -> Matcher:
    """Which children wait4 means."""
    if pid > 0:
        return lambda tid, child: tid == pid
    if pid == -1:
        return lambda pid, child: True
    group = -pid or call.task.process.pgid
    return lambda pid, child: child.pgid == group


def _by_id(call: Call, which: int, number: int) -> Matcher:
    """Which children waitid means. Raises EINVAL, EBADF."""
    if which == IdType.P_ALL:
        return lambda pid, child: True
    if which == IdType.P_PID and number > 0:
        return lambda pid, child: pid == number
    if which == IdType.P_PGID and number >= 0:
        group = number or call.task.process.pgid
        return lambda pid, child: child.pgid == group
    if which == IdType.P_PIDFD and number >= 0:
        file = call.task.files.get(number)
        if not isinstance(file, PidfdDescription):
            raise call.refuse(Errno.EBADF, "id", "kind", str(number), f"Descriptor {number} stands for no process.")
        wanted = file.process
        return lambda pid, child: child is wanted
    raise call.refuse(Errno.EINVAL, "which", "choice", str(int(which)), "which and id name no children.")


def _wait(call: Call, matches: Matcher, options: int, shown: str) -> Blocking[_Found | None]:
    """Find a child with something to tell, or sleep for one (Linux `do_wait`). Raises ECHILD."""
    me = call.task.process
    while True:
        children = [child for child in me.children if matches(child.pid, child) and _is_eligible(child, options)]
        tracees = [task for task in me.tracees if matches(task.tid, task.process)]
        if not children and not tracees:
            raise call.refuse(Errno.ECHILD, "pid", "child", shown, "The process has no such child.")
        for child in children:
            found = _look_at(call, child, options)
            if found is not None:
                return found
        for task in tracees:
            found = _look_at_tracee(call, task, options)
            if found is not None:
                return found
        if options & WaitOption.WNOHANG:
            call.service("sched", "wait", "No child has anything to tell yet, and WNOHANG says not to sleep.")
            return None
        sentence = "The children go on, so the task sleeps until one of them has something to tell."
        yield from call.sleep(Sleep("child", sentence, (me.child_events,)), Restart.SYS)


def _is_eligible(child: Process, options: int) -> bool:
    """Whether it is an ordinary child or a clone child (one whose end is told by another signal), as asked for.

    A zombie has nothing more to tell to who does not wait for an end.
    """
    if child.status is not None and not options & WaitOption.WEXITED:
        return False
    if options & _WALL:
        return True
    return (child.exit_signal != Signo.SIGCHLD) == bool(options & _WCLONE)


def _look_at(call: Call, child: Process, options: int) -> _Found | None:
    """What `child` has to tell, if anything; told once unless WNOWAIT."""
    keep = options & WaitOption.WNOWAIT
    if child.status is not None:
        if ptrace.is_told_first(child):
            return None
        status = child.status
        code = exit.exit_code_name(status)
        call.service(
            "sched",
            "wait",
            f"Process {child.pid} has ended ({code}); {'the zombie stays' if keep else 'the zombie is gone'}.",
        )
        if not keep:
            exit.reap(call.kernel, child)
        return _Found(child, status.word, code, status.signal or status.code)
    report = child.stop_report
    if report is None:
        return None
    word, code = report
    continued = word == CONTINUED_WORD
    if not options & (WaitOption.WCONTINUED if continued else WaitOption.WSTOPPED):
        return None
    if not keep:
        child.stop_report = None
    call.service("sched", "wait", f"Process {child.pid} {'goes on' if continued else 'is stopped'} ({code}).")
    return _Found(child, word, code, int(Signo.SIGCONT) if continued else word >> 8 & 0xFF)


def _look_at_tracee(call: Call, task: Task, options: int) -> _Found | None:
    """What a task that the caller traces has to tell: a stop, or the end of its process."""
    keep = options & WaitOption.WNOWAIT
    trace, status = task.trace, task.process.status
    if trace is None:
        return None
    if trace.ended is not None:
        if not options & WaitOption.WEXITED:
            return None
        code = exit.exit_code_name(trace.ended)
        call.service("sched", "wait", f"Thread {task.tid}, which is traced, has ended ({code}).")
        found = _Found(task.process, trace.ended.word, code, trace.ended.value, task.tid)
        if not keep:
            ptrace.forget(task)
        return found
    if status is not None:
        if not options & WaitOption.WEXITED or not task.is_leader or not ptrace.is_told_first(task.process):
            return None
        code = exit.exit_code_name(status)
        call.service("sched", "wait", f"Process {task.tid}, which is traced, has ended ({code}).")
        if not keep:
            ptrace.told(call.kernel, task)
        return _Found(task.process, status.word, code, status.value)
    report = trace.report
    if report is None:
        return None
    if not keep:
        trace.told = True
    call.service("sched", "wait", f"Task {task.tid}, which is traced, has stopped ({trace.kind.value}).")
    return _Found(task.process, report << 8 | 0x7F, "CLD_TRAPPED", report, task.tid)

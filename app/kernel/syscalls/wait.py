"""Waiting for children: how a parent learns what became of them (wait(2))."""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum, IntFlag
from typing import Annotated

from app.kernel import exit
from app.kernel.abi.constants import Signo
from app.kernel.abi.file_constants import FAMILIES
from app.kernel.accounting import rusage_fields
from app.kernel.arguments import Int, StructOut
from app.kernel.arguments.wait import StatusOut
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.pidfd import PidfdDescription
from app.kernel.stop import CONTINUED_WORD
from app.kernel.syscall import syscall
from app.kernel.task import Process
from app.kernel.wait import Blocking, Restart, Sleep


class WaitOption(IntFlag):
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


class Wait4Option(IntFlag):
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
_WAIT4_KNOWN = sum(int(option) for option in Wait4Option)
_WAITID_KNOWN = sum(int(option) for option in WaitOption)


class _Found:
    """What a wait is told of one child: the status word, the si_code and si_status."""

    def __init__(self, process: Process, word: int, code: str, status: int) -> None:
        self.process, self.word, self.code, self.status = process, word, code, status


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
    return Int(found.process.pid)


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
                si_pid=found.process.pid,
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

_CODES = {"CLD_EXITED": 1, "CLD_KILLED": 2, "CLD_DUMPED": 3, "CLD_STOPPED": 5, "CLD_CONTINUED": 6}


def _by_pid(call: Call, pid: int) -> Callable[[Process], bool]:
    """Which children wait4 means."""
    if pid > 0:
        return lambda child: child.pid == pid
    if pid == -1:
        return lambda child: True
    group = -pid or call.task.process.pgid
    return lambda child: child.pgid == group


def _by_id(call: Call, which: int, number: int) -> Callable[[Process], bool]:
    """Which children waitid means. Raises EINVAL, EBADF."""
    if which == IdType.P_ALL:
        return lambda child: True
    if which == IdType.P_PID and number > 0:
        return lambda child: child.pid == number
    if which == IdType.P_PGID and number >= 0:
        group = number or call.task.process.pgid
        return lambda child: child.pgid == group
    if which == IdType.P_PIDFD and number >= 0:
        file = call.task.files.get(number)
        if not isinstance(file, PidfdDescription):
            raise call.refuse(Errno.EBADF, "id", "kind", str(number), f"Descriptor {number} stands for no process.")
        wanted = file.process
        return lambda child: child is wanted
    raise call.refuse(Errno.EINVAL, "which", "choice", str(int(which)), "That names no children.")


def _wait(call: Call, matches: Callable[[Process], bool], options: int, shown: str) -> Blocking[_Found | None]:
    """Find a child with something to tell, or sleep for one (Linux `do_wait`). Raises ECHILD."""
    me = call.task.process
    while True:
        children = [child for child in me.children if matches(child) and _is_eligible(child, options)]
        if not children:
            raise call.refuse(Errno.ECHILD, "pid", "child", shown, "The process has no such child.")
        for child in children:
            found = _look_at(call, child, options)
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
        status = child.status
        code = exit.exit_code_name(status)
        call.service("sched", "wait", f"Process {child.pid} has ended ({code}); {'it stays' if keep else 'it goes'}.")
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

"""Signals: send them, block them, say what to do with them."""

from __future__ import annotations

from typing import Annotated

from app.kernel import signal_delivery
from app.kernel.abi.constants import SaFlag, SigHow, Signo
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Int, SignalNumber, Size, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno
from app.kernel.signal import LAST, SIG_DFL, SIG_IGN, UNBLOCKABLE, Disposition, SigInfo, SignalSet
from app.kernel.syscall import syscall
from app.kernel.task import Process

INIT_PID = 1
SIGSET_SIZE = 8

_KNOWN_FLAGS = sum(SaFlag) | 0x800
"""Flags that the kernel keeps; 0x800 is SA_EXPOSE_TAGBITS. Others are cleared, so that programs see what there is."""


@syscall
def rt_sigaction(
    call: Call,
    signum: SignalNumber,
    act: Annotated[StructIn, "sigaction"],
    oldact: Annotated[StructOut, "sigaction"],
    sigsetsize: Size,
) -> Int:
    """Say what is to happen when a signal arrives, and tell what was said before. Both pointers may be NULL.

    EINVAL: no such signal, `SIGKILL` or `SIGSTOP` with a new action, or `sigsetsize` is not 8. EFAULT: `act` is not
    readable or `oldact` not writable. See sigaction(2).
    """
    _check_size(call, sigsetsize)
    new = None if act.is_null else act.read()
    if not 1 <= signum <= LAST:
        raise call.refuse(Errno.EINVAL, "signum", "signal", str(int(signum)), f"Signals are numbered 1 to {LAST}.")
    if new is not None and UNBLOCKABLE >> (signum - 1) & 1:
        raise call.refuse(
            Errno.EINVAL,
            "signum",
            "signal",
            str(signum.text()),
            "SIGKILL and SIGSTOP can't be caught or ignored.",
        )
    call.passed("signum", "signal", str(signum.text()), "It is a signal whose action may be asked or set.")
    sighand = call.task.sighand
    old = sighand.get(signum)
    if new is not None:
        flags = new["sa_flags"] & _KNOWN_FLAGS
        disposition = Disposition(new["sa_handler"], flags, new["sa_restorer"], new["sa_mask"] & ~UNBLOCKABLE)
        sighand.set(int(signum), disposition)
        _explain(call, signum, disposition.handler)
        if sighand.ignores(signum):
            call.task.process.pending.discard(signum)
            for task in call.task.process.tasks:
                task.pending.discard(signum)
    if not oldact.is_null:
        oldact.write(sa_handler=old.handler, sa_flags=old.flags, sa_restorer=old.restorer, sa_mask=old.mask)
    return Int(0)


@syscall
def rt_sigprocmask(
    call: Call,
    how: SigHow,
    set: Annotated[StructIn, "sigset"],
    oldset: Annotated[StructOut, "sigset"],
    sigsetsize: Size,
) -> Int:
    """Change which signals are blocked, and tell which were. Both pointers may be NULL.

    A blocked signal waits until it is unblocked; `SIGKILL` and `SIGSTOP` can't be blocked and are left out silently.
    EINVAL: unknown `how`, or `sigsetsize` is not 8. EFAULT: `set` is not readable or `oldset` not writable.
    See sigprocmask(2).
    """
    _check_size(call, sigsetsize)
    task = call.task
    old = task.blocked.bits
    if not set.is_null:
        bits = set.read()["sig"] & ~UNBLOCKABLE
        if how == SigHow.SIG_BLOCK:
            task.blocked = SignalSet(old | bits)
        elif how == SigHow.SIG_UNBLOCK:
            task.blocked = SignalSet(old & ~bits)
        elif how == SigHow.SIG_SETMASK:
            task.blocked = SignalSet(bits)
        else:
            raise call.refuse(
                Errno.EINVAL, "how", "choice", str(int(how)), "It must be SIG_BLOCK, SIG_UNBLOCK or SIG_SETMASK."
            )
        call.service("signal", "mask", f"Signals now blocked: {task.blocked.text()}.")
    if not oldset.is_null:
        oldset.write(sig=old)
    return Int(0)


@syscall
def rt_sigpending(call: Call, set: Annotated[StructOut, "sigset"], sigsetsize: Size) -> Int:
    """Tell which blocked signals have arrived and wait.

    EINVAL: `sigsetsize` is more than 8. EFAULT: there is no room at `set`. See sigpending(2).
    """
    if sigsetsize > SIGSET_SIZE:
        _check_size(call, sigsetsize)
    set.write(int(sigsetsize), sig=(call.task.pending.bits | call.task.process.pending.bits) & call.task.blocked.bits)
    return Int(0)


@syscall
def kill(call: Call, pid: Int, sig: SignalNumber) -> Int:
    """Send a signal to a process; `sig` 0 only asks whether one could.

    A `pid` of 0 means the process group of the caller, below -1 the process group with the negated number, and -1 every
    process but init and the caller. ESRCH: there is no such process. EINVAL: no such signal. EPERM: it belongs to
    somebody else. Besides the processes of the program there are init (process 1, of the superuser) and the shell that
    started the program; neither cares for signals. See kill(2).
    """
    me = call.task.process
    processes = call.kernel.processes
    if pid == -(1 << 31):
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), "There is no such process group.")
    if pid > 0:
        found = [processes[int(pid)]] if int(pid) in processes else []
    elif pid == -1:
        found = [process for process in processes.values() if process is not me and process.pid != INIT_PID]
    else:
        group = -pid or me.pgid
        found = [process for process in processes.values() if process.pgid == group]
    if not found:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), "There is no such process or process group.")
    call.passed("pid", "process", str(pid.text()), f"There is: {_named(found)}.")
    _check_signal(call, sig)
    allowed = [process for process in found if _may_signal(call, process, sig)]
    if not allowed:
        raise call.refuse(
            Errno.EPERM, "pid", "permission", str(pid.text()), "It belongs to another user, and this task may not."
        )
    if sig == 0:
        call.service("signal", "probe", "Signal 0 is never sent: the call only tells that it could be.")
        return Int(0)
    call.service("signal", "send", f"{signal_name(sig)} is sent to {_named(allowed)}.")
    for process in allowed:
        signal_delivery.send_to_process(call.kernel, process, SigInfo.user(int(sig), me))
    return Int(0)


def _may_signal(call: Call, process: Process, sig: int) -> bool:
    """Whether the caller may send `sig` to `process` (kill(2), second paragraph)."""
    mine, theirs = call.task.credentials, process.credentials
    if mine.capable(Capability.CAP_KILL) or {mine.euid, mine.uid} & {theirs.suid, theirs.uid}:
        return True
    return sig == Signo.SIGCONT and process.sid == call.task.process.sid


def _named(processes: list[Process]) -> str:
    return ", ".join(f"process {process.pid} ({process.name})" for process in processes[:4])


@syscall
def tkill(call: Call, tid: Int, sig: SignalNumber) -> Int:
    """Send a signal to a thread.

    EINVAL: `tid` is not positive, or there is no such signal. ESRCH: there is no such thread. EPERM: it belongs to
    somebody else. See tkill(2).
    """
    return _send_to_thread(call, tid, sig)


@syscall
def tgkill(call: Call, tgid: Int, tid: Int, sig: SignalNumber) -> Int:
    """Send a signal to thread `tid` of process `tgid`. EINVAL: an id is not positive, or no such signal.

    ESRCH: there is no such thread. EPERM: it belongs to somebody else. See tgkill(2).
    """
    if tgid <= 0:
        raise call.refuse(Errno.EINVAL, "tgid", "range", str(tgid.text()), "Process ids are positive.")
    task = call.kernel.tasks.get(tid)
    if tid > 0 and (task is None or task.process.pid != tgid):
        raise call.refuse(Errno.ESRCH, "tgid", "process", str(tgid.text()), "There is no such thread in that process.")
    return _send_to_thread(call, tid, sig)


def _send_to_thread(call: Call, tid: Int, sig: SignalNumber) -> Int:
    if tid <= 0:
        raise call.refuse(Errno.EINVAL, "tid", "range", str(tid.text()), "Thread ids are positive.")
    task = call.kernel.tasks.get(tid)
    if task is None:
        raise call.refuse(Errno.ESRCH, "tid", "process", str(tid.text()), f"There is no thread {int(tid)}.")
    _check_signal(call, sig)
    if not _may_signal(call, task.process, sig):
        raise call.refuse(
            Errno.EPERM, "tid", "permission", str(tid.text()), "It belongs to another user, and this task may not."
        )
    if sig == 0:
        call.service("signal", "probe", "Signal 0 is never sent: the call only tells that it could be.")
    else:
        call.service("signal", "send", f"{signal_name(sig)} is sent to thread {task.tid}.")
        signal_delivery.send_to_task(call.kernel, task, SigInfo.user(int(sig), call.task.process, "SI_TKILL"))
    return Int(0)


def _check_signal(call: Call, sig: SignalNumber) -> None:
    """Raise EINVAL unless `sig` is a signal or 0."""
    if not 0 <= sig <= LAST:
        raise call.refuse(Errno.EINVAL, "sig", "signal", str(int(sig)), f"Signals are numbered 1 to {LAST}.")
    call.passed("sig", "signal", str(sig.text()), "It is a signal number." if sig else "Zero only asks.")


def _check_size(call: Call, sigsetsize: int) -> None:
    """Raise EINVAL unless the program and the kernel mean the same `sigset_t`."""
    if sigsetsize != SIGSET_SIZE:
        raise call.refuse(
            Errno.EINVAL, "sigsetsize", "size", str(int(sigsetsize)), f"A signal set has {SIGSET_SIZE} bytes here."
        )


def _explain(call: Call, signum: int, handler: int) -> None:
    name = signal_name(signum)
    words = {SIG_DFL: f"{name} gets its default action.", SIG_IGN: f"{name} will be ignored."}
    call.service("signal", "disposition", words.get(handler, f"{name} will be handled at {handler:#x}."))

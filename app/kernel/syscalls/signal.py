"""Signals: send them, block them, say what to do with them."""

from __future__ import annotations

from typing import Annotated

from app.kernel import signal
from app.kernel.abi.constants import SaFlag, SigHow
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Int, SignalNumber, Size, StructIn, StructOut
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.signal import LAST, SIG_DFL, SIG_IGN, UNBLOCKABLE, Disposition, SigInfo, SignalSet
from app.kernel.syscall import syscall
from app.kernel.task import Task

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
    dispositions = call.task.process.dispositions
    old = dispositions.get(signum, Disposition())
    if new is not None:
        flags = new["sa_flags"] & _KNOWN_FLAGS
        disposition = Disposition(new["sa_handler"], flags, new["sa_restorer"], new["sa_mask"] & ~UNBLOCKABLE)
        dispositions[int(signum)] = disposition
        _explain(call, signum, disposition.handler)
        if signal.is_ignored(call.task.process, signum):
            call.task.pending.discard(signum)
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
    set.write(int(sigsetsize), sig=call.task.pending.bits & call.task.blocked.bits)
    return Int(0)


@syscall
def kill(call: Call, pid: Int, sig: SignalNumber) -> Int:
    """Send a signal to a process; `sig` 0 only asks whether one could.

    A `pid` of 0 means the process group of the caller, below -1 the process group with the negated number, and -1 every
    process but init and the caller. ESRCH: there is no such process. EINVAL: no such signal. EPERM: it belongs to
    somebody else. Besides the program there are init (process 1, of the superuser) and the shell that started the
    program; neither cares for signals. See kill(2).
    """
    me = call.task.process
    others = {INIT_PID: 0, me.ppid: me.credentials.uid}
    if pid in (me.pid, 0, -me.pid):
        _check_signal(call, sig)
        _send(call, call.task, sig, "SI_USER")
        return Int(0)
    target = me.ppid if pid == -1 else abs(pid)
    if target not in others:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), f"There is no process or group {target}.")
    call.passed("pid", "process", str(pid.text()), f"There is such a process: {_role(target)}.")
    _check_signal(call, sig)
    if me.credentials.euid not in (0, others[target]):
        raise call.refuse(
            Errno.EPERM, "pid", "permission", str(pid.text()), "It belongs to the superuser, and this process does not."
        )
    call.service("signal", "send", f"The signal goes to {_role(target)}, which does not care.")
    return Int(0)


@syscall
def tkill(call: Call, tid: Int, sig: SignalNumber) -> Int:
    """Send a signal to a thread of this process.

    EINVAL: `tid` is not positive, or there is no such signal. ESRCH: there is no such thread. See tkill(2).
    """
    return _send_to_thread(call, tid, sig)


@syscall
def tgkill(call: Call, tgid: Int, tid: Int, sig: SignalNumber) -> Int:
    """Send a signal to thread `tid` of process `tgid`. EINVAL: an id is not positive, or no such signal.

    ESRCH: there is no such thread. See tgkill(2).
    """
    if tgid <= 0:
        raise call.refuse(Errno.EINVAL, "tgid", "range", str(tgid.text()), "Process ids are positive.")
    if tid > 0 and tgid != call.task.process.pid:
        raise call.refuse(Errno.ESRCH, "tgid", "process", str(tgid.text()), "There is no such thread in that process.")
    return _send_to_thread(call, tid, sig)


def _send_to_thread(call: Call, tid: Int, sig: SignalNumber) -> Int:
    if tid <= 0:
        raise call.refuse(Errno.EINVAL, "tid", "range", str(tid.text()), "Thread ids are positive.")
    task = call.kernel.tasks.get(tid)
    if task is None:
        raise call.refuse(Errno.ESRCH, "tid", "process", str(tid.text()), f"There is no thread {int(tid)}.")
    _check_signal(call, sig)
    _send(call, task, sig, "SI_TKILL")
    return Int(0)


def _send(call: Call, task: Task, sig: int, code: str) -> None:
    """Send, or do nothing for signal 0."""
    if sig == 0:
        call.service("signal", "probe", "Signal 0 is never sent: the call only tells that it could be.")
        return
    call.service("signal", "send", f"{signal_name(sig)} is sent to process {task.process.pid}.")
    signal.send(call.kernel, task, SigInfo.user(int(sig), call.task.process, code))


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


def _role(pid: int) -> str:
    return "init" if pid == INIT_PID else "the shell"

"""Sending signals: to processes, groups and threads, with a value if wanted."""

from __future__ import annotations

from app.kernel import signal_delivery
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Int, SignalNumber
from app.kernel.arguments.siginfo import SigInfoIn
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.signal import LAST, SigInfo
from app.kernel.syscall import syscall
from app.kernel.task import Process


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
        found = [process for process in processes.values() if process is not me and process is not call.kernel.init]
    else:
        group = -pid or me.pgid
        found = [process for process in processes.values() if process.pgid == group]
    if not found:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), "There is no such process or process group.")
    call.passed("pid", "process", str(pid.text()), f"There is: {_named(found)}.")
    _check_signal(call, sig)
    allowed = [process for process in found if signal_delivery.may_send(call.task, process, sig)]
    if not allowed and pid != -1:
        raise _not_permitted(call, "pid", pid)
    if sig == 0:
        call.service("signal", "probe", "Signal 0 is never sent: the call only tells that a signal could be.")
        return Int(0)
    call.service("signal", "send", f"{signal_name(sig)} is sent to {_named(allowed)}.")
    for process in allowed:
        signal_delivery.send_to_process(call.kernel, process, SigInfo.user(int(sig), me))
    return Int(0)


@syscall
def rt_sigqueueinfo(call: Call, pid: Int, sig: SignalNumber, uinfo: SigInfoIn) -> Int:
    """Send a signal with a `siginfo_t` of the caller's making to a process; sigqueue(3) uses it to send a value along.

    EFAULT: `uinfo` is not readable. E2BIG: it has a code the kernel does not know, and bytes it does not keep. EPERM:
    the code is one that only the kernel may use for other processes (not below 0, or `SI_TKILL`), or the process
    belongs to somebody else. ESRCH: there is no such process. EINVAL: no such signal. EAGAIN: the user has as many
    signals queued as `RLIMIT_SIGPENDING` allows. See rt_sigqueueinfo(2).
    """
    info = uinfo.read(int(sig))
    _check_code(call, info, int(pid))
    process = call.kernel.processes.get(int(pid))
    if process is None:
        raise call.refuse(Errno.ESRCH, "pid", "process", str(pid.text()), "There is no such process.")
    call.passed("pid", "process", str(pid.text()), f"There is: {_named([process])}.")
    _check_signal(call, sig)
    if info.from_program and not signal_delivery.may_send(call.task, process, sig):
        raise _not_permitted(call, "pid", pid)
    if sig and not signal_delivery.send_to_process(call.kernel, process, info):
        raise _queue_full(call, sig)
    return Int(0)


@syscall
def rt_tgsigqueueinfo(call: Call, tgid: Int, tid: Int, sig: SignalNumber, uinfo: SigInfoIn) -> Int:
    """Send a signal with a `siginfo_t` of the caller's making to thread `tid` of process `tgid`.

    EINVAL: an id is not positive. And the errors of rt_sigqueueinfo. See rt_tgsigqueueinfo(2).
    """
    info = uinfo.read(int(sig))
    if tgid <= 0 or tid <= 0:
        raise call.refuse(Errno.EINVAL, "tid", "range", str(tid.text()), "Process and thread ids are positive.")
    _check_code(call, info, int(tid))
    task = call.kernel.find_task(int(tid))
    if task is None or task.process.pid != tgid:
        raise call.refuse(Errno.ESRCH, "tgid", "process", str(tgid.text()), "There is no such thread in that process.")
    _check_signal(call, sig)
    if info.from_program and not signal_delivery.may_send(call.task, task.process, sig):
        raise _not_permitted(call, "tid", tid)
    if sig and not signal_delivery.send_to_task(call.kernel, task, info):
        raise _queue_full(call, sig)
    return Int(0)


def _check_code(call: Call, info: SigInfo, ident: int) -> None:
    """Raise EPERM when a program pretends to others that the kernel, or tkill, sent the signal."""
    if (not info.from_program or info.code == "SI_TKILL") and call.task.tid != ident:
        raise call.refuse(
            Errno.EPERM, "uinfo", "permission", info.code, "Codes of the kernel may only be sent to the caller itself."
        )


def _queue_full(call: Call, sig: SignalNumber) -> KernelError:
    return call.refuse(
        Errno.EAGAIN,
        "sig",
        "limit",
        str(sig.text()),
        "RLIMIT_SIGPENDING allows no more queued signals.",
    )


def _not_permitted(call: Call, argument: str, ident: Int) -> KernelError:
    return call.refuse(
        Errno.EPERM, argument, "permission", str(ident.text()), "It belongs to another user, and this task may not."
    )


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
    task = call.kernel.find_task(int(tid))
    if tid > 0 and (task is None or task.process.pid != tgid):
        raise call.refuse(Errno.ESRCH, "tgid", "process", str(tgid.text()), "There is no such thread in that process.")
    return _send_to_thread(call, tid, sig)


def _send_to_thread(call: Call, tid: Int, sig: SignalNumber) -> Int:
    if tid <= 0:
        raise call.refuse(Errno.EINVAL, "tid", "range", str(tid.text()), "Thread ids are positive.")
    task = call.kernel.find_task(int(tid))
    if task is None:
        raise call.refuse(Errno.ESRCH, "tid", "process", str(tid.text()), f"There is no thread {int(tid)}.")
    _check_signal(call, sig)
    if not signal_delivery.may_send(call.task, task.process, sig):
        raise _not_permitted(call, "tid", tid)
    if sig == 0:
        call.service("signal", "probe", "Signal 0 is never sent: the call only tells that a signal could be.")
    else:
        call.service("signal", "send", f"{signal_name(sig)} is sent to thread {task.tid}.")
        info = SigInfo.user(int(sig), call.task.process, "SI_TKILL")
        if not signal_delivery.send_to_task(call.kernel, task, info):
            raise _queue_full(call, sig)
    return Int(0)


def _check_signal(call: Call, sig: SignalNumber) -> None:
    """Raise EINVAL unless `sig` is a signal or 0."""
    if not 0 <= sig <= LAST:
        raise call.refuse(Errno.EINVAL, "sig", "signal", str(int(sig)), f"Signals are numbered 1 to {LAST}.")
    call.passed("sig", "signal", str(sig.text()), "It is a signal number." if sig else "Zero only asks.")

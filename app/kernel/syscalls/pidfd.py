"""Processes as files: descriptors that stand for a process (pidfd_open(2))."""

from __future__ import annotations

from app.kernel import signal_delivery
from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.flags import Flags
from app.kernel.abi.text import signal_name
from app.kernel.arguments import Fd, Int, SignalNumber, Unsigned
from app.kernel.arguments.siginfo import SigInfoIn
from app.kernel.call import Call
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.pidfd import PidfdDescription
from app.kernel.signal import LAST, SigInfo
from app.kernel.syscall import syscall
from app.kernel.task import Process

_CLOSE_ON_EXEC = True


class PidfdSignalFlag(Flags):
    """Flags of pidfd_send_signal(2): whom the signal is for."""

    PIDFD_SIGNAL_THREAD = 1
    PIDFD_SIGNAL_THREAD_GROUP = 2
    PIDFD_SIGNAL_PROCESS_GROUP = 4


class PidfdFlag(Flags):
    """Flags of pidfd_open(2)."""

    PIDFD_NONBLOCK = 0o4000
    PIDFD_THREAD = 0o200


@syscall
def pidfd_open(call: Call, pid: Int, flags: PidfdFlag) -> Fd:
    """Get a descriptor that stands for a process. It becomes readable when the process ends.

    EINVAL: unknown flags, or `pid` is not positive. ESRCH: there is no such process. ENOENT: it is a thread that
    leads none. EMFILE: too many descriptors. See pidfd_open(2). Not served: PIDFD_THREAD.
    """
    bits = int(flags) & 0xFFFF_FFFF
    if bits & ~int(PidfdFlag.PIDFD_NONBLOCK):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(bits), "There are no such flags here.")
    if pid <= 0:
        raise call.refuse(Errno.EINVAL, "pid", "range", str(int(pid)), "Process ids are positive.")
    process = call.kernel.processes.get(int(pid))
    if process is None:
        errno = Errno.ENOENT if int(pid) in call.kernel.tasks else Errno.ESRCH
        raise call.refuse(errno, "pid", "process", str(int(pid)), f"There is no process {int(pid)}.")
    call.passed("pid", "process", str(int(pid)), f"Process {process.pid} is {process.name}.")
    return Fd(call, "", install_pidfd(call, process, bits))


def install_pidfd(call: Call, process: Process, flags: int = 0) -> int:
    """A new descriptor for `process`. Raises EMFILE."""
    files = call.task.files
    number = files.lowest_free()
    file = PidfdDescription(call.task.fs.superblock, process, int(OpenFlag.O_RDWR) | flags)
    files.install(call.kernel, number, file, close_on_exec=_CLOSE_ON_EXEC)
    call.service("sched", "pidfd", f"Descriptor {number} stands for process {process.pid}.")
    return number


def _process_of(fd: Fd) -> Process:
    """The process that a descriptor stands for. Raises EBADF."""
    file = fd.any_file
    if not isinstance(file, PidfdDescription):
        raise fd.call.refuse(Errno.EBADF, fd.name, "kind", str(fd.number), f"{file.path} stands for no process.")
    return file.process


@syscall
def pidfd_send_signal(call: Call, pidfd: Fd, sig: SignalNumber, info: SigInfoIn, flags: PidfdSignalFlag) -> Int:
    """Send a signal to the process that `pidfd` stands for; `sig` 0 only asks whether one could.

    `flags` may name its first thread or its process group instead; not more than one of them.

    EINVAL: flags, no such signal, or an `info` for another signal. EBADF: no pidfd. EPERM: it belongs to somebody else,
    or `info` pretends to come from the kernel. ESRCH: the process has gone. EAGAIN: too many signals are
    queued. See pidfd_send_signal(2).
    """
    bits = int(flags) & 0xFFFF_FFFF
    if bits not in (0, *PidfdSignalFlag):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(bits), "At most one flag, and one that exists.")
    process = _process_of(pidfd)
    me = call.task.process
    sent = SigInfo.user(int(sig), me)
    if not info.is_null:
        about = info.signal_number()
        if about != sig:
            raise call.refuse(Errno.EINVAL, "info", "signal", str(about), "The siginfo is about another signal.")
        sent = info.read(int(sig))
        if process is not me and (not sent.from_program or sent.code == "SI_TKILL"):
            raise call.refuse(Errno.EPERM, "info", "permission", sent.code, "The siginfo says that the kernel sent it.")
    if not 0 <= sig <= LAST:
        raise call.refuse(Errno.EINVAL, "sig", "signal", str(int(sig)), f"Signals are numbered 1 to {LAST}.")
    if call.kernel.processes.get(process.pid) is not process:
        raise call.refuse(Errno.ESRCH, "pidfd", "process", str(process.pid), "The process has gone.")
    if not signal_delivery.may_send(call.task, process, int(sig)):
        raise call.refuse(Errno.EPERM, "pidfd", "permission", str(process.pid), "It belongs to another user.")
    if sig:
        call.service("signal", "send", f"{signal_name(int(sig))} is sent to process {process.pid}.")
        if bits == PidfdSignalFlag.PIDFD_SIGNAL_THREAD:
            queued = signal_delivery.send_to_task(call.kernel, process.leader, sent)
        elif bits == PidfdSignalFlag.PIDFD_SIGNAL_PROCESS_GROUP:
            queued = signal_delivery.send_to_group(call.kernel, process.pgid, sent)
        else:
            queued = signal_delivery.send_to_process(call.kernel, process, sent)
        if not queued:
            sentence = "RLIMIT_SIGPENDING allows no more queued signals."
            raise call.refuse(Errno.EAGAIN, "sig", "limit", signal_name(int(sig)), sentence)
    return Int(0)


@syscall
def pidfd_getfd(call: Call, pidfd: Fd, targetfd: Int, flags: Unsigned) -> Fd:
    """Get a descriptor for a file that another process has open.

    EINVAL: flags. EBADF: no pidfd, or the process has no such descriptor. ESRCH: it has ended. EPERM: it belongs to
    somebody else. EMFILE: too many descriptors. See pidfd_getfd(2).
    """
    if flags:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "There are no such flags.")
    process = _process_of(pidfd)
    if not process.tasks:
        raise call.refuse(Errno.ESRCH, "pidfd", "process", str(process.pid), "The process has ended.")
    mine, theirs = call.task.credentials, process.credentials
    if mine.fsuid != theirs.uid and not mine.capable(Capability.CAP_SYS_PTRACE):
        raise call.refuse(Errno.EPERM, "pidfd", "permission", str(process.pid), "It belongs to another user.")
    file = process.leader.files.get(int(targetfd))
    if file is None:
        raise KernelError(Errno.EBADF, f"Process {process.pid} has no descriptor {int(targetfd)}")
    files = call.task.files
    number = files.lowest_free()
    files.install(call.kernel, number, file, close_on_exec=_CLOSE_ON_EXEC)
    return Fd(call, "", number)

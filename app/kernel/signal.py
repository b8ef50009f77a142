"""Signals: sets, dispositions, default actions (signal(7)), and their delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from app.trace.events import Signal as SignalEvent

from .abi.constants import MAX_SIGNAL, Signo
from .abi.text import signal_name, signal_set_text

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Process, Task

Action = Literal["terminate", "core", "ignore", "stop", "continue"]

SIG_DFL = 0
SIG_IGN = 1

_IGNORED = {Signo.SIGCHLD, Signo.SIGURG, Signo.SIGWINCH}
_STOPPING = {Signo.SIGSTOP, Signo.SIGTSTP, Signo.SIGTTIN, Signo.SIGTTOU}
_DUMPING = {
    Signo.SIGQUIT,
    Signo.SIGILL,
    Signo.SIGTRAP,
    Signo.SIGABRT,
    Signo.SIGBUS,
    Signo.SIGFPE,
    Signo.SIGSEGV,
    Signo.SIGXCPU,
    Signo.SIGXFSZ,
    Signo.SIGSYS,
}
UNBLOCKABLE = (1 << (Signo.SIGKILL - 1)) | (1 << (Signo.SIGSTOP - 1))
LAST = MAX_SIGNAL


def default_action(signo: int) -> Action:
    """What a signal does to a process that did not say otherwise (signal(7), "Standard signals")."""
    if signo in _IGNORED:
        return "ignore"
    if signo in _STOPPING:
        return "stop"
    if signo in _DUMPING:
        return "core"
    return "continue" if signo == Signo.SIGCONT else "terminate"


class Disposition(Struct, frozen=True):
    """What a process wants done with one signal (sigaction(2))."""

    handler: int = SIG_DFL
    flags: int = 0
    restorer: int = 0
    mask: int = 0


class SignalSet:
    """A set of signal numbers, held as the kernel's 64-bit `sigset_t`: bit n-1 is signal n."""

    __slots__ = ("bits",)

    def __init__(self, bits: int = 0) -> None:
        self.bits = bits

    def __contains__(self, signo: int) -> bool:
        return bool(self.bits >> (signo - 1) & 1)

    def add(self, signo: int) -> None:
        """Put `signo` in."""
        self.bits |= 1 << (signo - 1)

    def discard(self, signo: int) -> None:
        """Take `signo` out."""
        self.bits &= ~(1 << (signo - 1))

    def first(self) -> int | None:
        """The lowest signal number in the set."""
        return (self.bits & -self.bits).bit_length() or None

    def text(self) -> str:
        """`[INT TERM]`."""
        return signal_set_text(self.bits)


class SigInfo(Struct, frozen=True):
    """What is known about one signal that was sent: `siginfo_t` (sigaction(2)).

    `code` is the symbolic si_code; `pid` and `uid` the sender's for `SI_USER` and `SI_TKILL`; `address` the one of a
    fault (0 where Linux gives none).
    """

    signo: int
    code: str
    pid: int = 0
    uid: int = 0
    address: int | None = None

    @classmethod
    def user(cls, signo: int, sender: Process, code: str = "SI_USER") -> SigInfo:
        """A signal that `sender` sent."""
        return cls(signo, code, pid=sender.pid, uid=sender.credentials.uid)

    @property
    def sender(self) -> str:
        """`kernel`, or the pid."""
        return str(self.pid) if self.pid else "kernel"

    def text(self) -> str:
        """As strace prints it, without braces."""
        parts = [f"si_signo={signal_name(self.signo)}", f"si_code={self.code}"]
        if self.pid:
            parts += [f"si_pid={self.pid}", f"si_uid={self.uid}"]
        if self.address is not None:
            parts.append(f"si_addr={hex(self.address) if self.address else 'NULL'}")
        return ", ".join(parts)


class PendingSignals:
    """Signals that were sent and not acted on yet. A standard signal is pending once, however often it is sent."""

    __slots__ = ("_infos",)

    def __init__(self) -> None:
        self._infos: dict[int, SigInfo] = {}

    def __bool__(self) -> bool:
        return bool(self._infos)

    @property
    def bits(self) -> int:
        """As a `sigset_t`."""
        return sum(1 << (signo - 1) for signo in self._infos)

    def add(self, info: SigInfo) -> None:
        """Note that a signal was sent."""
        self._infos.setdefault(info.signo, info)

    def discard(self, signo: int) -> None:
        """Forget `signo`."""
        self._infos.pop(signo, None)

    def unblocked(self, blocked: SignalSet) -> bool:
        """Whether one of them is to be acted on."""
        return any(signo not in blocked for signo in self._infos)

    def take(self, blocked: SignalSet) -> SigInfo | None:
        """Remove and return the lowest-numbered signal that is not blocked."""
        signo = min((signo for signo in self._infos if signo not in blocked), default=None)
        return None if signo is None else self._infos.pop(signo)


def handler_of(process: Process, signo: int) -> int:
    """The address that handles `signo`, or SIG_DFL or SIG_IGN."""
    disposition = process.dispositions.get(signo)
    return SIG_DFL if disposition is None else disposition.handler


def is_ignored(process: Process, signo: int) -> bool:
    """Whether `signo` would do nothing to the process."""
    handler = handler_of(process, signo)
    return handler == SIG_IGN or (handler == SIG_DFL and default_action(signo) == "ignore")


def send(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Make a signal pending for `task`. It takes effect before user mode goes on.

    One that would be ignored does not disturb a task that sleeps.
    """
    name = signal_name(info.signo)
    _cancel_opposites(task, info.signo)
    if info.signo in task.blocked:
        task.pending.add(info)
        _record(kernel, info, "blocked", "pending", f"{name} is blocked by the signal mask and stays pending.")
    elif is_ignored(task.process, info.signo) and task.sleeping is not None:
        _record(kernel, info, _disposition(task, info.signo), "ignore", f"{name} is ignored.")
    else:
        task.pending.add(info)
        task.wake()


def _cancel_opposites(task: Task, signo: int) -> None:
    """A stop signal takes a pending SIGCONT back, and SIGCONT the stop signals, whatever their dispositions."""
    if signo in _STOPPING:
        task.pending.discard(Signo.SIGCONT)
    elif signo == Signo.SIGCONT:
        for stop in _STOPPING:
            task.pending.discard(stop)


def force(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Deliver a signal caused by a fault: blocking or ignoring it does not help (Linux `force_sig`)."""
    if info.signo in task.blocked or handler_of(task.process, info.signo) == SIG_IGN:
        task.blocked.discard(info.signo)
        task.process.dispositions.pop(info.signo, None)
    task.pending.add(info)
    deliver(kernel, task)


def deliver(kernel: Kernel, task: Task) -> None:
    """Act on every pending signal that is not blocked, lowest number first, as on every return to user mode."""
    while (info := task.pending.take(task.blocked)) is not None:
        _act(kernel, task, info)


def _disposition(task: Task, signo: int) -> Literal["default", "ignore"]:
    """What the process said about `signo`, when it gave no handler."""
    return "ignore" if handler_of(task.process, signo) == SIG_IGN else "default"


def _record(
    kernel: Kernel,
    info: SigInfo,
    disposition: Literal["default", "ignore", "blocked"],
    action: Literal["terminate", "core", "ignore", "stop", "continue", "pending"],
    sentence: str,
) -> None:
    """Emit the event."""
    kernel.recorder.emit(
        SignalEvent(
            number=info.signo,
            name=signal_name(info.signo),
            sender=info.sender,
            disposition=disposition,
            action=action,
            sentence=sentence,
            siginfo=info.text(),
        )
    )


def _act(kernel: Kernel, task: Task, info: SigInfo) -> None:
    """Carry out the disposition of one signal. Unwinds to the run loop when that is the end of the process."""
    signo = info.signo
    name = signal_name(signo)
    handler = handler_of(task.process, signo)
    if handler not in (SIG_DFL, SIG_IGN):
        kernel.end(
            "unsupported",
            f"{name} has a handler at {handler:#x}. Trapgate's kernel records handlers but cannot run them yet.",
        )
    action: Action = "ignore" if handler == SIG_IGN else default_action(signo)
    words = {
        "terminate": f"{name} ends the process: that is its default action.",
        "core": f"{name} ends the process, and Linux would write a core dump: that is its default action.",
        "ignore": f"{name} is ignored.",
        "stop": f"{name} stops the process until SIGCONT.",
        "continue": f"{name} lets a stopped process go on.",
    }
    _record(kernel, info, _disposition(task, signo), action, words[action])
    if action in ("terminate", "core"):
        kernel.end_process(task, signo=signo)
    elif action == "stop":
        kernel.stop_task(task)

"""Signals: sets, dispositions, default actions (signal(7)), and their delivery."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

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


@dataclass(frozen=True, slots=True)
class Disposition:
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


def is_ignored(process: Process, signo: int) -> bool:
    """Whether `signo` would do nothing to the process."""
    handler = process.dispositions.get(signo, Disposition()).handler
    return handler == SIG_IGN or (handler == SIG_DFL and default_action(signo) == "ignore")


def send(kernel: Kernel, task: Task, signo: int, sender: str) -> None:
    """Make `signo` pending for `task`, or drop it if it would be ignored. It takes effect before user mode goes on."""
    disposition = task.process.dispositions.get(signo, Disposition()).handler
    name = signal_name(signo)
    _cancel_opposites(task, signo)
    if signo in task.blocked:
        task.pending.add(signo)
        kernel.recorder.emit(
            SignalEvent(
                number=signo,
                name=name,
                sender=sender,
                disposition="blocked",
                action="pending",
                sentence=f"{name} is blocked by the signal mask and stays pending.",
            )
        )
    elif disposition == SIG_IGN or (disposition == SIG_DFL and default_action(signo) == "ignore"):
        kernel.recorder.emit(
            SignalEvent(
                number=signo,
                name=name,
                sender=sender,
                disposition="ignore" if disposition == SIG_IGN else "default",
                action="ignore",
                sentence=f"{name} is ignored.",
            )
        )
    else:
        task.pending.add(signo)
        task.wake()


def _cancel_opposites(task: Task, signo: int) -> None:
    """A stop signal takes a pending SIGCONT back, and SIGCONT the stop signals, whatever their dispositions."""
    if signo in _STOPPING:
        task.pending.discard(Signo.SIGCONT)
    elif signo == Signo.SIGCONT:
        for stop in _STOPPING:
            task.pending.discard(stop)


def force(kernel: Kernel, task: Task, signo: int) -> None:
    """Deliver a signal caused by a fault: blocking or ignoring it does not help (Linux `force_sig`)."""
    if signo in task.blocked or task.process.dispositions.get(signo, Disposition()).handler == SIG_IGN:
        task.blocked.discard(signo)
        task.process.dispositions.pop(signo, None)
    task.pending.add(signo)
    deliver(kernel, task, sender="kernel")


def deliver(kernel: Kernel, task: Task, sender: str = "") -> None:
    """Act on every pending signal that is not blocked, lowest number first, as on every return to user mode."""
    while (signo := SignalSet(task.pending.bits & ~task.blocked.bits).first()) is not None:
        task.pending.discard(signo)
        _act(kernel, task, signo, sender or str(task.process.pid))


def _act(kernel: Kernel, task: Task, signo: int, sender: str) -> None:
    """Carry out the disposition of one signal. Raises the kernel's `ProcessEnd` when that is the end."""
    name = signal_name(signo)
    handler = task.process.dispositions.get(signo, Disposition()).handler
    if handler not in (SIG_DFL, SIG_IGN):
        kernel.end_unsupported(
            f"{name} has a handler at {handler:#x}. Trapgate's kernel records handlers but cannot run them yet."
        )
    action: Action = "ignore" if handler == SIG_IGN else default_action(signo)
    words = {
        "terminate": f"{name} ends the process: that is its default action.",
        "core": f"{name} ends the process, and Linux would write a core dump: that is its default action.",
        "ignore": f"{name} is ignored.",
        "stop": f"{name} stops the process until SIGCONT.",
        "continue": f"{name} lets a stopped process go on.",
    }
    kernel.recorder.emit(
        SignalEvent(
            number=signo,
            name=name,
            sender=sender,
            disposition="ignore" if handler == SIG_IGN else "default",
            action=action,
            sentence=words[action],
        )
    )
    if action in ("terminate", "core"):
        kernel.end_process(task, signo=signo)
    elif action == "stop":
        kernel.stop_task(task)

"""Signals as data: sets, siginfo, what is pending, dispositions and default actions (signal(7))."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from .abi.constants import MAX_SIGNAL, Signo
from .abi.siginfo import SIGINFO_SIZE, code_number, siginfo_kind, siginfo_words
from .abi.text import signal_set_text
from .wait import WaitQueue

_NARROW_POLL_SIZE = 20
"""Of a `siginfo_t` about a file, in a 32-bit ABI."""

if TYPE_CHECKING:
    from .abi.layout import Layout
    from .task import Process

Action = Literal["terminate", "core", "ignore", "stop", "continue"]

SIG_DFL = 0
SIG_IGN = 1

_IGNORED = {Signo.SIGCHLD, Signo.SIGURG, Signo.SIGWINCH}
STOPPING = {Signo.SIGSTOP, Signo.SIGTSTP, Signo.SIGTTIN, Signo.SIGTTOU}
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
_SYNCHRONOUS = {Signo.SIGSEGV, Signo.SIGBUS, Signo.SIGILL, Signo.SIGTRAP, Signo.SIGFPE, Signo.SIGSYS}
FIRST_REALTIME = 32
"""SIGRTMIN of the kernel; the C library keeps the first two or three for itself."""

UNBLOCKABLE = (1 << (Signo.SIGKILL - 1)) | (1 << (Signo.SIGSTOP - 1))
LAST = MAX_SIGNAL


def default_action(signo: int) -> Action:
    """What a signal does to a process that did not say otherwise (signal(7), "Standard signals")."""
    if signo in _IGNORED:
        return "ignore"
    if signo in STOPPING:
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

    `code` is the symbolic si_code; `pid` and `uid` the sender's for `SI_USER`, `SI_TKILL` and `SI_QUEUE`, and the
    child's for `SIGCHLD`, whose `status` they come with, and its CPU time `utime` in clock ticks; `address` the one of
    a fault (0 where Linux gives none); `value` what sigqueue(3) or a timer sends along; `timer` and `overrun` the
    timer's. `raw` is the whole `siginfo_t` when a program made it itself (rt_sigqueueinfo(2)).
    """

    signo: int
    code: str
    pid: int = 0
    uid: int = 0
    address: int | None = None
    status: int | None = None
    value: int | None = None
    utime: int = 0
    timer: int | None = None
    overrun: int = 0
    raw: bytes = b""
    taken: Callable[[SigInfo], SigInfo | None] | None = None
    """Told when the signal is acted on, to let a timer go on; gives the signal as it is then, or None
    when the timer was set anew meanwhile."""

    @classmethod
    def user(cls, signo: int, sender: Process, code: str = "SI_USER") -> SigInfo:
        """A signal that `sender` sent."""
        return cls(signo, code, pid=sender.pid, uid=sender.credentials.uid)

    @property
    def sender(self) -> str:
        """`kernel`, or the pid."""
        return str(self.pid) if self.pid else "kernel"

    @property
    def is_of_timer(self) -> bool:
        """Whether a POSIX timer sent it: each has room for its own, so none gets lost."""
        return self.taken is not None and self.code == "SI_TIMER"

    @property
    def from_program(self) -> bool:
        """Whether a program sent it by a call that fills `siginfo_t` itself (si_code below 0)."""
        return code_number(self.code) < 0

    @property
    def _kind(self) -> str:
        """Which fields it has. What became of a child may be told by any signal (clone(2))."""
        return "child" if self.code.startswith("CLD_") else siginfo_kind(self.signo, code_number(self.code))

    def fields(self, structs: Mapping[str, Layout]) -> dict[str, Any]:
        """By the names of sigaction(2)."""
        code = code_number(self.code)
        layout = structs[f"siginfo_{self._kind}"]
        if self.raw:
            return layout.unpack(self.raw[: layout.size].ljust(layout.size, b"\0"))
        known = {
            "si_signo": self.signo,
            "si_code": code,
            "si_pid": self.pid,
            "si_uid": self.uid,
            "si_addr": self.address or 0,
            "si_status": self.status or 0,
            "si_utime": self.utime,
            "si_value": self.value or 0,
            "si_timerid": self.timer or 0,
            "si_overrun": self.overrun,
        }
        return layout.unpack(layout.pack(**{name: value for name, value in known.items() if name in layout.offsets}))

    def pack(self, structs: Mapping[str, Layout]) -> bytes:
        """The `siginfo_t` of the ABI with these structs, 128 bytes.

        For 32-bit programs Linux goes by the signal alone: another than SIGCHLD with a small code is one about a file.
        """
        if self.raw:
            return self.raw.ljust(SIGINFO_SIZE, b"\0")
        if self._kind == "child" and self.signo != Signo.SIGCHLD and structs["siginfo_poll"].size == _NARROW_POLL_SIZE:
            return (
                structs["siginfo_poll"]
                .pack(si_signo=self.signo, si_code=code_number(self.code), si_band=self.pid, si_fd=self.status or 0)
                .ljust(SIGINFO_SIZE, b"\0")
            )
        return structs[f"siginfo_{self._kind}"].pack(**self.fields(structs)).ljust(SIGINFO_SIZE, b"\0")

    def text(self, structs: Mapping[str, Layout]) -> str:
        """As strace prints it, without braces."""
        return siginfo_words(self.fields(structs))


class PendingSignals:
    """Signals that were sent and not acted on yet, oldest first.

    A standard signal is pending once, however often it is sent; real-time signals queue (signal(7)). `infos` are those
    of each number that is pending.
    """

    __slots__ = ("_length", "infos")

    def __init__(self) -> None:
        self.infos: dict[int, list[SigInfo]] = {}
        self._length = 0

    def __bool__(self) -> bool:
        return bool(self.infos)

    def __len__(self) -> int:
        return self._length

    def __contains__(self, signo: int) -> bool:
        return signo in self.infos

    @property
    def bits(self) -> int:
        """As a `sigset_t`."""
        return sum(1 << (signo - 1) for signo in self.infos)

    def add(self, info: SigInfo) -> None:
        """Note that a signal was sent."""
        queue = self.infos.setdefault(info.signo, [])
        if not queue or info.signo >= FIRST_REALTIME or info.is_of_timer:
            queue.append(info)
            self._length += 1

    def discard(self, signo: int) -> None:
        """Forget `signo`, however often it is queued."""
        self._length -= len(self.infos.pop(signo, ()))

    def unblocked(self, blocked: SignalSet) -> bool:
        """Whether one of them is to be acted on."""
        return any(signo not in blocked for signo in self.infos)

    def take(self, blocked: SignalSet) -> SigInfo | None:
        """Remove and return the next one that is not blocked.

        SIGKILL goes before all, then signals that the CPU makes, then the lowest number.
        """
        while ready := [signo for signo in self.infos if signo not in blocked]:
            info = self.take_one(
                min(ready, key=lambda signo: (signo != Signo.SIGKILL, signo not in _SYNCHRONOUS, signo)),
            )
            if info is not None:
                return info
        return None

    def take_one(self, signo: int) -> SigInfo | None:
        """Remove and return the oldest `signo`, which must be pending; None when its timer takes it back."""
        queue = self.infos[signo]
        info = queue.pop(0)
        self._length -= 1
        if not queue:
            del self.infos[signo]
        return info if info.taken is None else info.taken(info)


class SignalHandlers:
    """What is to happen for each signal (Linux `sighand_struct`); shared by the tasks of a process.

    `arrivals` is woken whenever a signal becomes pending, for signalfd(2).
    """

    __slots__ = ("_dispositions", "arrivals")

    def __init__(self, dispositions: dict[int, Disposition] | None = None) -> None:
        self._dispositions = dispositions or {}
        self.arrivals = WaitQueue()

    def get(self, signo: int) -> Disposition:
        """The disposition of `signo`."""
        return self._dispositions.get(signo, _DEFAULT)

    def set(self, signo: int, disposition: Disposition) -> None:
        """Change it."""
        self._dispositions[signo] = disposition

    def reset(self, signo: int) -> None:
        """Back to the default action; flags and mask stay to be seen."""
        self._dispositions[signo] = replace(self.get(signo), handler=SIG_DFL)

    def fork(self) -> SignalHandlers:
        """A copy, for a child process."""
        return SignalHandlers(dict(self._dispositions))

    def after_exec(self) -> SignalHandlers:
        """What is left when the program with its handlers is gone: ignored signals stay ignored (execve(2))."""
        return SignalHandlers(
            {
                signo: Disposition(SIG_IGN)
                for signo, disposition in self._dispositions.items()
                if disposition.handler == SIG_IGN
            }
        )

    def ignores(self, signo: int) -> bool:
        """Whether `signo` would do nothing: SIGCONT has done its work when it is sent."""
        handler = self.get(signo).handler
        return handler == SIG_IGN or (handler == SIG_DFL and default_action(signo) in ("ignore", "continue"))

    def is_fatal(self, signo: int) -> bool:
        """Whether `signo` ends the process, without a core dump (Linux `sig_fatal`)."""
        return self.get(signo).handler == SIG_DFL and default_action(signo) == "terminate"


_DEFAULT = Disposition()

"""Sleeping and waking.

A system call that cannot finish is a generator: it yields a `Sleep`, the kernel parks the task, and resumes the
generator when a wait queue is woken, the deadline passes or a signal arrives. The generator then looks again at what
it waited for, as a kernel thread does after `schedule()`.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from .task import Task

T = TypeVar("T")


class WaitQueue:
    """Tasks asleep until something about one object changes, first come first.

    `watchers` are called at each wake: others that want to know of the change without sleeping here (epoll).
    """

    __slots__ = ("sleepers", "watchers")

    def __init__(self) -> None:
        self.sleepers: list[Task] = []
        self.watchers: list[Callable[[], None]] = []

    @property
    def is_waited_for(self) -> bool:
        """Whether anyone wants to know of a change."""
        return bool(self.sleepers or self.watchers)

    def wake_all(self) -> None:
        """Make every sleeper runnable; each looks for itself whether it can go on."""
        self.wake(len(self.sleepers))

    def wake(self, count: int) -> int:
        """Make the first `count` sleepers runnable; returns how many there were."""
        woken = self.sleepers[:count]
        if woken:
            del self.sleepers[:count]
            for task in woken:
                task.wake()
        for watcher in tuple(self.watchers):
            watcher()
        return len(woken)

    def watch(self, callback: Callable[[], None]) -> None:
        """Call `callback` at each wake from now on."""
        self.watchers.append(callback)

    def unwatch(self, callback: Callable[[], None]) -> None:
        """Stop calling `callback`."""
        self.watchers.remove(callback)


class Sleep(Struct):
    """Why a call sleeps, and what ends it: a wake of one of `queues`, virtual time `until` (ns), or a signal.

    `on` is the short name shown in the diagram (`keyboard`, `timer`, `pipe`), `sentence` the words. A sleep that is
    not `interruptible` goes on through every signal but SIGKILL.
    """

    on: str
    sentence: str
    queues: tuple[WaitQueue, ...] = ()
    until: int | None = None
    interruptible: bool = True


Blocking = Generator[Sleep, None, T]
"""What a function that may sleep returns; call it with `yield from`."""


class Restart(enum.Enum):
    """What becomes of a call that a signal interrupted; the names and numbers are those of Linux's internal errnos."""

    SYS = 512
    """ERESTARTSYS: made again, unless a handler without SA_RESTART ran; then EINTR."""
    NOINTR = 513
    """ERESTARTNOINTR: always made again."""
    NOHAND = 514
    """ERESTARTNOHAND: made again when no handler ran, else EINTR."""
    BLOCK = 516
    """ERESTART_RESTARTBLOCK: EINTR when a handler ran, else goes on where it was (restart_syscall(2))."""

    @property
    def errno_name(self) -> str:
        """As strace calls it."""
        return "ERESTART_RESTARTBLOCK" if self is Restart.BLOCK else f"ERESTART{self.name}"

    @property
    def words(self) -> str:
        """As strace explains it."""
        return _WORDS[self]


_WORDS = {
    Restart.SYS: "To be restarted if SA_RESTART is set",
    Restart.NOINTR: "To be restarted",
    Restart.NOHAND: "To be restarted if no handler",
    Restart.BLOCK: "Interrupted by signal",
}


class Interrupted(Exception):
    """A signal arrived before what the call waited for."""

    def __init__(self, restart: Restart) -> None:
        super().__init__(restart)
        self.restart = restart

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


class Watcher(Struct, eq=False):
    """One that wants to know of the wakes of a queue without sleeping there, such as an epoll instance.

    `notify` is called with the poll bits that may have become true (0: any) and says whether it woke a task. A queue
    asks only the first willing one of those that are `exclusive`. In `queues` the tasks sleep that wait through the
    watcher.
    """

    notify: Callable[[int], bool]
    queues: tuple[WaitQueue, ...]
    exclusive: bool = False


class WaitQueue:
    """Tasks asleep until something about one object changes, first come first; and the watchers of the object."""

    __slots__ = ("_watchers", "sleepers")

    def __init__(self) -> None:
        self.sleepers: list[Task] = []
        self._watchers: list[Watcher] = []

    @property
    def first_waiter(self) -> Task | None:
        """The task that has slept for a change the longest, here or else through a watcher."""
        if self.sleepers:
            return self.sleepers[0]
        waiters = (queue.first_waiter for queue in self.watched_through)
        return next((waiter for waiter in waiters if waiter is not None), None)

    @property
    def watched_through(self) -> list[WaitQueue]:
        """The queues of its watchers."""
        return [queue for watcher in self._watchers for queue in watcher.queues]

    def leads_to(self, wanted: WaitQueue) -> bool:
        """Whether a wake of this one reaches those who sleep in `wanted`, there or through watchers."""
        return self is wanted or any(queue.leads_to(wanted) for queue in self.watched_through)

    def wake_all(self, events: int = 0) -> None:
        """Make every sleeper runnable; each looks for itself whether it can go on. `events`: see `Watcher`."""
        self.wake(len(self.sleepers), events)

    def wake(self, count: int, events: int = 0) -> int:
        """Make the first `count` sleepers runnable; returns how many there were."""
        woken = self.sleepers[:count]
        if woken:
            del self.sleepers[:count]
            for task in woken:
                task.wake()
        served = False
        for watcher in tuple(self._watchers):
            if not (served and watcher.exclusive):
                served = (watcher.notify(events) and watcher.exclusive) or served
        return len(woken)

    def watch(self, watcher: Watcher) -> None:
        """Tell `watcher` of each wake from now on: the last comer first, but exclusive ones last and in order."""
        if watcher.exclusive:
            self._watchers.append(watcher)
        else:
            self._watchers.insert(0, watcher)

    def unwatch(self, watcher: Watcher) -> None:
        """Stop telling it."""
        self._watchers.remove(watcher)


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

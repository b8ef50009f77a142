"""Sleeping and waking.

A system call that cannot finish is a generator: it yields a `Sleep`, the kernel parks the task, and resumes the
generator when the wait queue is woken or the deadline passes. The generator then looks again at what it waited for,
as a kernel thread does after `schedule()`.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from .task import Task

T = TypeVar("T")


class WaitQueue:
    """Tasks asleep until something about one object changes."""

    __slots__ = ("sleepers",)

    def __init__(self) -> None:
        self.sleepers: list[Task] = []

    def wake_all(self) -> None:
        """Make every sleeper runnable; each looks for itself whether it can go on."""
        sleepers, self.sleepers = self.sleepers, []
        for task in sleepers:
            task.wake()


class Sleep(Struct):
    """Why a call sleeps, and what ends it: `queue` being woken, or virtual time `until` (ns), whichever is first.

    `on` is the short name shown in the diagram (`keyboard`, `timer`, `pipe`), `sentence` the words.
    """

    on: str
    sentence: str
    queue: WaitQueue | None = None
    until: int | None = None


Blocking = Generator[Sleep, None, T]
"""What a function that may sleep returns; call it with `yield from`."""

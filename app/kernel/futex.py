"""Futexes: wait queues that belong to addresses (futex(2), futex(7))."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from .wait import WaitQueue

if TYPE_CHECKING:
    from .kernel import Kernel
    from .task import Task


class FutexTable:
    """The queues of every futex word that somebody waits for, by its key."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._queues: dict[Hashable, WaitQueue] = {}

    def exit_task(self, task: Task) -> None:
        """Tell the threads that share memory with `task` that it has ended (set_tid_address(2))."""
        if task.clear_child_tid and task.mm.references > 1:
            task.mm.copy_out(task.clear_child_tid, bytes(4))

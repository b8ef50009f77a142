"""Futexes: sleeping until a word of memory changes (futex(2), futex(7)).

The kernel keeps nothing of a lock itself, only who sleeps for which word. What the words mean is the C library's
business, but for those of priority inheritance and those on a robust list, which hold the owner's tid.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from .errno import KernelError
from .wait import WaitQueue

if TYPE_CHECKING:
    from .abi import Abi
    from .kernel import Kernel
    from .task import Task

TID_MASK = 0x3FFF_FFFF
OWNER_DIED = 0x4000_0000
WAITERS = 0x8000_0000
ANY_BIT = 0xFFFF_FFFF

ROBUST_LIST_LIMIT = 2048
"""Entries of a robust list that are looked at, because a program may have made a circle of them."""


def robust_head_size(abi: Abi) -> int:
    """Bytes of `struct robust_list_head`: three words."""
    return 3 * abi.info.word_size


class FutexWaiter:
    """A task that sleeps for a futex. `queue` is its own, so that it can be moved to another futex asleep."""

    __slots__ = ("bitset", "key", "queue", "task", "woken")

    def __init__(self, task: Task, key: Hashable, bitset: int) -> None:
        self.task = task
        self.key = key
        self.bitset = bitset
        self.woken = False
        self.queue = WaitQueue()

    def wake(self) -> None:
        """End the sleep."""
        self.woken = True
        self.queue.wake_all()


class FutexTable:
    """Who sleeps for which word, first come first (Linux's futex hash table)."""

    def __init__(self) -> None:
        self._waiters: dict[Hashable, list[FutexWaiter]] = {}

    def enqueue(self, task: Task, key: Hashable, bitset: int) -> FutexWaiter:
        """Note that `task` is about to sleep."""
        waiter = FutexWaiter(task, key, bitset)
        self._waiters.setdefault(key, []).append(waiter)
        return waiter

    def remove(self, waiter: FutexWaiter) -> None:
        """It sleeps no more; nothing when it has been woken."""
        waiters = self._waiters.get(waiter.key, [])
        if waiter in waiters:
            waiters.remove(waiter)
        if not waiters:
            self._waiters.pop(waiter.key, None)

    def waiters(self, key: Hashable) -> list[FutexWaiter]:
        """Those who sleep for `key`."""
        return list(self._waiters.get(key, ()))

    def wake(self, key: Hashable, count: int, bitset: int = ANY_BIT) -> int:
        """Wake up to `count` waiters whose bits meet `bitset`; returns how many there were."""
        woken = 0
        for waiter in self.waiters(key):
            if woken >= count:
                break
            if waiter.bitset & bitset:
                self.remove(waiter)
                waiter.wake()
                woken += 1
        return woken

    def requeue(self, key: Hashable, other: Hashable, count: int) -> int:
        """Let up to `count` waiters sleep for `other` instead; returns how many there were."""
        moved = self.waiters(key)[:count]
        for waiter in moved:
            self.remove(waiter)
            waiter.key = other
            self._waiters.setdefault(other, []).append(waiter)
        return len(moved)


def release_memory(kernel: Kernel, task: Task) -> None:
    """`task` leaves its memory, by ending or by exec: free what it held in it (Linux `mm_release`).

    Locks on the robust list are marked (get_robust_list(2)), and the word of set_tid_address(2) is cleared when anybody
    is left to see it.
    """
    if task.robust_list:
        _walk_robust_list(kernel, task)
        task.robust_list = 0
    if task.clear_child_tid and task.mm.references > 1 and task.mm.copy_out(task.clear_child_tid, bytes(4)):
        _wake_shared(kernel, task, task.clear_child_tid)
    task.clear_child_tid = 0


def _walk_robust_list(kernel: Kernel, task: Task) -> None:
    """Mark every lock that the task still holds."""
    mm = task.mm
    head = task.robust_list
    word = task.abi.info.word_size
    data = mm.copy_in(head, robust_head_size(task.abi))
    if len(data) < robust_head_size(task.abi):
        return
    entry, offset, pending = (int.from_bytes(data[at : at + word], "little") for at in range(0, 3 * word, word))
    for _ in range(ROBUST_LIST_LIMIT):
        if entry & ~1 == head:
            break
        following = mm.copy_in(entry & ~1, word)
        if entry != pending and not _mark_dead(kernel, task, (entry & ~1) + offset, bool(entry & 1), False):
            return
        if len(following) < word:
            return
        entry = int.from_bytes(following, "little")
    if pending:
        _mark_dead(kernel, task, (pending & ~1) + offset, bool(pending & 1), True)


def _mark_dead(kernel: Kernel, task: Task, address: int, inherits: bool, pending: bool) -> bool:
    """The owner of a lock has died: say so in the word, and wake one who waits (Linux `handle_futex_death`).

    False when the word can't be read or written.
    """
    address &= (1 << task.abi.bits) - 1
    data = task.mm.copy_in(address, 4)
    if address % 4 or len(data) < 4:
        return False
    value = int.from_bytes(data, "little")
    if pending and not inherits and not value & TID_MASK:
        _wake_shared(kernel, task, address)
        return True
    if value & TID_MASK != task.tid:
        return True
    if task.mm.copy_out(address, (value & WAITERS | OWNER_DIED).to_bytes(4, "little")) < 4:
        return False
    if not inherits and value & WAITERS:
        _wake_shared(kernel, task, address)
    return True


def _wake_shared(kernel: Kernel, task: Task, address: int) -> None:
    """Wake one waiter, whether it takes the futex for private or shared."""
    for private in (False, True):
        try:
            key = task.mm.futex_key(address, private)
        except KernelError:
            return
        if kernel.futexes.wake(key, 1):
            return

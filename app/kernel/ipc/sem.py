"""System V semaphore sets: operations that happen all or not at all, who waits for them, and what exit undoes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.ipc_constants import SEM_UNDO, IpcFlag
from app.kernel.clock import SECOND
from app.kernel.errno import Errno, KernelError
from app.kernel.wait import WaitQueue

from .ids import IpcIds, IpcObject

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials
    from app.kernel.kernel import Kernel
    from app.kernel.task import Task

SEMMSL = 32000
"""Semaphores in one set."""

SEMMNI = 32000
"""Sets that may exist at once."""

SEMMNS = SEMMSL * SEMMNI
"""Semaphores in all sets."""

SEMOPM = 500
"""Operations in one semop(2)."""

SEMVMX = SEMAEM = 32767
"""Highest value of a semaphore, and of what exit adds to one."""

MOST_CELLS = 1 << 20
"""Values and adjustments that the machine has memory for."""

_NOWAIT = int(IpcFlag.IPC_NOWAIT)


class SemOperation(Struct, frozen=True):
    """`struct sembuf`: add `by` to semaphore `number`, or with 0 wait until it is 0."""

    number: int
    by: int
    flags: int


class SemUndo(Struct):
    """What exit adds to the semaphores of one set (`struct sem_undo`)."""

    sems: SemaphoreSet
    adjustments: list[int]


class UndoList(Struct):
    """The adjustments of a task, or of those that share them with CLONE_SYSVSEM, by the set's identifier."""

    users: int = 1
    undos: dict[int, SemUndo] = {}


class SemQueue(Struct, eq=False):
    """A sleeping semop(2) (`struct sem_queue`). `status` is None until somebody has carried it out or failed it."""

    operations: tuple[SemOperation, ...]
    pid: int
    undo: SemUndo | None
    queue: WaitQueue
    blocking: SemOperation | None = None
    status: Errno | int | None = None

    @property
    def alters(self) -> bool:
        """Whether it changes a value; else it only waits for zeros."""
        return any(operation.by for operation in self.operations)


class SemaphoreSet(IpcObject):
    """One set (`struct sem_array`). Times are seconds."""

    def __init__(self, kernel: Kernel, key: int, mode: int, who: Credentials, count: int) -> None:
        super().__init__(key, mode, who)
        self._kernel = kernel
        self.values = [0] * count
        self.pids = [0] * count
        self.operation_time = 0
        self.change_time = kernel.clock.realtime // SECOND
        self.undos: list[SemUndo] = []
        self.pending: list[SemQueue] = []

    def perform(self, wanted: SemQueue) -> Errno | int | None:
        """Carry out all operations, or none (Linux `perform_atomic_semop`).

        0 when it is done, None when it has to wait for `wanted.blocking`, else ERANGE or, with IPC_NOWAIT, EAGAIN.
        """
        values: dict[int, int] = {}
        adjustments: dict[int, int] = {}
        undo = wanted.undo
        for operation in wanted.operations:
            number = operation.number
            value = values.get(number, self.values[number])
            result = value + operation.by
            if result < 0 or (not operation.by and value):
                wanted.blocking = operation
                return Errno.EAGAIN if operation.flags & _NOWAIT else None
            if result > SEMVMX:
                return Errno.ERANGE
            if operation.flags & SEM_UNDO and undo is not None:
                adjusted = adjustments.get(number, undo.adjustments[number]) - operation.by
                if not -SEMAEM - 1 <= adjusted <= SEMAEM:
                    return Errno.ERANGE
                adjustments[number] = adjusted
            values[number] = result
        for number, value in values.items():
            self.values[number] = value
            self.pids[number] = wanted.pid
        for number, value in adjustments.items():
            if undo is not None:
                undo.adjustments[number] = value
        self.operation_time = self._kernel.clock.realtime // SECOND
        return 0

    def update(self) -> list[int]:
        """Values have changed: carry out what can go on now, those who wait for zero first, then first come first.

        Returns the process ids of those who go on.
        """
        woken: list[int] = []
        again = True
        while again:
            again = False
            for waiter in sorted(self.pending, key=lambda waiter: waiter.alters):
                status = self.perform(waiter)
                if status is not None:
                    self._finish(waiter, status)
                    woken.append(waiter.pid)
                    again = waiter.alters and status == 0
                    if again:
                        break
        return woken

    def _finish(self, waiter: SemQueue, status: Errno | int) -> None:
        self.pending.remove(waiter)
        waiter.status = status
        waiter.queue.wake_all()

    def set_value(self, number: int, value: int, pid: int) -> None:
        """SETVAL and SETALL: what exit would have undone is forgotten."""
        self.values[number] = value
        self.pids[number] = pid
        for undo in self.undos:
            undo.adjustments[number] = 0

    def touch(self) -> None:
        """It is changed by semctl(2) now."""
        self.change_time = self._kernel.clock.realtime // SECOND

    def waiting(self, number: int, for_zero: bool) -> int:
        """How many sleep because of this semaphore (GETNCNT, GETZCNT)."""
        return sum(
            waiter.blocking is not None and waiter.blocking.number == number and (waiter.blocking.by == 0) == for_zero
            for waiter in self.pending
        )

    def remove(self) -> None:
        """IPC_RMID: gone at once, and those who sleep fail with EIDRM."""
        self._kernel.semaphores.remove(self)
        for waiter in tuple(self.pending):
            self._finish(waiter, Errno.EIDRM)
        self.undos.clear()

    def undo_of(self, task: Task) -> SemUndo:
        """What the exit of `task` will undo here (Linux `find_alloc_undo`). Raises ENOMEM."""
        undo_list = task.semaphore_undo = task.semaphore_undo or UndoList()
        found = undo_list.undos.get(self.id)
        if found is None or found.sems is not self:
            need_memory(self._kernel, len(self.values))
            found = SemUndo(self, [0] * len(self.values))
            undo_list.undos[self.id] = found
            self.undos.append(found)
        return found


def new_sets() -> IpcIds[SemaphoreSet]:
    """The table of a machine that has just started."""
    return IpcIds(SEMMNI)


def count_semaphores(sets: IpcIds[SemaphoreSet]) -> int:
    """Semaphores in all sets."""
    return sum(len(sems.values) for sems in sets)


def need_memory(kernel: Kernel, count: int) -> None:
    """Raises ENOMEM when there is no room for `count` more values or adjustments."""
    used = sum(len(sems.values) * (1 + len(sems.undos)) for sems in kernel.semaphores)
    if used + count > MOST_CELLS:
        raise KernelError(Errno.ENOMEM, "The kernel has no memory for so many semaphores", "system")


def copy_undo(parent: Task, child: Task, shared: bool) -> None:
    """A new task: with CLONE_SYSVSEM it has the list of its parent, else it starts without one."""
    if shared:
        parent.semaphore_undo = parent.semaphore_undo or UndoList()
        parent.semaphore_undo.users += 1
        child.semaphore_undo = parent.semaphore_undo


def exit_undo(task: Task) -> None:
    """`task` ends, and with the last that shares its list every SEM_UNDO operation is undone (Linux `exit_sem`)."""
    undo_list = task.semaphore_undo
    if undo_list is None:
        return
    undo_list.users -= 1
    if undo_list.users:
        return
    for undo in undo_list.undos.values():
        sems = undo.sems
        if sems.deleted:
            continue
        sems.undos.remove(undo)
        for number, adjustment in enumerate(undo.adjustments):
            if adjustment:
                sems.values[number] = min(max(sems.values[number] + adjustment, 0), SEMVMX)
                sems.pids[number] = task.process.pid
        sems.update()

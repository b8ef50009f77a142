"""File locks: flock(2), and record locks of fcntl(2) by process or by open file description (Linux fs/locks.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.constants import LockType
from app.kernel.errno import Errno, KernelError
from app.kernel.wait import Blocking, Sleep, WaitQueue

if TYPE_CHECKING:
    from app.kernel.call import Call

    from .inode import Inode

END_OF_FILE = 2**63 - 1
"""The last byte that a lock can cover; a lock up to it covers whatever the file grows to."""

OFD_PID = -1
"""`l_pid` of a lock that belongs to an open file description."""

_WRITE = int(LockType.F_WRLCK)
_UNLOCK = int(LockType.F_UNLCK)


class FileLock(Struct):
    """Bytes `start` to `end`, both included. `owner` is a descriptor table or an open file description."""

    kind: int
    start: int
    end: int
    owner: object
    pid: int

    def overlaps(self, other: FileLock) -> bool:
        """Whether they share a byte."""
        return self.start <= other.end and other.start <= self.end

    def conflicts(self, other: FileLock) -> bool:
        """Whether both cannot be held: different owners, a byte in common, and one of them writes."""
        return self.owner is not other.owner and self.overlaps(other) and _WRITE in (self.kind, other.kind)


class LockTable:
    """The locks of one inode. `flocks` are whole-file locks of flock(2), which know nothing of record locks."""

    def __init__(self) -> None:
        self.records: list[FileLock] = []
        self.flocks: list[FileLock] = []
        self.released = WaitQueue()

    @classmethod
    def of(cls, inode: Inode) -> LockTable:
        """The table of `inode`, made when it is first needed."""
        if inode.locks is None:
            inode.locks = cls()
        return inode.locks

    def conflict(self, wanted: FileLock) -> FileLock | None:
        """The first record lock that stands in the way of `wanted`."""
        return next((lock for lock in self.records if lock.conflicts(wanted)), None)

    def apply(self, wanted: FileLock) -> None:
        """Set, change or (F_UNLCK) release a record lock that nothing stands in the way of.

        An owner has at most one lock on a byte: old locks are cut where the new one is, and neighbours of the same
        kind become one.
        """
        mine = [lock for lock in self.records if lock.owner is wanted.owner]
        first = next((at for at, lock in enumerate(self.records) if lock.owner is wanted.owner), len(self.records))
        left = [piece for lock in mine for piece in _cut(lock, wanted)]
        if wanted.kind != _UNLOCK:
            left = _joined(left, wanted)
        left.sort(key=lambda lock: lock.start)
        self.records = [lock for lock in self.records if lock.owner is not wanted.owner]
        self.records[first:first] = left
        self.released.wake_all()

    def release_table(self, files: object) -> None:
        """A process closes a descriptor of the file: all its record locks on it go, whatever else it has open."""
        self._release([lock for lock in self.records if lock.owner is files])

    def release_description(self, file: object) -> None:
        """An open file description is gone, and its locks with it."""
        self._release([lock for lock in (*self.records, *self.flocks) if lock.owner is file])

    def _release(self, gone: list[FileLock]) -> None:
        if gone:
            self.records = [lock for lock in self.records if not any(lock is other for other in gone)]
            self.flocks = [lock for lock in self.flocks if not any(lock is other for other in gone)]
            self.released.wake_all()


def lock_record(call: Call, inode: Inode, wanted: FileLock, wait: bool) -> Blocking[None]:
    """F_SETLK, or with `wait` F_SETLKW. Raises EAGAIN, or EDEADLK and EINTR while waiting."""
    table = LockTable.of(inode)
    blocked = inode.fs.blocked_lockers
    while wanted.kind != _UNLOCK and (holder := table.conflict(wanted)) is not None:
        if not wait:
            raise KernelError(Errno.EAGAIN, f"Bytes {holder.start} to {_shown(holder.end)} are locked by another")
        if wanted.pid != OFD_PID and _would_deadlock(blocked, wanted.owner, holder.owner):
            raise KernelError(Errno.EDEADLK, "The holder of that lock waits, in the end, for this process")
        blocked[wanted.owner] = holder.owner
        try:
            sentence = "Another holds a lock on these bytes, so the task sleeps."
            yield from call.sleep(Sleep(on="lock", sentence=sentence, queues=(table.released,)))
        finally:
            del blocked[wanted.owner]
    table.apply(wanted)


def lock_file(call: Call, inode: Inode, wanted: FileLock, wait: bool) -> Blocking[None]:
    """flock(2): the description's lock becomes `wanted`. Raises EAGAIN, and EINTR while waiting.

    A lock that changes its kind is given up first, so another may get in between.
    """
    table = LockTable.of(inode)
    old = next((lock for lock in table.flocks if lock.owner is wanted.owner), None)
    if old is not None and old.kind == wanted.kind:
        return
    if old is not None:
        table.flocks.remove(old)
        table.released.wake_all()
    if wanted.kind == _UNLOCK:
        return
    while any(lock.conflicts(wanted) for lock in table.flocks):
        if not wait:
            raise KernelError(Errno.EAGAIN, "Another open file description holds a lock on the file")
        sentence = "Another holds a lock on the file, so the task sleeps."
        yield from call.sleep(Sleep(on="lock", sentence=sentence, queues=(table.released,)))
    table.flocks.append(wanted)


def _would_deadlock(blocked: dict[object, object], locker: object, holder: object) -> bool:
    """Whether who holds the lock waits for somebody who waits ... for the one who wants it now."""
    waiting: object | None = holder
    for _ in range(len(blocked) + 1):
        if waiting is locker:
            return True
        waiting = blocked.get(waiting)
    return False


def _cut(lock: FileLock, hole: FileLock) -> list[FileLock]:
    """What is left of `lock` outside `hole`."""
    if not lock.overlaps(hole):
        return [lock]
    pieces = []
    if lock.start < hole.start:
        pieces.append(FileLock(lock.kind, lock.start, hole.start - 1, lock.owner, lock.pid))
    if lock.end > hole.end:
        pieces.append(FileLock(lock.kind, hole.end + 1, lock.end, lock.owner, lock.pid))
    return pieces


def _joined(locks: list[FileLock], new: FileLock) -> list[FileLock]:
    """`locks` and `new`, made one with neighbours of its kind."""
    merged = FileLock(new.kind, new.start, new.end, new.owner, new.pid)
    apart = []
    for lock in locks:
        if lock.kind == new.kind and lock.end + 1 >= merged.start and merged.end + 1 >= lock.start:
            merged.start, merged.end = min(lock.start, merged.start), max(lock.end, merged.end)
        else:
            apart.append(lock)
    return [*apart, merged]


def _shown(end: int) -> str:
    return "the end" if end == END_OF_FILE else str(end)

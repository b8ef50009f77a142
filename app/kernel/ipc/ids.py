"""What shared memory, semaphore sets and message queues have in common: identifiers, keys and permissions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

from app.kernel.abi.ipc_constants import IPC_PRIVATE, IpcFlag
from app.kernel.credentials import Capability
from app.kernel.errno import Errno, KernelError

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials

INDEX_BITS = 15
"""An identifier is a place in the table, and above these bits how often the table has wrapped."""

MOST_SEQUENCES = (1 << 31) >> INDEX_BITS
_FIRST_CYCLE = 64
_INDEX_MASK = (1 << INDEX_BITS) - 1


class IpcObject:
    """The head of every System V object (`struct kern_ipc_perm`). `mode` has permissions and flags of the kind."""

    def __init__(self, key: int, mode: int, who: Credentials) -> None:
        self.key = key
        self.uid = self.cuid = who.euid
        self.gid = self.cgid = who.egid
        self.mode = mode & 0o777
        self.id = -1
        self.sequence = 0
        self.deleted = False

    def permits(self, who: Credentials, mode: int) -> bool:
        """Whether `who` may use it as the permission bits `mode` say, of any class (Linux `ipcperms`)."""
        wanted = (mode >> 6 | mode >> 3 | mode) & 0o7
        granted = self.mode
        if who.euid in (self.uid, self.cuid):
            granted >>= 6
        elif who.in_group(self.gid) or who.in_group(self.cgid):
            granted >>= 3
        return not wanted & ~granted & 0o7 or who.capable(Capability.CAP_IPC_OWNER)

    def need_permission(self, who: Credentials, mode: int) -> None:
        """Raises EACCES."""
        if not self.permits(who, mode):
            raise KernelError(Errno.EACCES, f"Its mode {self.mode & 0o777:#o} does not allow this", "system")

    def is_owner(self, who: Credentials) -> bool:
        """Whether `who` may change or remove it."""
        return who.euid in (self.uid, self.cuid) or who.capable(Capability.CAP_SYS_ADMIN)

    def need_owner(self, who: Credentials) -> None:
        """Raises EPERM."""
        if not self.is_owner(who):
            raise KernelError(Errno.EPERM, "Only its owner and its creator may do that", "system")

    def set_permissions(self, uid: int, gid: int, mode: int) -> None:
        """IPC_SET (Linux `ipc_update_perm`)."""
        self.uid, self.gid = uid, gid
        self.mode = self.mode & ~0o777 | mode & 0o777

    def fields(self, prefix: str) -> dict[str, int]:
        """The fields of `struct ipc64_perm`, by names with a prefix: `shm_perm.uid`."""
        return {
            f"{prefix}.key": self.key,
            f"{prefix}.uid": self.uid,
            f"{prefix}.gid": self.gid,
            f"{prefix}.cuid": self.cuid,
            f"{prefix}.cgid": self.cgid,
            f"{prefix}.mode": self.mode,
            f"{prefix}.seq": self.sequence,
        }


T = TypeVar("T", bound=IpcObject)


class IpcIds(Generic[T]):
    """All objects of one kind (`struct ipc_ids`). At most `most` exist at once."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._objects: dict[int, T] = {}
        self._sequence = 0
        self._last_index = -1

    def __len__(self) -> int:
        return len(self._objects)

    def __iter__(self) -> Iterator[T]:
        return iter([self._objects[index] for index in sorted(self._objects)])

    @property
    def highest_index(self) -> int:
        """The highest place in use; -1 when none is."""
        return max(self._objects, default=-1)

    def find_key(self, key: int) -> T | None:
        """The object with that key, which is not IPC_PRIVATE."""
        return next((found for found in self._objects.values() if found.key == key != IPC_PRIVATE), None)

    def need_found(self, key: int, flags: int) -> T | None:
        """The object that a get call means; None when it shall make one. Raises ENOENT, EEXIST (Linux `ipcget`)."""
        found = self.find_key(key)
        if key == IPC_PRIVATE:
            return None
        if found is None:
            if not flags & IpcFlag.IPC_CREAT:
                raise KernelError(Errno.ENOENT, f"Nothing has the key {key:#x}, and IPC_CREAT is not given", "system")
            return None
        if flags & IpcFlag.IPC_CREAT and flags & IpcFlag.IPC_EXCL:
            raise KernelError(Errno.EEXIST, f"The key {key:#x} is in use, and IPC_EXCL is given", "system")
        return found

    def add(self, new: T) -> int:
        """Give `new` an identifier, which is returned. Raises ENOSPC when there are too many.

        Places are handed out in a circle, so that an identifier comes again as late as possible.
        """
        if len(self._objects) >= self.most:
            raise KernelError(Errno.ENOSPC, f"There are {self.most} already, as many as there may be", "system")
        places = min(max(len(self._objects) * 3 // 2, _FIRST_CYCLE), self.most)
        start = self._last_index + 1
        order = [*range(start, places), *range(min(start, places))]
        index = next((index for index in order if index not in self._objects), len(self._objects))
        if index <= self._last_index:
            self._sequence = (self._sequence + 1) % MOST_SEQUENCES
        self._last_index = index
        new.sequence = self._sequence
        new.id = self._sequence << INDEX_BITS | index
        self._objects[index] = new
        return new.id

    def at_index(self, index: int) -> T:
        """The object at a place of the table (SHM_STAT and its like). Raises EINVAL."""
        found = self._objects.get(index & _INDEX_MASK) if index >= 0 else None
        if found is None:
            raise KernelError(Errno.EINVAL, f"Place {index} of the table is empty", "system")
        return found

    def get(self, ident: int) -> T:
        """The object with that identifier. Raises EINVAL, and EIDRM when another one has its place now."""
        found = self._objects.get(ident & _INDEX_MASK) if ident >= 0 else None
        if found is None:
            raise KernelError(Errno.EINVAL, f"Nothing has the identifier {ident}", "system")
        if found.id != ident:
            raise KernelError(Errno.EIDRM, f"What had the identifier {ident} has been removed", "system")
        return found

    def remove(self, gone: T) -> None:
        """Forget an object."""
        gone.deleted = True
        del self._objects[gone.id & _INDEX_MASK]

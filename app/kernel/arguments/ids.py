"""Arguments that are user and group ids."""

from __future__ import annotations

import struct

from app.kernel.errno import Errno, KernelError

from .integers import Address, Unsigned
from .memory import Pointer


class UserId(Unsigned):
    """`uid_t`; -1 leaves an id as it is."""

    @classmethod
    def show(cls, value: int) -> str:
        """The number, `-1` for the one that means none."""
        return "-1" if value == 0xFFFF_FFFF else str(int(value))


class GroupId(UserId):
    """`gid_t`."""


class _Groups(Pointer):
    """An array of group ids, as long as the argument says that `detail` names."""

    __slots__ = ("ids",)

    ids: tuple[int, ...] | None

    def text(self) -> str | None:
        """`[4, 24, 1000]`; the address when nothing was copied."""
        ids = getattr(self, "ids", None)
        return Address.show(self.address) if ids is None else f"[{', '.join(map(str, ids))}]"


class GroupsOut(_Groups):
    """Room for group ids."""

    __slots__ = ()

    def write_ids(self, ids: tuple[int, ...]) -> None:
        """Store them. Raises EFAULT."""
        data = struct.pack(f"<{len(ids)}I", *ids)
        if self.call.task.mm.copy_out(self.address, data) < len(data):
            raise self._missing(f"writable room for {len(ids)} group ids")
        self.ids = ids


class GroupsIn(_Groups):
    """Group ids that the kernel reads."""

    __slots__ = ()

    def read_ids(self) -> tuple[int, ...]:
        """Read them. Raises EFAULT, and EINVAL for -1, which is no id."""
        count = int(self.call.arguments[self.detail])
        data = self.call.task.mm.copy_in(self.address, 4 * count)
        if len(data) < 4 * count:
            raise self._missing(f"{count} readable group ids")
        self.ids = struct.unpack(f"<{count}I", data)
        if 0xFFFF_FFFF in self.ids:
            raise KernelError(Errno.EINVAL, "-1 is no group id", "sched")
        return self.ids

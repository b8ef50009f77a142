"""Arguments that are user and group ids: 32 bits, or 16 in the old calls of 32-bit ABIs (`uid_t` of the row)."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Self

from app.kernel.errno import Errno, KernelError

from .integers import Address, Unsigned
from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.abi import Abi
    from app.kernel.call import Call

_NO_ID = 0xFFFF_FFFF
_NO_ID16 = 0xFFFF


def widened(abi: Abi, raw: int) -> int:
    """An id as the kernel has it: -1 of 16 bits is -1 of 32 (Linux `low2highuid`)."""
    if "uid_t" not in abi.structs:
        return raw
    return _NO_ID if raw & _NO_ID16 == _NO_ID16 else raw & _NO_ID16


def narrowed(abi: Abi, ident: int) -> int:
    """An id as the program has it: 65534 stands for one that needs more than 16 bits (Linux `high2lowuid`)."""
    layout = abi.structs.get("uid_t")
    return ident if layout is None else int(layout.unpack(layout.pack(value=ident))["value"])


class UserId(Unsigned):
    """`uid_t`; -1 leaves an id as it is."""

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """As many bits as ids have in this row."""
        return super().fetch(call, name, widened(call.abi, raw), detail)

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
        abi = self.call.abi
        packed = [narrowed(abi, ident) for ident in ids]
        data = struct.pack(f"<{len(ids)}{_code(abi)}", *packed)
        if self.call.task.mm.copy_out(self.address, data) < len(data):
            raise self._missing(f"writable room for {len(ids)} group ids")
        self.ids = ids


class GroupsIn(_Groups):
    """Group ids that the kernel reads."""

    __slots__ = ()

    def read_ids(self) -> tuple[int, ...]:
        """Read them. Raises EFAULT, and EINVAL for -1, which is no id."""
        count = int(self.call.arguments[self.detail])
        abi = self.call.abi
        form = struct.Struct(f"<{count}{_code(abi)}")
        data = self.call.task.mm.copy_in(self.address, form.size)
        if len(data) < form.size:
            raise self._missing(f"{count} readable group ids")
        self.ids = tuple(widened(abi, ident) for ident in form.unpack(data))
        if 0xFFFF_FFFF in self.ids:
            raise KernelError(Errno.EINVAL, "-1 is no group id", "sched")
        return self.ids


def _code(abi: Abi) -> str:
    """The format of one id."""
    return "H" if "uid_t" in abi.structs else "I"

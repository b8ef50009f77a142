"""The third argument of fcntl(2): what it is depends on the command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.abi.constants import FcntlCommand, FdFlag, OpenFlag
from app.kernel.abi.text import flag_text

from .integers import signed
from .memory import Pointer
from .structs import StructIn, StructOut

if TYPE_CHECKING:
    from app.kernel.call import Call

_WITHOUT = {FcntlCommand.F_GETFD, FcntlCommand.F_GETFL, FcntlCommand.F_GETPIPE_SZ, FcntlCommand.F_GETOWN}


class FcntlArgument(Pointer):
    """A number, flags, or a pointer to a `struct flock`."""

    __slots__ = ("_struct",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._struct: StructIn | StructOut | None = None

    @property
    def number(self) -> int:
        """As an int."""
        return signed(self.address, 32)

    def read_lock(self) -> dict[str, Any]:
        """The `struct flock` that it points to. Raises EFAULT."""
        self._struct = struct = StructIn(self.call, self.name, self.address, "flock")
        return struct.read()

    def write_lock(self, fields: dict[str, Any]) -> None:
        """Fill the `struct flock` that it points to. Raises EFAULT."""
        self._struct = struct = StructOut(self.call, self.name, self.address, "flock")
        struct.write(**fields)

    def text(self) -> str | None:
        """As the command has it; nothing for commands without an argument."""
        command = int(self.call.arguments["cmd"])
        if command in _WITHOUT:
            return None
        if self._struct is not None:
            return self._struct.text()
        if command == FcntlCommand.F_SETFD:
            return flag_text(self.address, FdFlag)
        if command == FcntlCommand.F_SETFL:
            return flag_text(self.number, OpenFlag)
        if command in (FcntlCommand.F_DUPFD, FcntlCommand.F_DUPFD_CLOEXEC, FcntlCommand.F_SETPIPE_SZ):
            return str(self.number)
        return super().text()

"""The third argument of fcntl(2): what it is depends on the command."""

from __future__ import annotations

from app.kernel.abi.constants import FcntlCommand, FdFlag, OpenFlag
from app.kernel.abi.text import flag_text

from .integers import Int, signed
from .structs import StructByRequest, StructIn, StructOut

_WITHOUT = {FcntlCommand.F_GETFD, FcntlCommand.F_GETFL, FcntlCommand.F_GETPIPE_SZ, FcntlCommand.F_GETOWN}


class FcntlArgument(StructByRequest):
    """A number, flags, or a pointer to a `struct flock`."""

    __slots__ = ()

    @property
    def number(self) -> int:
        """As an int."""
        return signed(self.address, 32)

    def text(self) -> str | None:
        """As the command has it; nothing for commands without an argument."""
        command = int(self.call.arguments["cmd"])
        if command in _WITHOUT:
            return None
        if self._struct is not None:
            shown = self._struct.text()
            if shown and isinstance(self._struct, StructOut) and self._struct.fields:
                return f"{shown[:-1]}, l_pid={self._struct.fields['l_pid']}}}"
            return shown
        if command == FcntlCommand.F_SETFD:
            return flag_text(self.address, FdFlag)
        if command == FcntlCommand.F_SETFL:
            return flag_text(self.number, OpenFlag)
        if command in (FcntlCommand.F_DUPFD, FcntlCommand.F_DUPFD_CLOEXEC, FcntlCommand.F_SETPIPE_SZ):
            return str(self.number)
        if command in (FcntlCommand.F_SETLK, FcntlCommand.F_SETLKW):
            return StructIn(self.call, self.name, self.address, "flock").text()
        if command not in tuple(FcntlCommand):
            return f"{self.address:#x}" if self.address else "0"
        return super().text()


class FcntlResult(Int):
    """What fcntl(2) gives: a number, which for F_GETFL and F_GETFD is a set of flags."""

    names: type[OpenFlag] | type[FdFlag] | None = None

    @classmethod
    def of(cls, command: int, value: int) -> FcntlResult:
        """The result of `command`."""
        result = cls(value)
        if command in (FcntlCommand.F_GETFL, FcntlCommand.F_GETFD):
            result.names = OpenFlag if command == FcntlCommand.F_GETFL else FdFlag
        return result

    @classmethod
    def show(cls, value: int) -> str:
        """`3`, or `0x8002 (flags O_RDWR|O_LARGEFILE)`."""
        names = getattr(value, "names", None)
        if names is None or (names is FdFlag and not value):
            return str(int(value))
        return (
            f"{int(value):#x} (flags {flag_text(int(value), names)})" if value else f"0 (flags {flag_text(0, names)})"
        )

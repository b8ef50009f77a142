"""The third argument of fcntl(2): what it is depends on the command."""

from __future__ import annotations

from app.kernel.abi import Abi
from app.kernel.abi.constants import FcntlCommand, FdFlag, LockType, OpenFlag
from app.kernel.abi.file_constants import Seal
from app.kernel.abi.text import flag_text, signal_name

from .integers import Int, signed
from .structs import StructByRequest, StructIn, StructOut

_WITHOUT = {
    FcntlCommand.F_GETFD,
    FcntlCommand.F_GETFL,
    FcntlCommand.F_GETPIPE_SZ,
    FcntlCommand.F_GETOWN,
    FcntlCommand.F_GETSIG,
    FcntlCommand.F_GETLEASE,
    FcntlCommand.F_GET_SEALS,
}
_NUMBERS = {
    FcntlCommand.F_DUPFD,
    FcntlCommand.F_DUPFD_CLOEXEC,
    FcntlCommand.F_SETPIPE_SZ,
    FcntlCommand.F_SETOWN,
}
_LOCKS = {FcntlCommand.F_SETLK, FcntlCommand.F_SETLKW, FcntlCommand.F_OFD_SETLK, FcntlCommand.F_OFD_SETLKW}


class Fcntl64Command(Int):
    """`cmd` of fcntl64(2): as of fcntl(2), and with locks of 64-bit offsets."""

    @classmethod
    def show(cls, value: int) -> str:
        """`F_SETLK64`."""
        return _LARGE.get(value) or flag_text(value, FcntlCommand)


_LARGE = {12: "F_GETLK64", 13: "F_SETLK64", 14: "F_SETLKW64"}


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
            fields = self._struct.fields
            if shown and isinstance(self._struct, StructOut) and fields and "l_pid" in fields:
                return f"{shown[:-1]}, l_pid={fields['l_pid']}}}"
            return shown
        if command == FcntlCommand.F_SETFD:
            return flag_text(self.address, FdFlag)
        if command == FcntlCommand.F_SETFL:
            return flag_text(self.call.abi.open_flags_in(self.number), OpenFlag)
        if command in _NUMBERS:
            return str(self.number)
        if command == FcntlCommand.F_SETSIG:
            return signal_name(self.number)
        if command == FcntlCommand.F_SETLEASE:
            return flag_text(self.number, LockType)
        if command == FcntlCommand.F_ADD_SEALS:
            return flag_text(self.address & 0xFFFF_FFFF, Seal)
        if command in _LOCKS or command == FcntlCommand.F_SETOWN_EX:
            layout = "flock" if command in _LOCKS else "f_owner_ex"
            return StructIn(self.call, self.name, self.address, layout).text()
        if command not in tuple(FcntlCommand):
            return f"{self.address:#x}" if self.address else "0"
        return super().text()


class FcntlResult(Int):
    """What fcntl(2) gives: a number, which for some commands is a set of flags or has a name."""

    command = 0
    inside = 0

    @classmethod
    def of(cls, abi: Abi, command: int, value: int) -> FcntlResult:
        """The result of `command`, flags of open(2) as the kernel has them inside."""
        result = cls(abi.open_flags_out(value) if command == FcntlCommand.F_GETFL else value)
        result.command = command
        result.inside = value
        return result

    @classmethod
    def show(cls, value: int) -> str:
        """`3`, or `0x8002 (flags O_RDWR|O_LARGEFILE)`."""
        number = int(value)
        match getattr(value, "command", 0):
            case FcntlCommand.F_GETFL:
                return (
                    f"{number:#x} (flags {flag_text(getattr(value, 'inside', number), OpenFlag)})"
                    if number
                    else "0 (flags O_RDONLY)"
                )
            case FcntlCommand.F_GETFD if number:
                return f"{number:#x} (flags {flag_text(number, FdFlag)})"
            case FcntlCommand.F_GET_SEALS if number:
                return f"{number:#x} (seals {flag_text(number, Seal)})"
            case FcntlCommand.F_GETLEASE:
                return f"{number:#x} ({flag_text(number, LockType)})" if number else "0 (F_RDLCK)"
            case FcntlCommand.F_GETSIG if number:
                return f"{number} ({signal_name(number)})"
        return str(number)

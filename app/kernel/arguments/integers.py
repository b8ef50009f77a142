"""Arguments that are plain numbers. C's types decide how many of the register's bits count."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any, Self

from app.kernel.abi.constants import TMPFILE, OpenFlag, PipeFlag
from app.kernel.abi.ipc_constants import IPC_64, MsgCommand, SemCommand, ShmCommand
from app.kernel.abi.text import flag_text, signal_name

if TYPE_CHECKING:
    from app.kernel.call import Call


def signed(value: int, bits: int) -> int:
    """The low `bits` of `value` as a two's complement number."""
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> (bits - 1) else value


ULONG = "unsigned long"
"""The detail of a flag word that has 64 bits, where most have 32."""


class Integer(int):
    """Base of the numeric arguments: an int that can fetch and show itself."""

    bits = 64
    is_signed = False

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Take the bits that the C type has."""
        return cls(signed(raw, cls.bits) if cls.is_signed else raw & ((1 << cls.bits) - 1))

    @classmethod
    def show(cls, value: int) -> str:
        """A value of this type as strace prints it."""
        return str(int(value))

    def text(self) -> str | None:
        """This argument in strace text; None leaves it out."""
        return self.show(self)


class Size(Integer):
    """`size_t`: a count of bytes."""


class Unsigned(Integer):
    """`unsigned int`."""

    bits = 32


class Int(Integer):
    """`int`: the upper half of the register does not count."""

    bits = 32
    is_signed = True


class Long(Integer):
    """`long`: as wide as a register of the ABI."""

    is_signed = True

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Take the bits that the C type has."""
        return cls(signed(raw, call.abi.bits))


class Offset(Long):
    """`off_t`: a position in a file, in bytes."""


class PageOffset(Offset):
    """`off_t` of mmap(2), shown in hexadecimal."""

    @classmethod
    def show(cls, value: int) -> str:
        """`0`, or hexadecimal."""
        return f"{value & ((1 << cls.bits) - 1):#x}" if value else "0"


class SignalNumber(Int):
    """A signal number; what is no signal, 0 too, is shown as a number."""

    @classmethod
    def show(cls, value: int) -> str:
        """`SIGINT`."""
        return signal_name(value)


class Address(Integer):
    """A pointer that is used as a number, or one that the kernel does not follow here."""

    @classmethod
    def show(cls, value: int) -> str:
        """`NULL`, or hexadecimal."""
        return hex(value) if value else "NULL"


class Mode(Integer):
    """`mode_t`: permission bits, shown in octal."""

    bits = 16

    @classmethod
    def show(cls, value: int) -> str:
        """Octal with a leading zero, three digits at least: `0644`, `000`."""
        return f"0{value:o}" if value >= 0o100 else f"{value:03o}"


class CreationMode(Mode):
    """`mode` of open(2). It counts, and is shown, only when the flags named by the annotation create a file."""

    creating = True

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the flags, which come before the mode."""
        mode = super().fetch(call, name, raw, detail)
        mode.creating = bool(int(call.arguments[detail]) & (OpenFlag.O_CREAT | TMPFILE))
        return mode

    def text(self) -> str | None:
        """Octal, or nothing."""
        return super().text() if self.creating else None


_IPC_COMMANDS = (ShmCommand, SemCommand, MsgCommand)


class EnumArgument:
    """An argument whose values have names: flags (`Flags`) or choices (`IntEnum`).

    It is an `int`, or an `unsigned long` where the signature says `Annotated[..., "unsigned long"]`.
    """

    def __init__(self, names: type[enum.Enum]) -> None:
        self.names = names

    def fetch(self, call: Call, name: str, raw: int, detail: str) -> NamedInt:
        """The value as a number that remembers its names."""
        number = raw if detail == "unsigned long" else signed(raw, 32)
        if self.names in (OpenFlag, PipeFlag):
            number = call.abi.open_flags_in(number)
        elif self.names in _IPC_COMMANDS and call.abi.names.get(call.number) in call.abi.ipc_64:
            number &= ~IPC_64
        value = NamedInt(number)
        value.names = self.names
        return value


class NamedInt(int):
    """An int that prints as the names of its flags or choices."""

    names: type[Any]

    def text(self) -> str | None:
        """`O_RDWR|O_CREAT`; unknown bits in hexadecimal."""
        return flag_text(int(self), self.names)

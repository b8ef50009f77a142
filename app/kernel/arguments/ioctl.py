"""Arguments of ioctl(2): what the third one is depends on the second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from app.kernel.abi.constants import IoctlRequest as requests  # noqa: N813 - the names, the class is the argument
from app.kernel.abi.text import ioctl_text
from app.kernel.errno import Errno

from .integers import Unsigned
from .memory import Pointer
from .structs import StructIn, StructOut

if TYPE_CHECKING:
    from app.kernel.call import Call


class IoctlRequest(Unsigned):
    """The request."""

    @classmethod
    def show(cls, value: int) -> str:
        """Its name: `TCGETS`."""
        return ioctl_text(value)


class IoctlArgument(Pointer):
    """A pointer to an int or a struct, or a plain number, as the request has it."""

    __slots__ = ("_struct", "_value")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._struct: StructIn | StructOut | None = None
        self._value: int | None = None

    def read_struct(self, layout: str) -> dict[str, Any]:
        """The struct that the argument points to. Raises EFAULT."""
        self._struct = struct = StructIn(self.call, self.name, self.address, layout)
        return struct.read()

    def write_struct(self, layout: str, **fields: Any) -> None:
        """Fill the struct that the argument points to. Raises EFAULT."""
        self._struct = struct = StructOut(self.call, self.name, self.address, layout)
        struct.write(**fields)

    def read_int(self) -> int:
        """The `int` that the argument points to. Raises EFAULT."""
        data = self.call.task.mm.copy_in(self.address, 4)
        if len(data) < 4:
            raise self._refuse_int("readable")
        self._value = int.from_bytes(data, "little", signed=True)
        return self._value

    def write_int(self, value: int) -> None:
        """Fill the `int` that the argument points to. Raises EFAULT."""
        low = value & 0xFFFF_FFFF
        if self.call.task.mm.copy_out(self.address, low.to_bytes(4, "little")) < 4:
            raise self._refuse_int("writable")
        self._value = value

    def _refuse_int(self, how: str) -> Exception:
        shown = hex(self.address)
        return self.call.refuse(Errno.EFAULT, self.name, "memory", shown, f"The program has no {how} int at {shown}.")

    def text(self) -> str | None:
        """What was exchanged, else the bare value; nothing for requests without an argument."""
        request = int(self.call.arguments["request"])
        if request in (requests.FIOCLEX, requests.FIONCLEX):
            return None
        if self._struct is not None:
            return self._struct.text()
        if request in (requests.TCSETS, requests.TCSETSW, requests.TCSETSF):
            return StructIn(self.call, self.name, self.address, "termios").text()
        if self._value is not None:
            return f"[{self._value}]"
        return super().text()

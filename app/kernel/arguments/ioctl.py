"""Arguments of ioctl(2): what the third one is depends on the second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.constants import IoctlRequest as requests  # noqa: N813 - the names, the class is the argument
from app.kernel.abi.text import ioctl_text

from .integers import Unsigned
from .structs import StructByRequest, StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call


class IoctlRequest(Unsigned):
    """The request."""

    @classmethod
    def show(cls, value: int) -> str:
        """Its name: `TCGETS`."""
        return ioctl_text(value)


class IoctlArgument(StructByRequest):
    """A pointer to an int or a struct, or a plain number, as the request has it."""

    __slots__ = ("_value",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._value: int | None = None

    def read_int(self) -> int:
        """The `int` that the argument points to. Raises EFAULT."""
        data = self.call.task.mm.copy_in(self.address, 4)
        if len(data) < 4:
            raise self._missing("readable int")
        self._value = int.from_bytes(data, "little", signed=True)
        return self._value

    def write_int(self, value: int) -> None:
        """Fill the `int` that the argument points to. Raises EFAULT."""
        low = value & 0xFFFF_FFFF
        if self.call.task.mm.copy_out(self.address, low.to_bytes(4, "little")) < 4:
            raise self._missing("writable int")
        self._value = value

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

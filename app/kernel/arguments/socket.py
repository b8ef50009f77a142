"""Arguments of socket calls: addresses with their lengths, options, protocols."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Self

from app.kernel.abi.socket_constants import (
    AF_INET,
    AF_INET6,
    SOL_SOCKET,
    IpProtocol,
    SocketLevel,
    SocketOption,
)
from app.kernel.abi.socket_text import level_text, option_text, sockaddr_text, ucred_text
from app.kernel.abi.text import flag_text, quote
from app.kernel.errno import Errno

from .descriptors import Fd
from .integers import Address, Int
from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.net.socket import SocketFile

MAX_ADDRESS = 128
"""`sizeof(struct sockaddr_storage)`."""


class SocketFd(Fd):
    """A descriptor that should be a socket."""

    __slots__ = ()

    def need_open(self) -> None:
        """Some calls look at other arguments before they mind what kind of file it is. Raises EBADF."""
        file = self.call.task.files.get(self.number)
        if file is None or file.path_only:
            raise self.call.refuse(
                Errno.EBADF, self.name, "open", str(self.number), f"No file is open as descriptor {self.number}."
            )

    @property
    def socket(self) -> SocketFile:
        """The open socket. Raises EBADF, and ENOTSOCK for other files."""
        file = self.file
        if file.kind != "socket":
            raise self.call.refuse(
                Errno.ENOTSOCK, self.name, "socket", str(self.number), f"{file.path} is {file.what}, not a socket."
            )
        return file  # type: ignore[return-value]


class SocketProtocol(Int):
    """`protocol` of socket(2); the family, which comes first, says whose."""

    ip = False

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the family."""
        value = super().fetch(call, name, raw, detail)
        value.ip = int(call.arguments["domain"]) in (AF_INET, AF_INET6)
        return value

    def text(self) -> str | None:
        """`IPPROTO_TCP`, or the number."""
        return flag_text(int(self), IpProtocol) if self.ip else super().text()


class SockaddrIn(Pointer):
    """A `struct sockaddr` the kernel reads. `Annotated[SockaddrIn, "addrlen"]` names the argument with its length."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    def read(self) -> bytes:
        """The address's bytes. Raises EINVAL for an impossible length, EFAULT."""
        size = int(self.call.arguments[self.detail])
        if not 0 <= size <= MAX_ADDRESS:
            raise self.call.refuse(
                Errno.EINVAL, self.detail, "range", str(size), f"A socket address has 0 to {MAX_ADDRESS} bytes."
            )
        if not size:
            return b""
        data = self.call.task.mm.copy_in(self.address, size)
        if len(data) < size:
            raise self._missing(f"readable socket address of {size} bytes")
        self.data = data
        shown = hex(self.address)
        self.call.passed(self.name, "memory", shown, f"The socket address at {shown} ({size} bytes) is readable.")
        return data

    def text(self) -> str | None:
        """The address as strace prints it, which looks for itself when the call did not get so far."""
        size = int(self.call.arguments[self.detail])
        if not self.address or size < 2:
            return Address.show(self.address)
        size = min(size, MAX_ADDRESS)
        data = self.data or self.call.task.mm.copy_in(self.address, size)
        return Address.show(self.address) if len(data) < size else sockaddr_text(data)


class LengthInOut(Pointer):
    """A `socklen_t` that says how much room there is, and then how much there would have to be."""

    __slots__ = ("after", "before")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.before: int | None = None
        self.after: int | None = None

    def read(self) -> int:
        """The room. Raises EFAULT, and EINVAL when it is negative."""
        data = self.call.task.mm.copy_in(self.address, 4)
        if len(data) < 4:
            raise self._missing("readable length")
        self.before = int.from_bytes(data, "little", signed=True)
        if self.before < 0:
            raise self.call.refuse(
                Errno.EINVAL, self.name, "range", str(self.before), "The length of a buffer cannot be negative."
            )
        return self.before

    def write(self, value: int) -> None:
        """Store the real length. Raises EFAULT."""
        if self.call.task.mm.copy_out(self.address, value.to_bytes(4, "little")) < 4:
            raise self._missing("writable length")
        self.after = value

    def text(self) -> str | None:
        """`[16]`, or `[128 => 16]` when it has changed."""
        before = self.before
        if before is None:
            data = self.call.task.mm.copy_in(self.address, 4)
            if len(data) < 4:
                return Address.show(self.address)
            before = int.from_bytes(data, "little", signed=True)
        return f"[{before}]" if self.after in (None, before) else f"[{before} => {self.after}]"


class SockaddrOut(Pointer):
    """Room for a `struct sockaddr`. `Annotated[SockaddrOut, "addrlen"]` names the argument with its length, which
    must come later in the signature."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    def write(self, data: bytes) -> None:
        """Store what fits of `data`, and its whole length (Linux `move_addr_to_user`). Raises EFAULT, EINVAL."""
        length: LengthInOut = self.call.arguments[self.detail]
        room = min(length.read(), len(data))
        if self.call.task.mm.copy_out(self.address, data[:room]) < room:
            raise self._missing(f"writable room for {room} bytes")
        length.write(len(data))
        self.data = data[:room]

    def text(self) -> str | None:
        """The address as strace prints it; the pointer when nothing was stored."""
        return Address.show(self.address) if not self.data or self.is_null else sockaddr_text(self.data)


class OptionLevel(Int):
    """`level` of setsockopt(2)."""

    def text(self) -> str | None:
        """`SOL_SOCKET`."""
        return level_text(int(self))


class OptionName(Int):
    """`optname`; the level, which comes first, says whose."""

    level = 0

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> Self:
        """Look at the level."""
        value = super().fetch(call, name, raw, detail)
        value.level = int(call.arguments["level"])
        return value

    def text(self) -> str | None:
        """`SO_REUSEADDR`."""
        return option_text(self.level, int(self))


def value_text(level: int, option: int, data: bytes) -> str:
    """The value of an option: `[1]`, or the fields of its struct."""
    if level == SOL_SOCKET and option == SocketOption.SO_LINGER and len(data) == 8:
        onoff, seconds = struct.unpack("<ii", data)
        return f"{{l_onoff={onoff}, l_linger={seconds}}}"
    if level == SOL_SOCKET and option == SocketOption.SO_PEERCRED and len(data) == 12:
        return ucred_text(data)
    if len(data) == 4:
        value = int.from_bytes(data, "little", signed=True)
        if level == SOL_SOCKET and option == SocketOption.SO_ERROR and value in tuple(Errno):
            return f"[{Errno(value).name}]"
        return f"[{value}]"
    return quote(data)


class OptionIn(Pointer):
    """The value of setsockopt(2). `Annotated[OptionIn, "optlen"]` names the argument with its length."""

    __slots__ = ()

    def read(self) -> bytes:
        """The value, at most 256 bytes of it. Raises EINVAL, EFAULT."""
        size = int(self.call.arguments[self.detail])
        if size < 0:
            raise self.call.refuse(Errno.EINVAL, self.detail, "range", str(size), "A length cannot be negative.")
        size = min(size, 256)
        if not self.address and int(self.call.arguments["level"]) == SocketLevel.SOL_IPV6:
            return bytes(size)
        data = self.call.task.mm.copy_in(self.address, size) if size else b""
        if len(data) < size:
            if size < 4:
                return bytes(size)
            raise self._missing("readable option value")
        return data

    def text(self) -> str | None:
        """The value as strace prints it."""
        size = int(self.call.arguments[self.detail])
        arguments = self.call.arguments
        if not self.address or not 4 <= size <= 256:
            return Address.show(self.address)
        data = self.call.task.mm.copy_in(self.address, size)
        if len(data) < size:
            return Address.show(self.address)
        return value_text(int(arguments["level"]), int(arguments["optname"]), data)


class OptionOut(Pointer):
    """Room for the value of getsockopt(2). `Annotated[OptionOut, "optlen"]` names the argument with its length."""

    __slots__ = ("data",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    def write(self, data: bytes) -> None:
        """Store what fits of the value, and how much that was. Raises EFAULT."""
        length: LengthInOut = self.call.arguments[self.detail]
        room = min(length.before or 0, len(data))
        if self.call.task.mm.copy_out(self.address, data[:room]) < room:
            raise self._missing("writable room for the option's value")
        length.write(room)
        self.data = data[:room]

    def text(self) -> str | None:
        """The value as strace prints it; the pointer when nothing was stored."""
        arguments = self.call.arguments
        if not self.data:
            return Address.show(self.address)
        if len(self.data) < 4:
            return '"' + "".join(f"\\x{byte:02x}" for byte in self.data) + '"'
        return value_text(int(arguments["level"]), int(arguments["optname"]), self.data)

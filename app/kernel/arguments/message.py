"""`struct msghdr` (sendmsg(2), recvmsg(2)) and arrays of `struct mmsghdr`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import MsgFlag
from app.kernel.abi.socket_text import control_text, sockaddr_text
from app.kernel.abi.text import flag_text
from app.kernel.errno import Errno

from .integers import Address, signed
from .iovec import IOV_MAX, IoVecIn, IoVecOut
from .memory import Pointer
from .socket import MAX_ADDRESS

if TYPE_CHECKING:
    from app.kernel.call import Call

_LONGEST_CONTROL = 20_480
"""Bytes of ancillary data (/proc/sys/net/core/optmem_max; larger ones are ENOBUFS)."""


class MessageHeader(Pointer):
    """A `struct msghdr`: where the address, the buffers and the ancillary data are.

    `iovec`, and `endpoint`, the address of the other end, are there once they are known.
    """

    __slots__ = ("control", "endpoint", "fields", "iovec", "name_length", "result")

    vector: type[IoVecIn] | type[IoVecOut] = IoVecIn

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.fields: dict[str, int] = {}
        self.iovec: IoVecIn | IoVecOut | None = None
        self.endpoint: bytes | None = None
        self.control: bytes | None = None
        self.name_length: int | None = None
        self.result: dict[str, int] | None = None

    def load(self) -> None:
        """Copy the header in, check it, and import the buffers.

        Raises EFAULT, EINVAL (negative length of the address), EMSGSIZE (more than 1024 buffers).
        """
        call = self.call
        layout = call.abi.structs["msghdr"]
        data = call.task.mm.copy_in(self.address, layout.size)
        shown = hex(self.address)
        if len(data) < layout.size:
            raise self._missing("readable struct msghdr")
        self.fields = fields = layout.unpack(data)
        call.passed(self.name, "memory", shown, f"The struct msghdr at {shown} is readable.")
        length = fields["msg_namelen"] if fields["msg_name"] else 0
        if length < 0:
            raise call.refuse(
                Errno.EINVAL, "msg_namelen", "range", str(length), "The length of an address cannot be negative."
            )
        self.name_length = min(length, MAX_ADDRESS)
        self._read_name()
        count = fields["msg_iovlen"]
        if count > IOV_MAX:
            raise call.refuse(Errno.EMSGSIZE, "msg_iovlen", "range", str(count), f"At most {IOV_MAX} buffers.")
        self.iovec = self.vector(call, "msg_iov", fields["msg_iov"], "")
        self.iovec.import_count(count)

    def _read_name(self) -> None:
        """Only what is sent has a destination to read."""

    @property
    def control_room(self) -> int:
        """Bytes of room for ancillary data."""
        return self.fields["msg_controllen"] if self.fields["msg_control"] else 0

    def text(self) -> str | None:
        """All parts, as strace prints them."""
        layout = self.call.abi.structs["msghdr"]
        data = self.call.task.mm.copy_in(self.address, layout.size)
        if len(data) < layout.size or not self.address:
            return Address.show(self.address)
        fields = self.fields or layout.unpack(data)
        parts = [self._name_text(fields)]
        iovec = self.iovec or self.vector(self.call, "msg_iov", fields["msg_iov"], "")
        count = signed(fields["msg_iovlen"], self.call.abi.bits)
        parts.append(f"msg_iov={iovec.buffers_text(count)}, msg_iovlen={count}")
        parts.append(self._control_text(fields))
        flags = self.result["msg_flags"] if self.result else fields["msg_flags"]
        parts.append(f"msg_flags={flag_text(flags, MsgFlag)}")
        return "{" + ", ".join(parts) + "}"

    def _name_text(self, fields: dict[str, int]) -> str:
        shown = sockaddr_text(self.endpoint) if self.endpoint else Address.show(fields["msg_name"])
        return f"msg_name={shown}, msg_namelen={fields['msg_namelen']}"

    def _control_text(self, fields: dict[str, int]) -> str:
        length = fields["msg_controllen"]
        if not length:
            return "msg_controllen=0"
        shown = (
            control_text(self.control, self.call.abi.info.word_size)
            if self.control
            else Address.show(fields["msg_control"])
        )
        return f"msg_control={shown}, msg_controllen={length}"


class MessageIn(MessageHeader):
    """A message that is sent."""

    __slots__ = ()

    def _read_name(self) -> None:
        if not self.name_length:
            return
        address = self.fields["msg_name"]
        data = self.call.task.mm.copy_in(address, self.name_length)
        if len(data) < self.name_length:
            raise self._missing("readable socket address", address)
        self.endpoint = data

    def read_control(self) -> bytes:
        """The ancillary data. Raises ENOBUFS (too much), EFAULT."""
        size = self.fields["msg_controllen"]
        if size > _LONGEST_CONTROL:
            raise self.call.refuse(
                Errno.ENOBUFS, "msg_controllen", "limit", str(size), "That is more ancillary data than can be sent."
            )
        if not size:
            return b""
        address = self.fields["msg_control"]
        data = self.call.task.mm.copy_in(address, size)
        if len(data) < size:
            raise self._missing("readable ancillary data", address)
        self.control = data
        return data


class MessageOut(MessageHeader):
    """A message that is received."""

    __slots__ = ()

    vector = IoVecOut

    def write_name(self, data: bytes) -> None:
        """Store the sender's address where the program wants it, and its length. Raises EFAULT."""
        address = self.fields["msg_name"]
        if not address:
            return
        room = min(self.name_length or 0, len(data))
        if self.call.task.mm.copy_out(address, data[:room]) < room:
            raise self._missing("writable room for an address", address)
        self._store("msg_namelen", len(data), 4)
        self.endpoint = data[:room]
        self.name_length = len(data)

    def write_control(self, data: bytes) -> None:
        """Store the ancillary data; what cannot be stored is lost, as in Linux."""
        if data and self.call.task.mm.copy_out(self.fields["msg_control"], data) == len(data):
            self.control = data

    def write_result(self, flags: int, control: int) -> None:
        """Store `msg_flags` and `msg_controllen`. Raises EFAULT."""
        self._store("msg_flags", flags, 4)
        self._store("msg_controllen", control, self.call.abi.info.word_size)
        self.result = {"msg_flags": flags, "msg_controllen": control}

    def _store(self, field: str, value: int, size: int) -> None:
        at = self.address + self.call.abi.structs["msghdr"].offsets[field]
        if self.call.task.mm.copy_out(at, value.to_bytes(size, "little")) < size:
            raise self._missing(f"writable {field}", at)

    def text(self) -> str | None:
        """All parts; a message that did not come is only what the program has to say about it."""
        if self.result is None:
            return self._unreceived()
        return super().text()

    def _unreceived(self) -> str:
        layout = self.call.abi.structs["msghdr"]
        data = self.call.task.mm.copy_in(self.address, layout.size)
        if not self.address or len(data) < layout.size:
            return Address.show(self.address)
        return f"{{msg_namelen={layout.unpack(data)['msg_namelen']}}}"

    def _name_text(self, fields: dict[str, int]) -> str:
        before = fields["msg_namelen"]
        after = self.name_length if fields["msg_name"] else before
        length = f"{before}" if after in (before, None) else f"{before} => {after}"
        shown = sockaddr_text(self.endpoint) if self.endpoint else Address.show(fields["msg_name"])
        return f"msg_name={shown}, msg_namelen={length}"

    def _control_text(self, fields: dict[str, int]) -> str:
        length = self.result["msg_controllen"] if self.result else fields["msg_controllen"]
        if not length:
            return "msg_controllen=0"
        shown = (
            control_text(self.control, self.call.abi.info.word_size)
            if self.control
            else Address.show(fields["msg_control"])
        )
        return f"msg_control={shown}, msg_controllen={length}"

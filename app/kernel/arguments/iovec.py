"""Vectors of buffers: `struct iovec` arrays of readv(2) and writev(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.text import count_bytes, count_of, quote
from app.kernel.errno import Errno

from .integers import Address, signed
from .memory import QUOTED_BYTES, Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call

IOV_MAX = 1024
SHOWN_BUFFERS = 32
"""How many buffers strace shows."""
MAX_TOTAL = 0x7FFF_F000


class IoVec(Pointer):
    """An array of buffers. `Annotated[IoVecIn, "iovcnt"]` names the argument that counts them."""

    __slots__ = ("buffers",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.buffers: list[tuple[int, int]] = []

    @property
    def size(self) -> int:
        """Bytes in all buffers together."""
        return sum(size for _, size in self.buffers)

    @property
    def count(self) -> int:
        """How many buffers the program names; an `unsigned int`."""
        return int(self.call.arguments[self.detail]) & 0xFFFF_FFFF

    def import_vector(self) -> None:
        """Copy the array in and check it (Linux `import_iovec`): EINVAL for its count or a length, EFAULT for an
        address.

        What goes beyond the most that one call transfers is cut off.
        """
        self.import_count(self.count)

    def import_count(self, count: int) -> None:
        """The same for an array of `count` buffers."""
        call = self.call
        shown = hex(self.address)
        if count > IOV_MAX:
            raise call.refuse(Errno.EINVAL, self.detail, "range", str(count), f"At most {IOV_MAX} buffers in one call.")
        layout = call.abi.structs["iovec"]
        packed = call.task.mm.copy_in(self.address, count * layout.size) if count else b""
        whole = len(packed) // layout.size * layout.size
        fields = [layout.unpack(packed[at : at + layout.size]) for at in range(0, whole, layout.size)]
        for entry in fields:
            if signed(entry["iov_len"], call.abi.bits) < 0:
                raise call.refuse(
                    Errno.EINVAL, self.name, "range", hex(entry["iov_len"]), "A length does not fit in ssize_t."
                )
        if len(fields) < count:
            raise self._missing(f"{count} struct iovec")
        for entry in fields:
            checked = min(entry["iov_len"], MAX_TOTAL) if count == 1 else entry["iov_len"]
            self._need_below_limit(entry, checked)
        room = MAX_TOTAL
        for entry in fields:
            size = min(entry["iov_len"], room)
            room -= size
            self.buffers.append((entry["iov_base"], size))
        call.passed(self.name, "memory", shown, f"{count_of(count, 'buffer')}, {count_bytes(self.size)} in all.")

    def _need_below_limit(self, entry: dict[str, int], checked: int) -> None:
        """Refuse a buffer that user memory can't contain. Raises EFAULT."""
        if entry["iov_base"] + checked > self.call.task.abi.access_limit:
            raise self.call.refuse(
                Errno.EFAULT, self.name, "memory", hex(entry["iov_base"]), "A buffer is outside user memory."
            )

    def text(self) -> str | None:
        """The buffers as strace prints them, which looks for itself when the call did not get so far."""
        return self.buffers_text(int(self.call.arguments[self.detail]))

    def buffers_text(self, count: int) -> str | None:
        """The same for an array of `count` buffers."""
        if self.address == 0:
            return "NULL"
        layout = self.call.abi.structs["iovec"]
        parts = []
        for address in range(self.address, self.address + min(count, SHOWN_BUFFERS) * layout.size, layout.size):
            packed = self.call.task.mm.copy_in(address, layout.size)
            if len(packed) < layout.size:
                parts.append(f"... /* {address:#x} */")
                break
            entry = layout.unpack(packed)
            base, size = entry["iov_base"], entry["iov_len"]
            parts.append(f"{{iov_base={self._contents(base, size)}, iov_len={size}}}")
        else:
            if count > SHOWN_BUFFERS:
                parts.append("...")
        return super().text() if parts and parts[0].startswith("... /*") else f"[{', '.join(parts)}]"

    def _contents(self, base: int, size: int) -> str:
        """What is in the buffer, or its address."""
        raise NotImplementedError


class IoVecIn(IoVec):
    """Buffers the kernel reads."""

    __slots__ = ()

    def _contents(self, base: int, size: int) -> str:
        size = min(size, QUOTED_BYTES + 1)
        data = self.call.task.mm.copy_in(base, size)
        return Address.show(base) if not base or len(data) < size else quote(data, QUOTED_BYTES)

    def read(self, size: int | None = None) -> bytes:
        """Copy in, up to `size` bytes. Short when a buffer is not readable to its end; EFAULT when nothing is."""
        left = self.size if size is None else size
        call = self.call
        data = bytearray()
        for base, length in self.buffers:
            wanted = min(length, left)
            if not wanted:
                continue
            piece = call.task.mm.copy_in(base, wanted)
            data += piece
            left -= wanted
            if len(piece) < wanted:
                if not data:
                    raise self._missing("readable memory", base)
                break
        return bytes(data)


class RemoteVec(IoVec):
    """Buffers in another process: the caller's own memory says nothing about them."""

    __slots__ = ()

    @property
    def count(self) -> int:
        """How many buffers the program names; an `unsigned long`."""
        return int(self.call.arguments[self.detail])

    def _need_below_limit(self, entry: dict[str, int], checked: int) -> None:
        """Whether they are user memory is found out when they are copied."""

    def _contents(self, base: int, size: int) -> str:
        return Address.show(base)


class IoVecOut(IoVec):
    """Buffers the kernel fills, one after the other."""

    __slots__ = ("_shown", "data")

    _shown: int

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.data: bytes | None = None

    def buffers_text(self, count: int) -> str | None:
        """What arrived in each buffer."""
        self._shown = 0
        return super().buffers_text(count)

    def _contents(self, base: int, size: int) -> str:
        if self.data is None or not base:
            return Address.show(base)
        start, self._shown = self._shown, self._shown + size
        return quote(self.data[start : min(start + QUOTED_BYTES + 1, self._shown)], QUOTED_BYTES)

    def write(self, data: bytes) -> int:
        """Copy out; returns the bytes that arrived. EFAULT when none did."""
        call = self.call
        done = 0
        for base, length in self.buffers:
            piece = data[done : done + length]
            if not piece:
                continue
            count = call.task.mm.copy_out(base, piece)
            done += count
            if count < len(piece):
                if not done:
                    raise self._missing("writable memory", base)
                break
        self.data = data[:done]
        return done

"""Arguments of poll(2) and select(2): what to wait for, and what was found."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.text import flag_text, signal_set_text
from app.kernel.clock import SECOND
from app.kernel.poll import PollEvent

from .integers import Address, Int, signed
from .memory import Pointer
from .structs import StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call

SHOWN_ENTRIES = 32
"""How many entries strace shows."""

_POLLFD = struct.Struct("<iHH")
MAX_SELECT = 1024
"""Bits of an fd_set that count: as many as there can be descriptors."""


class PollFd(Struct):
    """`struct pollfd`."""

    fd: int
    events: int
    revents: int = 0


class PollFds(Pointer):
    """An array of `struct pollfd`. `Annotated[PollFds, "nfds"]` names the argument that counts them."""

    __slots__ = ("entries",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.entries: list[PollFd] | None = None

    def read(self, count: int) -> list[PollFd]:
        """Copy the array in. Raises EFAULT."""
        size = count * _POLLFD.size
        data = self.call.task.mm.copy_in(self.address, size) if size else b""
        if len(data) < size:
            raise self._missing(f"{count} readable struct pollfd")
        self.entries = [PollFd(fd, events) for fd, events, _ in _POLLFD.iter_unpack(data)]
        self.call.passed(self.name, "memory", hex(self.address), f"The array of {count} struct pollfd is readable.")
        return self.entries

    def write(self) -> None:
        """Store the `revents` of each entry. Raises EFAULT."""
        self._need_range(len(self.entries or ()) * _POLLFD.size)
        for index, entry in enumerate(self.entries or ()):
            address = self.address + index * _POLLFD.size + 6
            if self.call.task.mm.copy_out(address, entry.revents.to_bytes(2, "little")) < 2:
                raise self._missing("writable struct pollfd", address)

    def text(self) -> str | None:
        """`[{fd=3, events=POLLIN}]`, which looks for itself when the call did not get so far."""
        if self.address == 0:
            return "NULL"
        count = int(self.call.arguments[self.detail])
        entries = self.entries
        if entries is None:
            wanted = min(count, SHOWN_ENTRIES) * _POLLFD.size
            data = self.call.task.mm.copy_in(self.address, wanted)
            if len(data) < wanted:
                return Address.show(self.address)
            entries = [PollFd(fd, events) for fd, events, _ in _POLLFD.iter_unpack(data)]
        shown = [
            f"{{fd={entry.fd}, events={flag_text(entry.events, PollEvent)}}}" if entry.fd >= 0 else f"{{fd={entry.fd}}}"
            for entry in entries[:SHOWN_ENTRIES]
        ]
        return f"[{', '.join(shown)}{', ...' if count > SHOWN_ENTRIES else ''}]"

    def found(self) -> str:
        """What poll has found: `[{fd=3, revents=POLLIN}]`."""
        ready = [entry for entry in self.entries or () if entry.revents]
        shown = [f"{{fd={entry.fd}, revents={flag_text(entry.revents, PollEvent)}}}" for entry in ready[:SHOWN_ENTRIES]]
        return f"[{', '.join(shown)}{', ...' if len(ready) > SHOWN_ENTRIES else ''}]"


class FdSet(Pointer):
    """`fd_set`: one bit for each descriptor. `Annotated[FdSet, "nfds"]` names the argument that says how many count."""

    __slots__ = ("bits",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.bits: int | None = None

    @property
    def _count(self) -> int:
        """How many bits count."""
        return max(min(int(self.call.arguments[self.detail]), MAX_SELECT), 0)

    @property
    def _size(self) -> int:
        """Bytes in use: whole longs."""
        bits = self.call.abi.bits
        return -(-self._count // bits) * (bits // 8)

    def read(self) -> int:
        """The set as a number; 0 for NULL. Raises EFAULT."""
        if self.is_null:
            return 0
        data = self.call.task.mm.copy_in(self.address, self._size) if self._size else b""
        if len(data) < self._size:
            raise self._missing("readable fd_set")
        self.bits = int.from_bytes(data, "little") & ((1 << self._count) - 1)
        return self.bits

    def write(self, bits: int) -> None:
        """Store the descriptors that are ready; nothing for NULL. Raises EFAULT."""
        size = self._size
        if not self.is_null and size and self.call.task.mm.copy_out(self.address, bits.to_bytes(size, "little")) < size:
            raise self._missing("writable fd_set")

    @staticmethod
    def show_bits(bits: int) -> str:
        """`[0 3]`."""
        return "[" + " ".join(str(number) for number in range(bits.bit_length()) if bits >> number & 1) + "]"

    def text(self) -> str | None:
        """The descriptors asked about."""
        if self.bits is None and not self.is_null and 0 <= int(self.call.arguments[self.detail]) <= MAX_SELECT:
            size = self._size
            data = self.call.task.mm.copy_in(self.address, size)
            if len(data) == size:
                return self.show_bits(int.from_bytes(data, "little"))
        return super().text() if self.bits is None else self.show_bits(self.bits)


class Timeout(StructIn):
    """A timespec or timeval with the longest time to wait, which some calls replace by the time left."""

    __slots__ = ("left",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.left: str | None = None

    def write_left(self, nanoseconds: int) -> None:
        """Store the time left. Where there is no room, it is not told, which is no error."""
        layout = self.layout
        unit = "tv_nsec" if self.detail == "timespec" else "tv_usec"
        seconds, rest = divmod(nanoseconds, SECOND)
        fields = {"tv_sec": seconds, unit: rest if unit == "tv_nsec" else rest // 1000}
        if self.call.task.mm.copy_out(self.address, layout.pack(**fields)) == layout.size:
            self.left = layout.text(fields)


class SigsetPack(Pointer):
    """The last argument of pselect6(2): a pointer to a signal set, and its size."""

    __slots__ = ("mask", "size")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.mask = StructIn(call, name, 0, "sigset")
        self.size = 0

    def read(self) -> None:
        """Copy the two words in; both stay 0 for NULL. Raises EFAULT."""
        if self.is_null:
            return
        word = self.call.abi.info.word_size
        data = self.call.task.mm.copy_in(self.address, 2 * word)
        if len(data) < 2 * word:
            raise self._missing("readable pointer and size of a signal set")
        self.mask = StructIn(self.call, self.name, int.from_bytes(data[:word], "little"), "sigset")
        self.size = int.from_bytes(data[word:], "little")

    def text(self) -> str | None:
        """`{sigmask=[CHLD], sigsetsize=8}`."""
        if self.is_null or (self.size == 0 and self.mask.is_null):
            return super().text()
        data = self.call.task.mm.copy_in(self.mask.address, 8)
        shown = signal_set_text(int.from_bytes(data, "little")) if len(data) == 8 else Address.show(self.mask.address)
        return f"{{sigmask={shown}, sigsetsize={self.size}}}"


class Millis(Int):
    """`int`: milliseconds to wait; negative is for ever."""


class Polled(Int):
    """How many are ready, and in words which."""

    told = ""

    @classmethod
    def of(cls, count: int, told: str) -> Polled:
        """`count` are ready; `told` is what strace puts in brackets."""
        result = cls(count)
        result.told = told
        return result

    @classmethod
    def show(cls, value: int) -> str:
        """`1 ([{fd=3, revents=POLLIN}])`, `0 (Timeout)`."""
        told = getattr(value, "told", "")
        return f"{int(value)} ({told})" if told else str(int(value))


def milliseconds(value: int) -> int | None:
    """A timeout in ms as ns; None when there is none."""
    value = signed(value, 32)
    return None if value < 0 else value * 1_000_000

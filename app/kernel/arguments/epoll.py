"""Arguments of epoll_ctl(2) and epoll_wait(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.time_constants import EpollOperation

from .integers import Address
from .memory import Pointer
from .structs import StructIn

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.fs.eventpoll import EpollItem

SHOWN_EVENTS = 32
"""How many events strace shows."""


class EpollEventIn(StructIn):
    """`struct epoll_event` that the kernel reads; it does not look at that of EPOLL_CTL_DEL."""

    __slots__ = ()

    @classmethod
    def fetch(cls, call: Call, name: str, raw: int, detail: str) -> EpollEventIn:
        """The address."""
        return cls(call, name, raw, "epoll_event")

    def text(self) -> str | None:
        """The fields; the address alone for EPOLL_CTL_DEL."""
        if self.call.arguments["op"] == EpollOperation.EPOLL_CTL_DEL:
            return Address.show(self.address)
        return super().text()


class EpollEvents(Pointer):
    """Room for an array of `struct epoll_event`. `sent` are the descriptors and events stored so far, `refused` says
    that one did not fit into memory, `is_filled` that these are the answer."""

    __slots__ = ("_packed", "is_filled", "refused", "sent")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.sent: list[tuple[int, int]] = []
        self.refused = False
        self.is_filled = False
        self._packed: list[bytes] = []

    def need_room(self, count: int) -> None:
        """Check that `count` events lie below the kernel's half, mapped or not. Raises EFAULT."""
        self._need_range(count * self.call.abi.structs["epoll_event"].size)

    def put(self, item: EpollItem, events: int) -> bool:
        """Store the next event; whether there was room."""
        layout = self.call.abi.structs["epoll_event"]
        packed = layout.pack(events=events, data=item.data)
        address = self.address + len(self.sent) * layout.size
        if self.call.task.mm.copy_out(address, packed) < layout.size:
            self.refused = True
            return False
        self._packed.append(packed)
        self.sent.append((item.fd, events))
        return True

    def text(self) -> str | None:
        """`[{events=EPOLLIN, data={u32=5, u64=5}}]`; the address when there was an error."""
        if not self.is_filled:
            return super().text()
        layout = self.call.abi.structs["epoll_event"]
        shown = [layout.text(layout.unpack(packed)) for packed in self._packed[:SHOWN_EVENTS]]
        return f"[{', '.join(shown)}{', ...' if len(self._packed) > SHOWN_EVENTS else ''}]"

"""Arrays of `struct mmsghdr`, sendmmsg(2) and recvmmsg(2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .integers import Address
from .memory import Pointer
from .message import MessageIn, MessageOut

if TYPE_CHECKING:
    from app.kernel.call import Call


class Messages(Pointer):
    """The array. `detail` names the argument that counts its elements; `lengths` are those stored."""

    __slots__ = ("elements", "lengths")

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self.elements: list[MessageIn | MessageOut] = []
        self.lengths: list[int] = []

    def _element_address(self, index: int) -> int:
        """An element has a length behind its header, and is aligned to a word."""
        word = self.call.abi.info.word_size
        return self.address + index * (self.call.abi.structs["msghdr"].size + word)

    def store_length(self, index: int, length: int) -> None:
        """Fill `msg_len` of an element. Raises EFAULT."""
        at = self._element_address(index) + self.call.abi.structs["msghdr"].size
        if self.call.task.mm.copy_out(at, length.to_bytes(4, "little")) < 4:
            raise self._missing("writable msg_len", at)
        self.lengths.append(length)

    def text(self) -> str | None:
        """The messages that were exchanged; the pointer when there were none."""
        if not self.lengths:
            return Address.show(self.address)
        shown = (
            f"{{msg_hdr={element.text()}, msg_len={length}}}"
            for element, length in zip(self.elements, self.lengths, strict=False)
        )
        return f"[{', '.join(shown)}]"


class MessagesIn(Messages):
    """Messages to be sent."""

    __slots__ = ()

    def element(self, index: int) -> MessageIn:
        """The header of one message."""
        message = MessageIn(self.call, self.name, self._element_address(index), "")
        self.elements.append(message)
        return message


class MessagesOut(Messages):
    """Room for messages."""

    __slots__ = ()

    def element(self, index: int) -> MessageOut:
        """The header of one message."""
        message = MessageOut(self.call, self.name, self._element_address(index), "")
        self.elements.append(message)
        return message

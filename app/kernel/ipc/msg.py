"""System V message queues: messages with a type, senders who wait for room, receivers who wait for a type."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.ipc_constants import MsgFlag
from app.kernel.clock import SECOND
from app.kernel.errno import Errno
from app.kernel.wait import WaitQueue

from .ids import IpcIds, IpcObject

if TYPE_CHECKING:
    from app.kernel.credentials import Credentials
    from app.kernel.kernel import Kernel

MSGMAX = 8192
"""Bytes in one message."""

MSGMNB = 16384
"""Bytes in one queue, unless IPC_SET says otherwise."""

MSGMNI = 32000
"""Queues that may exist at once."""

MOST_BYTES = 32 << 20
"""Text of all messages that the machine has memory for; each counts as `HEADER` bytes more."""

HEADER = 160
LONG_MAX = (1 << 63) - 1


class Message(Struct):
    """One message. `kind` is its type, above 0."""

    kind: int
    text: bytes


class Wanted(Struct, frozen=True):
    """Which message msgrcv(2) takes: by its `msgtyp` and flags (Linux `convert_mode`)."""

    kind: int
    flags: int

    def find(self, messages: list[Message]) -> Message | None:
        """The message that is to be taken; None when there is none (Linux `find_msg`)."""
        if self.flags & MsgFlag.MSG_COPY:
            return messages[self.kind] if 0 <= self.kind < len(messages) else None
        if self.kind >= 0:
            return next((message for message in messages if self.matches(message)), None)
        return min((message for message in messages if self.matches(message)), key=lambda m: m.kind, default=None)

    def matches(self, message: Message) -> bool:
        """Whether this one would do (Linux `testmsg`)."""
        if self.kind == 0 or self.flags & MsgFlag.MSG_COPY:
            return True
        if self.kind < 0:
            return message.kind <= min(-self.kind, LONG_MAX)
        return (message.kind != self.kind) == bool(self.flags & MsgFlag.MSG_EXCEPT)


class Receiver(Struct, eq=False):
    """A sleeping msgrcv(2) (`struct msg_receiver`): `given` is the message that a sender has handed to it."""

    wanted: Wanted
    room: int
    pid: int
    queue: WaitQueue
    given: Message | Errno | None = None


class MessageQueue(IpcObject):
    """One queue (`struct msg_queue`). Times are seconds; `room_queue` is where senders sleep."""

    def __init__(self, kernel: Kernel, key: int, mode: int, who: Credentials) -> None:
        super().__init__(key, mode, who)
        self._kernel = kernel
        self.messages: list[Message] = []
        self.bytes = 0
        self.most_bytes = MSGMNB
        self.last_sender = self.last_receiver = 0
        self.send_time = self.receive_time = 0
        self.change_time = kernel.clock.realtime // SECOND
        self.receivers: list[Receiver] = []
        self.room_queue = WaitQueue()

    def has_room(self, size: int) -> bool:
        """Whether a message of `size` bytes fits (Linux `msg_fits_inqueue`)."""
        return self.bytes + size <= self.most_bytes and len(self.messages) < self.most_bytes

    def send(self, message: Message, pid: int) -> Receiver | None:
        """Put a message into the queue, or hand it to the first receiver that waits for such a one.

        A receiver whose buffer is too small fails with E2BIG. Returns who got it.
        """
        self.last_sender = pid
        self.send_time = self._kernel.clock.realtime // SECOND
        for receiver in tuple(self.receivers):
            if not receiver.wanted.matches(message):
                continue
            fits = len(message.text) <= receiver.room
            self._finish(receiver, message if fits else Errno.E2BIG)
            if fits:
                self._received(receiver.pid)
                return receiver
        self.messages.append(message)
        self.bytes += len(message.text)
        return None

    def take(self, message: Message, pid: int) -> None:
        """A receiver takes a message out."""
        index = next(index for index, one in enumerate(self.messages) if one is message)
        del self.messages[index]
        self.bytes -= len(message.text)
        self._received(pid)
        self.room_queue.wake_all()

    def _received(self, pid: int) -> None:
        self.last_receiver = pid
        self.receive_time = self._kernel.clock.realtime // SECOND

    def _finish(self, receiver: Receiver, given: Message | Errno) -> None:
        self.receivers.remove(receiver)
        receiver.given = given
        receiver.queue.wake_all()

    def change(self, uid: int, gid: int, mode: int, most_bytes: int) -> None:
        """IPC_SET. Who sleeps looks again whether it may use the queue."""
        self.set_permissions(uid, gid, mode)
        self.most_bytes = most_bytes
        self.change_time = self._kernel.clock.realtime // SECOND
        for receiver in tuple(self.receivers):
            self._finish(receiver, Errno.EAGAIN)
        self.room_queue.wake_all()

    def remove(self) -> None:
        """IPC_RMID: gone at once with its messages, and those who sleep fail with EIDRM."""
        self._kernel.messages.remove(self)
        for receiver in tuple(self.receivers):
            self._finish(receiver, Errno.EIDRM)
        self.messages.clear()
        self.room_queue.wake_all()


def new_queues() -> IpcIds[MessageQueue]:
    """The table of a machine that has just started."""
    return IpcIds(MSGMNI)


def memory_of(queues: IpcIds[MessageQueue]) -> int:
    """Bytes that all messages take."""
    return sum(queue.bytes + HEADER * len(queue.messages) for queue in queues)

"""Messages of the UNIX domain: datagrams to any name, and sequenced packets over a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import AF_UNSPEC, SOCK_SEQPACKET
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE
from app.kernel.wait import Blocking, WaitQueue

from .scm import sender_of
from .skbuff import SkBuff, datagram_truesize
from .sock import (
    DONTWAIT,
    OOB,
    PEEK,
    POLLERR,
    POLLHUP,
    POLLRDHUP,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    SHUTDOWN_MASK,
    Incoming,
    Outgoing,
    copied,
    deliver_datagram,
)
from .unix import UnixSock, name_text
from .unix_connection import UnixConnectionSock

if TYPE_CHECKING:
    from app.kernel.call import Call

MAX_WAITING = 10
"""Datagrams that may wait at a socket that is not connected to the sender (/proc/sys/net/unix/max_dgram_qlen)."""


_SMALL = 65_536
"""Bytes of a message that is sent even when the queues of all sockets are full."""


class UnixMessageSock(UnixSock):
    """What both kinds that keep messages apart do: send one, receive one."""

    def _receiver(self, call: Call, message: Outgoing) -> UnixSock:
        """Where a message goes."""
        if self.peer is None:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected, and the message has no destination", "net")
        return self.peer

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """Queue one message at its destination, whole or not at all."""
        if message.flags & OOB:
            raise KernelError(Errno.EOPNOTSUPP, "UNIX messages carry no urgent data", "net")
        name = self.checked_name(call, message.name) if message.name else None
        if self.wants_name:
            self.autobind()
        size = message.source.size
        if size > self.send_buffer - 32:
            raise KernelError(Errno.EMSGSIZE, f"{size} bytes are more than the send buffer could ever hold", "net")
        until = self.deadline(call, self.send_timeout)
        if self.net.exhausted and size > _SMALL:
            raise KernelError(Errno.ENOBUFS, "The queues of all sockets hold as much as they may", "net")
        yield from self._wait_for_buffer(call, message.flags, until)
        data = copied(message.source, size)
        receiver = self.find(call, name) if name is not None else self._receiver(call, message)
        yield from self._wait_for_receiver(call, receiver, message.flags, until)
        buffer = SkBuff(data, datagram_truesize(size), owner=self, files=message.files)
        buffer.credentials = sender_of(call, message, self, receiver)
        self.net.take(buffer.files)
        self.send_charge += buffer.truesize
        receiver.enqueue(buffer)
        waiting = len(receiver.receive_queue)
        call.service(
            "net", "send", f"A message of {count_bytes(size)} goes into the receiver's queue, where {waiting} wait now."
        )
        return size

    def _wait_for_buffer(self, call: Call, flags: int, until: int | None) -> Blocking[None]:
        while True:
            self.report_error()
            if self.shut & SEND_SHUTDOWN:
                raise KernelError(Errno.EPIPE, "Sending has been shut down", "net")
            if self.has_room:
                return
            yield from self.wait(
                call, flags, until, "The send buffer is full, so the task sleeps until somebody reads."
            )

    def _wait_for_receiver(self, call: Call, receiver: UnixSock, flags: int, until: int | None) -> Blocking[None]:
        while True:
            if receiver.peer is not None and receiver.peer is not self:
                raise KernelError(Errno.EPERM, "The receiver is connected and takes messages only from its peer", "net")
            if receiver.dead:
                self._receiver_is_gone(receiver)
            if receiver.shut & RCV_SHUTDOWN:
                raise KernelError(Errno.EPIPE, "The receiver has shut down receiving", "net")
            if receiver is self or receiver.peer is self or len(receiver.receive_queue) <= MAX_WAITING:
                return
            yield from self.wait(
                call, flags, until, "The receiver's queue is full, so the task sleeps until it reads.", receiver.queue
            )

    def _receiver_is_gone(self, receiver: UnixSock) -> None:
        """Raises ECONNREFUSED; a connection with it is over."""
        if self.peer is receiver:
            self.peer = None
            self.drop_queue()
        raise KernelError(Errno.ECONNREFUSED, "The receiver has closed its socket", "net")

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """Take one message; what does not fit is lost."""
        if message.flags & OOB:
            raise KernelError(Errno.EOPNOTSUPP, "UNIX messages carry no urgent data", "net")
        until = self.deadline(call, self.receive_timeout)
        self.report_error()
        while not self.receive_queue:
            at_end = bool(self.shut & RCV_SHUTDOWN)
            if at_end and (self.kind == SOCK_SEQPACKET or not message.flags & DONTWAIT):
                call.service("net", "receive", "Nothing more will come: that is the end.")
                return message.sink.write(b"")
            yield from self.wait(call, message.flags, until, "No message is in the queue, so the task sleeps.")
            self.report_error()
        buffer = self.receive_queue[0]
        message.name = buffer.owner.name() if isinstance(buffer.owner, UnixSock) and buffer.owner.address else b""
        message.credentials = buffer.credentials
        if message.flags & PEEK:
            count = deliver_datagram(message, buffer)
            self.net.take(buffer.files)
        else:
            self.receive_queue.popleft()
            self.consumed(buffer)
            self.queue.wake_all()
            try:
                count = deliver_datagram(message, buffer)
            except KernelError:
                self.net.discard(buffer.files)
                raise
        message.files = buffer.files
        call.service("net", "receive", f"The first message of the queue has {count_bytes(len(buffer.data))}.")
        return count

    def poll(self) -> int:
        """As `unix_dgram_poll` says it."""
        mask = 0
        if self.error:
            mask |= POLLERR
        if self.shut & RCV_SHUTDOWN:
            mask |= POLLRDHUP | READABLE
        if self.shut == SHUTDOWN_MASK:
            mask |= POLLHUP
        if self.receive_queue:
            mask |= READABLE
        peer = self.peer
        blocked = peer is not None and peer.peer is not self and len(peer.receive_queue) > MAX_WAITING
        return mask if blocked else mask | self.writable_mask

    def wait_queues(self) -> tuple[WaitQueue, ...]:
        """A connected sender also waits for room at its peer."""
        return (self.queue,) if self.peer is None else (self.queue, self.peer.queue)


class UnixDatagramSock(UnixMessageSock):
    """A datagram socket; its connection is only a default destination."""

    what = "a UNIX datagram socket"

    def connect(self, call: Call, address: bytes, flags: int) -> Blocking[None]:
        """Choose or, with AF_UNSPEC, forget the default destination."""
        if int.from_bytes(address[:2], "little") == AF_UNSPEC and len(address) >= 2:
            other = None
        else:
            other = self._new_peer(call, self.checked_name(call, address))
        before, self.peer = self.peer, other
        if before is not None and before is not other:
            self.drop_queue()
            if not before.dead and before.peer is self:
                before.error = int(Errno.ECONNRESET)
                before.queue.wake_all()
        where = "nowhere by default" if other is None else f"to {name_text(other.address)} by default"
        call.service("net", "connect", f"Messages of this socket go {where}.")
        return
        yield

    def _new_peer(self, call: Call, name: bytes) -> UnixSock:
        if self.wants_name:
            self.autobind()
        other = self.find(call, name)
        if other.peer is not None and other.peer is not self:
            raise call.refuse(
                Errno.EPERM, "addr", "connected", name_text(name), "That socket is connected to another one."
            )
        return other

    def release(self) -> None:
        """Close; what has not been read is lost."""
        self.dead = True
        self.shut = SHUTDOWN_MASK
        self.forget_name()
        self.drop_queue()
        peer, self.peer = self.peer, None
        if peer is not None:
            peer.queue.wake_all()
        self.queue.wake_all()


class UnixSeqpacketSock(UnixMessageSock, UnixConnectionSock):
    """One end of a connection that keeps messages apart."""

    what = "a UNIX sequenced-packet socket"

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """Queue one message at the other end."""
        self.report_error()
        if not self.connected:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        message.name = b""
        return (yield from super().send(call, message))

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """Take one message."""
        if not self.connected:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        return (yield from super().receive(call, message))

    def poll(self) -> int:
        """As for datagrams, and a socket without connection is hung up."""
        mask = super().poll()
        return mask if self.connected or self.listening else mask | POLLHUP

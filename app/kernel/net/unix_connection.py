"""Connections of the UNIX domain: listening, connecting and accepting, for streams and for sequenced packets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kernel.abi.socket_constants import SOL_SOCKET, SocketOption
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE
from app.kernel.wait import Blocking

from .skbuff import SkBuff
from .sock import POLLERR, POLLHUP, POLLRDHUP, RCV_SHUTDOWN, SHUTDOWN_MASK, Sock, current_ucred
from .unix import UnixSock, name_text

if TYPE_CHECKING:
    from app.kernel.call import Call

_PASSCRED = (SOL_SOCKET, int(SocketOption.SO_PASSCRED))


class UnixConnectionSock(UnixSock):
    """An end point that listens or is connected. A listening one has new connections in its receive queue."""

    backlog: int | None = None
    connected = False

    @property
    def listening(self) -> bool:
        """Whether listen(2) has been called."""
        return self.backlog is not None

    def listen(self, call: Call, backlog: int) -> None:
        """Become a socket that accepts. Raises EINVAL without a name, or when connected."""
        if self.address is None:
            raise call.refuse(Errno.EINVAL, "sockfd", "bound", "unnamed", "Nobody could find a socket without a name.")
        if self.connected:
            raise call.refuse(Errno.EINVAL, "sockfd", "state", "connected", "A connected socket cannot listen.")
        self.backlog = backlog
        self.peer_credentials = current_ucred(call)
        self.queue.wake_all()
        call.service(
            "net",
            "listen",
            f"{name_text(self.address)} accepts connections; {backlog + 1} of them may wait in the queue.",
        )

    def connect(self, call: Call, address: bytes, flags: int) -> Blocking[None]:
        """Put one end of a new connection into the queue of the listening socket, and be the other end."""
        name = self.checked_name(call, address)
        if self.wants_name:
            self.autobind()
        until = self.deadline(call, self.send_timeout)
        while True:
            other = self.find(call, name)
            if not isinstance(other, UnixConnectionSock) or other.backlog is None or other.shut & RCV_SHUTDOWN:
                raise call.refuse(
                    Errno.ECONNREFUSED, "addr", "listening", name_text(name), "The socket of that name does not listen."
                )
            if len(other.receive_queue) <= other.backlog:
                break
            yield from self.wait(
                call, flags, until, "The queue of the listening socket is full, so the task sleeps.", other.queue
            )
        if self.connected:
            raise call.refuse(Errno.EISCONN, "sockfd", "state", "connected", "The socket is connected already.")
        if self.listening:
            raise call.refuse(Errno.EINVAL, "sockfd", "state", "listening", "A listening socket cannot connect.")
        child = type(self)(self.net, self.family, self.kind, self.protocol)
        child.address = other.address
        child.settings[_PASSCRED] = other.setting(*_PASSCRED)
        join(self, child)
        child.peer_credentials = current_ucred(call)
        self.peer_credentials = other.peer_credentials
        other.enqueue(SkBuff(b"", 768, child=child))
        call.service(
            "net",
            "connect",
            f"A new connection with {name_text(name)} waits in its queue ({len(other.receive_queue)} there now).",
        )

    def accept(self, call: Call, flags: int) -> Blocking[Sock]:
        """The first connection of the queue. Raises EINVAL when not listening."""
        if not self.listening:
            raise call.refuse(Errno.EINVAL, "sockfd", "listening", "no", "listen has not been called on this socket.")
        until = self.deadline(call, self.receive_timeout)
        while not self.receive_queue:
            self.report_error()
            if self.shut & RCV_SHUTDOWN and not flags & 0x40:
                raise KernelError(Errno.EINVAL, "The listening socket has been shut down", "net")
            yield from self.wait(call, flags, until, "No connection waits in the queue, so the task sleeps.")
        buffer = self.receive_queue.popleft()
        self.consumed(buffer)
        self.queue.wake_all()
        child = buffer.child
        if child is None:
            raise TypeError("the queue of a listening socket holds connections")
        call.service("net", "accept", "The first connection leaves the queue and gets a descriptor of its own.")
        return child

    def poll(self) -> int:
        """As `unix_poll` says it."""
        mask = self.writable_mask
        if self.error:
            mask |= POLLERR
        if self.shut == SHUTDOWN_MASK or not (self.connected or self.listening):
            mask |= POLLHUP
        if self.shut & RCV_SHUTDOWN:
            mask |= POLLRDHUP | READABLE
        if self.receive_queue:
            mask |= READABLE
        return mask

    def release(self) -> None:
        """Close: the peer reads what is left, then the end; unread data resets the connection."""
        self.close(bool(self.receive_queue))

    def close(self, reset: bool) -> None:
        """Close; `reset` when the peer is to learn that something was lost."""
        self.dead = True
        self.shut = SHUTDOWN_MASK
        self.forget_name()
        peer = self.peer
        if peer is not None and not peer.dead:
            peer.shut = SHUTDOWN_MASK
            if reset:
                peer.error = int(Errno.ECONNRESET)
                self.net.say("reset", "Something was not read: the other end will see ECONNRESET.")
            else:
                self.net.say("close", "The other end will read what is in its queue, then the end of the stream.")
            peer.queue.wake_all()
        for buffer in self.receive_queue:
            if isinstance(buffer.child, UnixConnectionSock):
                buffer.child.close(reset=True)
        self.drop_queue()
        self.queue.wake_all()


def join(first: UnixConnectionSock, second: UnixConnectionSock) -> None:
    """Make two ends one connection."""
    first.peer, second.peer = second, first
    first.connected = second.connected = True

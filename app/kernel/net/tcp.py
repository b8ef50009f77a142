"""TCP sockets (tcp(7)): what the calls do; `tcp_machine.py` has what the segments do."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NoReturn

from app.kernel.abi.constants import IoctlRequest
from app.kernel.abi.socket_constants import AF_UNSPEC
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import MAX_RW_COUNT
from app.kernel.poll import READABLE, WRITABLE
from app.kernel.wait import Blocking, Interrupted

from . import tcp_options
from .address import Endpoint, any_host, is_broadcast, is_multicast
from .skbuff import SkBuff
from .sock import (
    DONTWAIT,
    OOB,
    PEEK,
    POLLERR,
    POLLHUP,
    POLLPRI,
    POLLRDHUP,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    SHUTDOWN_MASK,
    TRUNC,
    WAITALL,
    Incoming,
    Outgoing,
    Sock,
)
from .tcp_machine import CONNECTING, SENDING, TcpMachine, TcpState
from .unix_stream import copied_pieces

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

    from .namespace import Net

SIOCATMARK = 0x8905
_PIECE = 32_768
_LAST_PIECE = 4096
"""What a connection may still have on its way when the network's memory is used up."""


class SocketState(Enum):
    """How far connect(2) has come (`socket_state` of Linux)."""

    UNCONNECTED = 0
    CONNECTING = 1
    CONNECTED = 2


class TcpSock(TcpMachine):
    """A TCP socket."""

    what = "a TCP socket"

    def __init__(self, net: Net, family: int, kind: int, protocol: int) -> None:
        super().__init__(net, family, kind, protocol)
        self.progress = SocketState.UNCONNECTED

    @property
    def is_connected(self) -> bool:
        """Whether it has left CLOSED, so that it can be bound no more."""
        return self.state is not TcpState.CLOSED

    def peer_name(self) -> bytes:
        """The other end's, while there is a connection."""
        if self.state in (TcpState.CLOSED, TcpState.SYN_SENT):
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        return super().peer_name()

    @property
    def most_low_water(self) -> int:
        """Half of the receive buffer, or of the largest that it may grow to (tcp_rmem)."""
        return (self.receive_buffer if self.receive_buffer_is_fixed else 33_554_432) // 2

    def take_port(self, call: Call, endpoint: Endpoint, connecting: bool = False) -> None:
        """Also forget connections whose TIME-WAIT is over."""
        self.net.expire()
        super().take_port(call, endpoint, connecting)
        self.holds_port = True

    # -- making connections ------------------------------------------------------------------------------------------

    def listen(self, call: Call, backlog: int) -> None:
        """LISTEN: SYNs to the port are answered. Without a port the kernel chooses one."""
        if self.progress is not SocketState.UNCONNECTED or self.state not in (TcpState.CLOSED, TcpState.LISTEN):
            raise call.refuse(Errno.EINVAL, "sockfd", "state", self.state.text, "A connected socket cannot listen.")
        self.backlog = backlog
        if self.state is TcpState.LISTEN:
            return
        if not self.holds_port or self.local is None:
            self.take_port(call, Endpoint(any_host(self.family), 0))
        else:
            self.need_free(call, self.local)
        self.shut = 0
        self.become(TcpState.LISTEN)
        call.service("net", "listen", f"{self.local} accepts connections; {backlog + 1} of them may wait in the queue.")

    def accept(self, call: Call, flags: int) -> Blocking[Sock]:
        """The first finished connection of the queue."""
        if not self.listening:
            raise call.refuse(Errno.EINVAL, "sockfd", "state", self.state.text, "listen has not been called on it.")
        until = self.deadline(call, self.receive_timeout)
        while not self.accept_queue:
            yield from self.wait(call, flags, until, "No connection waits in the queue, so the task sleeps.")
            if not self.listening:
                raise KernelError(Errno.EINVAL, "The socket does not listen any more", "net")
        child = self.accept_queue.popleft()
        if isinstance(child, TcpSock):
            child.progress = SocketState.CONNECTED
        child.listener = None
        call.service("net", "accept", f"The connection with {child.remote} leaves the queue and gets a descriptor.")
        return child

    def connect(self, call: Call, address: bytes, flags: int) -> Blocking[None]:
        """The handshake. Without waiting it goes on by itself: EINPROGRESS, and later SO_ERROR tells how it ended."""
        if len(address) < 2:
            raise call.refuse(Errno.EINVAL, "addr", "size", str(len(address)), "It has no address family.")
        if int.from_bytes(address[:2], "little") == AF_UNSPEC:
            self._disconnect()
            return
        if self.progress is SocketState.CONNECTED:
            raise call.refuse(Errno.EISCONN, "sockfd", "state", self.state.text, "The socket is connected already.")
        began = self.progress is SocketState.UNCONNECTED
        if began:
            if self.state is not TcpState.CLOSED:
                raise call.refuse(Errno.EISCONN, "sockfd", "state", self.state.text, "The socket is in use already.")
            self._begin(call, address)
            if flags & DONTWAIT:
                raise KernelError(Errno.EINPROGRESS, "The call must not wait for the end of the handshake", "net")
        until = self.deadline(call, self.send_timeout)
        while self.state in CONNECTING:
            if flags & DONTWAIT or (until is not None and call.kernel.clock.now >= until):
                errno = Errno.EINPROGRESS if began else Errno.EALREADY
                raise KernelError(errno, "The handshake is still going on", "net")
            yield from self.wait(call, 0, until, "The handshake is not finished, so the task sleeps.")
        if self.state is TcpState.CLOSED:
            self.progress = SocketState.UNCONNECTED
            self.shut = 0
            self.report_error()
            raise KernelError(Errno.ECONNABORTED, "The connection is gone already", "net")
        self.progress = SocketState.CONNECTED

    def _begin(self, call: Call, address: bytes) -> None:
        wanted = self.checked_address(call, address)
        if is_multicast(wanted.host) or is_broadcast(wanted.host):
            raise KernelError(Errno.ENETUNREACH, "TCP connects two ends, not groups", "net")
        own, remote = self.net.route(wanted, self.bound_host)
        if not self.holds_port:
            self.take_port(call, Endpoint(own, 0), connecting=True)
        port = self.local.port if self.local is not None else 0
        self.net.expire()
        local = Endpoint(own, port)
        if (local, remote) in self.net.connections:
            raise KernelError(Errno.EADDRNOTAVAIL, f"There is a connection from {local} to {remote} already", "net")
        self.local, self.remote = local, remote
        self.shut = 0
        self.sequence = self.received = 0
        self.read_position = 1
        self.peer_has_ended = False
        self.progress = SocketState.CONNECTING
        self.start()

    def _disconnect(self) -> None:
        """Back to a socket that was never connected (connect(2), AF_UNSPEC)."""
        if self.listening:
            self._stop_listening()
        else:
            self.abort()
        self.shut = 0
        self.error = 0
        self.remote = None
        self.progress = SocketState.UNCONNECTED
        if self.local is not None:
            self.local = Endpoint(self.bound_host or any_host(self.family), self.local.port if self.holds_port else 0)

    def _stop_listening(self) -> None:
        self.become(TcpState.CLOSED)
        self.forget()
        while self.accept_queue:
            child = self.accept_queue.popleft()
            child.dead = True
            child.drop_queue()
            child.abort()

    # -- data --------------------------------------------------------------------------------------------------------

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """Put bytes into the send buffer, from where they go as the window allows; sleep while it is full."""
        until = self.deadline(call, self.send_timeout)
        while self.state in CONNECTING:
            self.report_error()
            yield from self.wait(call, message.flags, until, "The handshake is not finished, so the task sleeps.")
        if self.state not in SENDING or self.error or self.half_closed:
            self._cannot_send(call, message.flags)
        data = copied_pieces(call, message.source, _PIECE)
        done = 0
        while done < len(data):
            room = self.send_buffer - len(self.unsent)
            if self.net.exhausted:
                room = 0 if self.unsent or self.is_ahead else min(room, _LAST_PIECE)
            if room <= 0:
                try:
                    yield from self.wait(
                        call, message.flags, until, "The send buffer is full, so the task sleeps until somebody reads."
                    )
                except (KernelError, Interrupted):
                    if done:
                        break
                    raise
                if self.error or self.half_closed:
                    if done:
                        break
                    self._cannot_send(call, message.flags)
                continue
            piece = data[done : done + room]
            done += len(piece)
            if message.flags & OOB and done == len(data):
                self.urgent_sent = self.sequence + len(self.unsent) + len(piece) - 1
            self.unsent += piece
            self.net.memory += len(piece)
            self.push()
        call.service("net", "send", f"The connection has taken {count_bytes(done)}.")
        return done

    def _cannot_send(self, call: Call, flags: int) -> NoReturn:
        """The error that waits, else EPIPE."""
        if self.error != Errno.EPIPE:
            self.report_error()
        self.error = 0
        self.broken(call, flags)

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """Take bytes from the receive buffer, which opens the window."""
        if self.listening:
            raise KernelError(Errno.ENOTCONN, "A listening socket has no data", "net")
        if message.flags & OOB:
            return self._receive_urgent(message)
        until = self.deadline(call, self.receive_timeout)
        size = min(message.sink.size, MAX_RW_COUNT)
        target = max(size if message.flags & WAITALL else min(self.low_water, size), 1)
        data = b""
        while True:
            found = self._gather(size - len(data), len(data) if message.flags & PEEK else 0)
            if found:
                data += b"".join(buffer.data[start : start + count] for buffer, start, count in found)
                arrived = len(data) if message.flags & TRUNC else message.sink.write(data)
                if arrived < len(data):
                    raise KernelError(Errno.EFAULT, "The data does not fit into writable memory", "net")
                if not message.flags & PEEK:
                    self._consume(found)
            if len(data) >= target or (not size and self.receive_queue):
                break
            try:
                if not (yield from self._wait_for_data(call, message.flags, until, bool(data))):
                    break
            except (KernelError, Interrupted):
                if data:
                    break
                raise
        if not data:
            message.sink.write(b"")
        end = "" if data or not size else " The other end has sent FIN: that is the end of the stream."
        call.service("net", "receive", f"The receive buffer gives {count_bytes(len(data))}.{end}")
        return len(data)

    def _wait_for_data(self, call: Call, flags: int, until: int | None, some: bool) -> Blocking[bool]:
        """Sleep for more; False when nothing more comes."""
        if some and (self.error or self.state is TcpState.CLOSED or self.shut & RCV_SHUTDOWN):
            return False
        if self.peer_has_ended:
            return False
        self.report_error()
        if self.shut & RCV_SHUTDOWN:
            return False
        if self.state is TcpState.CLOSED:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        yield from self.wait(call, flags, until, "The receive buffer is empty, so the task sleeps.")
        return True

    def _gather(self, room: int, skip: int) -> list[tuple[SkBuff, int, int]]:
        """(buffer, where, how much) up to `room` bytes, after `skip`; not past the urgent byte."""
        if self.urgent_at is not None:
            before = self.urgent_at - self.read_position
            if before > 0:
                room = min(room, before)
            elif self.urgent_inline:
                self.urgent_at = None
            else:
                self._skip_urgent()
        found = []
        for buffer in self.receive_queue:
            if room <= 0:
                break
            start = buffer.start + min(skip, buffer.left)
            skip -= start - buffer.start
            count = min(len(buffer.data) - start, room)
            if count:
                found.append((buffer, start, count))
                room -= count
        return found

    def _consume(self, found: list[tuple[SkBuff, int, int]]) -> None:
        for buffer, _, count in found:
            buffer.start += count
            self.read_position += count
            if not buffer.left:
                self.receive_queue.popleft()
                self.consumed(buffer)
        self.window_opens()

    # -- urgent data (tcp(7), MSG_OOB) -------------------------------------------------------------------------------

    @property
    def urgent_inline(self) -> bool:
        """SO_OOBINLINE: the urgent byte is read like any other."""
        return tcp_options.urgent_inline(self)

    def _skip_urgent(self) -> None:
        self.urgent_at = None
        while self.receive_queue and not self.receive_queue[0].left:
            self.consumed(self.receive_queue.popleft())
        if self.receive_queue:
            self._consume([(self.receive_queue[0], self.receive_queue[0].start, 1)])

    def _receive_urgent(self, message: Incoming) -> int:
        """The urgent byte, out of the order of the stream. Raises EINVAL when there is none."""
        if self.urgent_inline or self.urgent_at is None or self.urgent_read:
            raise KernelError(Errno.EINVAL, "No urgent byte waits to be read by itself", "net")
        at = self.urgent_at - self.read_position
        for buffer in self.receive_queue:
            if at < buffer.left:
                message.result_flags |= OOB
                if not message.flags & PEEK:
                    self.urgent_read = True
                return message.sink.write(buffer.data[buffer.start + at :][:1]) if message.sink.size else 0
            at -= buffer.left
        raise KernelError(Errno.EAGAIN, "The urgent byte has not arrived yet", "net")

    # -- the end -----------------------------------------------------------------------------------------------------

    def shutdown(self, call: Call, halves: int) -> None:
        """Close halves: FIN for the sending one."""
        if self.state is TcpState.CLOSED:
            self.shut |= halves
            self.queue.wake_all()
            raise KernelError(Errno.ENOTCONN, "The socket is not connected", "net")
        if self.listening:
            if halves & RCV_SHUTDOWN:
                self._disconnect()
            return
        if self.state is TcpState.SYN_SENT:
            self._disconnect()
            return
        if self.progress is SocketState.CONNECTING:
            self.progress = SocketState.CONNECTED
        self.shut |= halves
        self.queue.wake_all()
        if halves & SEND_SHUTDOWN and self.state in (*SENDING, TcpState.SYN_RECEIVED):
            self.end_sending()

    def release(self) -> None:
        """Close: FIN, or RST when data was not read or SO_LINGER says so. What is to be sent still is."""
        self.dead = True
        unread = bool(self.receive_queue)
        self.drop_queue()
        if self.listening:
            self._stop_listening()
            return
        was_open = self.state in (*SENDING, TcpState.SYN_RECEIVED)
        self.shut = SHUTDOWN_MASK
        if unread and self.state is not TcpState.CLOSED:
            self.net.say("reset", f"Data for {self.local} was not read: the connection is reset.")
            self.abort()
        elif self.lingers and not self.linger_seconds:
            self.abort()
        elif was_open:
            self.end_sending()
        elif self.state is TcpState.FIN_WAIT_2:
            self.net.expire_later(self)
        elif self.state in (TcpState.SYN_SENT, TcpState.CLOSED):
            self.done()

    def poll(self) -> int:
        """As `tcp_poll` says it."""
        if self.listening:
            return READABLE if self.accept_queue else 0
        mask = 0
        if self.shut == SHUTDOWN_MASK or self.state is TcpState.CLOSED:
            mask |= POLLHUP
        if self.shut & RCV_SHUTDOWN:
            mask |= READABLE | POLLRDHUP
        if self.state is not TcpState.SYN_SENT:
            if self._readable_bytes() >= self.low_water:
                mask |= READABLE
            if self.half_closed or self.send_buffer - len(self.unsent) > len(self.unsent) // 2:
                mask |= WRITABLE
            if self.urgent_at is not None and not self.urgent_read:
                mask |= POLLPRI
        if self.error:
            mask |= POLLERR
        return mask

    def _readable_bytes(self) -> int:
        waiting = self.queued
        if self.urgent_at is None or self.urgent_inline:
            return waiting
        before = self.urgent_at - self.read_position
        return before if before else max(waiting - 1, 0)

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """SIOCINQ (FIONREAD): bytes to read. SIOCOUTQ: bytes not acknowledged. SIOCATMARK: at the urgent byte?"""
        if request in (IoctlRequest.FIONREAD, IoctlRequest.TIOCOUTQ) and self.listening:
            raise KernelError(Errno.EINVAL, "A listening socket has no data", "net")
        if request == IoctlRequest.FIONREAD:
            argument.write_int(self._readable_bytes())
        elif request == IoctlRequest.TIOCOUTQ:
            argument.write_int(len(self.unsent))
        elif request == SIOCATMARK:
            argument.write_int(int(self.urgent_at is not None and self.urgent_at == self.read_position))
        else:
            return super().ioctl(call, request, argument)
        return 0

    def set_option(self, call: Call, level: int, option: int, value: bytes) -> None:
        """Options of TCP, else those of IP."""
        if not tcp_options.set_option(call, self, level, option, value):
            super().set_option(call, level, option, value)

    def get_option(self, call: Call, level: int, option: int) -> bytes:
        """Options of TCP, else those of IP."""
        value = tcp_options.get_option(call, self, level, option)
        return super().get_option(call, level, option) if value is None else value

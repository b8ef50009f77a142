"""UDP (udp(7)): datagrams that arrive at a port, or nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from app.kernel.abi.constants import IoctlRequest
from app.kernel.abi.socket_constants import AF_INET, AF_INET6, AF_UNSPEC, SOL_SOCKET, IpProtocol, SocketOption
from app.kernel.abi.text import count_bytes
from app.kernel.errno import Errno, KernelError
from app.kernel.poll import READABLE, WRITABLE
from app.kernel.wait import Blocking

from .address import Endpoint, any_host, is_broadcast, is_multicast, pack_endpoint
from .inet import InetSock
from .skbuff import SkBuff, udp_truesize
from .sock import (
    DONTWAIT,
    OOB,
    PEEK,
    POLLERR,
    POLLHUP,
    POLLRDHUP,
    POLLWRBAND,
    RCV_SHUTDOWN,
    SEND_SHUTDOWN,
    SHUTDOWN_MASK,
    Incoming,
    Outgoing,
    copied,
    deliver_datagram,
)

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

    from .namespace import Net

_MAX_IPV4 = 65_507
_MAX_IPV6 = 65_527
_UDP = int(IpProtocol.IPPROTO_UDP)


class Datagram(Struct):
    """One UDP packet."""

    source: Endpoint
    destination: Endpoint
    data: bytes
    sender: UdpSock

    def arrive(self, net: Net) -> None:
        """Find the socket at the port; without one, the sender is told by ICMP."""
        shown = f"{self.source} -> {self.destination}, {count_bytes(len(self.data))}"
        receiver = self._receiver(net)
        if receiver is None:
            net.say("icmp", f"UDP {shown}: no socket has that port. ICMP says so to the sender: port unreachable.")
            if self.sender.remote == self.destination:
                self.sender.fail(Errno.ECONNREFUSED)
            return
        truesize = udp_truesize(len(self.data))
        if receiver.receive_charge + truesize > receiver.receive_buffer or net.exhausted:
            net.say("drop", f"UDP {shown}: the receive buffer is full, so the datagram is lost. Nobody is told.")
            return
        receiver.enqueue(SkBuff(self.data, truesize, sender=self.source))
        waiting = len(receiver.receive_queue)
        net.say("queue", f"UDP {shown}: queued at the socket of that port, where {waiting} wait now.")

    def _receiver(self, net: Net) -> UdpSock | None:
        best: UdpSock | None = None
        score = 0
        for sock in net.sharers(_UDP, self.destination.port).values():
            if not isinstance(sock, UdpSock):
                continue
            fit = sock.matches(self.destination)
            if fit and sock.remote is not None:
                fit = fit + 8 if sock.remote == self.source else 0
            if fit and fit >= score:
                best, score = sock, fit
        return best


class UdpSock(InetSock):
    """A UDP socket; its connection is a default destination and a filter."""

    what = "a UDP socket"

    @property
    def is_connected(self) -> bool:
        """A connected UDP socket that was not bound before cannot be bound any more; one without a port can."""
        return False

    def connect(self, call: Call, address: bytes, flags: int) -> Blocking[None]:
        """Choose the default destination, and hear only from there; AF_UNSPEC undoes it."""
        if len(address) < 2:
            raise call.refuse(Errno.EINVAL, "addr", "size", str(len(address)), "It has no address family.")
        if int.from_bytes(address[:2], "little") == AF_UNSPEC:
            self._disconnect(call)
            return
        self._autobind(call)
        wanted = self.checked_address(call, address)
        own, remote = self.net.route(wanted, self.bound_host)
        self._need_broadcast(remote)
        self.remote = remote
        if self.local is not None:
            self.local = Endpoint(own, self.local.port)
        call.service("net", "connect", f"Datagrams go from {self.local} to {remote} by default. Nothing is sent yet.")
        return
        yield

    def _disconnect(self, call: Call) -> None:
        self.remote = None
        if self.local is not None and self.bound_host is None:
            self.leave_port()
            self.local = None
        elif self.local is not None and self.bound_host is not None:
            self.local = Endpoint(self.bound_host, self.local.port)
        call.service("net", "connect", "The socket has no default destination any more.")

    def _autobind(self, call: Call) -> None:
        if self.local is None:
            self.take_port(call, Endpoint(any_host(self.family), 0))

    def _need_broadcast(self, remote: Endpoint) -> None:
        if is_broadcast(remote.host) and not self.setting(SOL_SOCKET, SocketOption.SO_BROADCAST):
            raise KernelError(Errno.EACCES, "Sending to everybody needs the option SO_BROADCAST", "net")

    def send(self, call: Call, message: Outgoing) -> Blocking[int]:
        """Send one datagram."""
        size = message.source.size
        if size > 0xFFFF:
            raise KernelError(Errno.EMSGSIZE, "A datagram has at most 65535 bytes", "net")
        if message.flags & OOB and self.family == AF_INET:
            raise KernelError(Errno.EOPNOTSUPP, "UDP has no urgent data", "net")
        destination = self._destination(call, message)
        if not destination.port:
            raise call.refuse(Errno.EINVAL, "addr", "range", str(destination), "Port 0 is no destination.")
        own, remote = self.net.route(destination, self._source_host())
        self._need_broadcast(remote)
        self._autobind(call)
        if size > (_MAX_IPV4 if remote.is_ipv4 else _MAX_IPV6):
            raise KernelError(Errno.EMSGSIZE, "The datagram with its headers would exceed 65535 bytes", "net")
        data = copied(message.source, size)
        self.report_error()
        if self.shut & SEND_SHUTDOWN:
            self.broken(call, message.flags)
        source = Endpoint(own, self.local.port if self.local else 0)
        if not is_multicast(remote.host):
            self.net.transmit(Datagram(source, remote, data, self))
        return size
        yield

    def _source_host(self) -> bytes | None:
        return self.local.host if self.remote is not None and self.local is not None else self.bound_host

    def _destination(self, call: Call, message: Outgoing) -> Endpoint:
        if message.name:
            name = message.name
            if self.family == AF_INET and name[:2] == b"\0\0":
                name = AF_INET.to_bytes(2, "little") + name[2:]
            family = int.from_bytes(name[:2], "little")
            if self.family == AF_INET6 and family not in (AF_INET, AF_INET6):
                raise call.refuse(
                    Errno.EINVAL, "addr", "family", str(family), "The destination is no address of IPv4 or IPv6."
                )
            return self.checked_address(call, name)
        if self.remote is None:
            raise KernelError(
                Errno.EDESTADDRREQ, "The socket is not connected, and the datagram has no destination", "net"
            )
        return self.remote

    def fail(self, errno: Errno) -> None:
        """Something to tell by the next call."""
        self.error = int(errno)
        self.queue.wake_all()

    def receive(self, call: Call, message: Incoming) -> Blocking[int]:
        """Take one datagram; what does not fit is lost."""
        until = self.deadline(call, self.receive_timeout)
        self.report_error()
        while not self.receive_queue:
            if self.shut & RCV_SHUTDOWN and not message.flags & DONTWAIT:
                call.service("net", "receive", "Receiving has been shut down: nothing more will come.")
                return message.sink.write(b"")
            yield from self.wait(call, message.flags, until, "No datagram has arrived, so the task sleeps.")
            self.report_error()
        buffer = self.receive_queue[0]
        if isinstance(buffer.sender, Endpoint):
            message.name = pack_endpoint(buffer.sender, self.family)
        if not message.flags & PEEK:
            self.receive_queue.popleft()
            self.consumed(buffer)
        call.service("net", "receive", f"The first datagram of the queue has {count_bytes(len(buffer.data))}.")
        return deliver_datagram(message, buffer)

    def shutdown(self, call: Call, halves: int) -> None:
        """Close halves; without a connection that is ENOTCONN, although it takes effect."""
        self.shut |= halves
        self.queue.wake_all()
        if self.remote is None:
            raise KernelError(Errno.ENOTCONN, "The socket is not connected; nobody could be told", "net")
        call.service("net", "shutdown", "The halves that are shut down carry nothing any more.")

    def release(self) -> None:
        """Give the port back."""
        self.dead = True
        self.leave_port()
        self.drop_queue()
        self.queue.wake_all()

    def poll(self) -> int:
        """As `datagram_poll` says it; there is always room to send, for datagrams may be lost."""
        mask = WRITABLE | POLLWRBAND
        if self.error:
            mask |= POLLERR
        if self.shut & RCV_SHUTDOWN:
            mask |= POLLRDHUP | READABLE
        if self.shut == SHUTDOWN_MASK:
            mask |= POLLHUP
        if self.receive_queue:
            mask |= READABLE
        return mask

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """SIOCINQ (FIONREAD): size of the first datagram. SIOCOUTQ: what is not sent yet, which is nothing."""
        if request == IoctlRequest.TIOCOUTQ:
            argument.write_int(0)
            return 0
        if request == IoctlRequest.FIONREAD:
            argument.write_int(self.receive_queue[0].left if self.receive_queue else 0)
            return 0
        return super().ioctl(call, request, argument)

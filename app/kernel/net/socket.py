"""Sockets as open files (struct socket of Linux), and the table of address families."""

from __future__ import annotations

import stat
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.socket_constants import (
    AF_INET,
    AF_INET6,
    AF_PACKET,
    AF_UNIX,
    SOCK_DGRAM,
    SOCK_PACKET,
    SOCK_RAW,
    SOCK_SEQPACKET,
    SOCK_STREAM,
    AddressFamily,
    IpProtocol,
)
from app.kernel.abi.text import flag_text
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.file import FileDescription, Sink, Source
from app.kernel.fs.inode import Inode
from app.kernel.fs.superblock import SuperBlock
from app.kernel.wait import Blocking, WaitQueue

from .sock import DONTWAIT, Incoming, Outgoing, Sock
from .tcp import TcpSock
from .udp import UdpSock
from .unix_datagram import UnixDatagramSock, UnixSeqpacketSock
from .unix_stream import UnixStreamSock

if TYPE_CHECKING:
    from app.kernel.arguments.ioctl import IoctlArgument
    from app.kernel.call import Call

    from .namespace import Net

_MAX_PROTOCOL = 263
_MAX_FAMILY = 46
_UNIX_PROTOCOL = 1
_PING = ((AF_INET, int(IpProtocol.IPPROTO_ICMP)), (AF_INET6, int(IpProtocol.IPPROTO_ICMPV6)))


class SocketInode(Inode):
    """The inode of a socket: it has no name in any directory (sockfs)."""

    nameless_magic = 0x534F434B

    def __init__(self, fs: SuperBlock, uid: int, gid: int) -> None:
        super().__init__(fs, stat.S_IFSOCK | 0o777, uid, gid)


class SocketFile(FileDescription):
    """A socket as an open file: reading receives, writing sends."""

    kind = "socket"
    what = "a socket"
    signals_input = True

    def __init__(self, fs: SuperBlock, inode: SocketInode, sock: Sock, flags: int) -> None:
        super().__init__(fs, inode, int(OpenFlag.O_RDWR) | flags, path=f"socket:[{inode.number}]")
        self.sock = sock

    def message_flags(self, flags: int) -> int:
        """The flags of a send or receive: O_NONBLOCK is MSG_DONTWAIT for all of them."""
        return flags | DONTWAIT if self.nonblocking else flags

    def release(self) -> None:
        """Close the end point."""
        self.sock.release()
        self.inode.nlink = 0
        super().release()

    def read(self, call: Call, sink: Sink, position: int | None = None) -> Blocking[int]:
        """recv(2) without flags."""
        if not sink.size:
            return 0
        return (yield from self.sock.receive(call, Incoming(sink, self.message_flags(0))))

    def write(self, call: Call, source: Source, position: int | None = None) -> Blocking[int]:
        """send(2) without flags."""
        return (yield from self.sock.send(call, Outgoing(source, self.message_flags(0))))

    def poll(self) -> int:
        """What the protocol says."""
        return self.sock.poll()

    def poll_queues(self) -> tuple[WaitQueue, ...]:
        """What wakes when `poll` may have changed."""
        return self.sock.wait_queues()

    def ioctl(self, call: Call, request: int, argument: IoctlArgument) -> int:
        """Requests of the protocol."""
        return self.sock.ioctl(call, request, argument)


def create_sock(call: Call, family: int, kind: int, protocol: int) -> Sock:
    """The end point that socket(2) asks for. Raises EAFNOSUPPORT, EPROTONOSUPPORT, ESOCKTNOSUPPORT, EINVAL, EPERM."""
    if not 0 <= family < _MAX_FAMILY:
        raise call.refuse(Errno.EAFNOSUPPORT, "domain", "range", str(family), "There is no such address family.")
    if kind > SOCK_PACKET:
        raise call.refuse(Errno.EINVAL, "type", "range", str(kind), "There is no such type of socket.")
    net = call.kernel.net
    if family in (AF_INET, AF_INET6):
        return _create_inet(call, net, family, kind, protocol)
    if family == AF_UNIX:
        return _create_unix(call, net, kind, protocol)
    name = flag_text(family, AddressFamily)
    if family == AF_PACKET:
        raise call.refuse(Errno.EPERM, "domain", "capability", name, "Raw packets are for the superuser.")
    raise call.refuse(Errno.EAFNOSUPPORT, "domain", "range", name, f"This kernel has no {name} sockets.")


def _create_unix(call: Call, net: Net, kind: int, protocol: int) -> Sock:
    if protocol not in (0, _UNIX_PROTOCOL):
        raise call.refuse(
            Errno.EPROTONOSUPPORT, "protocol", "range", str(protocol), "The UNIX domain has only protocol 0."
        )
    if kind == SOCK_STREAM:
        return UnixStreamSock(net, AF_UNIX, SOCK_STREAM, 0)
    if kind in (SOCK_DGRAM, SOCK_RAW):
        return UnixDatagramSock(net, AF_UNIX, SOCK_DGRAM, 0)
    if kind == SOCK_SEQPACKET:
        return UnixSeqpacketSock(net, AF_UNIX, SOCK_SEQPACKET, 0)
    raise call.refuse(Errno.ESOCKTNOSUPPORT, "type", "range", str(kind), "The UNIX domain has no such sockets.")


def _create_inet(call: Call, net: Net, family: int, kind: int, protocol: int) -> Sock:
    if kind == SOCK_PACKET and family == AF_INET:
        raise call.refuse(Errno.EPERM, "type", "capability", "SOCK_PACKET", "Raw packets are for the superuser.")
    if not 0 <= protocol < _MAX_PROTOCOL:
        raise call.refuse(Errno.EINVAL, "protocol", "range", str(protocol), "No protocol has that number.")
    shown = flag_text(protocol, IpProtocol)
    if kind == SOCK_RAW and protocol:
        raise call.refuse(Errno.EPERM, "type", "capability", "SOCK_RAW", "Raw sockets are for the superuser.")
    make: dict[int, tuple[int, Callable[[Net, int, int, int], Sock]]] = {
        SOCK_STREAM: (IpProtocol.IPPROTO_TCP, TcpSock),
        SOCK_DGRAM: (IpProtocol.IPPROTO_UDP, UdpSock),
    }
    if kind not in make and kind != SOCK_RAW:
        raise call.refuse(Errno.ESOCKTNOSUPPORT, "type", "range", str(kind), "IP has no such sockets.")
    if kind == SOCK_DGRAM and (family, protocol) in _PING:
        raise call.refuse(Errno.EACCES, "protocol", "capability", shown, "Sockets for ping are not for this user.")
    own, constructor = make.get(kind, (-1, TcpSock))
    if protocol not in (0, own) or kind == SOCK_RAW:
        raise call.refuse(
            Errno.EPROTONOSUPPORT, "protocol", "range", shown, "Sockets of this type do not speak that protocol."
        )
    return constructor(net, family, kind, int(own))


def open_socket(call: Call, sock: Sock, flags: int) -> SocketFile:
    """An open file for an end point; `flags` are O_NONBLOCK or nothing."""
    fs = call.task.fs.superblock
    who = call.task.credentials
    try:
        inode = SocketInode(fs, who.fsuid, who.fsgid)
    except KernelError:
        raise KernelError(Errno.ENFILE, "The machine has as many files as it can", "net") from None
    return SocketFile(fs, inode, sock, flags)

"""Sockets: making, naming and connecting them, and their options. `message.py` has sending and receiving."""

from __future__ import annotations

from typing import Annotated

from app.kernel.abi.constants import OpenFlag
from app.kernel.abi.socket_constants import (
    AF_UNIX,
    SOCK_TYPE_MASK,
    SOL_SOCKET,
    SOMAXCONN,
    AcceptFlag,
    AddressFamily,
    ShutdownHow,
    SocketType,
)
from app.kernel.arguments import Fd, Int
from app.kernel.arguments.pair import DescriptorPair
from app.kernel.arguments.socket import (
    LengthInOut,
    OptionIn,
    OptionLevel,
    OptionName,
    OptionOut,
    SockaddrIn,
    SockaddrOut,
    SocketFd,
    SocketProtocol,
)
from app.kernel.call import Call
from app.kernel.errno import Errno, KernelError
from app.kernel.net import options
from app.kernel.net.sock import SHUTDOWN_MASK, Sock, current_ucred
from app.kernel.net.socket import SocketFile, create_sock, open_socket
from app.kernel.net.unix import UnixSock, pair
from app.kernel.net.unix_connection import UnixConnectionSock, join
from app.kernel.syscall import syscall
from app.kernel.wait import Blocking

_CLOEXEC = int(SocketType.SOCK_CLOEXEC)
_NONBLOCK = int(SocketType.SOCK_NONBLOCK)


@syscall
def socket(call: Call, domain: AddressFamily, type: SocketType, protocol: SocketProtocol) -> Fd:
    """Make an end point for communication and return a descriptor for it.

    `domain` is the family of addresses: AF_UNIX (this machine, names are paths), AF_INET (IPv4), AF_INET6 (IPv6).
    `type` is SOCK_STREAM (a connection that carries bytes in order), SOCK_DGRAM (messages) or SOCK_SEQPACKET (AF_UNIX:
    a connection that carries messages), with SOCK_NONBLOCK and SOCK_CLOEXEC added as wanted.

    EINVAL: unknown flags, type or protocol number. EAFNOSUPPORT: no such family. ESOCKTNOSUPPORT: no such type.
    EPROTONOSUPPORT: the family has no such type or protocol. EPERM: raw sockets are the superuser's. EACCES: sockets
    for ping are the superuser's, too. EMFILE: too many descriptors. See socket(2).

    Not served: AF_NETLINK, AF_VSOCK and rarer families, raw sockets, multicast groups, and any network but the
    loopback interface.
    """
    kind, flags = _checked_type(call, type)
    sock = create_sock(call, int(domain), kind, int(protocol))
    number = call.task.files.lowest_free()
    _install(call, number, sock, flags)
    call.service("net", "create", f"Descriptor {number} is {sock.what}, without address or connection yet.")
    return Fd(call, "", number)


@syscall
def socketpair(
    call: Call, domain: AddressFamily, type: SocketType, protocol: SocketProtocol, sv: DescriptorPair
) -> Int:
    """Make two sockets of AF_UNIX that are connected with each other, and store their descriptors in `sv`.

    EOPNOTSUPP: a family without pairs. EFAULT: `sv` is not writable memory. EMFILE: too many descriptors. And the
    errors of socket. See socketpair(2).
    """
    kind, flags = _checked_type(call, type)
    files = call.task.files
    first = files.lowest_free()
    second = files.lowest_free(first + 1)
    sv.write(first, second)
    left = create_sock(call, int(domain), kind, int(protocol))
    if int(domain) != AF_UNIX:
        raise call.refuse(Errno.EOPNOTSUPP, "domain", "range", str(domain), "Only AF_UNIX has pairs of sockets.")
    right = create_sock(call, int(domain), kind, int(protocol))
    if isinstance(left, UnixConnectionSock) and isinstance(right, UnixConnectionSock):
        join(left, right)
    elif isinstance(left, UnixSock) and isinstance(right, UnixSock):
        pair(left, right)
    left.peer_credentials = right.peer_credentials = current_ucred(call)
    _install(call, first, left, flags)
    _install(call, second, right, flags)
    call.service("net", "create", f"What is sent over descriptor {first} arrives at descriptor {second}, and back.")
    return Int(0)


def _checked_type(call: Call, type: int) -> tuple[int, int]:
    """(type, flags). Raises EINVAL for other flags."""
    kind, flags = type & SOCK_TYPE_MASK, type & ~SOCK_TYPE_MASK
    if flags & ~(_CLOEXEC | _NONBLOCK):
        raise call.refuse(Errno.EINVAL, "type", "flags", hex(type), "type has flags that sockets do not know.")
    return kind, flags


def _install(call: Call, number: int, sock: Sock, flags: int) -> SocketFile:
    file = open_socket(call, sock, flags & int(OpenFlag.O_NONBLOCK))
    call.task.files.install(call.kernel, number, file, close_on_exec=bool(flags & _CLOEXEC))
    return file


@syscall
def bind(call: Call, sockfd: SocketFd, addr: Annotated[SockaddrIn, "addrlen"], addrlen: Int) -> Int:
    """Give the socket an address: a path or abstract name (AF_UNIX), or a host address and port of this machine.

    Port 0 lets the kernel choose. A path is made as a file of type socket.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EINVAL: the length of the address is wrong, or the
    socket is bound already. EFAULT: a pointer is bad. EAFNOSUPPORT: an address of another family. EACCES: a port below
    1024, or no permission for the path. EADDRINUSE: another socket has this address. EADDRNOTAVAIL: the address is not
    on this machine. And the errors of a path walk. See bind(2), unix(7), ip(7).
    """
    sock = sockfd.socket.sock
    sock.bind(call, addr.read())
    return Int(0)


@syscall
def listen(call: Call, sockfd: SocketFd, backlog: Int) -> Int:
    """Make the socket accept connections. `backlog` is how many may wait for accept; one more fits, as in Linux.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EOPNOTSUPP: sockets of this type make no connections.
    EINVAL: the socket is connected, or of AF_UNIX and without a name. EADDRINUSE: another socket listens on the port.
    See listen(2).
    """
    sock = sockfd.socket.sock
    sock.listen(call, min(backlog & 0xFFFF_FFFF, SOMAXCONN))
    return Int(0)


@syscall
def accept(call: Call, sockfd: SocketFd, addr: Annotated[SockaddrOut, "addrlen"], addrlen: LengthInOut) -> Blocking[Fd]:
    """Take the first connection that waits in the queue of the listening socket; sleep while there is none.

    Returns a new descriptor for it. If `addr` is not NULL, the address of the other end is stored there.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EOPNOTSUPP: sockets of this type make no connections.
    EINVAL: the socket does not listen. EAGAIN: O_NONBLOCK, and nobody waits. EMFILE: too many descriptors. EFAULT: a
    pointer is bad. EINTR: a signal handler ran. See accept(2).
    """
    return (yield from _accept(call, sockfd, addr, 0))


@syscall
def accept4(
    call: Call,
    sockfd: SocketFd,
    addr: Annotated[SockaddrOut, "addrlen"],
    addrlen: LengthInOut,
    flags: AcceptFlag,
) -> Blocking[Fd]:
    """Like accept, with SOCK_NONBLOCK and SOCK_CLOEXEC for the new descriptor.

    EINVAL: other flags. And the errors of accept. See accept(2).
    """
    sockfd.need_open()
    if flags & ~(_CLOEXEC | _NONBLOCK):
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "accept4 knows SOCK_CLOEXEC and SOCK_NONBLOCK.")
    return (yield from _accept(call, sockfd, addr, flags))


def _accept(call: Call, sockfd: SocketFd, addr: SockaddrOut, flags: int) -> Blocking[Fd]:
    listener = sockfd.socket
    files = call.task.files
    files.lowest_free()
    sock = yield from listener.sock.accept(call, listener.message_flags(0))
    if not addr.is_null:
        try:
            addr.write(_peer_name(sock))
        except KernelError:
            sock.release()
            raise
    number = files.lowest_free()
    _install(call, number, sock, flags)
    return Fd(call, "", number)


def _peer_name(sock: Sock) -> bytes:
    try:
        return sock.peer_name()
    except KernelError:
        raise KernelError(Errno.ECONNABORTED, "The connection is gone already", "net") from None


@syscall
def connect(call: Call, sockfd: SocketFd, addr: Annotated[SockaddrIn, "addrlen"], addrlen: Int) -> Blocking[Int]:
    """Connect the socket with the one that has the address `addr`.

    A stream makes a connection (TCP: the handshake of three segments), a datagram socket only remembers where to send.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EINVAL: the length of the address is wrong. EFAULT: a
    pointer is bad. EAFNOSUPPORT: an address of another family. ECONNREFUSED: nobody listens there. EISCONN: the socket
    is connected already. EINPROGRESS: O_NONBLOCK; TCP goes on by itself, poll and SO_ERROR tell how it ends. EALREADY:
    it still goes on. EAGAIN: O_NONBLOCK, and the queue of an AF_UNIX socket is full. EPROTOTYPE: the AF_UNIX socket
    there is of another type. ENETUNREACH: the address is not on this machine. EADDRNOTAVAIL: no port is free.
    ETIMEDOUT: the other end does not answer. EACCES: the socket file may not be written. EINTR: a signal handler ran.
    And the errors of a path walk. See connect(2).
    """
    sockfd.need_open()
    address = addr.read()
    file = sockfd.socket
    yield from file.sock.connect(call, address, file.message_flags(0))
    return Int(0)


@syscall
def getsockname(call: Call, sockfd: SocketFd, addr: Annotated[SockaddrOut, "addrlen"], addrlen: LengthInOut) -> Int:
    """Store the socket's own address in `addr`, cut to the room that `addrlen` says, which gets the real length.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EFAULT: a pointer is bad. EINVAL: `addrlen` is
    negative. See getsockname(2).
    """
    addr.write(sockfd.socket.sock.name())
    return Int(0)


@syscall
def getpeername(call: Call, sockfd: SocketFd, addr: Annotated[SockaddrOut, "addrlen"], addrlen: LengthInOut) -> Int:
    """Store the address of the other end in `addr`, cut to the room that `addrlen` says, which gets the real length.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. ENOTCONN: the socket is not connected. EFAULT: a
    pointer is bad. EINVAL: `addrlen` is negative. See getpeername(2).
    """
    addr.write(sockfd.socket.sock.peer_name())
    return Int(0)


@syscall
def shutdown(call: Call, sockfd: SocketFd, how: ShutdownHow) -> Int:
    """Close one half of a connection or both: SHUT_RD, SHUT_WR, SHUT_RDWR. The descriptor stays open.

    After SHUT_WR the other end reads what was sent, then the end of the stream; TCP sends FIN.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EINVAL: unknown `how`. ENOTCONN: the socket is not
    connected. See shutdown(2).
    """
    sock = sockfd.socket.sock
    halves = how + 1
    if not 1 <= halves <= SHUTDOWN_MASK:
        raise call.refuse(Errno.EINVAL, "how", "range", str(int(how)), "how is SHUT_RD, SHUT_WR or SHUT_RDWR.")
    sock.shutdown(call, halves)
    return Int(0)


@syscall
def setsockopt(
    call: Call,
    sockfd: SocketFd,
    level: OptionLevel,
    optname: OptionName,
    optval: Annotated[OptionIn, "optlen"],
    optlen: Int,
) -> Int:
    """Set an option of the socket: of all sockets (SOL_SOCKET), or of its protocol (SOL_TCP, SOL_IP, SOL_IPV6).

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EINVAL: a length or value that the option does not
    take. EFAULT: a pointer is bad. ENOPROTOOPT: unknown option. EOPNOTSUPP: the socket has no such option. EPERM: the
    option needs privileges. EACCES: so does this value. EDOM: a time that is malformed. See setsockopt(2), socket(7),
    tcp(7), ip(7), ipv6(7).

    Not served: socket filters, time stamps, binding to a device, multicast. A close never waits for SO_LINGER.
    """
    sock = sockfd.socket.sock
    value = optval.read()
    if level == SOL_SOCKET:
        options.set_option(call, sock, int(optname), value)
    else:
        sock.set_option(call, int(level), int(optname), value)
    call.service("net", "option", f"The option {optname.text()} is set.")
    return Int(0)


@syscall
def getsockopt(
    call: Call,
    sockfd: SocketFd,
    level: OptionLevel,
    optname: OptionName,
    optval: Annotated[OptionOut, "optlen"],
    optlen: LengthInOut,
) -> Int:
    """Store the value of an option in `optval`, cut to the room that `optlen` says, which gets the length stored.

    SO_ERROR gives, and clears, the error that waits to be told.

    EBADF: `sockfd` is not open. ENOTSOCK: `sockfd` is no socket. EFAULT: a pointer is bad. EINVAL: `optlen` is
    negative. ENOPROTOOPT: unknown option. EOPNOTSUPP: the socket has no such option. See getsockopt(2).

    Not served: of TCP_INFO only the state is filled in.
    """
    sock = sockfd.socket.sock
    if level == SOL_SOCKET:
        optlen.read()
        optval.write(options.get_option(call, sock, int(optname)))
    else:
        if sock.has_level(int(level)):
            optlen.read()
        optval.write(sock.get_option(call, int(level), int(optname)))
    return Int(0)

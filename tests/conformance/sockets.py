"""Socket addresses and other structs for cases with sockets."""

from __future__ import annotations

import struct

from tests.conformance.program import Buffer, Call, Edge, Packed, call

AF_UNIX, AF_INET, AF_INET6, AF_NETLINK, AF_PACKET = 1, 2, 10, 16, 17
STREAM, DGRAM, RAW, RDM, SEQPACKET = 1, 2, 3, 4, 5
NONBLOCK, CLOEXEC = 0o4000, 0o2000000
SOL_SOCKET, SOL_IP, SOL_TCP, SOL_UDP, SOL_IPV6 = 1, 0, 6, 17, 41
MSG_OOB, MSG_PEEK, MSG_CTRUNC, MSG_TRUNC, MSG_DONTWAIT = 1, 2, 8, 0x20, 0x40
MSG_WAITALL, MSG_NOSIGNAL, MSG_CMSG_CLOEXEC = 0x100, 0x4000, 0x4000_0000
FIONREAD, SIOCOUTQ, SIOCATMARK = 0x541B, 0x5411, 0x8905
EBADF, EFAULT = 9, 14
IGNORE_SIGPIPE = call("rt_sigaction", 13, Packed([1, 0, 0, 0]), 0, 8)
BAD_POINTERS = (0, 1, 0x10_0000, 0xFFFF_8000_0000_0000, 2**64 - 1, Edge(1), Edge(0))


def sun(path: str | bytes, length: int | None = None) -> bytes:
    """`struct sockaddr_un`."""
    data = struct.pack("<H", AF_UNIX) + (path.encode() if isinstance(path, str) else path)
    return data if length is None else data.ljust(length, b"\0")


def sin(host: str = "127.0.0.1", port: int = 0, family: int = AF_INET) -> bytes:
    """`struct sockaddr_in`."""
    return struct.pack("<H", family) + struct.pack(">H", port) + bytes(map(int, host.split("."))) + bytes(8)


def sin6(host: bytes = bytes(15) + b"\1", port: int = 0, family: int = AF_INET6) -> bytes:
    """`struct sockaddr_in6`."""
    return struct.pack("<H", family) + struct.pack(">H", port) + bytes(4) + host + bytes(4)


def mapped(host: str) -> bytes:
    """An IPv4 address as an IPv6 one."""
    return bytes(10) + b"\xff\xff" + bytes(map(int, host.split(".")))


def msghdr(
    iov: object = 0,
    count: int = 0,
    name: object = 0,
    name_length: int = 0,
    control: object = 0,
    control_length: int = 0,
    flags: int = 0,
) -> Packed:
    """`struct msghdr`; `iov` is a Packed of base and length pairs."""
    return Packed([name, name_length, iov, count, control, control_length, flags])


def message(data: object, size: int, **rest: object) -> Packed:
    """`struct msghdr` with one buffer."""
    return msghdr(Packed([data, size]), 1, **rest)  # type: ignore[arg-type]


def cmsg(kind: int, data: bytes, level: int = SOL_SOCKET, length: int | None = None) -> bytes:
    """One control message, padded."""
    size = 16 + len(data) if length is None else length
    return (struct.pack("<Qii", size, level, kind) + data).ljust((16 + len(data) + 7) // 8 * 8, b"\0")


def socket_pair(kind: int = STREAM, name: str = "p") -> Call:
    """A connected pair in a buffer of two ints."""
    return call("socketpair", AF_UNIX, kind, 0, Buffer(name, 8))

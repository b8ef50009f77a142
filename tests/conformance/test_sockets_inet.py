"""TCP and UDP over the loopback interface compared with Linux.

Both kernels choose their own ports, so the cases bind to port 0 and go on with the address that getsockname gives.
"""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Packed,
    Result,
    call,
    check,
)
from tests.conformance.sockets import (
    AF_INET,
    AF_INET6,
    CLOEXEC,
    DGRAM,
    FIONREAD,
    IGNORE_SIGPIPE,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    MSG_OOB,
    MSG_PEEK,
    MSG_TRUNC,
    MSG_WAITALL,
    NONBLOCK,
    RAW,
    SEQPACKET,
    SIOCATMARK,
    SIOCOUTQ,
    SOL_IPV6,
    SOL_SOCKET,
    SOL_TCP,
    STREAM,
    mapped,
    sin,
    sin6,
)

ANY6 = bytes(16)
BYTES = [("b", 0, 32)]
ADDRESS = Buffer("address", 32)


def address_of(kind: int, **rest: object) -> bytes:
    return sin(**rest) if kind == AF_INET else sin6(**rest)  # type: ignore[arg-type]


def size_of(family: int) -> int:
    return 16 if family == AF_INET else 28


def received(fd: object, size: int = 32, flags: int = MSG_DONTWAIT) -> Call:
    return call("recvfrom", fd, Buffer("b", 64), size, flags, 0, 0, dump=BYTES)


def sent(fd: object, data: bytes, flags: int = MSG_DONTWAIT) -> Call:
    return call("sendto", fd, data, len(data), flags, 0, 0)


def counted(fd: object, request: int = FIONREAD) -> Call:
    return call("ioctl", fd, request, Buffer("n", 4), dump=[("n", 0, 4)])


def option(fd: object, level: int, name: int, size: int = 4) -> Call:
    return call("getsockopt", fd, level, name, Buffer("o", 256), Packed([size]), dump=[("o", 0, 16)])


def set_int(fd: object, level: int, name: int, value: int) -> Call:
    return call("setsockopt", fd, level, name, Packed([value]), 4)


def state(fd: object) -> Call:
    return call("getsockopt", fd, SOL_TCP, 11, Buffer("info", 256), Packed([104]), dump=[("info", 0, 1)])


def family_of(fd: object, name: str) -> Call:
    """A name without the port, which is the kernel's choice."""
    return call(name, fd, Buffer("a", 32), Packed([28]), dump=[("a", 0, 2), ("a", 4, 24)])


def bound(family: int, kind: int, **rest: object) -> list[Call]:
    """Steps 0 to 2: a socket with an address, which is in `address`."""
    size = size_of(family)
    return [
        call("socket", family, kind, 0),
        call("bind", Result(0), address_of(family, **rest), size),
        call("getsockname", Result(0), ADDRESS, Packed([size])),
    ]


def listening(family: int = AF_INET, backlog: int = 5, flags: int = 0) -> list[Call]:
    """Steps 0 to 3."""
    return [*bound(family, STREAM | flags), call("listen", Result(0), backlog)]


def connection(family: int = AF_INET) -> list[Call]:
    """Steps 0 to 6: 4 is the connecting end, 6 the accepting one."""
    return [
        *listening(family),
        call("socket", family, STREAM, 0),
        call("connect", Result(4), ADDRESS, size_of(family)),
        call("accept", Result(0), 0, 0),
    ]


CLIENT, SERVER = Result(4), Result(6)
FAMILIES = pytest.mark.parametrize("family", [AF_INET, AF_INET6])


def test_socket_errors() -> None:
    check(
        *(call("socket", family, kind, protocol, show="sign") for family in (0, 1, 2, 10, 3, 9, 45, 46, 99, -1, 17)
          for kind, protocol in ((0, 0), (STREAM, 0), (DGRAM, 0), (RAW, 0), (4, 0), (SEQPACKET, 0), (6, 0), (10, 0),
                                 (11, 0), (15, 0), (STREAM, 1), (STREAM, 6), (STREAM, 17), (DGRAM, 6), (DGRAM, 17),
                                 (STREAM, 255), (STREAM, 263), (STREAM, -1), (RAW, 1), (STREAM | 1 << 6, 0),
                                 (STREAM | 0x10, 0), (DGRAM | NONBLOCK | CLOEXEC, 0))
          if not (family == 17 and kind == 0) and (family, kind) != (1, 6)),
        *(call(name, fd, 0, 0, 0, 0, 0) for fd in (-1, 0, 9999)
          for name in ("bind", "listen", "connect", "accept", "accept4", "getsockname", "getpeername", "shutdown",
                       "setsockopt", "getsockopt", "sendto", "recvfrom", "sendmsg", "recvmsg", "sendmmsg", "recvmmsg")),
    )  # fmt: skip


@FAMILIES
@pytest.mark.parametrize("kind", [STREAM, DGRAM])
def test_bind(family: int, kind: int) -> None:
    size = size_of(family)
    own = address_of(family)
    foreign = sin("8.8.8.8") if family == AF_INET else sin6(b"\x20\x01" + bytes(13) + b"\1")
    check(
        call("socket", family, kind, 0),
        family_of(Result(0), "getsockname"),
        family_of(Result(0), "getpeername"),
        call("bind", Result(0), foreign, size),
        call("bind", Result(0), address_of(family, port=80), size),
        *(call("bind", Result(0), own, length) for length in (0, 1, 2, 15, 23, -1, 129)),
        *(call("bind", Result(0), where, size) for where in (0, UNMAPPED, KERNEL_ADDRESS, Edge(4))),
        call("bind", Result(0), address_of(family, family=1), size),
        call("bind", Result(0), address_of(family, family=99), size),
        call("bind", Result(0), address_of(family, family=0), size),
        call("bind", Result(0), own, size),
        call("bind", Result(0), own, size),
        family_of(Result(0), "getsockname"),
        *(call("getsockname", Result(0), Buffer("a", 32), Packed([room]), dump=[("a", 0, 2)])
          for room in (0, 1, 2, 15, 2**31, 2**32 - 1)),
        call("getsockname", Result(0), UNMAPPED, Packed([16])),
        call("getsockname", Result(0), 0, Packed([16])),
        call("getsockname", Result(0), Buffer("a"), UNMAPPED),
        call("getsockname", Result(0), Edge(4), Packed([16])),
    )  # fmt: skip


@FAMILIES
@pytest.mark.parametrize("kind", [STREAM, DGRAM])
def test_address_in_use(family: int, kind: int) -> None:
    size = size_of(family)
    check(
        *bound(family, kind),
        call("socket", family, kind, 0),
        call("bind", Result(3), ADDRESS, size),
        set_int(Result(3), SOL_SOCKET, 2, 1),
        call("bind", Result(3), ADDRESS, size),
        set_int(Result(0), SOL_SOCKET, 2, 1),
        call("bind", Result(3), ADDRESS, size),
        call("listen", Result(0), 1),
        call("listen", Result(3), 1),
        call("socket", family, kind, 0),
        set_int(Result(10), SOL_SOCKET, 2, 1),
        call("bind", Result(10), ADDRESS, size),
        call("close", Result(0)),
        call("bind", Result(10), ADDRESS, size),
        call("listen", Result(10), 1),
    )


@FAMILIES
def test_connection(family: int) -> None:
    check(
        *listening(family),
        call("socket", family, STREAM, 0),
        family_of(Result(4), "getpeername"),
        state(Result(0)), state(Result(4)),
        call("connect", Result(4), ADDRESS, size_of(family)),
        call("connect", Result(4), ADDRESS, size_of(family)),
        call("accept", Result(0), Buffer("a", 32), Packed([28]), dump=[("a", 0, 2), ("a", 4, 24)]),
        state(Result(4)), state(Result(10)),
        family_of(Result(4), "getsockname"), family_of(Result(4), "getpeername"), family_of(Result(10), "getpeername"),
        call("write", Result(4), b"hello", 5), call("write", Result(4), b", world", 7),
        counted(Result(10)), counted(Result(4)), counted(Result(4), SIOCOUTQ),
        received(Result(10), 3, MSG_PEEK), received(Result(10), 8), received(Result(10), 4, MSG_WAITALL),
        received(Result(10)), received(Result(10), 0),
        sent(Result(10), b"back again"), call("read", Result(4), Buffer("b"), 64, dump=BYTES),
        call("recvfrom", Result(4), Buffer("b"), 4, MSG_DONTWAIT, Buffer("a"), Packed([28])),
        sent(Result(10), b"x"),
        call("recvfrom", Result(4), Buffer("b"), 4, MSG_DONTWAIT, Buffer("a"), Buffer("l", 4), dump=[("l", 0, 4)]),
        call("sendto", Result(4), b"ignored", 7, 0, ADDRESS, size_of(family)), received(Result(10)),
        call("bind", Result(4), address_of(family), size_of(family)), call("listen", Result(4), 1),
        call("accept", Result(4), 0, 0),
        call("listen", Result(0), 0), call("connect", Result(0), ADDRESS, size_of(family)),
        sent(Result(0), b"x", MSG_NOSIGNAL), received(Result(0)), counted(Result(0)),
    )  # fmt: skip


def test_not_connected() -> None:
    check(
        IGNORE_SIGPIPE,
        call("socket", AF_INET, STREAM, 0),
        sent(Result(1), b"x"), received(Result(1)), call("read", Result(1), Buffer("b"), 1),
        call("write", Result(1), b"x", 1), call("read", Result(1), Buffer("b"), 0), counted(Result(1)),
        call("accept", Result(1), 0, 0),
        call("shutdown", Result(1), 3), call("shutdown", Result(1), 2),
        sent(Result(1), b"x"), received(Result(1)),
        call("connect", Result(1), sin(), 2), call("connect", Result(1), sin(), 15),
        call("connect", Result(1), sin(), 1), call("connect", Result(1), sin(), 0),
        call("connect", Result(1), sin(family=1), 16), call("connect", Result(1), UNMAPPED, 16),
        call("connect", Result(1), sin(family=0), 16),
        call("connect", Result(1), sin("255.255.255.255", 5), 16),
        call("connect", Result(1), sin("224.0.0.1", 5), 16),
        call("listen", Result(1), 1), call("listen", Result(1), -1),
        family_of(Result(1), "getsockname"),
    )  # fmt: skip


@FAMILIES
@pytest.mark.parametrize("flags", [0, NONBLOCK])
def test_connection_refused(family: int, flags: int) -> None:
    size = size_of(family)
    check(
        *bound(family, STREAM),
        call("close", Result(0)),
        call("socket", family, STREAM | flags, 0),
        call("connect", Result(4), ADDRESS, size),
        *([option(Result(4), SOL_SOCKET, 4)] if flags else []),
        option(Result(4), SOL_SOCKET, 4),
        state(Result(4)),
        received(Result(4)), sent(Result(4), b"x", MSG_NOSIGNAL),
        call("connect", Result(4), ADDRESS, size),
        call("connect", Result(4), ADDRESS, size),
        received(Result(4)),
        call("connect", Result(4), ADDRESS, size),
        sent(Result(4), b"x", MSG_NOSIGNAL),
        sent(Result(4), b"x", MSG_NOSIGNAL),
    )  # fmt: skip


def test_nonblocking() -> None:
    check(
        *listening(flags=NONBLOCK),
        call("accept", Result(0), 0, 0),
        call("socket", AF_INET, STREAM | NONBLOCK, 0),
        call("connect", Result(5), ADDRESS, 16),
        option(Result(5), SOL_SOCKET, 4),
        state(Result(5)),
        call("connect", Result(5), ADDRESS, 16),
        call("connect", Result(5), ADDRESS, 16),
        call("accept4", Result(0), 0, 0, NONBLOCK | CLOEXEC),
        call("fcntl", Result(11), 3), call("fcntl", Result(11), 1),
        call("read", Result(11), Buffer("b", 64), 8),
        call("accept", Result(0), 0, 0), call("accept4", Result(0), 0, 0, 4),
        call("accept", Result(0), UNMAPPED, UNMAPPED),
        call("ioctl", Result(11), 0x5421, Packed([0])), call("fcntl", Result(11), 3),
    )  # fmt: skip


def test_orderly_close() -> None:
    check(
        IGNORE_SIGPIPE,
        call("dup", 0),
        *(Call(step.name, tuple(_moved(a, 2) for a in step.arguments), step.show, step.dump) for step in connection()),
        sent(Result(6), b"last words"),
        call("shutdown", Result(6), 1), state(Result(8)),
        sent(Result(6), b"x"), received(Result(8)), received(Result(8)), received(Result(8)),
        sent(Result(8), b"answer"), received(Result(6)), received(Result(6)),
        call("shutdown", Result(8), 1), state(Result(6)), state(Result(8)),
        received(Result(6)), received(Result(6)), received(Result(8)),
        sent(Result(8), b"x"), call("shutdown", Result(6), 2), call("shutdown", Result(8), 2),
        call("getpeername", Result(6), Buffer("a", 32), Packed([16])),
        call("close", Result(8)), call("close", Result(6)),
    )  # fmt: skip


def _moved(value: object, by: int) -> object:
    return Result(value.index + by, value.plus) if isinstance(value, Result) else value


def test_writing_to_a_closed_end() -> None:
    check(
        *connection(),
        call("close", SERVER), state(CLIENT),
        sent(CLIENT, b"x", MSG_NOSIGNAL), state(CLIENT), option(CLIENT, SOL_SOCKET, 4),
        sent(CLIENT, b"x", MSG_NOSIGNAL), sent(CLIENT, b"x", MSG_NOSIGNAL),
        received(CLIENT), received(CLIENT),
        sent(CLIENT, b"x", 0),
    )  # fmt: skip


def test_closing_with_unread_data_resets() -> None:
    check(
        *connection(),
        sent(SERVER, b"for you"), sent(CLIENT, b"never read"),
        call("close", SERVER), state(CLIENT),
        received(CLIENT), received(CLIENT), received(CLIENT),
        sent(CLIENT, b"x", MSG_NOSIGNAL),
        call("getpeername", CLIENT, Buffer("a", 32), Packed([16])),
    )  # fmt: skip


def test_linger_zero_resets() -> None:
    check(
        *connection(),
        call("setsockopt", SERVER, SOL_SOCKET, 13, b"\1\0\0\0\0\0\0\0", 8), option(SERVER, SOL_SOCKET, 13, 8),
        call("close", SERVER),
        sent(CLIENT, b"x", MSG_NOSIGNAL), sent(CLIENT, b"x", MSG_NOSIGNAL), received(CLIENT), received(CLIENT),
        option(CLIENT, SOL_SOCKET, 4),
    )  # fmt: skip


def test_closing_the_listener_resets_who_waits() -> None:
    check(
        *listening(),
        call("socket", AF_INET, STREAM, 0),
        call("connect", Result(4), ADDRESS, 16),
        sent(Result(4), b"early"),
        call("close", Result(0)),
        received(Result(4)), received(Result(4)),
        call("socket", AF_INET, STREAM, 0),
        call("connect", Result(10), ADDRESS, 16),
    )  # fmt: skip


def test_shutdown_of_a_listener() -> None:
    check(
        *listening(flags=NONBLOCK),
        call("shutdown", Result(0), 1), state(Result(0)), call("accept", Result(0), 0, 0),
        call("shutdown", Result(0), 0), state(Result(0)), call("accept", Result(0), 0, 0),
        call("listen", Result(0), 1), call("accept", Result(0), 0, 0),
    )  # fmt: skip


def test_time_wait_keeps_the_port() -> None:
    check(
        *connection(),
        call("close", SERVER), call("close", CLIENT), call("close", Result(0)),
        call("socket", AF_INET, STREAM, 0),
        call("bind", Result(10), ADDRESS, 16),
        set_int(Result(10), SOL_SOCKET, 2, 1),
        call("bind", Result(10), ADDRESS, 16),
    )  # fmt: skip


def test_urgent_data() -> None:
    check(
        *connection(),
        call("recvfrom", SERVER, Buffer("b", 64), 1, MSG_OOB, 0, 0),
        sent(CLIENT, b"abcd", MSG_OOB), sent(CLIENT, b"efg"),
        counted(SERVER), counted(SERVER, SIOCATMARK),
        received(SERVER, 1, MSG_OOB | MSG_PEEK), received(SERVER, 1, MSG_OOB), received(SERVER, 1, MSG_OOB),
        received(SERVER, 20), counted(SERVER, SIOCATMARK), received(SERVER, 20), counted(SERVER, SIOCATMARK),
        set_int(SERVER, SOL_SOCKET, 10, 1),
        sent(CLIENT, b"xyz", MSG_OOB), received(SERVER, 1, MSG_OOB), received(SERVER, 20), received(SERVER, 20),
    )  # fmt: skip


@FAMILIES
def test_datagrams(family: int) -> None:
    size = size_of(family)
    check(
        *bound(family, DGRAM),
        call("socket", family, DGRAM, 0),
        sent(Result(3), b"x"), received(Result(3)),
        call("sendto", Result(3), b"one", 3, 0, ADDRESS, size),
        call("sendto", Result(3), b"", 0, 0, ADDRESS, size),
        call("sendto", Result(3), b"three", 5, 0, ADDRESS, size),
        family_of(Result(3), "getsockname"),
        counted(Result(0)), counted(Result(0), SIOCOUTQ),
        call("recvfrom", Result(0), Buffer("b", 64), 2, MSG_TRUNC, Buffer("from", 32), Buffer("l", 4),
             dump=[("b", 0, 8), ("l", 0, 4)]),
        received(Result(0)),
        call("recvfrom", Result(0), Buffer("b", 64), 9, MSG_PEEK, Buffer("from", 32), Packed([28]),
             dump=[("b", 0, 8), ("from", 0, 2), ("from", 4, 24)]),
        received(Result(0)), received(Result(0)),
        call("sendto", Result(0), b"reply", 5, 0, Buffer("from"), size), received(Result(3)),
        call("connect", Result(3), ADDRESS, size), family_of(Result(3), "getsockname"),
        family_of(Result(3), "getpeername"),
        sent(Result(3), b"connected"), received(Result(0), 4), received(Result(0)),
        call("connect", Result(3), address_of(family, family=0), size), sent(Result(3), b"x"),
        call("sendto", Result(3), b"x", 1, 0, address_of(family), size),
        call("sendto", Result(3), b"x", 1, 0, ADDRESS, 3), call("sendto", Result(3), b"x", 1, 0, ADDRESS, 129),
        call("sendto", Result(3), b"x", 1, 0, address_of(family, family=99), size),
        call("sendto", Result(3), UNMAPPED, 1, 0, ADDRESS, size), call("sendto", Result(3), b"x", 1, 0, UNMAPPED, size),
        call("sendto", Result(3), b"x", 65536, 0, ADDRESS, size),
        call("sendto", Result(3), b"x", 1, MSG_OOB, ADDRESS, size),
        call("listen", Result(0), 1), call("accept", Result(0), 0, 0),
        call("shutdown", Result(0), 0), received(Result(0)), call("recvfrom", Result(0), Buffer("b"), 1, 0, 0, 0),
        call("shutdown", Result(3), 1), call("sendto", Result(3), b"x", 1, MSG_NOSIGNAL, ADDRESS, size),
    )  # fmt: skip


@FAMILIES
def test_port_unreachable(family: int) -> None:
    size = size_of(family)
    check(
        *bound(family, DGRAM),
        call("close", Result(0)),
        call("socket", family, DGRAM, 0),
        call("sendto", Result(4), b"x", 1, 0, ADDRESS, size),
        call("sendto", Result(4), b"x", 1, 0, ADDRESS, size),
        call("connect", Result(4), ADDRESS, size),
        sent(Result(4), b"x"), received(Result(4)), received(Result(4)),
        sent(Result(4), b"x"), sent(Result(4), b"x"), sent(Result(4), b"x"), option(Result(4), SOL_SOCKET, 4),
        option(Result(4), SOL_SOCKET, 4),
    )  # fmt: skip


@pytest.mark.parametrize("size", [1, 1000, 8192, 60000])
def test_datagrams_beyond_the_buffer_are_lost(size: int) -> None:
    check(
        call("mmap", 0x2000_0000, 1 << 20, 3, 0x32, -1, 0, show="none"),
        call("socket", AF_INET, DGRAM, 0),
        call("bind", Result(1), sin(), 16),
        call("getsockname", Result(1), ADDRESS, Packed([16])),
        call("setsockopt", Result(1), SOL_SOCKET, 8, Packed([40000]), 4),
        *(call("sendto", Result(1), 0x2000_0000, size, 0, ADDRESS, 16) for _ in range(110)),
        *(call("recvfrom", Result(1), 0x2000_0000, size, MSG_DONTWAIT, 0, 0) for _ in range(110)),
    )


def test_both_protocols_over_one_socket() -> None:
    check(
        *bound(AF_INET6, STREAM, host=ANY6),
        call("listen", Result(0), 3),
        call("socket", AF_INET, STREAM, 0),
        call("write", 1, b"", 0),
        call("getsockopt", Result(0), SOL_IPV6, 26, Buffer("o", 4), Packed([4]), dump=[("o", 0, 4)]),
        set_int(Result(0), SOL_IPV6, 26, 1),
        call("socket", AF_INET6, STREAM, 0),
        call("connect", Result(8), ADDRESS, 28),
        call("accept", Result(0), Buffer("a", 32), Packed([28]), dump=[("a", 0, 2), ("a", 8, 16)]),
        call("socket", AF_INET6, STREAM, 0),
        set_int(Result(11), SOL_IPV6, 26, 1),
        call("connect", Result(11), sin6(mapped("127.0.0.1"), 80), 28),
        call("bind", Result(11), sin6(mapped("127.0.0.1")), 28),
        call("socket", AF_INET6, DGRAM, 0),
        call("bind", Result(15), sin6(mapped("127.0.0.1")), 28),
        family_of(Result(15), "getsockname"),
    )


def test_the_receiver_fits_best() -> None:
    check(
        *bound(AF_INET, DGRAM, host="0.0.0.0"),
        set_int(Result(0), SOL_SOCKET, 2, 1),
        call("socket", AF_INET, DGRAM, 0),
        set_int(Result(4), SOL_SOCKET, 2, 1),
        call("bind", Result(4), ADDRESS, 16),
        call("sendto", Result(4), b"x", 1, 0, ADDRESS, 16),
        counted(Result(0)), counted(Result(4)),
    )  # fmt: skip


def test_full_queue() -> None:
    check(
        *listening(backlog=1),
        *(step for n in range(3) for step in (call("socket", AF_INET, STREAM | NONBLOCK, 0),
                                               call("connect", Result(4 + 2 * n), ADDRESS, 16))),
        state(Result(4)), state(Result(6)), state(Result(8)),
        call("connect", Result(8), ADDRESS, 16), call("connect", Result(6), ADDRESS, 16),
        option(Result(8), SOL_SOCKET, 4), sent(Result(8), b"x"), received(Result(8)),
        call("getpeername", Result(8), Buffer("a", 32), Packed([16])), call("close", Result(8)),
    )  # fmt: skip

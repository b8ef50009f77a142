"""Sockets of the UNIX domain compared with Linux: names, connections, and the bytes and messages that go over them."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    UNMAPPED,
    Buffer,
    Call,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
    check,
)
from tests.conformance.sockets import (
    AF_INET,
    AF_UNIX,
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
    SEQPACKET,
    SIOCOUTQ,
    STREAM,
    socket_pair,
    sun,
)

LEFT, RIGHT = Loaded("p", 0), Loaded("p", 4)
KINDS = (STREAM, DGRAM, SEQPACKET)
BYTES = [("b", 0, 32)]


def received(fd: object, size: int = 32, flags: int = MSG_DONTWAIT) -> Call:
    return call("recvfrom", fd, Buffer("b", 64), size, flags, 0, 0, dump=BYTES)


def sent(fd: object, data: bytes, flags: int = MSG_DONTWAIT) -> Call:
    return call("sendto", fd, data, len(data), flags, 0, 0)


def counted(fd: object, request: int = FIONREAD) -> Call:
    return call("ioctl", fd, request, Buffer("n", 4), dump=[("n", 0, 4)])


@pytest.mark.parametrize("kind", KINDS)
def test_pair_carries_both_ways(kind: int) -> None:
    check(
        call("socketpair", AF_UNIX, kind, 0, Buffer("p", 8), dump=[("p", 0, 8)]),
        call("write", LEFT, b"hello", 5),
        call("write", LEFT, b", world", 7),
        counted(RIGHT), counted(LEFT), counted(LEFT, SIOCOUTQ), counted(RIGHT, SIOCOUTQ),
        call("read", RIGHT, Buffer("b", 64), 3, dump=BYTES),
        counted(RIGHT),
        call("read", RIGHT, Buffer("b", 64), 30, dump=BYTES),
        received(RIGHT),
        counted(LEFT, SIOCOUTQ),
        sent(RIGHT, b"back"),
        received(LEFT),
        sent(RIGHT, b"abcdef"),
        call("readv", LEFT, Packed([Buffer("b"), 2, Buffer("b", offset=8), 20]), 2, dump=BYTES),
        call("writev", LEFT, Packed([b"ab", 2, b"cde", 3]), 2),
        received(RIGHT),
        call("getsockname", LEFT, Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        call("getpeername", LEFT, Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        call("pread64", LEFT, Buffer("b"), 1, 0),
        call("lseek", LEFT, 0, 0),
        call("fstat", LEFT, Buffer("st", 144), dump=[("st", 16, 16)]),
        call("fcntl", LEFT, 3), call("fcntl", LEFT, 1),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_after_close(kind: int) -> None:
    check(
        IGNORE_SIGPIPE,
        socket_pair(kind),
        sent(LEFT, b"left over"),
        call("close", LEFT),
        received(RIGHT, 4),
        received(RIGHT),
        received(RIGHT),
        sent(RIGHT, b"x"), sent(RIGHT, b"x"), sent(RIGHT, b"x"),
        call("write", RIGHT, b"x", 0),
        received(RIGHT),
        call("getpeername", RIGHT, Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_closing_with_unread_data_resets(kind: int) -> None:
    check(
        IGNORE_SIGPIPE,
        socket_pair(kind),
        sent(LEFT, b"never read"),
        sent(RIGHT, b"yes"),
        call("close", RIGHT),
        received(LEFT), received(LEFT), received(LEFT), received(LEFT),
        sent(LEFT, b"x"), sent(LEFT, b"x"),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("how", [0, 1, 2])
def test_shutdown(kind: int, how: int) -> None:
    check(
        IGNORE_SIGPIPE,
        socket_pair(kind),
        sent(LEFT, b"one"), sent(RIGHT, b"two"),
        call("shutdown", LEFT, 3), call("shutdown", LEFT, -1), call("shutdown", LEFT, how),
        sent(LEFT, b"more"), sent(RIGHT, b"more"),
        received(LEFT), received(LEFT), received(RIGHT), received(RIGHT),
        call("read", LEFT, Buffer("b"), 8) if how != 1 else received(LEFT),
        call("shutdown", LEFT, 2), call("shutdown", RIGHT, how),
    )  # fmt: skip


@pytest.mark.parametrize("flags", [0, MSG_NOSIGNAL])
@pytest.mark.parametrize("kind", KINDS)
def test_broken_pipe_kills_unless_told_not_to(kind: int, flags: int) -> None:
    check(socket_pair(kind), call("close", LEFT), sent(RIGHT, b"x", flags), sent(RIGHT, b"x", flags))


@pytest.mark.parametrize("kind", KINDS)
def test_receive_flags(kind: int) -> None:
    check(
        socket_pair(kind),
        sent(LEFT, b"0123456789"),
        received(RIGHT, 4, MSG_PEEK), received(RIGHT, 20, MSG_PEEK | MSG_DONTWAIT),
        received(RIGHT, 4, MSG_PEEK | MSG_TRUNC) if kind != STREAM else received(RIGHT, 4, MSG_PEEK),
        received(RIGHT, 0, MSG_PEEK),
        received(RIGHT, 4, MSG_TRUNC) if kind != STREAM else received(RIGHT, 4),
        received(RIGHT), received(RIGHT),
        sent(LEFT, b"abc"), sent(LEFT, b"def"),
        received(RIGHT, 6, MSG_WAITALL), received(RIGHT, 6),
        sent(LEFT, b""), received(RIGHT), received(RIGHT),
        call("write", LEFT, b"", 0), received(RIGHT),
        received(RIGHT, 4, MSG_OOB) if kind != STREAM else received(RIGHT),
        sent(LEFT, b"x", MSG_OOB) if kind != STREAM else received(RIGHT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [1, 100, 1000, 4096, 8192, 32768, 65536, 100000, 300000])
def test_how_much_fits(kind: int, size: int) -> None:
    check(
        call("mmap", 0x2000_0000, 1 << 20, 3, 0x32, -1, 0, show="none"),
        call("socketpair", AF_UNIX, kind | NONBLOCK, 0, Buffer("p", 8)),
        *(call("write", LEFT, 0x2000_0000, size) for _ in range(300 if size < 1000 else 100)),
        counted(LEFT, SIOCOUTQ), counted(RIGHT),
        *(call("read", RIGHT, 0x2000_0000, 5000) for _ in range(3)),
        *(call("write", LEFT, 0x2000_0000, size) for _ in range(3)),
        counted(LEFT, SIOCOUTQ), counted(RIGHT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_small_buffer(kind: int) -> None:
    check(
        call("mmap", 0x2000_0000, 1 << 20, 3, 0x32, -1, 0, show="none"),
        call("socketpair", AF_UNIX, kind | NONBLOCK, 0, Buffer("p", 8)),
        call("setsockopt", LEFT, 1, 7, Packed([1]), 4),
        *(call("write", LEFT, 0x2000_0000, size) for size in (4600, 4576, 4577, 4000, 3000, 1, 1, 1)),
        counted(LEFT, SIOCOUTQ), counted(RIGHT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_bad_memory(kind: int) -> None:
    check(
        socket_pair(kind),
        *(call("sendto", LEFT, where, 5, MSG_DONTWAIT, 0, 0) for where in (0, UNMAPPED, KERNEL_ADDRESS, Edge(3))),
        received(RIGHT),
        sent(LEFT, b"first"), sent(LEFT, b"second"),
        *(call("recvfrom", RIGHT, where, 5, MSG_DONTWAIT, 0, 0) for where in (UNMAPPED, KERNEL_ADDRESS)),
        received(RIGHT), received(RIGHT),
        sent(LEFT, b"first"), sent(LEFT, b"second"),
        call("recvfrom", RIGHT, Edge(7), 40, MSG_DONTWAIT, 0, 0),
        received(RIGHT), received(RIGHT),
    )  # fmt: skip


def test_a_name_in_the_file_system() -> None:
    check(
        call("socket", AF_UNIX, STREAM, 0),
        call("listen", Result(0), 5),
        call("bind", Result(0), sun("s"), 3),
        call("bind", Result(0), sun("t"), 3),
        call("bind", Result(0), sun("s"), 3),
        call("newfstatat", -100, "s", Buffer("st", 144), 0x100, dump=[("st", 16, 16)]),
        call("open", "s", 2), call("open", "s", 0o10000000),
        call("getsockname", Result(0), Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        call("socket", AF_UNIX, STREAM | NONBLOCK, 0),
        call("connect", Result(9), sun("s"), 3),
        call("listen", Result(0), 5),
        call("getsockopt", Result(0), 1, 30, Buffer("n", 4), Packed([4]), dump=[("n", 0, 4)]),
        call("connect", Result(9), sun("s"), 3),
        call("connect", Result(9), sun("s"), 3),
        call("listen", Result(9), 3),
        call("connect", Result(0), sun("s"), 3),
        call("accept", Result(0), Buffer("a"), Packed([128]), dump=[("a", 0, 8)]),
        call("getpeername", Result(9), Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        call("getsockname", Result(17), Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        call("getpeername", Result(17), Buffer("a", 128), Packed([128]), dump=[("a", 0, 8)]),
        sent(Result(9), b"hello"), received(Result(17)),
        call("unlink", "s"),
        call("socket", AF_UNIX, STREAM, 0),
        call("connect", Result(24), sun("s"), 3),
        call("bind", Result(24), sun("s"), 3),
        call("close", Result(24)),
        call("socket", AF_UNIX, STREAM, 0),
        call("connect", Result(27), sun("s"), 3),
        call("bind", Result(27), sun("s"), 3),
    )  # fmt: skip


def test_names_that_cannot_be() -> None:
    check(
        call("socket", AF_UNIX, STREAM, 0),
        call("mkdir", "d", 0o755),
        call("creat", "f", 0o644),
        *(call("bind", Result(0), sun("x"), length) for length in (0, 1, -1, 111, 129, 2**31)),
        *(call("bind", Result(0), where, 10) for where in (0, UNMAPPED, KERNEL_ADDRESS, Edge(5))),
        call("bind", Result(0), b"\2\0abcd", 6),
        *(call("bind", Result(0), sun(path), 2 + len(path)) for path in
          ("d", "d/", "f/x", "missing/x", "/root/x", "/etc/x", "new/")),
        call("bind", -1, sun("x"), 3), call("bind", 0, sun("x"), 3), call("bind", -1, UNMAPPED, 3),
        *(call("connect", Result(0), sun(path), 2 + len(path)) for path in
          ("d", "f", "f/x", "missing", "/root/x", "/etc/passwd", "/dev/null")),
        *(call("connect", Result(0), sun("x"), length) for length in (0, 1, 2, 111, 129)),
        call("connect", Result(0), b"\2\0abcd", 6),
        call("bind", Result(0), sun("d/x\0yyy"), 9),
        call("getsockname", Result(0), Buffer("a", 128), Packed([128]), dump=[("a", 0, 10)]),
    )  # fmt: skip


def test_abstract_names() -> None:
    name = b"\0conformance-abstract"
    check(
        call("socket", AF_UNIX, DGRAM, 0),
        call("bind", Result(0), sun(name), 2 + len(name)),
        call("bind", Result(0), sun(name), 2 + len(name)),
        call("socket", AF_UNIX, DGRAM, 0),
        call("bind", Result(3), sun(name), 2 + len(name)),
        call("bind", Result(3), sun(name), 1 + len(name)),
        call("getsockname", Result(3), Buffer("a", 128), Packed([128]), dump=[("a", 0, 24)]),
        call("socket", AF_UNIX, STREAM, 0),
        call("connect", Result(7), sun(name), 2 + len(name)),
        call("sendto", Result(3), b"hello", 5, 0, sun(name), 2 + len(name)),
        call("recvfrom", Result(0), Buffer("b", 64), 64, MSG_DONTWAIT, Buffer("a"), Packed([128]),
             dump=[("b", 0, 8), ("a", 0, 24)]),
        call("close", Result(0)),
        call("sendto", Result(3), b"hello", 5, 0, sun(name), 2 + len(name)),
        call("connect", Result(3), sun(name), 2 + len(name)),
    )  # fmt: skip


def test_autobind() -> None:
    check(
        call("socket", AF_UNIX, DGRAM, 0),
        call("bind", Result(0), sun(""), 2),
        call("bind", Result(0), sun(""), 2),
        call("getsockname", Result(0), Buffer("a", 128), Buffer("n", 4), dump=[("n", 0, 4)]),
    )


def test_datagrams() -> None:
    check(
        call("socket", AF_UNIX, DGRAM, 0),
        call("bind", Result(0), sun("a"), 3),
        call("socket", AF_UNIX, DGRAM | NONBLOCK, 0),
        sent(Result(2), b"x"),
        call("sendto", Result(2), b"one", 3, 0, sun("a"), 3),
        call("connect", Result(2), sun("a"), 3),
        sent(Result(2), b"two"),
        call("sendto", Result(2), b"three", 5, 0, sun("a"), 3),
        call("recvfrom", Result(0), Buffer("b", 64), 64, 0, Buffer("a", 128), Buffer("n", 4),
             dump=[("b", 0, 8), ("n", 0, 4)]),
        received(Result(0)), received(Result(0)), received(Result(0)),
        *(sent(Result(2), b"fill") for _ in range(13)),
        received(Result(0)), sent(Result(2), b"again"), sent(Result(2), b"again"),
        call("connect", Result(2), bytes(16), 16),
        sent(Result(2), b"x"),
        call("getpeername", Result(2), Buffer("a"), Packed([128])),
        call("listen", Result(0), 1), call("accept", Result(0), 0, 0),
        call("sendto", Result(2), b"x", 1, 0, sun("missing"), 9),
        call("sendto", Result(2), b"x", 1, 0, sun("a"), 2), call("sendto", Result(2), b"x", 1, 0, sun("a"), 200),
        call("sendto", Result(2), b"x", 1, 0, UNMAPPED, 3), call("sendto", Result(2), UNMAPPED, 1, 0, UNMAPPED, 3),
        call("connect", Result(2), sun("a"), 3),
        call("connect", Result(0), sun("a"), 3),
        sent(Result(2), b"x"),
        call("close", Result(0)),
        sent(Result(2), b"x"), sent(Result(2), b"x"),
        call("sendto", Result(2), b"x", 1, 0, sun("a"), 3),
    )  # fmt: skip


def test_backlog() -> None:
    check(
        call("socket", AF_UNIX, STREAM | NONBLOCK, 0),
        call("bind", Result(0), sun("s"), 3),
        call("listen", Result(0), 1),
        call("accept", Result(0), 0, 0),
        *(step for n in range(4) for step in (call("socket", AF_UNIX, STREAM | NONBLOCK, 0),
                                               call("connect", Result(4 + 2 * n), sun("s"), 3))),
        sent(Result(4), b"early"),
        call("accept4", Result(0), 0, 0, CLOEXEC | NONBLOCK),
        call("fcntl", Result(13), 1), call("fcntl", Result(13), 3),
        received(Result(13)),
        call("accept4", Result(0), 0, 0, 1),
        call("accept", Result(0), UNMAPPED, Packed([100])),
        call("accept", Result(0), 0, 0),
        call("connect", Result(10), sun("s"), 3),
        call("close", Result(0)),
        received(Result(10)), sent(Result(10), b"x", MSG_NOSIGNAL),
        call("accept", Result(13), 0, 0),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [STREAM, SEQPACKET])
def test_without_a_connection(kind: int) -> None:
    check(
        IGNORE_SIGPIPE,
        call("socket", AF_UNIX, kind, 0),
        sent(Result(1), b"x"), received(Result(1)),
        call("write", Result(1), b"x", 1), call("read", Result(1), Buffer("b"), 1),
        call("read", Result(1), Buffer("b"), 0),
        call("getpeername", Result(1), Buffer("a", 128), Packed([128])),
        call("sendto", Result(1), b"x", 1, 0, sun("a"), 3),
        call("accept", Result(1), 0, 0),
        call("listen", Result(1), 1),
        call("shutdown", Result(1), 2),
        sent(Result(1), b"x"), received(Result(1)),
        socket_pair(kind),
        call("sendto", LEFT, b"x", 1, 0, sun("a"), 3),
        call("accept", LEFT, 0, 0), call("listen", LEFT, 1), call("connect", LEFT, sun("a"), 3),
        call("bind", LEFT, sun("a"), 3), call("listen", LEFT, 1), call("connect", LEFT, sun("a"), 3),
    )  # fmt: skip


def test_pair_errors() -> None:
    check(
        *(call("socketpair", family, kind, protocol, Buffer("p", 8), dump=[("p", 0, 8)])
          for family, kind, protocol in ((AF_INET, STREAM, 0), (AF_INET, 99, 0), (AF_UNIX, 4, 0), (AF_UNIX, 99, 0),
                                         (AF_UNIX, STREAM, 6), (AF_UNIX, STREAM | 0o2, 0), (99, STREAM, 0),
                                         (AF_UNIX, STREAM | 1 << 20, 0))),
        *(call("socketpair", AF_UNIX, STREAM, 0, where) for where in (0, UNMAPPED, KERNEL_ADDRESS, Edge(7))),
        call("socketpair", AF_UNIX, 3, 0, Buffer("p", 8)),
        call("socketpair", AF_UNIX, STREAM, 1, Buffer("p", 8), dump=[("p", 0, 8)]),
        call("close", LEFT), call("close", RIGHT), call("close", RIGHT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_sockets_cannot_do(kind: int) -> None:
    check(
        socket_pair(kind),
        *(call("mmap", 0, 4096, prot, flags, LEFT, 0) for prot in (0, 1, 3, 4, 7) for flags in (1, 2)),
        call("ftruncate", LEFT, 5), call("getdents64", LEFT, Buffer("b", 64), 64), call("fchdir", LEFT),
        call("pwrite64", LEFT, b"x", 1, 0), call("fsync", LEFT), call("ioctl", LEFT, 0x5401, Buffer("b")),
        call("fcntl", LEFT, 1032), call("fcntl", LEFT, 4, 0o4000), call("fcntl", LEFT, 3),
        call("read", LEFT, Buffer("b"), 5), call("dup", LEFT), call("close", LEFT),
        call("write", RIGHT, b"through the duplicate", 21), call("read", Result(21), Buffer("b"), 64, dump=BYTES),
    )  # fmt: skip

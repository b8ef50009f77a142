"""setsockopt and getsockopt compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import KERNEL_ADDRESS, UNMAPPED, Buffer, Call, Edge, Packed, Result, call, check
from tests.conformance.sockets import (
    AF_INET,
    AF_INET6,
    AF_UNIX,
    DGRAM,
    SEQPACKET,
    SOL_IP,
    SOL_IPV6,
    SOL_SOCKET,
    SOL_TCP,
    SOL_UDP,
    STREAM,
)

KINDS = [(AF_UNIX, STREAM), (AF_UNIX, DGRAM), (AF_UNIX, SEQPACKET), (AF_INET, STREAM), (AF_INET, DGRAM),
         (AF_INET6, STREAM), (AF_INET6, DGRAM)]  # fmt: skip
SOCKETS = pytest.mark.parametrize(("family", "kind"), KINDS)
SWITCHES = (2, 5, 6, 9, 10, 11, 15, 16)
SO_SNDBUF, SO_RCVBUF, SO_LINGER, SO_RCVLOWAT, SO_RCVTIMEO, SO_SNDTIMEO = 7, 8, 13, 18, 20, 21


def get(level: int, name: int, size: int = 4) -> Call:
    return call("getsockopt", Result(0), level, name, Buffer("o", 256), Packed([size]), dump=[("o", 0, 16)])


def put(level: int, name: int, value: int, size: int = 4) -> Call:
    return call("setsockopt", Result(0), level, name, Packed([value]), size)


@SOCKETS
def test_what_a_new_socket_has(family: int, kind: int) -> None:
    skipped = (12, 17, 25, 26, 28, 29, 31, 34, 35, 37, 40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50)
    check(
        call("socket", family, kind, 0),
        *(get(SOL_SOCKET, name, 16) for name in range(51) if name not in skipped),
        get(SOL_SOCKET, 999), get(SOL_SOCKET, -1),
        get(99, 1), put(99, 1, 1),
    )  # fmt: skip


@SOCKETS
def test_switches(family: int, kind: int) -> None:
    check(
        call("socket", family, kind, 0),
        *(step for name in SWITCHES for value in (1, 0, -5) for step in (put(SOL_SOCKET, name, value),
                                                                        get(SOL_SOCKET, name))),
        *(put(SOL_SOCKET, name, 1) for name in (1, 3, 4, 12, 14, 17, 19, 27, 30, 32, 33, 36, 38, 39, 999)),
        put(SOL_SOCKET, 12, 7), put(SOL_SOCKET, 12, -1), put(SOL_SOCKET, 1, 0), get(SOL_SOCKET, 12),
    )  # fmt: skip


@SOCKETS
def test_buffers(family: int, kind: int) -> None:
    sizes = (0, 1, 1000, 2304, 5000, 100_000, 1 << 22, 1 << 23, 2**31 - 1, 2**31, -1)
    check(
        call("socket", family, kind, 0),
        *(step for size in sizes for name in (SO_SNDBUF, SO_RCVBUF) for step in (put(SOL_SOCKET, name, size),
                                                                                get(SOL_SOCKET, name))),
        *(step for size in (0, 1, 5, -1, 2**31 - 1) for step in (put(SOL_SOCKET, SO_RCVLOWAT, size),
                                                                get(SOL_SOCKET, SO_RCVLOWAT))),
    )  # fmt: skip


def test_times() -> None:
    times = ((0, 0), (1, 5), (0, 10**6), (0, -1), (-1, 0), (5, 999_999), (2**40, 0))
    check(
        call("socket", AF_UNIX, DGRAM, 0),
        *(step for name in (SO_RCVTIMEO, SO_SNDTIMEO) for time in times for step in (
            call("setsockopt", Result(0), SOL_SOCKET, name, Packed(time), 16), get(SOL_SOCKET, name, 16))),
        call("setsockopt", Result(0), SOL_SOCKET, SO_RCVTIMEO, Packed([1, 0]), 15),
        call("setsockopt", Result(0), SOL_SOCKET, SO_RCVTIMEO, Packed([0, 1000]), 16),
        call("recvfrom", Result(0), Buffer("b", 8), 8, 0, 0, 0),
        *(step for linger in ((0, 5), (1, 7), (1, 0)) for step in (
            put(SOL_SOCKET, SO_LINGER, linger[0] | (linger[1] & 0xFFFF_FFFF) << 32, 8), get(SOL_SOCKET, SO_LINGER, 8))),
        put(SOL_SOCKET, SO_LINGER, 1, 7), get(SOL_SOCKET, SO_LINGER, 4),
    )  # fmt: skip


@SOCKETS
def test_bad_arguments(family: int, kind: int) -> None:
    known = 26 if family == AF_INET6 else 2
    level = {AF_UNIX: SOL_SOCKET, AF_INET: SOL_TCP if kind == STREAM else SOL_IP, AF_INET6: SOL_IPV6}[family]
    check(
        call("socket", family, kind, 0),
        *(call("setsockopt", fd, at, name, where, size)
          for fd in (Result(0), -1) for at, name in ((SOL_SOCKET, 2), (SOL_SOCKET, 999), (level, known))
          for where in (Packed([1]), 0, UNMAPPED, KERNEL_ADDRESS, Edge(3)) for size in (4, 8, 3, 0, -1)
          if not (at != SOL_SOCKET and size < 4)),
        *(call("getsockopt", Result(0), SOL_SOCKET, name, where, length)
          for name in (2, 999) for where in (Buffer("o", 256), UNMAPPED, 0) for length in
          (Packed([4]), Packed([2]), Packed([0]), Packed([2**31]), UNMAPPED, 0, Edge(3))),
        get(SOL_SOCKET, 2, 1), get(SOL_SOCKET, 2, 100),
    )  # fmt: skip


@pytest.mark.parametrize("family", [AF_INET, AF_INET6])
def test_tcp_options(family: int) -> None:
    names = (1, 2, 3, 4, 5, 6, 7, 8, 12, 13, 18)
    check(
        call("socket", family, STREAM, 0),
        *(get(SOL_TCP, name) for name in names if name not in (8, 12, 13)),
        *(step for name in (1, 4, 5, 6, 7, 18) for value in (0, 1, 100, 127, 128, 32767, 32768, -1)
          for step in (put(SOL_TCP, name, value), get(SOL_TCP, name))),
        *(put(SOL_TCP, 2, value) for value in (0, 87, 88, 1000, 32767, 32768)),
        get(SOL_TCP, 999), put(SOL_TCP, 999, 1), get(SOL_UDP, 1), put(SOL_UDP, 1, 1),
        call("setsockopt", Result(0), SOL_TCP, 13, b"nonsense\0", 9),
    )  # fmt: skip


@pytest.mark.parametrize(("family", "kind"), KINDS[3:])
def test_ip_options(family: int, kind: int) -> None:
    check(
        call("socket", family, kind, 0),
        *(get(level, name) for level, names in ((SOL_IP, (1, 2, 6, 8, 10, 11, 12, 13, 15, 33, 34)),
                                                (SOL_IPV6, (16, 18, 19, 25, 26, 49, 51, 66, 67))) for name in names),
        *(step for value in (0, 1, 64, 255, 256, -1, -2) for step in (put(SOL_IP, 2, value), get(SOL_IP, 2))),
        *(step for value in (1, 0, 7) for step in (put(SOL_IPV6, 26, value), get(SOL_IPV6, 26))),
        put(SOL_IP, 999, 1), get(SOL_IP, 999), put(SOL_IPV6, 999, 1), get(SOL_IPV6, 999), put(SOL_TCP, 1, 1),
    )  # fmt: skip

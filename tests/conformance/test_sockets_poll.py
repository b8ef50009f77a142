"""What poll says of sockets in all their states, compared with Linux."""

from __future__ import annotations

import struct

import pytest

from tests.conformance.harness import Buffer, Call, Loaded, Packed, call, check
from tests.conformance.sockets import (
    AF_INET,
    AF_UNIX,
    DGRAM,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    MSG_OOB,
    NONBLOCK,
    SEQPACKET,
    STREAM,
    sin,
    socket_pair,
    sun,
)

ALL = 0x7FFF
LEFT, RIGHT = Loaded("p", 0), Loaded("p", 4)
ADDRESS = Buffer("address", 16)


def poll(number: int) -> Call:
    """Everything that is so of descriptor `number`: cases here know their numbers, which are 3, 4, 5 ..."""
    return call("poll", Buffer(f"poll{number}", 8), 1, 0, dump=[(f"poll{number}", 6, 2)])


def prepare(*numbers: int) -> list[Call]:
    """Fill the struct pollfd of each descriptor, through a pipe that is gone again."""
    steps = []
    for number in numbers:
        steps += [
            call("pipe", Buffer("pipe", 8), show="none"),
            call("write", Loaded("pipe", 4), struct.pack("<ihh", number, ALL, 0), 8, show="none"),
            call("read", Loaded("pipe", 0), Buffer(f"poll{number}"), 8, show="none"),
            call("close", Loaded("pipe", 0), show="none"),
            call("close", Loaded("pipe", 4), show="none"),
        ]
    return steps


def both(*numbers: int) -> list[Call]:
    return [poll(number) for number in numbers or (3, 4)]


def sent(fd: object, data: bytes, flags: int = MSG_DONTWAIT | MSG_NOSIGNAL) -> Call:
    return call("sendto", fd, data, len(data), flags, 0, 0)


def received(fd: object) -> Call:
    return call("recvfrom", fd, Buffer("b", 64), 64, MSG_DONTWAIT, 0, 0)


@pytest.mark.parametrize("kind", [STREAM, DGRAM, SEQPACKET])
def test_pairs(kind: int) -> None:
    check(
        *prepare(3, 4), socket_pair(kind), *both(), sent(LEFT, b"hello"), *both(), received(RIGHT), *both(),
        call("shutdown", LEFT, 1), *both(), call("shutdown", LEFT, 0), *both(), call("close", LEFT), *both(),
        received(RIGHT), *both(), sent(RIGHT, b"x"), *both(),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [STREAM, DGRAM, SEQPACKET])
def test_pair_closed_with_unread_data(kind: int) -> None:
    check(*prepare(3, 4), socket_pair(kind), sent(LEFT, b"x"), sent(RIGHT, b"y"), call("close", RIGHT), *both(),
          received(LEFT), *both(), received(LEFT), *both(), received(LEFT), *both())  # fmt: skip


@pytest.mark.parametrize("kind", [STREAM, DGRAM, SEQPACKET])
def test_pair_fills_up(kind: int) -> None:
    steps = [step for _ in range(30) for step in (sent(LEFT, b"x" * 8000), poll(3))]
    back = [step for _ in range(30) for step in (received(RIGHT), poll(3))]
    check(*prepare(3, 4), socket_pair(kind), *steps, *back)


@pytest.mark.parametrize("kind", [STREAM, DGRAM, SEQPACKET])
def test_names(kind: int) -> None:
    check(
        *prepare(3, 4, 5),
        call("socket", AF_UNIX, kind | NONBLOCK, 0), poll(3), call("bind", 3, sun("s"), 3), poll(3),
        call("listen", 3, 1), poll(3),
        call("socket", AF_UNIX, kind | NONBLOCK, 0), poll(4), call("connect", 4, sun("s"), 3), poll(3), poll(4),
        call("accept", 3, 0, 0), *both(3, 4, 5),
        *(sent(4, b"x") for _ in range(12)), *both(3, 4),
        call("shutdown", 3, 2), *both(3, 4), call("close", 3), *both(3, 4),
    )  # fmt: skip


def test_tcp() -> None:
    check(
        *prepare(3, 4, 5),
        call("socket", AF_INET, STREAM, 0), poll(3), call("bind", 3, sin(), 16), poll(3),
        call("getsockname", 3, ADDRESS, Packed([16])),
        call("listen", 3, 1), poll(3),
        call("socket", AF_INET, STREAM | NONBLOCK, 0), poll(4),
        call("connect", 4, ADDRESS, 16), *both(3, 4), call("connect", 4, ADDRESS, 16), *both(3, 4),
        call("accept", 3, 0, 0), *both(3, 4, 5),
        sent(4, b"hello"), *both(4, 5), received(5), *both(4, 5),
        sent(4, b"urgent", MSG_OOB), *both(4, 5),
        call("recvfrom", 5, Buffer("b", 64), 1, MSG_OOB, 0, 0), *both(4, 5), received(5), *both(4, 5),
        call("shutdown", 4, 1), *both(4, 5), received(5), *both(4, 5), sent(5, b"x"), *both(4, 5), received(4),
        call("shutdown", 5, 1), *both(4, 5), call("close", 5), *both(4, 5),
    )  # fmt: skip


@pytest.mark.parametrize("unread", [False, True])
def test_tcp_closed(unread: bool) -> None:
    check(
        *prepare(3, 4, 5),
        call("socket", AF_INET, STREAM, 0), call("bind", 3, sin(), 16), call("getsockname", 3, ADDRESS, Packed([16])),
        call("listen", 3, 1), call("socket", AF_INET, STREAM, 0), call("connect", 4, ADDRESS, 16),
        call("accept", 3, 0, 0),
        *([sent(4, b"never read")] if unread else []), sent(5, b"x"),
        call("close", 5), poll(4), received(4), poll(4), received(4), poll(4), sent(4, b"x"), poll(4),
        sent(4, b"x"), poll(4), call("shutdown", 4, 2), poll(4),
    )  # fmt: skip


def test_tcp_refused() -> None:
    check(
        *prepare(3, 4, 5),
        call("socket", AF_INET, STREAM, 0), call("bind", 3, sin(), 16), call("getsockname", 3, ADDRESS, Packed([16])),
        call("socket", AF_INET, STREAM | NONBLOCK, 0),
        call("connect", 4, ADDRESS, 16), poll(4),
        call("getsockopt", 4, 1, 4, Buffer("n", 4), Packed([4]), dump=[("n", 0, 4)]), poll(4),
        call("connect", 4, ADDRESS, 16), poll(4),
        call("listen", 3, 0), call("close", 4), call("socket", AF_INET, STREAM, 0), call("connect", 4, ADDRESS, 16),
        call("socket", AF_INET, STREAM | NONBLOCK, 0), call("connect", 5, ADDRESS, 16), poll(3), poll(4), poll(5),
        call("close", 5),
    )  # fmt: skip


def test_udp() -> None:
    check(
        *prepare(3, 4),
        call("socket", AF_INET, DGRAM, 0), poll(3), call("bind", 3, sin(), 16),
        call("getsockname", 3, ADDRESS, Packed([16])),
        call("socket", AF_INET, DGRAM, 0), call("connect", 4, ADDRESS, 16), *both(), sent(4, b"x"), *both(),
        received(3), *both(), call("close", 3), sent(4, b"x"), *both(), received(4), *both(),
        call("shutdown", 4, 0), *both(), call("shutdown", 4, 1), *both(),
    )  # fmt: skip

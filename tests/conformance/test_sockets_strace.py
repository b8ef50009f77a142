"""The strace text of socket calls compared with what strace(1) prints."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Edge, Loaded, Packed, Result, call
from tests.conformance.sockets import (
    AF_INET,
    AF_INET6,
    AF_UNIX,
    CLOEXEC,
    DGRAM,
    MSG_DONTWAIT,
    MSG_NOSIGNAL,
    MSG_PEEK,
    MSG_TRUNC,
    NONBLOCK,
    SEQPACKET,
    SOL_IPV6,
    SOL_SOCKET,
    SOL_TCP,
    STREAM,
    cmsg,
    message,
    msghdr,
    sin,
    sin6,
    socket_pair,
    sun,
)
from tests.conformance.test_strace_text import both, why_no_strace

LEFT, RIGHT = Loaded("p", 0), Loaded("p", 4)
RIGHTS = cmsg(1, struct.pack("<ii", 0, 1))
_ALIKE = [
    (re.compile(r"htons\((?!0\)|80\))\d+\)"), "htons(PORT)"),
    (re.compile(r"pid=\d+"), "pid=PID"),
]

NAMES = [
    *(call("socket", family, kind, protocol) for family, kind, protocol in
      ((AF_UNIX, STREAM, 0), (AF_UNIX, SEQPACKET | CLOEXEC | NONBLOCK, 0), (AF_INET, STREAM, 6), (AF_INET, DGRAM, 17),
       (AF_INET6, STREAM, 0), (AF_INET, STREAM, 17), (99, STREAM, 0), (AF_INET, 12, 0), (AF_UNIX, 4, 5), (9, 1, 0))),
    call("bind", Result(0), sun("s"), 3), call("bind", Result(0), sun("s"), 110), call("bind", Result(0), UNMAPPED, 3),
    call("bind", Result(0), sun("s"), 2), call("bind", Result(0), sun("s"), 200), call("bind", Result(0), 0, 5),
    call("bind", Result(1), sun(b"\0x\1y\n"), 7),
    call("getsockname", Result(0), Buffer("a", 128), Packed([128])),
    call("getsockname", Result(0), Buffer("a"), Packed([5])),
    call("getsockname", Result(0), Buffer("a"), Packed([2])),
    call("getsockname", Result(0), Buffer("a"), Packed([0])),
    call("getsockname", Result(1), Buffer("a"), Packed([128])),
    call("getpeername", Result(0), Buffer("a"), Packed([128])),
    call("getpeername", -1, Buffer("a"), UNMAPPED), call("getsockname", -1, 0, 0),
    call("bind", Result(2), sin(), 16), call("bind", Result(4), sin6(), 28), call("bind", Result(2), sin(), 8),
    call("bind", Result(4), sin6(), 24), call("bind", Result(2), sin(family=99), 16),
    call("bind", Result(2), sin(family=0), 16),
    call("getsockname", Result(2), Buffer("address", 28), Packed([16])),
    call("getsockname", Result(4), Buffer("a"), Packed([28])),
    call("listen", Result(2), 5), call("listen", Result(2), -1), call("listen", -1, 0),
    call("socket", AF_INET, STREAM, 0),
    call("connect", Result(36), Buffer("address"), 16), call("connect", Result(36), Buffer("address"), 16),
    call("accept", Result(2), Buffer("a"), Packed([128])), call("accept", -1, Buffer("a"), Packed([128])),
    call("connect", Result(36), sin(port=80), 16), call("accept4", Result(2), 0, 0, CLOEXEC | NONBLOCK | 5),
    call("accept4", -1, 0, 0, 0), call("accept4", -1, 0, 0, CLOEXEC | NONBLOCK),
    call("shutdown", Result(36), 1), call("shutdown", Result(36), 7), call("shutdown", -1, 0),
    call("socketpair", AF_UNIX, STREAM, 0, Buffer("p", 8)), call("socketpair", AF_UNIX, STREAM, 0, UNMAPPED),
]  # fmt: skip
DATA = [
    socket_pair(DGRAM),
    call("sendto", LEFT, b"hello\n", 6, 0, 0, 0),
    call("sendto", LEFT, b"x" * 40, 40, MSG_DONTWAIT | MSG_NOSIGNAL, 0, 0),
    call("sendto", LEFT, b"x", 1, 0, sun("missing"), 9), call("sendto", LEFT, UNMAPPED, 1, 0x800, 0, 0),
    call("sendto", -1, b"x", 1, 0x0200_0000, UNMAPPED, 9),
    call("recvfrom", RIGHT, Buffer("b", 64), 64, MSG_PEEK, 0, 0),
    call("recvfrom", RIGHT, Buffer("b"), 3, MSG_TRUNC, Buffer("a", 128), Packed([128])),
    call("recvfrom", RIGHT, Buffer("b"), 64, MSG_DONTWAIT, 0, 0),
    call("recvfrom", RIGHT, Buffer("b"), 64, MSG_DONTWAIT, Buffer("a"), Packed([128])),
    call("recvfrom", RIGHT, Buffer("b"), 64, MSG_DONTWAIT, 0, 0),
    call("sendmsg", LEFT, msghdr(Packed([b"ab", 2, b"cd", 2]), 2), 0),
    call("sendmsg", LEFT, message(b"files", 5, control=RIGHTS, control_length=24), MSG_NOSIGNAL),
    call("sendmsg", LEFT, message(b"x", 1, name=sun("none"), name_length=6), 0),
    call("sendmsg", LEFT, UNMAPPED, 0), call("sendmsg", LEFT, 0, 0), call("sendmsg", -1, message(b"x", 1), 0),
    call("sendmsg", LEFT, msghdr(UNMAPPED, 3), 0),
    call("recvmsg", RIGHT, message(Buffer("b"), 64), 0),
    call("recvmsg", RIGHT, message(Buffer("b"), 64, control=Buffer("c", 64), control_length=64,
                                   name=Buffer("a"), name_length=128), 0),
    call("recvmsg", RIGHT, message(Buffer("b"), 64), MSG_DONTWAIT),
    call("recvmsg", RIGHT, UNMAPPED, 0), call("recvmsg", RIGHT, 0, 0), call("recvmsg", -1, message(Buffer("b"), 9), 0),
    call("socket", AF_INET, DGRAM, 0), call("bind", Result(24), sin(), 16),
    call("getsockname", Result(24), Buffer("address", 16), Packed([16])),
    call("sendto", Result(24), b"udp", 3, 0, Buffer("address"), 16),
    call("recvfrom", Result(24), Buffer("b"), 64, 0, Buffer("a"), Packed([128])),
    call("sendto", Result(24), b"udp", 3, 0, Buffer("address"), 16),
    call("recvmsg", Result(24), message(Buffer("b"), 2, name=Buffer("a"), name_length=128), 0),
    call("socketpair", AF_UNIX, STREAM, 0, Buffer("q", 8)), call("close", Loaded("q", 0)),
    call("recvfrom", Loaded("q", 4), Buffer("b"), 8, 0, 0, 0), call("read", Loaded("q", 4), Buffer("b"), 8),
    call("recvmsg", Loaded("q", 4), message(Buffer("b"), 8), 0),
    call("ioctl", Result(24), 0x541B, Buffer("n", 4)), call("ioctl", Result(24), 0x5411, Buffer("n")),
]  # fmt: skip
OPTIONS = [
    call("socket", AF_INET, STREAM, 0),
    call("setsockopt", Result(0), SOL_SOCKET, 2, Packed([1]), 4),
    call("setsockopt", Result(0), SOL_TCP, 1, Packed([1]), 4),
    call("setsockopt", Result(0), SOL_SOCKET, 13, Packed([1 | 5 << 32]), 8),
    call("setsockopt", Result(0), SOL_SOCKET, 20, Packed([1, 0]), 16),
    call("setsockopt", Result(0), SOL_SOCKET, 999, Packed([1]), 4),
    call("setsockopt", Result(0), 99, 5, Packed([1]), 4),
    call("setsockopt", Result(0), SOL_SOCKET, 2, UNMAPPED, 4), call("setsockopt", Result(0), SOL_SOCKET, 2, 0, 4),
    call("setsockopt", Result(0), SOL_SOCKET, 2, Packed([1]), -1),
    call("setsockopt", -1, SOL_SOCKET, 2, Packed([1]), 4),
    call("setsockopt", Result(0), SOL_SOCKET, 2, Packed([1]), 2),
    call("setsockopt", Result(0), SOL_SOCKET, 2, Packed([1]), 0),
    *(call("getsockopt", Result(0), level, name, Buffer("o", 64), Packed([size])) for level, name, size in
      ((SOL_SOCKET, 2, 4), (SOL_SOCKET, 3, 4), (SOL_SOCKET, 4, 4), (SOL_SOCKET, 13, 8), (SOL_SOCKET, 20, 16),
       (SOL_SOCKET, 2, 2), (SOL_SOCKET, 2, 0), (SOL_SOCKET, 2, 16), (SOL_SOCKET, 999, 4), (SOL_TCP, 1, 4), (0, 2, 4),
       (SOL_SOCKET, 17, 12))),
    call("getsockopt", Result(0), SOL_SOCKET, 2, UNMAPPED, Packed([4])), call("getsockopt", -1, SOL_SOCKET, 2, 0, 0),
    call("getsockopt", Result(0), SOL_SOCKET, 2, Buffer("o"), UNMAPPED),
    call("socket", AF_INET6, DGRAM, 0), call("setsockopt", Result(28), SOL_IPV6, 26, Packed([1]), 4),
    call("getsockopt", Result(28), SOL_IPV6, 26, Buffer("o"), Edge(4)),
]  # fmt: skip


def alike(lines: Sequence[str]) -> list[str]:
    for pattern, replacement in _ALIKE:
        lines = [pattern.sub(replacement, line) for line in lines]
    return list(lines)


@pytest.mark.parametrize("steps", [NAMES, DATA, OPTIONS], ids=["names", "data", "options"])
def test_the_lines_are_those_of_strace(steps: Sequence[Call]) -> None:
    reason = why_no_strace()
    if reason:
        pytest.skip(reason)
    theirs, ours = both(steps)
    assert alike(ours) == alike(theirs)

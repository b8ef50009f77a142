"""sendmsg, recvmsg and their relatives: vectors, flags, ancillary data, compared with Linux."""

from __future__ import annotations

import struct

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
    DGRAM,
    MSG_CMSG_CLOEXEC,
    MSG_DONTWAIT,
    MSG_PEEK,
    MSG_TRUNC,
    MSG_WAITALL,
    NONBLOCK,
    SEQPACKET,
    SOL_SOCKET,
    STREAM,
    cmsg,
    message,
    msghdr,
    sin,
    socket_pair,
    sun,
)

LEFT, RIGHT = Loaded("p", 0), Loaded("p", 4)
KINDS = (STREAM, DGRAM, SEQPACKET)
BYTES = [("b", 0, 32)]
SCM_RIGHTS, SCM_CREDENTIALS, SO_PASSCRED, SO_PEERCRED = 1, 2, 16, 17


def header(name: str = "h") -> Buffer:
    """A `struct msghdr` in a buffer, so that the case can see what the kernel stores there."""
    return Buffer(name, 56)


def fill(name: str, words: list[object]) -> list[Call]:
    """Copy words into a buffer, through a pipe."""
    size = 8 * len(words)
    return [
        call("pipe", Buffer("copy", 8), show="none"),
        call("write", Loaded("copy", 4), Packed(words), size, show="none"),
        call("read", Loaded("copy", 0), Buffer(name, size), size, show="none"),
        call("close", Loaded("copy", 0), show="none"),
        call("close", Loaded("copy", 4), show="none"),
    ]


def receive_with(fd: object, room: int, flags: int = MSG_DONTWAIT, size: int = 32, name: int = 128) -> list[Call]:
    """recvmsg with `room` bytes of ancillary data; shows what it stores."""
    iov = Packed([Buffer("b", 64), size])
    return [
        *fill("h", [Buffer("a", 128), name, iov, 1, Buffer("c", 256), room, 0]),
        call("recvmsg", fd, header(), flags, dump=[("b", 0, 32), ("h", 8, 4), ("h", 40, 12), ("c", 0, 16)]),
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_vectors(kind: int) -> None:
    check(
        socket_pair(kind),
        call("sendmsg", LEFT, msghdr(Packed([b"ab", 2, 0, 0, b"cdef", 4]), 3), 0),
        call("sendmsg", LEFT, message(b"second", 6), 0),
        *receive_with(RIGHT, 0, size=4),
        *receive_with(RIGHT, 0, size=4),
        *receive_with(RIGHT, 0),
        call("sendmsg", LEFT, message(b"0123456789", 10), 0),
        call("recvmsg", RIGHT, msghdr(Packed([Buffer("b"), 3, Buffer("b", offset=8), 3]), 2), MSG_PEEK, dump=BYTES),
        call("recvmsg", RIGHT, msghdr(Packed([Buffer("b"), 3, Buffer("b", offset=8), 3]), 2),
             MSG_TRUNC if kind != STREAM else 0, dump=BYTES),
        call("recvmsg", RIGHT, message(Buffer("b"), 8), MSG_DONTWAIT),
        call("sendmsg", LEFT, msghdr(), 0), call("recvmsg", RIGHT, msghdr(), MSG_DONTWAIT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["sendmsg", "recvmsg"])
def test_bad_headers(name: str, kind: int) -> None:
    check(
        socket_pair(kind),
        call("write", RIGHT, b"to be read", 10),
        *(call(name, fd, where, MSG_DONTWAIT) for where in (0, UNMAPPED, KERNEL_ADDRESS, Edge(55))
          for fd in (-1, LEFT)),
        call(name, LEFT, message(b"x", 1), 0x8000_0000 | MSG_DONTWAIT),
        call(name, -1, message(b"x", 1), 0x8000_0000),
        *(call(name, LEFT, msghdr(iov, count), MSG_DONTWAIT) for iov, count in
          ((UNMAPPED, 1), (0, 1), (0, 0), (UNMAPPED, 0), (UNMAPPED, 1024), (UNMAPPED, 1025), (UNMAPPED, 2**32),
           (Packed([b"x", 2**63]), 1), (Packed([KERNEL_ADDRESS, 5]), 1), (Packed([UNMAPPED, 5]), 1))),
        *(call(name, LEFT, message(Buffer("b", 64), 2, name=where, name_length=size), MSG_DONTWAIT) for where, size in
          ((0, 2**31), (UNMAPPED, -1), (UNMAPPED, 0), (Buffer("a", 256), 2**31), (Buffer("a"), 200), (0, 5))),
        *(call(name, LEFT, message(Buffer("b"), 2, control=where, control_length=size), MSG_DONTWAIT) for where, size in
          ((0, 16), (UNMAPPED, 16), (KERNEL_ADDRESS, 16), (UNMAPPED, 0), (Buffer("c", 256), 15), (Buffer("c"), 2**31))),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_open_files_travel(kind: int) -> None:
    rights = struct.pack("<ii", 0, 1)
    check(
        socket_pair(kind),
        call("sendmsg", LEFT, message(b"files", 5, control=cmsg(SCM_RIGHTS, rights), control_length=24), 0),
        *receive_with(RIGHT, 64),
        call("fcntl", 5, 1), call("fcntl", 6, 1), call("close", 5), call("close", 6), call("close", 7),
        call("sendmsg", LEFT, message(b"files", 5, control=cmsg(SCM_RIGHTS, rights), control_length=24), 0),
        *receive_with(RIGHT, 20, MSG_CMSG_CLOEXEC | MSG_DONTWAIT),
        call("fcntl", 5, 1), call("close", 5), call("close", 6),
        *(step for room in (0, 8, 15, 16, 19, 20, 23, 24, 28) for step in (
            call("sendmsg", LEFT, message(b"files", 5, control=cmsg(SCM_RIGHTS, rights), control_length=24), 0),
            *receive_with(RIGHT, room), call("close", 5), call("close", 6))),
        call("sendmsg", LEFT, message(b"files", 5, control=cmsg(SCM_RIGHTS, rights), control_length=24), 0),
        call("read", RIGHT, Buffer("b"), 32), call("close", 5),
        call("sendmsg", LEFT, message(b"none", 4, control=cmsg(SCM_RIGHTS, b""), control_length=16), 0),
        *receive_with(RIGHT, 64),
    )  # fmt: skip


def test_a_stream_stops_after_files() -> None:
    rights = cmsg(SCM_RIGHTS, struct.pack("<i", 1))
    check(
        socket_pair(),
        call("write", LEFT, b"before ", 7),
        call("sendmsg", LEFT, message(b"with ", 5, control=rights, control_length=20), 0),
        call("write", LEFT, b"after", 5),
        *receive_with(RIGHT, 64, size=9), call("close", 5),
        *receive_with(RIGHT, 64), call("close", 5),
        *receive_with(RIGHT, 64), call("close", 5),
        call("sendmsg", LEFT, message(b"with", 4, control=rights, control_length=20), 0),
        call("sendmsg", LEFT, message(b"with", 4, control=rights, control_length=20), 0),
        *receive_with(RIGHT, 64, MSG_PEEK), call("close", 5),
        *receive_with(RIGHT, 64, MSG_WAITALL, size=8), call("close", 5), call("close", 6),
        *receive_with(RIGHT, 64), call("close", 5),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_a_socket_in_its_own_queue(kind: int) -> None:
    both = Packed([20, SOL_SOCKET | SCM_RIGHTS << 32, 3])
    check(
        socket_pair(kind),
        call("sendmsg", LEFT, message(b"self", 4, control=both, control_length=20), 0),
        call("close", LEFT),
        *receive_with(RIGHT, 64),
        call("fcntl", 3, 3),
        call("write", RIGHT, b"still there", 11),
        call("recvfrom", 3, Buffer("b", 64), 32, MSG_DONTWAIT, 0, 0, dump=BYTES),
        call("close", 3),
        call("recvfrom", RIGHT, Buffer("b", 64), 32, MSG_DONTWAIT, 0, 0),
    )


@pytest.mark.parametrize("kind", [STREAM, DGRAM])
@pytest.mark.parametrize("family", [AF_UNIX, AF_INET])
def test_bad_control_messages(family: int, kind: int) -> None:
    controls = [
        cmsg(SCM_RIGHTS, struct.pack("<i", 99)),
        cmsg(SCM_RIGHTS, struct.pack("<i", -1)),
        cmsg(SCM_RIGHTS, struct.pack("<i", 1), length=15),
        cmsg(SCM_RIGHTS, struct.pack("<i", 1), length=40),
        cmsg(SCM_RIGHTS, struct.pack("<i", 1), length=2**63),
        cmsg(SCM_RIGHTS, struct.pack("<i", 1), level=2),
        cmsg(3, b"abcd"),
        cmsg(99, b"abcd"),
        cmsg(SCM_CREDENTIALS, b"abcd"),
        cmsg(SCM_CREDENTIALS, struct.pack("<iii", 1, 1000, 1000)),
        cmsg(SCM_CREDENTIALS, struct.pack("<iii", 0, 0, 0)),
        cmsg(SCM_RIGHTS, b"\1\0\0\0" * 253),
        cmsg(SCM_RIGHTS, b"\1\0\0\0" * 254),
        cmsg(SCM_RIGHTS, b"\1\0\0\0" * 200) + cmsg(SCM_RIGHTS, b"\1\0\0\0" * 100),
    ]
    if family == AF_UNIX:
        steps = [socket_pair(kind)]
        left: object = LEFT
    else:
        steps = [
            call("socket", AF_INET, DGRAM, 0),
            call("bind", Result(0), sin(), 16),
            call("getsockname", Result(0), Buffer("address", 16), Packed([16])),
            call("connect", Result(0), Buffer("address"), 16),
        ]
        left = Result(0)
    check(
        *steps,
        *(call("sendmsg", left, message(b"x", 1, control=control, control_length=len(control)), MSG_DONTWAIT)
          for control in controls),
        call("sendmsg", left, message(b"x", 1, control=controls[0], control_length=8), MSG_DONTWAIT),
        call("sendmsg", left, message(UNMAPPED, 1, control=controls[0], control_length=20), MSG_DONTWAIT),
    )  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_credentials(kind: int) -> None:
    nobody = [("c", 16, 12)]
    check(
        socket_pair(kind),
        call("write", LEFT, b"early", 5),
        call("setsockopt", RIGHT, SOL_SOCKET, SO_PASSCRED, Packed([1]), 4),
        call("getsockopt", RIGHT, SOL_SOCKET, SO_PASSCRED, Buffer("n", 4), Packed([4]), dump=[("n", 0, 4)]),
        *receive_with(RIGHT, 64)[:-1],
        call("recvmsg", RIGHT, header(), MSG_DONTWAIT, dump=[*nobody, ("h", 40, 12)]),
        call("write", LEFT, b"late", 4),
        *receive_with(RIGHT, 64)[:-1],
        call("recvmsg", RIGHT, header(), MSG_DONTWAIT, dump=[("c", 0, 16), ("c", 20, 8), ("h", 40, 12)]),
        *(step for room in (0, 10, 16, 20, 28, 31) for step in (
            call("write", LEFT, b"cut", 3), *receive_with(RIGHT, room))),
        call("getsockopt", RIGHT, SOL_SOCKET, SO_PEERCRED, Buffer("n", 12), Packed([12]), dump=[("n", 4, 8)]),
    )  # fmt: skip


def test_names_in_messages() -> None:
    check(
        call("socket", AF_UNIX, DGRAM, 0),
        call("bind", Result(0), sun("a"), 3),
        call("socket", AF_UNIX, DGRAM, 0),
        call("sendmsg", Result(2), message(b"hi", 2, name=sun("a"), name_length=3), 0),
        *receive_with(Result(0), 0),
        call("bind", Result(2), sun("longer"), 8),
        call("sendmsg", Result(2), message(b"hi", 2, name=sun("a"), name_length=3), 0),
        *receive_with(Result(0), 0, name=4),
        call("sendmsg", Result(2), message(b"hi", 2, name=sun("none"), name_length=6), 0),
        call("sendmsg", Result(2), message(b"hi", 2), 0),
    )


def test_many_messages() -> None:
    iov = [Packed([b"first", 5]), Packed([b"second!", 7])]
    out = [Packed([Buffer("b", 64), 8]), Packed([Buffer("b", offset=16), 8]), Packed([Buffer("b", offset=32), 8])]
    check(
        call("socketpair", AF_UNIX, DGRAM | NONBLOCK, 0, Buffer("p", 8)),
        *fill("m", [0, 0, iov[0], 1, 0, 0, 0, 99, 0, 0, iov[1], 1, 0, 0, 0, 99]),
        call("sendmmsg", LEFT, Buffer("m", 256), 2, 0, dump=[("m", 56, 4), ("m", 120, 4)]),
        call("sendmmsg", LEFT, UNMAPPED, 2, 0), call("sendmmsg", LEFT, UNMAPPED, 0, 0),
        call("sendmmsg", -1, Buffer("m"), 2, 0), call("sendmmsg", LEFT, Buffer("m"), 1, 0x8000_0000),
        *fill("m", [word for place in out for word in (0, 0, place, 1, 0, 0, 0, 99)]),
        call("recvmmsg", RIGHT, Buffer("m"), 2, 0, 0, dump=[("b", 0, 64), ("m", 56, 4), ("m", 120, 4), ("m", 184, 4)]),
        call("recvmmsg", RIGHT, Buffer("m"), 3, 0, 0, dump=[("b", 0, 64), ("m", 56, 4)]),
        call("recvmmsg", RIGHT, Buffer("m"), 3, 0, 0),
        call("recvmmsg", RIGHT, UNMAPPED, 3, 0, 0), call("recvmmsg", RIGHT, Buffer("m"), 3, 0, UNMAPPED),
        call("recvmmsg", RIGHT, Buffer("m"), 3, 0, Packed([0, 10**9])), call("recvmmsg", RIGHT, Buffer("m"), 0, 0, 0),
        call("recvmmsg", -1, Buffer("m"), 3, 0, Packed([-1, 0])), call("recvmmsg", 0, Buffer("m"), 3, 0, 0),
    )  # fmt: skip

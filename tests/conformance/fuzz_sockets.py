"""Socket calls for the fuzzer. Addresses stay inside the case's directory, or on ports that the kernel chooses."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from tests.conformance.program import READ_ONLY, Buffer, Edge, Loaded, Packed
from tests.conformance.sockets import cmsg, mapped, msghdr, sin, sin6, sun

if TYPE_CHECKING:
    from tests.conformance.fuzz_calls import Sequence

FAMILIES = [1, 1, 1, 2, 2, 10, 0, 3, 99, -1]
TYPES = [1, 1, 1, 2, 2, 5, 3, 4, 0, 10, 15]
FLAGS = [0, 0o4000, 0o4000, 0o4000, 0o2004000, 0o2000000, 1 << 20]
PROTOCOLS = [0, 0, 0, 0, 1, 6, 17, 263, -1]
ADDRESSES = [
    (sun("s"), 3), (sun("s"), 110), (sun("t"), 3), (sun("d/s"), 5), (sun("a"), 3), (sun(""), 110), (sun("x/y"), 5),
    (sin(), 16), (sin(), 16), (sin("0.0.0.0"), 16), (sin("127.0.0.2"), 16), (sin(port=80), 16), (sin("8.8.8.8"), 8),
    (sin6(), 28), (sin6(), 28), (sin6(bytes(16)), 28), (sin6(mapped("127.0.0.1")), 28), (sin6(), 24),
    (sin(family=0), 16), (sin(family=1), 16), (bytes(16), 16), (sun("s"), 2), (sin(), 0), (sin(), -1), (sin(), 200),
]  # fmt: skip
MESSAGE_FLAGS = [0x40, 0x40, 0x40, 0x4040, 0x42, 0x60, 0x62, 0x140, 0x8040, 0x4000_0040, 0x2040]
LEVELS = [1, 1, 1, 1, 0, 6, 17, 41, 99, -1]
OPTIONS = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 15, 16, 18, 19, 20, 21, 26, 30, 38, 39, 999]
VALUES = [0, 1, 2, 4, 100, 5000, 2**31 - 1, 2**31, 1 << 32, (5 << 32) + 1]
SIZES = [4, 4, 4, 8, 16, 0, 1, 3, -1]
CONTROLS = [
    cmsg(1, struct.pack("<i", 0)), cmsg(1, struct.pack("<iii", 0, 1, 2)), cmsg(1, struct.pack("<i", 777)),
    cmsg(1, b""), cmsg(2, struct.pack("<iii", 0, 1000, 1000)), cmsg(3, b"abcd"), cmsg(1, b"\0\0\0\0", level=2),
    cmsg(1, struct.pack("<i", 0), length=12), cmsg(1, struct.pack("<i", 0), length=99),
]  # fmt: skip
CONTROL_ROOMS = [0, 0, 12, 16, 20, 24, 64, 64]
ROOMS = [0, 1, 2, 16, 28, 110, 128, 2**31]


def add_socket_call(fuzz: Sequence) -> None:
    """One more step, or a few that belong together."""
    choose = fuzz.random.choice
    match fuzz.random.randrange(16):
        case 0 | 1:
            _pair(fuzz)
        case 2 | 3:
            fuzz.result("socket", choose(FAMILIES), choose(TYPES) | choose(FLAGS), choose(PROTOCOLS))
        case 4:
            fuzz.add("bind", fuzz.fd(), *_address(fuzz))
        case 5:
            _connection(fuzz)
        case 6:
            fuzz.add("connect", fuzz.fd(), *_address(fuzz))
        case 7:
            fuzz.add("listen", fuzz.fd(), choose((0, 1, 5, -1)))
            fuzz.result("accept4", fuzz.fd(), 0, 0, choose((0o4000, 0o2004000, 0o4000, 1)))
        case 8 | 9:
            where, size = fuzz.source()
            to = _address(fuzz) if fuzz.random.random() < 0.2 else (0, 0)
            fuzz.add("sendto", fuzz.fd(), where, size, choose(MESSAGE_FLAGS) | 0x40, *to)
        case 10 | 11:
            where, size = fuzz.target()
            dump = [("b", 0, 64)] if isinstance(where, Buffer) else []
            fuzz.add("recvfrom", fuzz.fd(), where, size, choose(MESSAGE_FLAGS) | 0x40, 0, 0, dump=dump)
        case 12:
            _message(fuzz)
        case 13:
            fuzz.add("shutdown", fuzz.fd(), choose((0, 1, 2, 1, 2, 3, -1)))
        case 14:
            _option(fuzz)
        case _:
            name = choose(("getsockname", "getpeername"))
            fuzz.add(name, fuzz.fd(), fuzz.volatile(128), Packed([choose(ROOMS)]))


def _address(fuzz: Sequence) -> tuple[object, int]:
    if fuzz.random.random() < 0.1:
        return fuzz.random.choice([0, 1, READ_ONLY, Edge(4)]), 16
    if fuzz.random.random() < 0.3:
        return Buffer("bound", 128), fuzz.random.choice((16, 28, 3))
    return fuzz.random.choice(ADDRESSES)


def _pair(fuzz: Sequence) -> None:
    name = f"fds{fuzz.pipes}"
    fuzz.pipes += 1
    kind = fuzz.random.choice((1, 1, 2, 5, 4)) | fuzz.random.choice(FLAGS)
    fuzz.add("socketpair", fuzz.random.choice((1, 1, 1, 1, 2)), kind, 0, Buffer(name, 8), dump=[(name, 0, 8)])
    fuzz.descriptors += [Loaded(name, 0), Loaded(name, 4)]


def _connection(fuzz: Sequence) -> None:
    """A listening socket or a bound one, and who connects to it."""
    family, kind = fuzz.random.choice(((1, 1), (1, 2), (1, 5), (2, 1), (2, 1), (2, 2), (10, 1), (10, 2)))
    address, size = {1: (sun("s"), 3), 2: (sin(), 16), 10: (sin6(), 28)}[family]
    server = fuzz.add("socket", family, kind | 0o4000, 0)
    fuzz.add("bind", server, address, size)
    fuzz.add("getsockname", server, Buffer("bound", 128), Packed([128]))
    fuzz.add("listen", server, fuzz.random.choice((0, 1, 5)))
    client = fuzz.add("socket", family, kind | 0o4000, 0)
    fuzz.add("connect", client, Buffer("bound"), size)
    fuzz.descriptors += [server, client]
    if fuzz.random.random() < 0.7:
        fuzz.result("accept4", server, 0, 0, 0o4000)


def _message(fuzz: Sequence) -> None:
    choose = fuzz.random.choice
    flags = choose(MESSAGE_FLAGS) | 0x40
    if fuzz.random.random() < 0.5:
        pieces = [fuzz.source() for _ in range(fuzz.random.randint(0, 3))]
        control = choose(CONTROLS) if fuzz.random.random() < 0.5 else b""
        words: list[object] = [word for piece in pieces for word in piece]
        header = msghdr(Packed(words or [0]), len(pieces), control=control or 0, control_length=len(control))
        fuzz.add("sendmsg", fuzz.fd(), header, flags)
        return
    pieces = [fuzz.target() for _ in range(fuzz.random.randint(0, 3))]
    words = [word for piece in pieces for word in piece]
    room = choose(CONTROL_ROOMS)
    header = msghdr(Packed(words or [0]), len(pieces), control=Buffer("control", 256), control_length=room)
    fuzz.add("recvmsg", fuzz.fd(), header, flags, dump=[("b", 0, 64)])


def _option(fuzz: Sequence) -> None:
    choose = fuzz.random.choice
    if fuzz.random.random() < 0.5:
        value = Packed([choose(VALUES), 0]) if fuzz.random.random() < 0.9 else choose([0, Edge(3)])
        fuzz.add("setsockopt", fuzz.fd(), choose(LEVELS), choose(OPTIONS), value, choose(SIZES))
    else:
        size = Packed([choose(SIZES)])
        fuzz.add("getsockopt", fuzz.fd(), choose(LEVELS), choose(OPTIONS), fuzz.volatile(64), size)

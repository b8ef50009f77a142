"""preadv, pwritev and their younger kin, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Edge, Loaded, Packed, Result, call, check

START: list[Call] = [
    call("open", "a", 0o102, 0o644),
    call("write", Result(0), b"0123456789", 10),
    call("open", "a", 0),
    call("open", "a", 0o2001),
    call("pipe2", Buffer("p", 8), 0o4000),
    call("open", "a", 0o10000000),
    call("pipe", Buffer("q", 8)),
    call("open", ".", 0),
]
FILES = [Result(0), Result(2), Result(3), Loaded("p"), Loaded("p", 4), Result(5), Result(7), -1]
LOOK = [call("pread64", Result(0), Buffer("look", 64), 64, 0, dump=[("look", 0, 64)]), call("lseek", Result(0), 0, 1)]


@pytest.mark.parametrize("offset", [0, 5, 10, 2**40, -1, -2, -(2**63), 2**63 - 1, 2**63 - 5])
def test_offsets(offset: int) -> None:
    steps = list(START)
    for fd in FILES:
        vector = Packed([Buffer("b", 64), 3, Buffer("b", offset=16), 4])
        for name in ("preadv", "preadv2"):
            steps.append(call(name, fd, vector, 2, offset, 0, 0, dump=[("b", 0, 32)]))
        steps.append(call("preadv", fd, vector, 0, offset, 0))
        steps.append(call("preadv", fd, UNMAPPED, 2, offset, 0))
        steps.append(call("preadv", fd, vector, 1025, offset, 0))
        for name in ("pwritev", "pwritev2"):
            if 0 <= offset <= 10 or offset < 0:
                steps.append(call(name, fd, Packed([b"ab", 2, b"xyz", 3]), 2, offset, 0, 0))
        steps.append(call("pwritev", fd, Packed([b"ab", -1]), 1, offset, 0))
        if offset <= 10:
            steps.append(call("pwritev", fd, Packed([UNMAPPED, 5]), 1, offset, 0))
        steps.append(call("pwritev", fd, Packed([b"", 0]), 1, offset, 0))
    check(*steps, *LOOK)


@pytest.mark.parametrize("flags", [1, 2, 4, 6, 8, 0x10, 0x20, 0x30, 0x18, 0x40, 0x80, -1, 0x8000_0000])
def test_flags(flags: int) -> None:
    steps: list[Call] = [*START]
    if flags not in (0x10, 0x20, 0x18):
        steps.append(call("write", Loaded("p", 4), b"in the pipe", 11))
    for fd in (Result(0), Result(2), Result(3), Loaded("p"), Loaded("p", 4), -1, Result(7)):
        for offset in (2, -1):
            vector = Packed([Buffer("b", 64), 3])
            steps.append(call("preadv2", fd, vector, 1, offset, 0, flags, dump=[("b", 0, 8)]))
            steps.append(call("preadv2", fd, Packed([Buffer("b"), 0]), 1, offset, 0, flags))
            steps.append(call("preadv2", fd, UNMAPPED, 1, offset, 0, flags))
            steps += [call("pwritev2", fd, Packed([b"ab", 2]), 1, offset, 0, flags), *LOOK]
            steps.append(call("pwritev2", fd, Edge(15), 1, offset, 0, flags))
    if flags == 8:
        steps += [call("preadv2", Loaded("q"), Packed([Buffer("b"), 3]), 1, -1, 0, 8)]
        steps += [call("pwritev2", Loaded("q", 4), Packed([b"x" * 40000, 40000]), 1, -1, 0, 8)] * 3
        steps += [call("preadv2", Loaded("q"), Packed([Buffer("b"), 3]), 1, -1, 0, 8)]
    check(*steps, *LOOK)

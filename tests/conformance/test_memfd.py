"""memfd_create and seals, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Edge, Loaded, Packed, Result, call, check

ADD, GET = 1033, 1034
SEAL, SHRINK, GROW, WRITE, FUTURE, EXEC = 1, 2, 4, 8, 16, 32
PAGE = 4096
STAT = call("fstat", Result(0), Buffer("st", 144), dump=[("st", 16, 16), ("st", 48, 8)])


def test_creating() -> None:
    steps: list[Call] = []
    for name in ("name", "", "n" * 249, "n" * 250, UNMAPPED, Edge(0)):
        for flags in (0, 1, 2, 3, 8, 9, 0x10, 0x12, 0x18, 0x20, -1, 2**32):
            fd = Result(len(steps))
            steps += [
                call("memfd_create", name, flags),
                call("fcntl", fd, 1),
                call("fcntl", fd, 3),
                call("fcntl", fd, GET),
            ]
            steps += [call("fstat", fd, Buffer("st", 144), dump=[("st", 16, 16), ("st", 48, 8)]), call("close", fd)]
    check(*steps)


def test_it_is_a_file() -> None:
    check(
        call("memfd_create", "m", 0),
        call("write", Result(0), b"contents", 8),
        call("pread64", Result(0), Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("lseek", Result(0), 0, 1),
        call("ftruncate", Result(0), 10000),
        STAT,
        call("fchmod", Result(0), 0o600),
        STAT,
        call("fallocate", Result(0), 0, 0, 20000),
        call("fallocate", Result(0), 1, 0, 40000),
        call("fallocate", Result(0), 3, 0, PAGE),
        *(call("fallocate", Result(0), mode, 0, PAGE) for mode in (8, 0x10, 0x20, 0x40)),
        STAT,
        call("fsync", Result(0)),
        call("fcntl", Result(0), ADD, WRITE),
        call("open", "x", 0o102, 0o644),
        call("fcntl", Result(15), ADD, WRITE),
        call("fcntl", Result(15), ADD, 0x1000),
        call("fcntl", Result(15), GET),
        call("pipe", Buffer("p", 8)),
        call("fcntl", Loaded("p"), ADD, WRITE),
        call("fcntl", Loaded("p", 4), ADD, WRITE),
        call("fcntl", Loaded("p"), GET),
        call("fcntl", -1, GET),
    )


SETS = [SEAL, SHRINK, GROW, WRITE, FUTURE, EXEC, SHRINK | GROW, GROW | WRITE, EXEC | SEAL, 0x3F, 0, 64, -1]


@pytest.mark.parametrize("seals", SETS)
@pytest.mark.parametrize("flags", [2, 8])
def test_what_seals_forbid(seals: int, flags: int) -> None:
    fd = Result(0)
    steps: list[Call] = [call("memfd_create", "m", flags), call("write", fd, b"x" * 5000, 5000)]
    steps += [call("fcntl", fd, ADD, seals), call("fcntl", fd, GET)]
    for offset in (0, 4090, 4990, 5000, 8192, 10000):
        steps += [call("pwrite64", fd, b"y" * 20, 20, offset), STAT]
    steps += [call("pwrite64", fd, b"z" * 9000, 9000, 0), STAT]
    for size in (4000, 5000, 9000):
        steps += [call("ftruncate", fd, size), STAT]
    steps += [call("fallocate", fd, mode, 0, length) for mode in (0, 1, 3) for length in (100, 20000)] + [STAT]
    steps += [call("fchmod", fd, mode) for mode in (0o777, 0o644, 0o755, 0o600)] + [STAT]
    steps += [
        call("fcntl", fd, ADD, SHRINK),
        call("fcntl", fd, GET),
        call("fcntl", fd, ADD, SEAL),
        call("fcntl", fd, ADD, GROW),
    ]
    check(*steps, call("fcntl", fd, GET))


def test_mappings_and_seals() -> None:
    fd = Result(0)
    check(
        call("memfd_create", "m", 2),
        call("ftruncate", fd, PAGE),
        call("mmap", 0x2000_0000, PAGE, 3, 0x11, fd, 0),
        call("read", -1, 0x2000_0000, 0),
        call("getrandom", 0x2000_0000, 1, 0),
        call("fcntl", fd, ADD, WRITE),
        call("munmap", 0x2000_0000, PAGE),
        call("fcntl", fd, ADD, WRITE),
        call("mmap", 0x2000_0000, PAGE, 3, 0x11, fd, 0),
        call("mmap", 0x2000_0000, PAGE, 3, 0x12, fd, 0),
        call("getrandom", 0x2000_0000, 1, 0),
        call("fcntl", fd, GET),
        call("sendfile", fd, fd, Packed([0]), 5),
        call("truncate", UNMAPPED, 0),
    )

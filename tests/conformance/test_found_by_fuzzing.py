"""Cases that the fuzzer found and shrank, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    AT_FDCWD,
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

ARENA = 0x2000_0000
FILE = call("open", "a", 0o102, 0o644)
PIPE = call("pipe2", Buffer("fds", 8), 0o4000)
DIRECTORY = call("mkdir", "d", 0o755)

CASES = {
    "FASYNC is for drivers that know it": [
        FILE,
        PIPE,
        call("fcntl", Result(0), 4, 0o20000),
        call("fcntl", Result(0), 3),
        call("fcntl", Loaded("fds"), 4, 0o20000),
        call("fcntl", Loaded("fds"), 3),
    ],
    "O_SYNC is O_DSYNC and more": [FILE, call("open", "a", 0o4000000), call("fcntl", Result(1), 3)],
    "O_DIRECT": [
        DIRECTORY,
        PIPE,
        call("open", "d", 0o40000),
        call("open", "/dev/null", 0o40000),
        call("fcntl", Loaded("fds"), 4, 0o44000),
        call("open", "d", 0),
        call("fcntl", Result(5), 4, 0o40000),
    ],
    "the slash before the link": [call("symlink", "l", "l"), call("open", "l/", 0o102, 0o644)],
    "the old name first": [call("rename", "a/b", UNMAPPED), call("rename", UNMAPPED, "a/b"), call("rename", "a", "")],
    "writing drops set-user-ID": [
        call("open", "m", 0o101, 0o7755),
        call("fstat", Result(0), Buffer("st", 144), dump=[("st", 24, 4)]),
        call("write", Result(0), UNMAPPED, 1),
        call("fstat", Result(0), Buffer("st"), dump=[("st", 24, 4)]),
        call("open", "n", 0o101, 0o6745),
        call("ftruncate", Result(4), 0),
        call("fstat", Result(4), Buffer("st"), dump=[("st", 24, 4)]),
        call("creat", "o", 0o6711),
        call("creat", "o", 0o6711),
        call("fstat", Result(8), Buffer("st"), dump=[("st", 24, 4)]),
    ],
    "a removed directory is empty": [
        DIRECTORY,
        call("open", "d", 0),
        call("rmdir", "d"),
        call("fstat", Result(1), Buffer("st", 144), dump=[("st", 16, 8), ("st", 48, 8)]),
    ],
    "ftruncate looks at the file first": [call("ftruncate", -1, 2**62), call("ftruncate", 0, 2**62)],
    "lengths of an iovec before its addresses": [
        FILE,
        call("writev", Result(0), Packed([KERNEL_ADDRESS, 1, b"x", -1]), 2),
        call("writev", Result(0), Packed([b"x", 1]), 2**32 + 1),
        call("readv", Result(0), Packed([Buffer("b", 8), 8]), 2**32),
        call("readv", Result(0), Edge(24), 2),
    ],
    "clocks that cannot be slept by": [
        call("clock_nanosleep", clock, 0, time, 0)
        for clock in (-1, -2, -3, -5, -10, 3, 8, 9, 99)
        for time in (Packed([0, 1]), Packed([0, -1]), UNMAPPED)
    ],
    "clocks that cannot be read": [
        call("clock_gettime", clock, Buffer("b", 16)) for clock in (-1, -2, -5, -10, 8, 9, 10)
    ],
    "mmap of what is no file": [
        PIPE,
        FILE,
        call("mmap", ARENA, 8192, 4, 2, Loaded("fds"), 0),
        call("mmap", ARENA, 8192, 1, 2, Loaded("fds"), 0),
        call("mmap", ARENA, 8192, 1, 1, Loaded("fds"), -4096),
        call("mmap", ARENA, 8192, 1, 1, Result(1), 2**44, show="sign"),
        call("mmap", ARENA, 8192, 1, 1, Result(1), -4096),
        call("mmap", ARENA, 8192, 1, 0x10, Result(1), -4096),
        call("mmap", ARENA, 8192, 1, 0x10, Result(1), 0),
    ],
    "MAP_SYNC": [FILE, *(call("mmap", 0, 100, 3, 0x80000 | kind, Result(0), 0, show="sign") for kind in (1, 2, 3))],
    "huge pages": [
        call("mmap", address, length, 3, flags, -1, offset)
        for flags in (0x40022, 0x40032, 0x40020, 0x40030)
        for address, length, offset in ((ARENA, 4096, 0), (ARENA + 4096, 4096, 0), (0, 2**64 - 1, 0), (0, 1, 2**63))
    ],
    "protection of 64 bits": [call("mprotect", ARENA, 4096, 2**32 + 1), call("mprotect", ARENA, 4096, 0x100_0001)],
    "getrandom of nothing": [
        call("getrandom", address, size, 0, show="sign")
        for address in (KERNEL_ADDRESS - 1, 0, UNMAPPED, 0x7FFF_FFFF_F000)
        for size in (0, 2**63)
    ],
    "renaming with a removed directory": [
        DIRECTORY,
        call("open", "d", 0),
        call("rmdir", "d"),
        call("openat", Result(1), "x", 0o101, 0o600),
        call("renameat", AT_FDCWD, "missing", Result(1), "x"),
    ],
}


@pytest.mark.parametrize("steps", CASES.values(), ids=CASES)
def test_found(steps: list[Call]) -> None:
    check(*steps)

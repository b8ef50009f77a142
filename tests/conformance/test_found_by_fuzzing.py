"""Cases that the fuzzer found and shrank, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.fuzz import find_wild_fault
from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    READ_ONLY,
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
from tests.conformance.program import HANDLER, RESTORER, SIGNAL_LOG

ARENA = 0x2000_0000
FILE = call("open", "a", 0o102, 0o644)
PIPE = call("pipe2", Buffer("fds", 8), 0o4000)
DIRECTORY = call("mkdir", "d", 0o755)

CASES = {
    "a lock with a stranger for its owner": [
        call("futex", READ_ONLY, 136, 0, 0),
        call("memfd_create", "m", 0),
        call("write", Result(1), Packed([0x3FFF_FFFF]), 8),
        call("pread64", Result(1), Buffer("lock", 8), 8, 0, dump=[("lock", 0, 8)]),
        call("futex", Buffer("lock"), 136, 0, 0, dump=[("lock", 0, 8)]),
        call("futex", Buffer("lock"), 134, 0, 0, dump=[("lock", 0, 8)]),
    ],
    "waitid empties its place also when it fails": [
        call("waitid", 4, 1, UNMAPPED, 5, 0),
        call("waitid", 0, 0, UNMAPPED, 5, 0),
        call("waitid", 0, 0, Buffer("info", 128), 4, 0, dump=[("info", 0, 28)]),
    ],
    "a zombie is no child to wait for with WSTOPPED alone": [
        call("fork", show="left"),
        call("waitid", 0, 0, 0, 2, 0),
        call("waitid", 0, 0, 0, 3, 0),
    ],
    "the end of a child may be told by any signal": [
        call("rt_sigaction", 10, Packed([HANDLER, 0x4000004, RESTORER, 0]), 0, 8),
        call("rt_sigaction", 17, Packed([1, 0, 0, 0]), 0, 8),
        call("clone", 10, 0, 0, 0, 0, show="left"),
        call("getpid", show="sign", dump=[(SIGNAL_LOG, 0, 32)]),
        call("wait4", -1, 0, 0, 0),
        call("wait4", -1, 0, 0x8000_0000, 0, show="sign"),
    ],
    "a signal beyond the last tells of no end": [call("clone", 255, 0, 0, 0, 0, show="reaped")],
    "no child when there is no place for its pidfd": [
        call("clone", 0x1011, 0, READ_ONLY, 0, 0, show="reaped"),
        call("wait4", -1, 0, 0, 0),
    ],
    "pidfds have an inode of their own": [
        call("getpid", show="none"),
        call("pidfd_open", Result(0), 0),
        call("fstat", Result(1), Buffer("st", 144), dump=[("st", 16, 12)]),
        call("pidfd_send_signal", Result(1), 0, 0, 4),
        call("pidfd_send_signal", Result(1), 0, 0, 3),
        call("pidfd_send_signal", 99, 0, 0, 2),
    ],
    "one may seek in a signalfd": [
        call("signalfd4", -1, Packed([512]), 8, 0o4000),
        call("lseek", Result(0), 5, 0),
        call("pread64", Result(0), Buffer("b", 128), 128, 0),
        call("readv", Result(0), UNMAPPED, 1),
        call("writev", Result(0), UNMAPPED, 1),
    ],
    "an epoll instance is no file to read": [
        call("epoll_create1", 0),
        call("readv", Result(0), UNMAPPED, 1),
        call("ioctl", Result(0), 0x5402, 0),
        call("sendfile", 1, Result(0), Packed([5]), 10),
    ],
    "an alternate stack that is set already": [
        call("sigaltstack", Packed([0, 0, 0]), Buffer("old", 24), dump=[("old", 0, 24)]),
        call("sigaltstack", Packed([0, 0, 100]), 0),
    ],
    "privileges first": [
        call("prctl", 28, -1, 0, 0, 1),
        call("prctl", 57, 5, 0, 0, 1),
        call("prctl", 58, 0, 0, 0, 0),
    ],
    "huge pages that are not wanted": [
        call("prctl", 42, 0, 0, 0, 0),
        call("prctl", 41, 5, 0, 0, 0),
        call("prctl", 42, 0, 0, 0, 0),
        call("prctl", 42, 1, 0, 0, 0),
    ],
    "children begin with the timer slack of their parent": [
        call("prctl", 29, 1234, 0, 0, 0),
        call("fork", show="reaped", inner=4),
        call("prctl", 29, 77, 0, 0, 0),
        call("prctl", 30, 0, 0, 0, 0),
        call("prctl", 29, 0, 0, 0, 0),
        call("prctl", 30, 0, 0, 0, 0),
        call("prctl", 29, 0, 0, 0, 0),
        call("prctl", 30, 0, 0, 0, 0),
    ],
    "a nameless file was not created": [
        call("open", ".", 0o20200002, 0o600),
        call("fcntl", Result(0), 1028, 0),
        call("open", "new", 0o102, 0o600),
        call("fcntl", Result(2), 1028, 0),
    ],
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


def test_a_timer_fires_as_its_sleeper_falls_asleep():
    """On Linux this sleep has no end; here the CPU time of the call itself ends it."""
    assert find_wild_fault([call("clock_nanosleep", -7, 0, Packed([0, 1]), 0)]) is None

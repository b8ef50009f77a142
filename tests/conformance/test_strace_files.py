"""The strace text of the calls about files compared with strace(1)."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.conformance.harness import AT_FDCWD, UNMAPPED, Buffer, Call, Loaded, Packed, Result, call
from tests.conformance.test_strace_text import both, why_no_strace

OPEN = [call("open", "a", 0o102, 0o644), call("open", "a", 2)]
ATTRIBUTES = [
    *OPEN,
    call("chmod", "a", 0o4755),
    call("fchmod", Result(0), 0),
    call("fchmodat", AT_FDCWD, "a", 0o100644),
    call("fchmodat", -1, UNMAPPED, 7),
    call("chown", "a", -1, 1000),
    call("lchown", "missing", 0, 2**32),
    call("fchown", Result(0), 1000, -1),
    call("fchownat", AT_FDCWD, "a", 1000, 1000, 0x1100),
    call("utimensat", AT_FDCWD, "a", Packed([1, 2, 3, 0]), 0),
    call("utimensat", AT_FDCWD, "a", Packed([-1, 5, 2**40, 999_999_999]), 0x100),
    call("utimensat", AT_FDCWD, "a", Packed([0, 0, 0, 1]), 0),
    call("utimensat", AT_FDCWD, "a", Packed([0, 0x3FFF_FFFF, 5, 0x3FFF_FFFE]), 0x100),
    call("utimensat", AT_FDCWD, "a", Packed([0, -1, 5, 10**9]), 5),
    call("utimensat", AT_FDCWD, "a", 0, 0),
    call("utimensat", -1, 0, UNMAPPED, 0),
    call("utimes", "a", Packed([1, 2, 3, 0])),
    call("utimes", "a", Packed([951_782_400, 10**6, -3, 5])),
    call("futimesat", AT_FDCWD, "a", 0),
    call("futimesat", AT_FDCWD, "a", Packed([-(10**9), 0, 4_102_444_799, 999_999])),
    call("utime", "a", Packed([1, 68_169_600])),
    call("utime", "a", 0),
    call("utime", "a", UNMAPPED),
    call("truncate", "a", 5),
    call("truncate", UNMAPPED, -1),
    call("ftruncate", Result(0), 100),
    call("fallocate", Result(0), 0, 0, 4096),
    call("fallocate", Result(0), 3, 0, 4096),
    call("fallocate", -1, 0x7F, 0, -1),
    call("statx", AT_FDCWD, "missing", 0, 0x7FF, Buffer("sx", 256)),
    call("statx", AT_FDCWD, "missing", 0x1100, 0xFFF, Buffer("sx", 256)),
    call("statx", AT_FDCWD, UNMAPPED, 0x2000, 0x2, 0),
    call("statx", AT_FDCWD, UNMAPPED, 0x4800, 0x1800, UNMAPPED),
    call("statx", -1, "", 0x6000, 0, 5),
    call("statfs", "missing", Buffer("sx")),
    call("fstatfs", -1, UNMAPPED),
]
NAMES = [
    *OPEN,
    call("link", "a", "b"),
    call("linkat", AT_FDCWD, "a", AT_FDCWD, "c", 0x400),
    call("linkat", Result(0), "", AT_FDCWD, "d", 0x1000),
    call("linkat", -1, UNMAPPED, -2, UNMAPPED, 0x300),
    call("mknod", "p", 0o10644, 0),
    call("mknod", "r", 0o644, 5),
    call("mknod", "s", 0o140600, 0),
    call("mknod", "x", 0o20600, 0x103),
    call("mknodat", AT_FDCWD, "y", 0o60000, 0x12345678),
    call("mknodat", -1, UNMAPPED, 0o100000, 1),
    call("chroot", "missing"),
    call("open", ".", 0o200000),
    call("getdents", Result(12), Buffer("e", 1024), 1024),
    call("getdents", Result(12), Buffer("e", 1024), 1024),
    call("getdents", -1, Buffer("e", 1024), 1024),
    call("setxattr", "a", "user.x", b"value\0", 6, 0),
    call("setxattr", "a", "user.y", b"v", 1, 3),
    call("lsetxattr", "a", "user.x", b"v", 1, 1),
    call("fsetxattr", Result(0), "user.z", 0, 0, 2),
    call("setxattr", UNMAPPED, UNMAPPED, UNMAPPED, 5, 8),
    call("getxattr", "a", "user.x", Buffer("v", 64), 64),
    call("getxattr", "a", "user.x", 0, 0),
    call("lgetxattr", "a", "user.x", Buffer("v"), 2),
    call("fgetxattr", Result(0), "user.none", Buffer("v"), 2),
    call("listxattr", "a", Buffer("v"), 64),
    call("llistxattr", "a", 0, 0),
    call("flistxattr", Result(0), Buffer("v"), 3),
    call("removexattr", "a", "user.x"),
    call("lremovexattr", "missing", "user.x"),
    call("fremovexattr", -1, UNMAPPED),
]
LOCKS = [
    *OPEN,
    call("flock", Result(0), 2),
    call("flock", Result(1), 5),
    call("flock", -1, 8),
    call("flock", -1, 32),
    call("flock", -1, 70),
    *(call("fcntl", Result(0), command, argument) for command, argument in (
        (8, 0), (9, 0), (10, 5), (10, 0), (11, 0), (10, 77), (10, 10), (11, 0),
        (15, Packed([0])), (16, Buffer("o", 8)), (15, UNMAPPED), (1025, 0), (1024, 1), (1024, 7), (1033, 3), (1034, 0),
        (37, Packed([1, 0, 10, 0])), (36, Packed([1, 0, 10, 0])), (6, UNMAPPED), (37, UNMAPPED), (1030, 5))),
    call("memfd_create", "name", 3),
    call("fcntl", Result(28), 1033, 6),
    call("fcntl", Result(28), 1034),
    call("fcntl", Result(28), 1033, 1),
    call("memfd_create", UNMAPPED, 0x18),
    call("close_range", 50, 60, 4),
    call("close_range", 60, 50, 2),
    call("close_range", 60, -1, 0),
    call("close_range", 60, -1, 9),
]  # fmt: skip
MOVING = [
    *OPEN,
    call("write", Result(0), b"some contents", 13),
    call("pipe2", Buffer("p", 8), 0o4000),
    call("pipe2", Buffer("q", 8), 0o4000),
    call("sendfile", Loaded("p", 4), Result(1), 0, 4),
    call("sendfile", Loaded("p", 4), Result(1), Packed([2]), 4),
    call("sendfile", -1, Result(1), UNMAPPED, 4),
    call("splice", Result(1), Packed([1]), Loaded("p", 4), 0, 3, 0),
    call("splice", Loaded("p"), 0, Loaded("q", 4), 0, 100, 3),
    call("splice", Loaded("p"), 0, Loaded("q", 4), 0, 100, 0x12),
    call("splice", Loaded("p"), Packed([1]), Loaded("q", 4), UNMAPPED, 100, 4),
    call("tee", Loaded("q"), Loaded("p", 4), 5, 2),
    call("tee", Loaded("q"), -1, 5, 16),
    call("vmsplice", Loaded("p", 4), Packed([b"memory", 6, b"x", 1]), 2, 8),
    call("vmsplice", Loaded("p"), Packed([Buffer("b", 64), 20, Buffer("b", offset=32), 4]), 2, 0),
    call("vmsplice", -1, UNMAPPED, 2, 0),
    call("copy_file_range", Result(1), Packed([0]), Result(0), Packed([20]), 5, 0),
    call("copy_file_range", Result(1), 0, Result(0), Packed([20]), 5, 1),
    call("preadv", Result(0), Packed([Buffer("b"), 4, Buffer("b", offset=8), 40]), 2, 3, 0),
    call("pwritev", Result(0), Packed([b"ab", 2]), 1, 3, 0),
    call("pwritev", Result(0), Packed([b"ab", 2]), 1, -3, 0),
    call("preadv2", Result(0), Packed([Buffer("b"), 4]), 1, -1, 0, 8),
    call("pwritev2", Result(0), Packed([b"ab", 2]), 1, 3, 0, 0x16),
    call("pwritev2", Result(0), Packed([b"ab", 2]), 1, 3, 0, 0x1000),
    call("sync"),
    call("fsync", Result(0)),
    call("fdatasync", -1),
    call("syncfs", Result(0)),
    call("sync_file_range", Result(0), 0, 10, 7),
    call("sync_file_range", Result(0), -1, 10, 8),
    call("readahead", Result(0), 0, 10),
    call("fadvise64", Result(0), 0, 10, 4),
    call("fadvise64", Result(0), 0, -1, 9),
]
WATCHING = [
    call("inotify_init"),
    call("inotify_init1", 0o2004000),
    call("inotify_init1", 5),
    call("inotify_add_watch", Result(1), ".", 0xFFF),
    call("inotify_add_watch", Result(1), ".", 0x6100_0102),
    call("inotify_add_watch", Result(1), ".", 0x8000_0001),
    call("inotify_add_watch", Result(1), UNMAPPED, 0),
    call("creat", "x", 0o644),
    call("inotify_rm_watch", Result(1), 1),
    call("inotify_rm_watch", -1, -5),
]


@pytest.mark.parametrize(
    "steps",
    [ATTRIBUTES, NAMES, LOCKS, MOVING, WATCHING],
    ids=["attributes", "names", "locks", "moving", "watching"],
)
def test_the_lines_are_those_of_strace(steps: Sequence[Call]) -> None:
    reason = why_no_strace()
    if reason:
        pytest.skip(reason)
    theirs, ours = both(steps)
    assert ours == theirs

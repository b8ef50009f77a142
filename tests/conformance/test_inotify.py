"""inotify, compared with Linux: the events of every operation, with names, cookies and order."""

from __future__ import annotations

import pytest

from tests.conformance.harness import AT_FDCWD, UNMAPPED, Buffer, Call, Edge, Loaded, Packed, Result, call, check

IN_ALL = 0xFFF
ONLYDIR, DONT_FOLLOW, EXCL_UNLINK, MASK_CREATE, MASK_ADD, ONESHOT = 1 << 24, 1 << 25, 1 << 26, 1 << 28, 1 << 29, 1 << 31
IN_NONBLOCK = 0o4000
QUEUE = "events"


def events(fd: object, count: int, names: bool = True) -> list[Call]:
    """Read one event at a time: wd and mask, then the name. The cookies are the machine's own.

    So are the names of files that have none: `names` leaves them out.
    """
    dump = [(QUEUE, 0, 8), (QUEUE, 12, 20)] if names else [(QUEUE, 0, 8)]
    return [call("read", fd, Buffer(QUEUE, 64), 32, dump=dump) for _ in range(count)]


START = [call("mkdir", "d", 0o755), call("creat", "d/f", 0o644), call("close", Result(1)),
         call("inotify_init1", IN_NONBLOCK)]  # fmt: skip
N = Result(3)

OPERATIONS: dict[str, list[Call]] = {
    "open, read, write, close": [
        call("open", "d/f", 2),
        call("write", Result(6), b"abc", 3),
        call("write", Result(6), b"abc", 3),
        call("lseek", Result(6), 0, 0),
        call("read", Result(6), Buffer("b", 16), 16),
        call("read", Result(6), Buffer("b"), 16),
        call("pread64", Result(6), Buffer("b"), 1, 0),
        call("write", Result(6), b"", 0),
        call("close", Result(6)),
        call("open", "d/f", 0),
        call("close", Result(15)),
        call("open", "d/f", 0o10000000),
        call("close", Result(17)),
    ],
    "create": [call("open", "d/new", 0o101, 0o600), call("creat", "d/f", 0o600), call("mkdir", "d/sub", 0o700),
               call("symlink", "x", "d/s"), call("mknod", "d/p", 0o10600, 0), call("link", "d/f", "d/g")],
    "attributes": [call("chmod", "d/f", 0o600), call("chown", "d/f", -1, -1), call("truncate", "d/f", 10),
                   call("utimensat", AT_FDCWD, "d/f", 0, 0), call("setxattr", "d/f", "user.a", b"b", 1, 0),
                   call("removexattr", "d/f", "user.a"), call("chmod", "d", 0o700)],
    "remove": [call("unlink", "d/f")],
    "remove an open file": [call("open", "d/f", 0), call("unlink", "d/f"), call("read", Result(6), Buffer("b", 8), 8),
                            call("close", Result(6))],
    "remove one of two names": [call("link", "d/f", "g"), call("unlink", "d/f"), call("unlink", "g")],
    "remove the directory": [call("unlink", "d/f"), call("rmdir", "d")],
    "rename within": [call("rename", "d/f", "d/g"), call("rename", "d/g", "d/h")],
    "rename out and in": [call("rename", "d/f", "f"), call("rename", "f", "d/f"), call("rename", "d", "e")],
    "rename over": [call("creat", "d/g", 0o600), call("close", Result(6)), call("rename", "d/g", "d/f")],
    "exchange": [call("mkdir", "d/g", 0o700), call("renameat2", AT_FDCWD, "d/f", AT_FDCWD, "d/g", 2)],
    "whiteout": [call("renameat2", AT_FDCWD, "d/f", AT_FDCWD, "d/g", 4)],
    "list": [call("open", "d", 0o200000), call("getdents64", Result(6), Buffer("b", 512), 512),
             call("close", Result(6))],
    "fallocate": [call("open", "d/f", 2), call("fallocate", Result(6), 0, 0, 100), call("ftruncate", Result(6), 5),
                  call("fallocate", Result(6), 3, 0, 100)],
    "no name": [call("open", "d", 0o20200002, 0o600), call("write", Result(6), b"a", 1),
                call("linkat", Result(6), "", AT_FDCWD, "d/named", 0x1000), call("close", Result(6))],
    "copy": [call("open", "d/f", 2), call("write", Result(6), b"abc", 3), call("open", "d/g", 0o102, 0o600),
             call("copy_file_range", Result(6), Packed([0]), Result(8), 0, 3, 0),
             call("sendfile", Result(8), Result(6), Packed([0]), 3)],
}  # fmt: skip


@pytest.mark.parametrize("name", OPERATIONS)
@pytest.mark.parametrize("watched", ["d", "d/f", "both"])
def test_events(name: str, watched: str) -> None:
    steps = [*START]
    steps.append(call("inotify_add_watch", N, "d" if watched != "d/f" else "d/f", IN_ALL))
    steps.append(call("inotify_add_watch", N, "d/f" if watched == "both" else "missing", IN_ALL))
    pending = call("ioctl", N, 0x541B, Buffer("b", 16), dump=[("b", 0, 4)])
    check(*steps, *OPERATIONS[name], pending, *events(N, 24, names=name != "no name"))


def test_watches() -> None:
    check(
        *START,
        call("inotify_add_watch", N, "d", 0x100),
        call("inotify_add_watch", N, "d/f", 0x20),
        call("inotify_add_watch", N, "d", 0x200),
        call("inotify_add_watch", N, "d", 0x100 | MASK_ADD),
        call("inotify_add_watch", N, "d", 0x100 | MASK_CREATE),
        call("creat", "d/g", 0o600),
        call("unlink", "d/g"),
        *events(N, 4),
        call("inotify_rm_watch", N, 1),
        call("inotify_rm_watch", N, 1),
        call("inotify_add_watch", N, "d", 0x100 | ONESHOT),
        call("creat", "d/g", 0o600),
        call("creat", "d/h", 0o600),
        *events(N, 6),
        call("inotify_add_watch", N, "d", IN_ALL | EXCL_UNLINK),
        call("open", "d/f", 0),
        call("unlink", "d/f"),
        call("read", Result(29), Buffer("b", 4), 4),
        call("close", Result(29)),
        *events(N, 12),
    )


def test_refusals() -> None:
    steps: list[Call] = [
        *START,
        call("symlink", "f", "d/l"),
        call("symlink", "nowhere", "d/m"),
        call("pipe", Buffer("p", 8)),
    ]
    for mask in (0, 1, IN_ALL, 0x1000, 0x2000, 0x4000, 0x8000, 1 << 30, ONLYDIR, 1 | ONLYDIR, 1 | DONT_FOLLOW,
                 1 | 1 << 27,
                 1 | MASK_ADD | MASK_CREATE, MASK_ADD, 2**32 + 1, 2**32, -1):  # fmt: skip
        for path in ("d", "d/f", "d/l", "d/m", "missing", "", "/root", "/root/x", UNMAPPED):
            steps.append(call("inotify_add_watch", N, path, mask, show="sign"))
        for fd in (-1, 99, 0, Loaded("p")):
            steps.append(call("inotify_add_watch", fd, "d", mask))
    steps += [call("inotify_rm_watch", fd, wd) for fd in (-1, N, Loaded("p")) for wd in (0, -1, 999)]
    steps += [call("inotify_init1", flags, show="sign") for flags in (0, 1, IN_NONBLOCK, 0o2000000, -1)]
    check(*steps)


def test_reading() -> None:
    check(
        *START,
        call("inotify_add_watch", N, "d", 0x300),
        call("creat", "d/with-a-rather-long-name", 0o600),
        call("creat", "d/exactly15chars.", 0o600),
        call("creat", "d/sixteen-letters.", 0o600),
        call("ioctl", N, 0x541B, Buffer("b", 64), dump=[("b", 0, 4)]),
        call("read", N, Buffer("b"), 0),
        call("read", N, Buffer("b"), 16),
        call("read", N, Buffer("b"), 47),
        call("read", N, Buffer("b"), 48, dump=[("b", 0, 48)]),
        call("read", N, UNMAPPED, 100),
        call("read", N, Edge(100), 200),
        call("read", N, Buffer("b"), 64),
        call("write", N, b"x", 1),
        call("lseek", N, 5, 0),
        call("lseek", N, 5, 9),
        call("pread64", N, Buffer("b"), 5, 0),
        call("fchmod", N, 0o600),
        call("fchown", N, -1, -1),
        call("utimensat", N, 0, 0, 0),
        call("fstat", N, Buffer("st", 144), dump=[("st", 24, 4), ("st", 48, 8)]),
        call("fcntl", N, 3),
        call("close", N),
        call("unlink", "d/with-a-rather-long-name"),
    )

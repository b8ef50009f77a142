"""open, openat and creat, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import AT_FDCWD, KERNEL_ADDRESS, UNMAPPED, Buffer, Call, Edge, Result, call, check

O_WRONLY, O_RDWR, O_ACCMODE, O_CREAT, O_EXCL, O_TRUNC, O_APPEND, O_NONBLOCK = (
    1,
    2,
    3,
    0o100,
    0o200,
    0o1000,
    0o2000,
    0o4000,
)
O_DIRECTORY, O_NOFOLLOW, O_NOATIME, O_CLOEXEC, O_PATH = 0o200000, 0o400000, 0o1000000, 0o2000000, 0o10000000
O_TMPFILE = 0o20200000


def tree(first: int) -> list[Call]:
    """Steps from number `first` on that make some files of every kind."""
    return [
        call("mkdir", "dir", 0o755),
        call("creat", "dir/file", 0o644),
        call("creat", "file", 0o644),
        call("write", Result(first + 2), b"contents", 8),
        call("symlink", "file", "link"),
        call("symlink", "dir", "dirlink"),
        call("symlink", "nowhere", "dangling"),
        call("symlink", "loop", "loop"),
        call("symlink", "link", "link2"),
        call("symlink", "dirlink/file", "through"),
        call("symlink", "file/", "slashed"),
        call("symlink", "/etc/passwd", "absolute"),
        call("close", Result(first + 1)),
        call("close", Result(first + 2)),
    ]


TREE = tree(0)
PATHS = [
    "file", "file/", "file/.", "file/x", "dir", "dir/", "dir/.", "dir/..", "dir/../file", "dir/file", "dir//file",
    "./file",
    "missing", "missing/", "missing/x", "link", "link/", "link/x", "dirlink", "dirlink/", "dirlink/file", "dangling",
    "dangling/", "dangling/x", "loop", "loop/x", "link2", "through", "slashed", "absolute", "", ".", "..", "/", "//",
    "/etc",
    "/etc/passwd", "/root", "/root/x", "/dev/null", "/dev/null/", "n" * 255, "n" * 256, "dir/" + "n" * 256,
    "missing/" + "n" * 256,
    "file/" + "n" * 256, "./" * 2040 + "file", "./" * 2047 + "f", "./" * 2050,
]  # fmt: skip


def combinations(flags: int) -> None:
    steps = list(TREE)
    for path in PATHS:
        steps.append(call("open", path, flags, 0o640))
        steps.append(call("close", Result(len(steps) - 1)))
    check(*steps)


@pytest.mark.parametrize(
    "flags",
    [
        0, O_WRONLY, O_RDWR, O_ACCMODE, O_TRUNC, O_RDWR | O_TRUNC, O_DIRECTORY, O_DIRECTORY | O_WRONLY, O_NOFOLLOW,
        O_NOFOLLOW | O_DIRECTORY, O_CREAT, O_CREAT | O_WRONLY, O_CREAT | O_EXCL, O_CREAT | O_NOFOLLOW, O_EXCL,
        O_CREAT | O_EXCL | O_NOFOLLOW, O_CREAT | O_DIRECTORY, O_CREAT | O_TRUNC | O_RDWR, O_PATH, O_PATH | O_NOFOLLOW,
        O_PATH | O_DIRECTORY, O_PATH | O_CREAT, O_PATH | O_NOFOLLOW | O_DIRECTORY, O_TMPFILE, O_TMPFILE | O_RDWR,
        O_TMPFILE | O_RDWR | O_CREAT, O_TMPFILE | O_RDWR | O_EXCL, O_TMPFILE & ~O_DIRECTORY, O_NOATIME, 0x80000000,
        0x40000000,
        O_NONBLOCK | O_APPEND,
    ],
)  # fmt: skip
def test_every_kind_of_path(flags: int) -> None:
    combinations(flags)


def test_path_pointers() -> None:
    check(
        *(
            call(name, *prefix, path, 0)
            for name, prefix in (("open", ()), ("openat", (AT_FDCWD,)), ("openat", (-1,)), ("creat", ()))
            for path in (0, UNMAPPED, KERNEL_ADDRESS, Edge(4), 2**64 - 1)
        ),
    )


def test_openat_directories() -> None:
    steps = [
        *TREE,
        call("open", "dir", O_DIRECTORY),
        call("open", "file", 0),
        call("open", "dir", O_PATH),
        call("open", "file", O_PATH),
        call("pipe", Buffer("fds", 8)),
    ]
    first = len(TREE)
    for descriptor in (Result(first), Result(first + 1), Result(first + 2), Result(first + 3), 0, -1, 99, AT_FDCWD):
        for path in ("file", "../file", "/etc/passwd", "", ".", "missing", "missing/x"):
            steps.append(call("openat", descriptor, path, 0))
            steps.append(call("close", Result(len(steps) - 1)))
    check(*steps)


def test_lowest_descriptor() -> None:
    check(
        call("open", "/dev/null", 0),
        call("open", "/dev/null", 0),
        call("open", "/dev/null", 0),
        call("close", Result(1)),
        call("close", 0),
        call("open", "/dev/null", 0),
        call("open", "/dev/null", 0),
        call("open", "/dev/null", 0),
        call("close", 77),
        call("close", -1),
        call("close", Result(1)),
        call("close", Result(1)),
    )


def test_too_many_descriptors() -> None:
    steps = [call("dup2", 0, number, show="none") for number in range(3, 1024) if number != 1000]
    check(
        *steps,
        call("open", "/dev/null", 0),
        call("open", "missing", 0),
        call("open", UNMAPPED, 0),
        call("open", "", 0),
        call("open", "/dev/null", 0o20000000),
        call("dup", 0),
        call("dup", -1),
        call("dup2", 0, 1024),
        call("dup2", 0, 1023),
        call("dup2", -1, 1024),
        call("fcntl", 0, 0, 0),
        call("fcntl", 0, 0, 1023),
        call("fcntl", 0, 0, 1024),
        call("pipe", Buffer("fds", 8)),
        call("pipe", UNMAPPED),
        call("close", 600),
        call("pipe", Buffer("fds", 8)),
        call("open", "/dev/null", 0),
    )


@pytest.mark.parametrize("mask", [0, 0o022, 0o077, 0o777, 0o7777])
def test_modes_and_umask(mask: int) -> None:
    steps = [call("umask", mask), call("umask", mask)]
    for index, mode in enumerate((0, 0o644, 0o777, 0o1777, 0o4755, 0o7777, 0o100644, 0xFFFFFFFF)):
        steps += [
            call("open", f"f{index}", O_CREAT | O_RDWR, mode),
            call("fstat", Result(2 + 6 * index), Buffer("st", 144), dump=[("st", 24, 4), ("st", 16, 8), ("st", 48, 8)]),
            call("mkdir", f"d{index}", mode),
            call("stat", f"d{index}", Buffer("st"), dump=[("st", 24, 4)]),
            call("open", f"f{index}", 0),
            call("access", f"f{index}", 7),
        ]
    check(*steps)


def test_created_with_no_permission_is_still_writable_through_its_descriptor() -> None:
    check(
        call("open", "f", O_CREAT | O_RDWR, 0),
        call("write", Result(0), b"abc", 3),
        call("pread64", Result(0), Buffer("b", 8), 8, 0, dump=[("b", 0, 8)]),
        call("open", "f", 0),
        call("open", "f", O_CREAT | O_TRUNC | O_WRONLY, 0o666),
        call("creat", "f", 0o666),
        call("open", "f", O_PATH),
    )


def test_path_handles() -> None:
    check(
        *TREE,
        call("open", "file", O_PATH),
        call("read", Result(14), Buffer("b", 144), 1),
        call("write", Result(14), b"x", 1),
        call("fstat", Result(14), Buffer("b"), dump=[("b", 48, 8)]),
        call("lseek", Result(14), 0, 0),
        call("ioctl", Result(14), 0x5401, Buffer("b")),
        call("ftruncate", Result(14), 0),
        call("dup", Result(14)),
        call("fcntl", Result(14), 1, 0),
        call("fcntl", Result(14), 3, 0),
        call("fcntl", Result(14), 4, 0),
        call("fcntl", Result(14), 0, 50),
        call("fcntl", Result(14), 5, Buffer("b")),
        call("getdents64", Result(14), Buffer("b"), 100),
        call("fchdir", Result(14)),
        call("open", "dir", O_PATH),
        call("getdents64", Result(29), Buffer("b"), 100),
        call("fchdir", Result(29)),
        call("open", "file", 0),
        call("close", Result(14)),
        call("close", Result(14)),
    )


def test_permissions_of_others() -> None:
    steps = []
    for flags in (0, O_WRONLY, O_RDWR, O_TRUNC, O_NOATIME, O_CREAT, O_CREAT | O_EXCL, O_PATH, O_ACCMODE):
        for path in ("/etc/passwd", "/etc", "/root/x", "/etc/new", "/root", "/dev/null"):
            steps.append(call("open", path, flags, 0o600))
            steps.append(call("close", Result(len(steps) - 1)))
    check(*steps)

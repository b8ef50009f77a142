"""The sync family, advice, statfs, statx, close_range and chroot, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import AT_FDCWD, UNMAPPED, Buffer, Call, Edge, Loaded, Result, call, check, need_ext4
from tests.conformance.test_open import TREE

START: list[Call] = [
    *TREE,
    call("open", "file", 2),
    call("open", "dir", 0),
    call("open", "file", 0o10000000),
    call("open", "/dev/null", 2),
    call("pipe", Buffer("p", 8)),
    call("open", "file", 1),
    call("memfd_create", "m", 0),
]
FILES = [*map(Result, (14, 15, 16, 17, 19, 20)), Loaded("p"), Loaded("p", 4), -1, 99]


def test_syncing() -> None:
    steps = list(START)
    for fd in FILES:
        steps += [call("fsync", fd), call("fdatasync", fd), call("syncfs", fd)]
        for offset, size in ((0, 0), (-1, 5), (5, -1), (2**63 - 1, 1), (2**63 - 5, 4), (-5, -5)):
            steps += [call("sync_file_range", fd, offset, size, flags) for flags in (0, 7, 8, -1)]
    check(*steps)


def test_advice() -> None:
    steps = list(START)
    for fd in FILES:
        for advice in (*range(7), -1, 2**32):
            steps += [call("fadvise64", fd, offset, size, advice) for offset, size in ((0, 0), (-1, 5), (5, -1))]
        for offset, size in ((0, 10), (-1, 10), (0, -1), (2**63 - 1, 2**63 - 1)):
            steps.append(call("readahead", fd, offset, size))
    check(*steps)


def test_file_systems() -> None:
    steps = list(START)
    for path in ("file", "dir", "link", "dangling", "missing", "", "/root/x", UNMAPPED):
        steps += [call("statfs", path, Buffer("sf", 128), dump=[("sf", 64, 8)]), call("statfs", path, UNMAPPED)]
        steps.append(call("statfs", path, Edge(119)))
    steps += [call("fstatfs", fd, where) for fd in FILES for where in (Buffer("sf"), Edge(119), Edge(120))]
    check(*steps)


@pytest.mark.parametrize("flags", [0, 0x100, 0x1000, 0x1100, 0x800, 0x2000, 0x4000, 0x6000, 0x7000, 0x200, 1, -1])
def test_statx(flags: int) -> None:
    need_ext4()
    steps = list(START)
    shown = [("sx", 16, 4), ("sx", 28, 2), ("sx", 40, 8)]
    for path in ("file", "dir", "link", "dangling", "missing", "", 0, UNMAPPED, "file/"):
        if path == "dir":
            shown = [("sx", 16, 4), ("sx", 28, 2)]
        for mask in (0x7FF, 0, 0xFFF, 0x8000_0000, 2**32 + 1):
            steps.append(call("statx", AT_FDCWD, path, flags, mask, Buffer("sx", 256), dump=shown))
        steps += [call("statx", AT_FDCWD, path, flags, 0x7FF, where) for where in (UNMAPPED, Edge(255))]
    for fd in FILES:
        steps += [call("statx", fd, path, flags, mask, Buffer("sx")) for path in ("", 0, "x") for mask in (1, 1 << 31)]
    check(*steps)


def test_closing_ranges() -> None:
    check(
        *(call("dup", 0) for _ in range(6)),
        call("close_range", 5, 4, 0),
        call("close_range", 4, 5, 1),
        call("close_range", 4, 5, 4),
        *(call("fcntl", fd, 1) for fd in range(3, 9)),
        call("close_range", 4, 6, 0),
        *(call("fcntl", fd, 1) for fd in range(3, 9)),
        call("close_range", 2**32 + 7, 999, 0),
        *(call("fcntl", fd, 1) for fd in range(3, 9)),
        call("close_range", 3, 3, 2),
        call("close_range", 10, 20, 6),
        call("close_range", 2000, -1, 0),
        call("fcntl", 3, 1),
    )


def test_old_listing() -> None:
    """Order and offsets belong to the file system: a directory with one file shows the layout."""
    check(
        call("mkdir", "d", 0o755),
        call("open", "d", 0),
        call("getdents", Result(1), Buffer("e", 512), 512),
        call("getdents", Result(1), Buffer("e"), 512),
        call("getdents", Result(1), Buffer("e"), 10),
        call("lseek", Result(1), 0, 0),
        call("getdents", Result(1), Buffer("e"), 23),
        call("getdents", Result(1), Buffer("e"), 24, dump=[("e", 16, 8)]),
        call("getdents", Result(1), UNMAPPED, 100),
        call("getdents", 0, Buffer("e"), 100),
        call("getdents", -1, Buffer("e"), 100),
        call("getdents", Result(1), Buffer("e"), 2**32 + 100),
    )


def test_what_is_for_the_superuser() -> None:
    check(
        *TREE,
        *(call("chroot", path) for path in ("dir", "file", "missing", "", "/root", "/root/x", "link", UNMAPPED)),
    )

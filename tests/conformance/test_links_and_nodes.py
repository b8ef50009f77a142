"""Hard links, files made by mknod, files without a name, and whiteouts, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    UNMAPPED,
    Buffer,
    Call,
    Loaded,
    Result,
    call,
    check,
)
from tests.conformance.test_open import TREE

O_RDWR, O_EXCL, O_TMPFILE, O_PATH, O_NONBLOCK = 2, 0o200, 0o20200000, 0o10000000, 0o4000
NAMES = ["new", "new/", "file", "file/", "dir", "dir/new", "link", "dangling", "loop", "missing/x", "", ".", "..", "/",
         "/etc/new", "/root/x", "n" * 255, "n" * 256, "file/x"]  # fmt: skip


def links_of(*paths: str) -> list[Call]:
    """Mode and number of links of each."""
    return [
        call("lstat", path, Buffer("st", 144), dump=[("st", 16, 12)])
        for path in paths
        if path not in ("/", "..", "/etc", "/etc/passwd")
    ]


@pytest.mark.parametrize("old", ["file", "dir", "link", "dangling", "loop", "missing", "file/", "dir/", "", ".", "/etc",
                                 "/etc/passwd", "/root/x", "dirlink/file"])  # fmt: skip
def test_linking(old: str) -> None:
    steps = list(TREE)
    for new in NAMES:
        steps += [call("link", old, new), *links_of(old, new), call("unlink", new)]
        if new in ("file", "link", "dangling"):
            break
    for new in NAMES[4:]:
        for flags in (0, 0x400, 0x1000, 0x1400, 0x100):
            steps.append(call("linkat", AT_FDCWD, old, AT_FDCWD, new, flags))
        steps.append(call("linkat", -1, old, -1, new, 0))
    check(*steps, *links_of("file", "dir", "link"))


def test_linking_by_descriptor() -> None:
    check(
        *TREE,
        call("open", "file", 0),
        call("open", "dir", 0),
        call("open", "file", O_PATH),
        call("pipe", Buffer("p", 8)),
        call("linkat", Result(14), "", AT_FDCWD, "a", 0x1000),
        call("linkat", Result(14), "", AT_FDCWD, "b", 0),
        call("linkat", Result(15), "", AT_FDCWD, "c", 0x1000),
        call("linkat", Result(16), "", AT_FDCWD, "d", 0x1000),
        call("linkat", AT_FDCWD, "", AT_FDCWD, "e", 0x1000),
        call("linkat", Loaded("p"), "", AT_FDCWD, "f", 0x1000),
        call("linkat", -1, "", AT_FDCWD, "f", 0x1000),
        call("linkat", Result(15), "file", Result(15), "again", 0),
        call("unlink", "file"),
        call("linkat", Result(14), "", AT_FDCWD, "g", 0x1000),
        *links_of("a", "d", "g", "dir/again"),
        call("unlink", "a"),
        call("unlink", "d"),
        call("unlink", "g"),
        call("linkat", Result(14), "", AT_FDCWD, "h", 0x1000),
        call("link", UNMAPPED, "x"),
        call("link", "dir", UNMAPPED),
        call("link", "missing", UNMAPPED),
        call("linkat", -1, KERNEL_ADDRESS, -1, 0, 0x800),
    )


def test_files_without_a_name() -> None:
    check(
        call("open", ".", O_TMPFILE | O_RDWR, 0o640),
        call("write", Result(0), b"contents", 8),
        call("fstat", Result(0), Buffer("st", 144), dump=[("st", 16, 12)]),
        call("linkat", Result(0), "", AT_FDCWD, "named", 0x1000),
        call("fstat", Result(0), Buffer("st"), dump=[("st", 16, 12)]),
        call("open", "named", 0),
        call("read", Result(5), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("unlink", "named"),
        call("linkat", Result(0), "", AT_FDCWD, "again", 0x1000),
        call("open", ".", O_TMPFILE | O_RDWR | O_EXCL, 0o640),
        call("linkat", Result(9), "", AT_FDCWD, "never", 0x1000),
        call("open", "missing", O_TMPFILE | O_RDWR, 0o640),
        call("open", "/root", O_TMPFILE | O_RDWR, 0o640),
        call("open", "/etc", O_TMPFILE | O_RDWR, 0o640),
    )


KINDS = [0, 0o100000, 0o10000, 0o140000, 0o20000, 0o60000, 0o40000, 0o120000, 0o110000, 0o170000]


@pytest.mark.parametrize("kind", KINDS, ids=oct)
def test_making_nodes(kind: int) -> None:
    steps = list(TREE)
    for name in ["new", *NAMES]:
        for device in (0, 0x103):
            steps += [call("mknod", name, kind | 0o666, device), *links_of(name)]
            if name in ("new", "new/", "dir/new", "n" * 255):
                steps += [call("open", name, flags | O_NONBLOCK) for flags in (0, 2, O_PATH)]
                steps.append(call("unlink", name))
    steps += [call("mknodat", -1, "x", kind, 0), call("mknodat", AT_FDCWD, "x", kind | 0o4755, 0), *links_of("x")]
    check(*steps, call("mknod", UNMAPPED, kind, 0), call("mknod", "y", 2**32 + kind, 2**32), *links_of("y"))


def test_whiteouts() -> None:
    check(
        *TREE,
        call("renameat2", AT_FDCWD, "file", AT_FDCWD, "moved", 4),
        *links_of("file", "moved"),
        call("open", "file", 0),
        call("unlink", "file"),
        call("renameat2", AT_FDCWD, "dir", AT_FDCWD, "moved", 4),
        call("renameat2", AT_FDCWD, "dir", AT_FDCWD, "dir2", 5),
        call("renameat2", AT_FDCWD, "link", AT_FDCWD, "moved", 5),
        call("renameat2", AT_FDCWD, "link", AT_FDCWD, "moved", 6),
        call("renameat2", AT_FDCWD, "link", AT_FDCWD, "link", 4),
        *links_of("dir", "dir2", "link", "moved", "."),
    )


def test_replacing_a_link_by_itself() -> None:
    check(
        call("creat", "a", 0o644),
        call("link", "a", "b"),
        call("rename", "a", "b"),
        *links_of("a", "b"),
        call("renameat2", AT_FDCWD, "a", AT_FDCWD, "b", 1),
        call("renameat2", AT_FDCWD, "a", AT_FDCWD, "b", 2),
        call("creat", "c", 0o644),
        call("rename", "c", "b"),
        *links_of("a", "b"),
    )

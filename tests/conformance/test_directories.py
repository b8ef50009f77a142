"""Directories and names, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import AT_FDCWD, KERNEL_ADDRESS, UNMAPPED, Buffer, Call, Edge, Result, call, check
from tests.conformance.test_open import TREE, tree

SPECIAL = [".", "..", "/", "", "dir/.", "dir/..", "/tmp", "/etc", "/root/x", "/missing/x", "n" * 255, "n" * 256]
NAMES = ["new", "new/", "file", "file/", "file/x", "dir", "dir/", "dir/file", "dirlink", "dirlink/", "link", "link/",
         "dangling",
         "dangling/", "loop", "loop/x", "missing/x", *SPECIAL]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_making_and_removing(name: str) -> None:
    if name in ("/tmp", "/etc"):
        steps = [call("mkdir", name, 0o755)]
    else:
        steps = [
            call("mkdir", name, 0o755),
            call("mkdirat", AT_FDCWD, name, 0o755),
            call("rmdir", name),
            call("unlink", name),
            call("rmdir", name),
            call("symlink", "target", name),
            call("readlink", name, Buffer("b", 64), 64, dump=[("b", 0, 16)]),
            call("unlink", name),
            call("unlinkat", AT_FDCWD, name, 0x200),
            call("unlinkat", AT_FDCWD, name, 0),
        ]
    check(*TREE, *steps, call("mkdirat", -1, name, 0), call("unlinkat", -1, name, 0), call("unlinkat", -1, name, 5))


@pytest.mark.parametrize(
    "old", ["file", "dir", "dir/", "file/", "dirlink", "link", "loop", "missing", "dir/file", ".", "/"]
)
def test_renaming(old: str) -> None:
    """To every name, each in a directory of its own with the same files."""
    steps: list[Call] = []
    for number, new in enumerate(NAMES):
        place = f"place{number}"
        steps += [call("mkdir", place, 0o755), call("chdir", place)]
        steps += tree(len(steps))
        for flags in (1, 0, 2, 0, 3, 6, 8):
            steps.append(call("renameat2", AT_FDCWD, old, AT_FDCWD, new, flags))
            steps.append(call("stat", old, Buffer("st", 144), dump=[("st", 24, 4)]))
            steps.append(call("lstat", new, Buffer("st"), dump=[("st", 24, 4)]))
        steps.append(call("rename", new, old))
        steps.append(call("stat", "dir", Buffer("st"), dump=[("st", 16, 8)]))
        steps.append(call("chdir", ".."))
    check(*steps)


def test_rename_between_directories() -> None:
    check(
        call("mkdir", "a", 0o755),
        call("mkdir", "a/b", 0o755),
        call("mkdir", "c", 0o755),
        call("creat", "c/file", 0o644),
        call("rename", "a", "a/b/x"),
        call("rename", "a", "a/b"),
        call("rename", "a/b", "a"),
        call("rename", "c", "a"),
        call("rename", "a/b", "c"),
        call("rename", "a/b", "c/b"),
        call("rename", "c", "a/c"),
        call("rename", "a/c/file", "a/c/b"),
        call("rename", "a/c/b", "a/c/file"),
        call("rename", "a/c/file", "top"),
        call("open", "top", 0),
        call("renameat2", AT_FDCWD, "top", AT_FDCWD, "a/c", 2),
        call("open", "a/c", 0o200000),
        call("open", "top/b", 0o200000),
        call("rename", UNMAPPED, "x"),
        call("rename", "x", UNMAPPED),
        call("rename", "", "x"),
        call("rename", "a", ""),
        call("renameat", -1, "a", AT_FDCWD, "b"),
        call("renameat", AT_FDCWD, "a", -1, "b"),
        call("renameat", AT_FDCWD, "missing", -1, "b"),
        call("renameat", AT_FDCWD, "missing", AT_FDCWD, "."),
        *(call("stat", path, Buffer("st", 144), dump=[("st", 16, 8)]) for path in (".", "a", "top", "a/c")),
    )


def test_removing_open_files_and_directories() -> None:
    check(
        call("open", "f", 0o102, 0o644),
        call("write", Result(0), b"still here", 10),
        call("unlink", "f"),
        call("open", "f", 0),
        call("pread64", Result(0), Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("fstat", Result(0), Buffer("st", 144), dump=[("st", 16, 8)]),
        call("mkdir", "d", 0o755),
        call("chdir", "d"),
        call("rmdir", "../d"),
        call("getcwd", Buffer("cwd", 64), 64),
        call("creat", "x", 0o644),
        call("mkdir", "x", 0o755),
        call("open", ".", 0),
        call("getdents64", Result(12), Buffer("list", 256), 256),
        call("open", "..", 0, show="sign"),
        call("chdir", ".."),
        call("open", "x", 0o101, 0o644),
    )


def test_working_directory() -> None:
    check(
        call("mkdir", "d", 0o755),
        call("mkdir", "closed", 0),
        call("creat", "f", 0o644),
        call("open", "d", 0),
        call("open", "closed", 0o10000000),
        *(
            call("chdir", path)
            for path in ("missing", "f", "f/", "closed", "closed/x", "/root", "", UNMAPPED, "d/", "..")
        ),
        *(call("fchdir", fd) for fd in (Result(2), Result(3), -1, 0, Result(4))),
        call("creat", "here", 0o644),
        call("chdir", "/etc"),
        *(call("getcwd", Buffer("cwd", 64), size, dump=[("cwd", 0, 8)]) for size in (0, 4, 5, 6, 64)),
        *(call("getcwd", address, 64) for address in (0, UNMAPPED, KERNEL_ADDRESS, Edge(3), Edge(5))),
        call("getcwd", 0, 0),
        call("getcwd", UNMAPPED, 3),
        call("chdir", "/"),
        call("getcwd", Buffer("cwd"), 64, dump=[("cwd", 0, 8)]),
        call("chdir", "../../.."),
        call("getcwd", Buffer("cwd"), 2, dump=[("cwd", 0, 8)]),
    )


def test_listing() -> None:
    check(
        call("mkdir", "d", 0o755),
        call("open", "d", 0),
        call("getdents64", Result(1), Buffer("list", 4096), 4096),
        call("getdents64", Result(1), Buffer("list"), 4096),
        call("lseek", Result(1), 0, 0),
        call("creat", "d/one", 0o644),
        call("mkdir", "d/directory", 0o755),
        call("symlink", "x", "d/a-link-with-a-longer-name"),
        call("lseek", Result(1), 0, 0),
        call("getdents64", Result(1), Buffer("list"), 4096),
        call("getdents64", Result(1), Buffer("list"), 4096),
        call("getdents64", Result(1), UNMAPPED, 4096),
        call("lseek", Result(1), 0, 0),
        call("getdents64", Result(1), Buffer("list"), 0),
        call("getdents64", Result(1), Buffer("list"), 10),
        call("getdents64", Result(1), Buffer("list"), 23),
        call("getdents64", Result(1), UNMAPPED, 4096),
        call("getdents64", Result(5), Buffer("list"), 4096),
        call("getdents64", -1, Buffer("list"), 4096),
        call("getdents64", 0, Buffer("list"), 4096),
        call("read", Result(1), Buffer("list"), 10),
        call("read", Result(1), UNMAPPED, 10),
        call("read", Result(1), Buffer("list"), 0),
        call("pread64", Result(1), Buffer("list"), 10, 0),
        call("write", Result(1), b"x", 1),
        call("ftruncate", Result(1), 0),
        call("ioctl", Result(1), 0x5401, Buffer("list")),
    )


def test_links() -> None:
    check(
        *TREE,
        *(
            call("readlink", path, Buffer("b", 64), size, dump=[("b", 0, 32)])
            for path in (
                "link",
                "link/",
                "dirlink",
                "dirlink/",
                "file",
                "missing",
                "absolute",
                "loop",
                "slashed",
                "",
                UNMAPPED,
            )
            for size in (64, 2, 0, -1)
        ),
        call("readlink", "link", UNMAPPED, 10),
        call("readlink", "link", Edge(2), 10),
        call("readlinkat", -1, "link", Buffer("b"), 10),
        call("readlinkat", -1, "/missing", Buffer("b"), 10),
        call("symlink", "", "x"),
        call("symlink", "x", ""),
        call("symlink", UNMAPPED, "x"),
        call("symlink", "x", UNMAPPED),
        call("symlink", "t" * 4095, "long"),
        call("symlink", "t" * 4096, "longer"),
        call("symlinkat", "x", -1, "y"),
        call("lstat", "long", Buffer("st", 144), dump=[("st", 24, 4), ("st", 48, 8)]),
        call("stat", "link", Buffer("st"), dump=[("st", 24, 4), ("st", 48, 8)]),
    )


def test_chain_of_links() -> None:
    steps = [call("creat", "l0", 0o644)]
    steps += [call("symlink", f"l{index}", f"l{index + 1}") for index in range(45)]
    steps += [call("open", f"l{index}", 0, show="sign") for index in (1, 38, 39, 40, 41, 42, 45)]
    check(*steps)


def test_permissions() -> None:
    check(
        call("mkdir", "ro", 0o555),
        call("mkdir", "wo", 0o333),
        call("mkdir", "none", 0),
        call("mkdir", "listable", 0o444),
        call("creat", "wo/f", 0o644),
        *(
            step
            for name in ("ro", "wo", "none", "listable", "/etc", "/root")
            for step in (
                call("open", name, 0, show="sign"),
                call("open", f"{name}/missing", 0),
                call("creat", f"{name}/g", 0o644, show="sign"),
                call("mkdir", f"{name}/h", 0o755),
                call("unlink", f"{name}/missing"),
                call("rename", f"{name}/f", f"{name}/k"),
                call("chdir", name if name[0] != "/" else "/missing"),
                call("chdir", ".."),
            )
        ),
        call("unlink", "/etc/passwd"),
        call("rmdir", "/etc"),
        call("rmdir", "/root"),
        call("rename", "/etc/passwd", "/etc/x"),
        call("rename", "/etc/passwd", "passwd"),
        call("rename", "wo", "/etc/wo"),
    )

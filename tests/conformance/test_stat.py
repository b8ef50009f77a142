"""stat and access, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    AT_FDCWD,
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Loaded,
    Result,
    call,
    check,
    need_ext4,
)
from tests.conformance.test_open import PATHS, TREE

MODE, SIZE, LINKS = ("st", 24, 4), ("st", 48, 8), ("st", 16, 8)
DEVICES = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]


@pytest.mark.parametrize("name", ["stat", "lstat"])
def test_of_paths(name: str) -> None:
    check(
        *TREE,
        *(call(name, path, Buffer("st", 144), dump=[MODE]) for path in PATHS if path not in ("/etc", "..", "/", "//")),
    )


def test_of_devices() -> None:
    check(*(call("stat", path, Buffer("st", 144), dump=[MODE, ("st", 40, 8), ("st", 28, 8), SIZE]) for path in DEVICES))


def test_sizes_links_and_blocks() -> None:
    need_ext4()
    check(
        call("open", "f", 0o102, 0o644),
        call("write", Result(0), Buffer("big", 10000), 10000),
        call("fstat", Result(0), Buffer("st", 144), dump=[MODE, SIZE, LINKS, ("st", 56, 8)]),
        call("mkdir", "d", 0o755),
        call("mkdir", "d/e", 0o755),
        call("creat", "d/f", 0o644),
        call("stat", "d", Buffer("st"), dump=[MODE, LINKS]),
        call("rmdir", "d/e"),
        call("stat", "d", Buffer("st"), dump=[MODE, LINKS]),
        call("fstat", 0, Buffer("st"), dump=[MODE]),
        call("fstat", 1, Buffer("st"), dump=[MODE]),
        call("fstat", -1, Buffer("st")),
        call("fstat", -1, UNMAPPED),
        *(
            call(name, subject, address)
            for name, subject in (
                ("fstat", Result(0)),
                ("stat", "f"),
                ("lstat", "f"),
                ("stat", "missing"),
                ("stat", ""),
            )
            for address in (0, UNMAPPED, KERNEL_ADDRESS, READ_ONLY, Edge(143), Edge(144))
        ),
        call("stat", UNMAPPED, Buffer("st")),
    )


@pytest.mark.parametrize("flags", [0, 0x100, 0x1000, 0x1100, 0x800, 0x200, 0x400, 0x6000, 1, 0x1001])
def test_newfstatat(flags: int) -> None:
    steps = [*TREE, call("open", "dir", 0), call("open", "file", 0), call("open", "file", 0o10000000)]
    first = len(TREE)
    for dirfd in (Result(first), Result(first + 1), Result(first + 2), AT_FDCWD, -1, 0):
        for path in ("file", "", "link", "/etc/passwd", 0, UNMAPPED, "../dirlink", "missing"):
            steps.append(call("newfstatat", dirfd, path, Buffer("st", 144), flags, dump=[MODE]))
    check(*steps, call("newfstatat", 0, "", UNMAPPED, 0x1000))


@pytest.mark.parametrize("mode", [0, 1, 2, 4, 7, 8, -1])
def test_access(mode: int) -> None:
    steps = [
        *TREE,
        *(
            call("open", f"m{bits:o}", 0o100, bits, show="sign")
            for bits in (0, 0o400, 0o200, 0o100, 0o077, 0o755, 0o700)
        ),
        call("pipe", Buffer("p", 8)),
        *(call("access", f"m{bits:o}", mode) for bits in (0, 0o400, 0o200, 0o100, 0o077, 0o755, 0o700)),
        *(call("access", path, mode) for path in [*PATHS, *DEVICES, "/bin", 0, UNMAPPED, KERNEL_ADDRESS, Edge(3)]),
        *(call("faccessat", dirfd, path, mode) for dirfd in (-1, 0, AT_FDCWD) for path in ("file", "", "/etc/passwd")),
        *(
            call("faccessat2", dirfd, path, mode, flags)
            for flags in (0, 0x100, 0x200, 0x1000, 0x1300, 0x400)
            for dirfd in (-1, Loaded("p"), AT_FDCWD)
            for path in ("file", "", "/etc/passwd", "dangling", 0)
        ),
    ]
    check(*steps)

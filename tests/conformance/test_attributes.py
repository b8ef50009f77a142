"""chmod, chown and utimensat with their families, compared with Linux."""

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
    need_ext4,
)
from tests.conformance.test_open import TREE

O_PATH = 0o10000000
PLACES = ["file", "dir", "link", "dangling", "loop", "missing", "file/", "dir/", "", ".", "/etc/passwd", "/root/x",
          "n" * 256, "/", "dir/../file"]  # fmt: skip
MODES = [0, 0o644, 0o7777, 0o4755, 0o2755, 0o1777, 0o100600, 0o200000 + 0o600, -1]


def mode_of(path: str) -> list[Call]:
    """Type, permissions and owners of `path` itself."""
    return [call("newfstatat", AT_FDCWD, path, Buffer("st", 144), 0x100, dump=[("st", 24, 12)])]


@pytest.mark.parametrize("mode", MODES)
def test_changing_the_mode(mode: int) -> None:
    steps: list[Call] = [*TREE, call("open", "file", 2), call("open", "file", O_PATH)]
    for path in PLACES:
        steps += [call("chmod", path, mode), call("chmod", path, 0o755)]
        steps += [call("fchmodat", AT_FDCWD, path, mode), call("fchmodat", -1, path, 0o755)]
        for flags in (0, 0x100, 0x1000, 0x1100, 0x200, -1):
            steps.append(call("fchmodat2", AT_FDCWD, path, mode, flags))
    for fd in (Result(14), Result(15), -1, 99):
        steps += [call("fchmod", fd, mode), call("fchmodat2", fd, "", 0o640, 0x1000)]
    check(*steps, *mode_of("file"), *mode_of("dir"), call("chmod", UNMAPPED, 0), call("fchmodat2", -1, UNMAPPED, 0, 1))


def test_mode_needs_no_permission_but_ownership() -> None:
    check(
        call("creat", "f", 0o600),
        call("chmod", "f", 0),
        call("open", "f", 0),
        call("chmod", "f", 0o400),
        call("open", "f", 0),
        call("mkdir", "d", 0o700),
        call("creat", "d/x", 0o600),
        call("chmod", "d", 0o600),
        call("stat", "d/x", Buffer("st", 144)),
        call("chmod", "d/x", 0o644),
        call("chmod", "d", 0o500),
        call("creat", "d/y", 0o600),
        call("unlink", "d/x"),
        call("chmod", "d", 0o300),
        call("open", "d", 0),
        call("unlink", "d/x"),
        call("chmod", "d", 0o1777),
        *mode_of("d"),
    )


def test_pipes_have_a_mode() -> None:
    check(
        call("pipe", Buffer("p", 8)),
        call("fchmod", Loaded("p"), 0o644),
        call("fstat", Loaded("p", 4), Buffer("st", 144), dump=[("st", 24, 12)]),
        call("fchown", Loaded("p"), -1, -1),
        call("fchown", Loaded("p"), 0, 0),
        call("fchmodat2", Loaded("p"), "", 0o600, 0x1000),
        call("fchownat", Loaded("p"), "", -1, 1000, 0x1000),
        call("utimensat", Loaded("p"), 0, Packed([5, 6, 7, 8]), 0),
        call("fstat", Loaded("p"), Buffer("st"), dump=[("st", 24, 12), ("st", 72, 32)]),
    )


@pytest.mark.parametrize("ids", [(-1, -1), (1000, -1), (-1, 1000), (1000, 1000), (0, -1), (-1, 0), (1001, 1001),
                                 (2**32 + 1000, 2**32 - 1)])  # fmt: skip
def test_changing_the_owner(ids: tuple[int, int]) -> None:
    steps: list[Call] = [*TREE, call("open", "file", 2), call("open", "file", O_PATH)]
    for path in PLACES:
        if path in (".", "/etc/passwd", "/"):
            continue
        steps += [call("chown", path, *ids), call("lchown", path, *ids)]
        for flags in (0, 0x100, 0x1000, 0x1100, 0x200):
            steps.append(call("fchownat", AT_FDCWD, path, *ids, flags))
    for fd in (Result(14), Result(15), -1, 99):
        steps += [call("fchown", fd, *ids), call("fchownat", fd, "", *ids, 0x1000)]
    check(*steps, *mode_of("file"), *mode_of("link"), call("chown", UNMAPPED, *ids))


def test_a_new_owner_takes_set_ids_away() -> None:
    steps: list[Call] = []
    for number, mode in enumerate((0o7777, 0o6755, 0o2745, 0o4700, 0o1644)):
        name = f"f{number}"
        steps += [call("creat", name, 0o600), call("chmod", name, mode), call("chown", name, -1, -1), *mode_of(name)]
        steps += [call("chmod", name, mode), call("chown", name, 1000, 1000), *mode_of(name)]
        steps += [call("chmod", name, mode), call("truncate", name, 5), *mode_of(name)]
    check(*steps, call("mkdir", "d", 0o755), call("chmod", "d", 0o6755), call("chown", "d", 1000, 1000), *mode_of("d"))


def test_set_group_id_directories() -> None:
    check(
        call("mkdir", "d", 0o755),
        call("chmod", "d", 0o2755),
        call("mkdir", "d/e", 0o700),
        call("creat", "d/f", 0o2711),
        call("mknod", "d/p", 0o10644, 0),
        *mode_of("d/e"),
        *mode_of("d/f"),
        *mode_of("d/p"),
    )


NOW, OMIT = 0x3FFF_FFFF, 0x3FFF_FFFE
TIMES = [
    [1, 2, 3, 4], [-1, 0, -5, 999_999_999], [0, 10**9, 0, 0], [0, -1, 0, 0], [0, 0, 0, 10**9 - 1], [5, OMIT, 6, 7],
    [5, 1, 6, OMIT], [5, OMIT, 6, OMIT], [0, OMIT, 0, 10**9], [2**40, 5, -(2**40), 5], [2**63 - 1, 0, -(2**63), 0],
    [2**34 - 1 - 2**31, 7, -(2**31), 7], [2**31, 1, 2**32, 1], [5, OMIT, 0, -5],
]  # fmt: skip


@pytest.mark.parametrize("times", TIMES, ids=str)
def test_setting_times(times: list[int]) -> None:
    need_ext4()
    stamps = [("st", 72, 32)]
    both = [
        call("lstat", "file", Buffer("st", 144), dump=stamps),
        call("lstat", "link", Buffer("st"), dump=[("st", 88, 16)]),
    ]
    fix = [call("utimensat", AT_FDCWD, path, Packed([9, 9, 9, 9]), 0x100) for path in ("file", "link")]
    steps: list[Call] = [*TREE, call("open", "file", 0), call("open", "file", O_PATH), *fix]
    for flags in (0, 0x100, 0x1000, 0x1100, 0x400):
        steps += [call("utimensat", AT_FDCWD, "link", Packed(times), flags), *both]
    for fd, path, flags in (
        (Result(14), 0, 0), (Result(14), 0, 0x100), (Result(15), 0, 0), (-1, 0, 0), (AT_FDCWD, 0, 0),
        (Result(14), "", 0x1000), (Result(15), "", 0x1000), (Result(14), "file", 0), (-1, "/etc/passwd", 0),
        (AT_FDCWD, "missing", 0), (AT_FDCWD, "missing", 1), (AT_FDCWD, UNMAPPED, 0), (AT_FDCWD, "/etc/passwd", 0),
    ):  # fmt: skip
        steps.append(call("utimensat", fd, path, Packed(times), flags))
    steps += [*both, call("utimes", "file", Packed(times)), *both, call("futimesat", Result(14), 0, Packed(times))]
    steps += [*both, call("utime", "link", Packed([times[0], times[2]])), *both]
    check(*steps)


def test_times_of_now() -> None:
    check(
        *TREE,
        call("utimensat", AT_FDCWD, "file", 0, 0),
        call("utimensat", AT_FDCWD, "/etc/passwd", 0, 0),
        call("utimensat", AT_FDCWD, "/etc/passwd", Packed([0, NOW, 0, NOW]), 0),
        call("utimensat", AT_FDCWD, "/etc/passwd", Packed([0, NOW, 0, OMIT]), 0),
        call("utimensat", AT_FDCWD, "/etc/passwd", Packed([0, NOW, 0, -1]), 0),
        call("utimensat", AT_FDCWD, "/dev/null", 0, 0),
        call("utimensat", AT_FDCWD, "missing", Packed([0, OMIT, 0, OMIT]), -1),
        call("utimensat", AT_FDCWD, "file", UNMAPPED, -1),
        call("utimensat", AT_FDCWD, "file", Edge(31), 0),
        call("utimes", "file", 0),
        call("utimes", "file", Packed([0, 10**6, 0, 0])),
        call("utimes", "missing", Packed([0, 0, 0, -1])),
        call("utimes", "missing", KERNEL_ADDRESS),
        call("utime", "file", 0),
        call("utime", "missing", 0),
        call("utime", "file", Edge(15)),
        call("futimesat", -1, "file", 0),
        call("futimesat", AT_FDCWD, 0, 0),
    )

"""truncate and fallocate, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Loaded, Result, call, check, need_ext4
from tests.conformance.test_open import TREE

O_WRONLY, O_RDWR, O_APPEND, O_PATH = 1, 2, 0o2000, 0o10000000
PAGE = 4096
MAX = 2**44 - PAGE


def test_truncating_by_path() -> None:
    need_ext4()
    lengths = [0, 5, PAGE, 100_000, -1, MAX, MAX + 1, 2**63 - 1]
    paths = ["file", "link", "dir", "dangling", "loop", "missing", "", "/etc/passwd", "/dev/null", "file/", "/root/x"]
    steps = list(TREE)
    for path in paths:
        steps += [call("truncate", path, length) for length in lengths]
    for length in (0, 5, 100_000):
        steps += [call("truncate", "file", length), call("stat", "file", Buffer("st", 144), dump=[("st", 48, 24)])]
    steps += [call("mknod", "p", 0o10644, 0), call("truncate", "p", 0), call("truncate", UNMAPPED, -1)]
    check(*steps, call("truncate", UNMAPPED, 0), call("chmod", "file", 0o400), call("truncate", "file", 1))


RANGES = [(0, 1), (0, PAGE), (100, 5000), (PAGE, 2 * PAGE), (5 * PAGE, PAGE), (2 * PAGE, 3 * PAGE), (0, 6 * PAGE),
          (PAGE, PAGE), (3 * PAGE + 100, 100), (20 * PAGE, 1)]  # fmt: skip


@pytest.mark.parametrize("mode", [0, 1, 3, 8, 0x10, 0x11, 0x20])
def test_ranges(mode: int) -> None:
    """On a file of five pages with a hole in the second and a broken last one. Where ext4 keeps zeros is its own."""
    need_ext4()
    steps: list[Call] = []
    for number, (offset, length) in enumerate(RANGES):
        name = f"f{number}"
        first = len(steps)
        fd = Result(first)
        steps += [call("open", name, 0o102, 0o644), call("pwrite64", fd, b"a" * PAGE, PAGE, 0)]
        steps += [
            call("pwrite64", fd, bytes(range(256)) * 11, 11 * 256, 2 * PAGE),
            call("pwrite64", fd, b"end", 3, 5 * PAGE - 100),
        ]
        steps += [call("fsync", fd), call("fallocate", fd, mode, offset, length)]
        steps += [call("fstat", fd, Buffer("st", 144), dump=[("st", 48, 8)]), call("fsync", fd)]
        if mode == 3:
            steps += [call("fstat", fd, Buffer("st", 144), dump=[("st", 64, 8)])]
        for at in (0, 100, PAGE, 2 * PAGE, 3 * PAGE, 5 * PAGE - 200, 5 * PAGE + 100):
            steps.append(call("pread64", fd, Buffer("b", 32), 32, at, dump=[("b", 0, 32)]))
        if mode == 3:
            steps += [call("lseek", fd, at, whence) for at in (0, PAGE, 2 * PAGE, 4 * PAGE) for whence in (3, 4)]
        steps.append(call("close", fd))
    check(*steps)


def test_what_cannot_be_allocated() -> None:
    need_ext4()
    steps: list[Call] = [
        *TREE,
        call("open", "file", 0),
        call("open", "file", O_WRONLY),
        call("open", "file", O_PATH),
        call("open", "dir", 0),
        call("pipe", Buffer("p", 8)),
        call("open", "/dev/null", 2),
        call("open", "file", O_RDWR | O_APPEND),
    ]
    for fd in (*map(Result, (14, 15, 16, 17, 19, 20)), Loaded("p"), Loaded("p", 4), -1, 99):
        for mode in (0, 1, 2, 3, 4, 8, 9, 0x10, 0x20, 0x21, 0x40, 0x41, 0x80, 0x100, -1, 0x30):
            for offset, length in ((-1, 5), (0, 0), (0, -1), (2**63 - 1, 1), (MAX, 1), (MAX - PAGE, PAGE + 1), (1, 3)):
                steps.append(call("fallocate", fd, mode, offset, length))
    check(*steps)

"""Extended attributes, compared with Linux on ext4."""

from __future__ import annotations

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Edge, Result, call, check, need_ext4
from tests.conformance.test_open import TREE

NAMES = ["user.a", "user.", "user", "", "trusted.a", "security.a", "system.a", "foo.a", "foo", ".a",
         "user." + "n" * 250,
         "user." + "n" * 251, UNMAPPED, Edge(0)]  # fmt: skip
PLACES = ["file", "dir", "link", "dangling", "missing", "/etc/passwd", "/root/x", "file/"]


@pytest.mark.parametrize("name", NAMES, ids=str)
def test_names(name: object) -> None:
    need_ext4()
    steps: list[Call] = [*TREE, call("open", "file", 0), call("open", "file", 0o10000000), call("pipe", Buffer("p", 8))]
    fds = [Result(14), Result(15), -1]
    for follow in ("", "l"):
        for path in PLACES:
            steps.append(call(f"{follow}getxattr", path, name, Buffer("v", 64), 64, dump=[("v", 0, 16)]))
            for flags in (2, 1, 1, 0, 3, 4):
                steps.append(call(f"{follow}setxattr", path, name, b"value", 5, flags))
            steps.append(call(f"{follow}getxattr", path, name, Buffer("v", 64), 64, dump=[("v", 0, 16)]))
            steps.append(call(f"{follow}listxattr", path, Buffer("v", 64), 64, dump=[("v", 0, 16)]))
            steps += [call(f"{follow}removexattr", path, name), call(f"{follow}removexattr", path, name)]
    for fd in fds:
        steps.append(call("fsetxattr", fd, name, b"value", 5, 0))
        steps.append(call("fgetxattr", fd, name, Buffer("v", 64), 64, dump=[("v", 0, 16)]))
        steps.append(call("flistxattr", fd, Buffer("v", 64), 64, dump=[("v", 0, 16)]))
        steps.append(call("fremovexattr", fd, name))
    check(*steps)


def test_sizes_and_memory() -> None:
    need_ext4()
    steps: list[Call] = [call("creat", "f", 0o644), call("setxattr", "f", "user.b", b"second", 6, 0)]
    for size in (0, 1, 5, 100, 3000, 5000, 65536, 65537, 2**63):
        steps.append(call("setxattr", "f", "user.a", b"x" * min(size, 70000), size, 0))
        steps.append(call("getxattr", "f", "user.a", 0, 0))
    steps.append(call("setxattr", "f", "user.a", b"value", 5, 0))
    for size in (0, 1, 4, 5, 6, 2**40):
        for where in (Buffer("v", 64), UNMAPPED, Edge(3), 0):
            steps.append(call("getxattr", "f", "user.a", where, size))
            steps.append(call("listxattr", "f", where, size))
    steps += [call("setxattr", "f", "user.c", where, 5, 0) for where in (UNMAPPED, 0, Edge(4))]
    steps += [call("setxattr", "f", "user.c", where, 0, 0) for where in (UNMAPPED, 0)]
    steps += [call("setxattr", UNMAPPED, UNMAPPED, UNMAPPED, 70000, flags) for flags in (0, 8)]
    steps += [call("setxattr", UNMAPPED, "user.a", UNMAPPED, size, 0) for size in (5, 70000)]
    steps += [
        call("chmod", "f", 0o444),
        call("setxattr", "f", "user.a", b"v", 1, 0),
        call("removexattr", "f", "user.a"),
    ]
    check(*steps, call("chmod", "f", 0o200), call("getxattr", "f", "user.a", 0, 0), call("listxattr", "f", 0, 0))

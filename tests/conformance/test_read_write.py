"""read, write and their relatives, compared with Linux."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
    check,
    need_ext4,
)

O_RDONLY, O_WRONLY, O_RDWR, O_CREAT, O_TRUNC, O_APPEND = 0, 1, 2, 0o100, 0o1000, 0o2000
NEW = call("open", "f", O_RDWR | O_CREAT, 0o644)
HUGE = 2**64 - 1


def test_write_then_read_back() -> None:
    check(
        NEW,
        call("write", Result(0), b"hello, world", 12),
        call("read", Result(0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("lseek", Result(0), 7, 0),
        call("read", Result(0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("pread64", Result(0), Buffer("b"), 4, 1, dump=[("b", 0, 16)]),
        call("pwrite64", Result(0), b"XY", 2, 0),
        call("lseek", Result(0), 0, 1),
        call("pread64", Result(0), Buffer("b"), 16, 0, dump=[("b", 0, 16)]),
        call("pread64", Result(0), Buffer("b"), 16, 12),
        call("pread64", Result(0), Buffer("b"), 16, 1 << 40),
    )


def test_descriptor_errors() -> None:
    check(
        *(
            call(name, fd, Buffer("b", 8), 4, 0)
            for fd in (-1, 3, 77, 2**31 - 1, 2**32, 2**32 + 77, 1 << 63)
            for name in ("read", "write", "pread64", "pwrite64", "readv", "writev")
            if fd != 2**32 or name not in ("write", "writev")
        ),
        call("open", "f", O_WRONLY | O_CREAT, 0o644),
        call("read", Result(39), Buffer("b"), 1),
        call("open", "f", O_RDONLY),
        call("write", Result(41), b"x", 1),
        call("pwrite64", Result(41), b"x", 1, 0),
        call("read", 1, Buffer("b"), 1),
        call("write", 0, b"x", 1),
    )


@pytest.mark.parametrize("name", ["read", "write"])
@pytest.mark.parametrize("address", [0, UNMAPPED, KERNEL_ADDRESS, HUGE, Edge(0), 0x7FFFFFFFF000])
def test_bad_addresses(name: str, address: object) -> None:
    sizes = (0, 1, 16, 4096, 5000, 2**31, 2**40, 2**63 - 1, 2**63, HUGE)
    check(
        NEW,
        call("write", Result(0), b"0123456789abcdef" * 4, 64),
        call("lseek", Result(0), 0, 0),
        *(call(name, Result(0), address, size) for size in sizes),
        call("lseek", Result(0), 0, 1),
        *(call(name, 1 if name == "write" else 0, address, size) for size in sizes),
        *(call(name, fd, address, size) for fd in (-1, 1 if name == "read" else 0) for size in (0, 1, HUGE)),
        stdin=b"standard input",
    )


@pytest.mark.parametrize("size", [0, 1, 10, 100, 4000])
def test_partly_bad_buffer_of_a_file(size: int) -> None:
    check(
        NEW,
        call("write", Result(0), b"q" * 200, 200),
        call("lseek", Result(0), 0, 0),
        call("read", Result(0), Edge(10), size),
        call("lseek", Result(0), 0, 1),
        call("write", Result(0), Edge(10), size),
        call("lseek", Result(0), 0, 1),
        call("pread64", Result(0), Edge(3), size, 5),
        call("pwrite64", Result(0), Edge(3), size, 300),
        call("lseek", Result(0), 0, 2),
    )


def test_read_into_read_only_memory() -> None:
    check(
        NEW,
        call("write", Result(0), READ_ONLY, 16),
        call("lseek", Result(0), 0, 0),
        call("read", Result(0), READ_ONLY, 16),
        call("read", Result(0), READ_ONLY, 0),
        call("lseek", Result(0), 0, 1),
    )


def test_position_rules() -> None:
    need_ext4()
    check(
        NEW,
        call("write", Result(0), b"0123456789", 10),
        *(
            call("lseek", Result(0), offset, whence)
            for whence in (0, 1, 2, 3, 4, 5, -1, 2**32)
            for offset in (0, 3, -1, -100, 10, 11, 2**43, 2**44, 2**62, 2**63 - 1, 2**63)
        ),
        call("pread64", Result(0), Buffer("b", 8), 8, -1),
        call("pwrite64", Result(0), b"x", 1, -1),
        call("pread64", Result(0), Buffer("b"), 8, 2**63 - 1),
        call("pread64", -1, Buffer("b"), 8, -1),
        call("pwrite64", Result(0), b"x", 1, 2**63 - 1),
        call("pwrite64", Result(0), b"x", 0, 2**63 - 1),
        *(call(name, fd, Buffer("b"), 1, 0) for fd in (0, 1) for name in ("pread64", "pwrite64")),
        *(call("lseek", fd, 0, whence) for fd in (0, 1, -1) for whence in (0, 1, 9)),
    )


def test_holes() -> None:
    need_ext4()
    check(
        NEW,
        call("lseek", Result(0), 100000, 0),
        call("write", Result(0), b"end", 3),
        call("pread64", Result(0), Buffer("b", 64), 64, 99990, dump=[("b", 0, 64)]),
        call("pread64", Result(0), Buffer("b"), 64, 50, dump=[("b", 0, 16)]),
        call("lseek", Result(0), 0, 3),
        call("lseek", Result(0), 0, 4),
        call("lseek", Result(0), 99999, 4),
        call("lseek", Result(0), 100003, 3),
        call("lseek", Result(0), 100003, 4),
        call("ftruncate", Result(0), 2**40),
        call("lseek", Result(0), 0, 2),
        call("ftruncate", Result(0), 5),
        call("lseek", Result(0), 0, 2),
        call("ftruncate", Result(0), -1),
        call("ftruncate", Result(0), 2**45),
        call("ftruncate", 0, 5),
        call("ftruncate", -1, 5),
        call("ftruncate", -1, -5),
        call("open", "f", O_RDONLY),
        call("ftruncate", Result(18), 5),
    )


def test_truncation_forgets() -> None:
    check(
        NEW,
        call("write", Result(0), b"secret secret", 13),
        call("ftruncate", Result(0), 3),
        call("ftruncate", Result(0), 13),
        call("pread64", Result(0), Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
        call("open", "f", O_WRONLY | O_TRUNC),
        call("lseek", Result(0), 0, 2),
        call("write", Result(0), b"x", 1),
        call("pread64", Result(0), Buffer("b"), 16, 0, dump=[("b", 0, 16)]),
    )


def test_append() -> None:
    check(
        call("open", "f", O_RDWR | O_CREAT | O_APPEND, 0o644),
        call("write", Result(0), b"one", 3),
        call("lseek", Result(0), 0, 0),
        call("write", Result(0), b"two", 3),
        call("lseek", Result(0), 0, 1),
        call("pwrite64", Result(0), b"three", 5, 1),
        call("lseek", Result(0), 0, 1),
        call("pread64", Result(0), Buffer("b", 16), 16, 0, dump=[("b", 0, 16)]),
    )


def test_vectors() -> None:
    check(
        NEW,
        call("writev", Result(0), Packed([b"one", 3, b"", 0, b"three", 5]), 3),
        call("lseek", Result(0), 0, 0),
        call(
            "readv",
            Result(0),
            Packed([Buffer("a", 8), 2, Buffer("b", 8), 100]),
            2,
            dump=[("a", 0, 8), ("b", 0, 8)],
        ),
        call("writev", 1, Packed([b"to ", 3, b"stdout\n", 7]), 2),
        call("writev", Result(0), Packed([]), 0),
        call("writev", Result(0), 0, 0),
        call("readv", Result(0), KERNEL_ADDRESS, 0),
        call("writev", Result(0), 0, 1),
        call("writev", Result(0), UNMAPPED, 2),
        call("writev", Result(0), Edge(8), 1),
        call("writev", Result(0), Packed([b"x", 1]), -1),
        call("writev", Result(0), Packed([b"x", 1]), 1025),
        call("writev", Result(0), Packed([b"x", 2**63]), 1),
        call("writev", Result(0), Packed([b"x", 2**63 - 1]), 1),
        call("writev", Result(0), Packed([b"x", 1, b"y", HUGE]), 2),
        call("writev", Result(0), Packed([KERNEL_ADDRESS, 1]), 1),
        call("writev", Result(0), Packed([b"good", 4, KERNEL_ADDRESS, 1]), 2),
        call("writev", Result(0), Packed([b"good", 4, UNMAPPED, 1]), 2),
        call("writev", Result(0), Packed([UNMAPPED, 1, b"good", 4]), 2),
        call("writev", Result(0), Packed([UNMAPPED, 0, b"good", 4]), 2),
        call("writev", Result(0), Packed([0, 0]), 1),
        call("writev", -1, UNMAPPED, 1),
        call("readv", 1, UNMAPPED, 1),
        call("lseek", Result(0), 0, 0),
        call("readv", Result(0), Packed([Buffer("a"), 3, UNMAPPED, 3]), 2, dump=[("a", 0, 8)]),
        call("readv", Result(0), Packed([Buffer("a"), 3, READ_ONLY, 3]), 2, dump=[("a", 0, 8)]),
        call("lseek", Result(0), 0, 1),
        call("readv", 0, Packed([Buffer("a"), 2, Buffer("b"), 2]), 2, dump=[("a", 0, 8), ("b", 0, 8)]),
        stdin=b"abcdefgh",
    )


def test_standard_input() -> None:
    check(
        call("read", 0, Buffer("b", 16), 0),
        call("read", 0, Buffer("b"), 4, dump=[("b", 0, 16)]),
        call("ioctl", 0, 0x541B, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("read", 0, UNMAPPED, 4),
        call("read", 0, Edge(2), 4),
        call("read", 0, Buffer("b"), 400, dump=[("b", 0, 16)]),
        call("read", 0, Buffer("b"), 4),
        call("read", 0, UNMAPPED, 4),
        call("read", 0, UNMAPPED, 0),
        stdin=b"0123456789",
    )


def test_devices() -> None:
    steps = []
    for index, name in enumerate(("null", "zero", "full", "urandom")):
        fd = Result(12 * index)
        quiet = "none" if name == "urandom" else "value"
        steps += [
            call("open", f"/dev/{name}", O_RDWR),
            call("read", fd, Buffer("b", 16), 16, dump=[] if quiet == "none" else [("b", 0, 16)]),
            call("read", fd, UNMAPPED, 16),
            call("read", fd, Edge(5), 16),
            call("write", fd, b"abc", 3, show=quiet),
            call("write", fd, UNMAPPED, 3),
            call("write", fd, b"", 0),
            call("lseek", fd, 55, 0),
            call("lseek", fd, 0, 1),
            call("pread64", fd, Buffer("b"), 4, 1000),
            call("ioctl", fd, 0x5401, Buffer("b")),
            call("getdents64", fd, Buffer("b"), 16),
        ]
    check(*steps)


def test_loaded_arguments_are_ints() -> None:
    check(
        call("pipe", Buffer("fds", 8), dump=[("fds", 0, 8)]),
        call("write", Loaded("fds", 4), b"abc", 3),
        call("read", Loaded("fds"), Buffer("b", 8), 8, dump=[("b", 0, 8)]),
    )

"""dup, fcntl, ioctl and pipes, compared with Linux."""

from __future__ import annotations

import struct

import pytest

from tests.conformance.harness import KERNEL_ADDRESS, READ_ONLY, UNMAPPED, Buffer, Edge, Loaded, Result, call, check

O_RDWR, O_CREAT, O_APPEND, O_NONBLOCK, O_DIRECT, O_CLOEXEC = 2, 0o100, 0o2000, 0o4000, 0o40000, 0o2000000
F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW = range(8)
F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ = 1030, 1031, 1032
NEW = call("open", "f", O_RDWR | O_CREAT, 0o644)


def test_dup() -> None:
    check(
        NEW,
        call("dup", Result(0)),
        call("write", Result(0), b"abc", 3),
        call("write", Result(1), b"def", 3),
        call("lseek", Result(0), 0, 1),
        call("close", Result(0)),
        call("lseek", Result(1), 0, 1),
        *(call("dup", fd) for fd in (-1, 500, 2**31, 2**32)),
        *(
            call("dup2", old, new)
            for old in (Result(1), -1, 500)
            for new in (20, 20, -1, 1024, 2**31 - 1, 500, 2**32 + 21)
        ),
        call("dup2", Result(1), Result(1)),
        *(
            call("dup3", old, new, flags)
            for old in (Result(1), -1)
            for new in (30, -1, 1024, Result(1))
            for flags in (0, O_CLOEXEC, 1, O_NONBLOCK)
        ),
        call("fcntl", 30, F_GETFD),
        call("dup3", Result(1), 31, O_CLOEXEC),
        call("fcntl", 31, F_GETFD),
        call("dup2", 31, 32),
        call("fcntl", 32, F_GETFD),
        call("dup2", 32, 31),
        call("fcntl", 31, F_GETFD),
    )


def test_fcntl_flags() -> None:
    check(
        NEW,
        call("fcntl", Result(0), F_GETFD),
        *(
            step
            for value in (1, 0, 2, 3, 0xFFFFFFFF)
            for step in (call("fcntl", Result(0), F_SETFD, value), call("fcntl", Result(0), F_GETFD))
        ),
        call("fcntl", Result(0), F_GETFL),
        *(
            step
            for value in (O_APPEND, O_NONBLOCK, 0, 0o777, O_CREAT | O_APPEND, 2**40, 0o1000000)
            for step in (call("fcntl", Result(0), F_SETFL, value), call("fcntl", Result(0), F_GETFL))
        ),
        *(call("fcntl", 0, F_GETFL) for fd in (0, 1)),
        *(call("fcntl", fd, command, 0) for fd in (-1, 99) for command in (0, 1, 2, 3, 4, 5, 999, 1030, 1032)),
        *(call("fcntl", Result(0), command, 0) for command in (-1, 99, 5000)),
        *(
            call("fcntl", Result(0), command, start)
            for command in (F_DUPFD, F_DUPFD_CLOEXEC)
            for start in (0, 10, 10, -1, 1023, 1024, 2**32 + 40)
        ),
        call("fcntl", 10, F_GETFD),
        call("fcntl", 12, F_GETFD),
        call("open", "f", O_RDWR | O_CLOEXEC | O_APPEND),
        call("fcntl", Result(58), F_GETFD),
        call("fcntl", Result(58), F_GETFL),
    )


def lock(kind: int, whence: int, start: int, length: int) -> bytes:
    return struct.pack("<hhxxxxqqixxxx", kind, whence, start, length, 0)


@pytest.mark.parametrize("command", [F_GETLK, F_SETLK, F_SETLKW])
def test_record_locks(command: int) -> None:
    check(
        NEW,
        call("open", "f", 0),
        call("open", "f", 1),
        *(
            call("fcntl", fd, command, lock(kind, whence, start, length))
            for fd in (Result(0), Result(1), Result(2), 0, 1)
            for kind, whence, start, length in (
                (0, 0, 0, 0), (1, 0, 0, 0), (2, 0, 0, 0), (3, 0, 0, 0), (-1, 0, 0, 0), (0, 3, 0, 0), (0, 1, -1, 0),
                (1, 2, 5, -5),
                (1, 2, 5, -6), (0, 0, 2**63 - 1, 1), (0, 0, 2**63 - 1, 2), (2, 1, 0, 2**63 - 1), (7, 9, -1, 0),
            )
        ),
        *(call("fcntl", Result(0), command, address) for address in (0, UNMAPPED, KERNEL_ADDRESS, Edge(16), READ_ONLY)),
    )  # fmt: skip


def test_pipe_calls() -> None:
    check(
        call("pipe", Buffer("p", 8), dump=[("p", 0, 8)]),
        call("pipe2", Buffer("q", 8), O_CLOEXEC | O_NONBLOCK, dump=[("q", 0, 8)]),
        *(call("fcntl", Loaded(name, at), command) for name in "pq" for at in (0, 4) for command in (F_GETFD, F_GETFL)),
        *(call("pipe2", Buffer("r", 8), flags) for flags in (1, 0o100, O_APPEND, 2**31, -1)),
        *(
            call(name, address, 0)
            for name in ("pipe", "pipe2")
            for address in (0, UNMAPPED, KERNEL_ADDRESS, Edge(4), READ_ONLY)
        ),
        call("pipe2", UNMAPPED, 1),
        call("dup", 0),
        call("read", Loaded("p", 4), Buffer("b", 8), 1),
        call("write", Loaded("p", 0), b"x", 1),
        *(call("lseek", Loaded("p", 0), 0, whence) for whence in (0, 1, 2, 7)),
        call("pread64", Loaded("p", 0), Buffer("b"), 1, 0),
        call("pwrite64", Loaded("p", 4), b"x", 1, 0),
        call("pread64", Loaded("p", 4), Buffer("b"), 1, 0),
        call("ftruncate", Loaded("p", 4), 0),
        call("ioctl", Loaded("p", 0), 0x5401, Buffer("b")),
        call("ioctl", Loaded("p", 0), 0x5413, Buffer("b")),
        call("getdents64", Loaded("p", 0), Buffer("b"), 8),
        call("fchdir", Loaded("p", 0)),
        call(
            "fstat",
            Loaded("p", 0),
            Buffer("st", 144),
            dump=[("st", 24, 4), ("st", 48, 16), ("st", 64, 8), ("st", 16, 8)],
        ),
    )


def test_pipe_contents() -> None:
    check(
        call("pipe2", Buffer("p", 8), O_NONBLOCK),
        call("read", Loaded("p"), Buffer("b", 64), 64),
        call("read", Loaded("p"), UNMAPPED, 64),
        call("read", Loaded("p"), UNMAPPED, 0),
        call("write", Loaded("p", 4), b"hello ", 6),
        call("write", Loaded("p", 4), b"world", 5),
        call("write", Loaded("p", 4), b"", 0),
        call("ioctl", Loaded("p"), 0x541B, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("ioctl", Loaded("p", 4), 0x541B, UNMAPPED),
        call("read", Loaded("p"), Buffer("b"), 3, dump=[("b", 0, 16)]),
        call("read", Loaded("p"), UNMAPPED, 3),
        call("read", Loaded("p"), Edge(2), 5),
        call("ioctl", Loaded("p"), 0x541B, Buffer("n"), dump=[("n", 0, 4)]),
        call("read", Loaded("p"), Buffer("b"), 64, dump=[("b", 0, 16)]),
        call("write", Loaded("p", 4), UNMAPPED, 4),
        call("write", Loaded("p", 4), Edge(3), 4),
        call("write", Loaded("p", 4), Edge(4), 4),
        call("read", Loaded("p"), Buffer("b"), 64, dump=[("b", 0, 16)]),
        call("close", Loaded("p", 4)),
        call("read", Loaded("p"), Buffer("b"), 64),
    )


@pytest.mark.parametrize("size", [1, 100, 4095, 4096, 4097, 5000, 8192, 65536, 70000])
@pytest.mark.parametrize("flags", [O_NONBLOCK, O_NONBLOCK | O_DIRECT])
def test_filling_a_pipe(size: int, flags: int) -> None:
    count = 20 if size < 4096 else 70000 // size + 3
    big = Buffer("big", 70000)
    check(
        call("pipe2", Buffer("p", 8), flags),
        *(call("write", Loaded("p", 4), big, size) for _ in range(count)),
        call("read", Loaded("p"), big, 10),
        call("write", Loaded("p", 4), big, 1),
        call("read", Loaded("p"), big, 4096),
        call("write", Loaded("p", 4), big, 4096),
        call("write", Loaded("p", 4), big, 5000),
        call("ioctl", Loaded("p"), 0x541B, Buffer("n", 4), dump=[("n", 0, 4)]),
        call("fcntl", Loaded("p"), F_GETPIPE_SZ),
        *(
            call("fcntl", Loaded("p", 4), F_SETPIPE_SZ, wanted)
            for wanted in (0, 1, 4097, 131072, 1048576, 1048577, 2**31, -1)
        ),
        call("write", Loaded("p", 4), big, 70000),
        call("fcntl", Loaded("p", 4), F_SETPIPE_SZ, 4096),
        call("fcntl", 0, F_GETPIPE_SZ, show="sign"),
        call("fcntl", Result(0), F_SETPIPE_SZ, 4096, show="sign"),
        *(call("read", Loaded("p"), big, 30000) for _ in range(9)),
    )


def test_packets() -> None:
    check(
        call("pipe2", Buffer("p", 8), O_DIRECT | O_NONBLOCK),
        call("write", Loaded("p", 4), b"first packet", 12),
        call("write", Loaded("p", 4), b"second", 6),
        call("read", Loaded("p"), Buffer("b", 64), 5, dump=[("b", 0, 16)]),
        call("read", Loaded("p"), Buffer("b"), 64, dump=[("b", 0, 16)]),
        call("read", Loaded("p"), Buffer("b"), 64),
    )


@pytest.mark.parametrize("size", [0, 1, 100000])
def test_broken_pipe_kills(size: int) -> None:
    check(
        call("pipe", Buffer("p", 8)),
        call("close", Loaded("p")),
        call("write", Loaded("p", 4), Buffer("big", 100000), size),
        call("getpid", show="sign"),
    )


def test_broken_pipe_with_the_signal_ignored() -> None:
    check(
        call("rt_sigaction", 13, struct.pack("<QQQQ", 1, 0, 0, 0), 0, 8),
        call("pipe", Buffer("p", 8)),
        call("close", Loaded("p")),
        call("write", Loaded("p", 4), b"x", 1),
        call("write", Loaded("p", 4), UNMAPPED, 1),
        call("write", Loaded("p", 4), b"x", 0),
    )


def test_ioctl_without_a_terminal() -> None:
    check(
        NEW,
        call("write", Result(0), b"0123456789", 10),
        call("lseek", Result(0), 3, 0),
        call("ioctl", Result(0), 0x541B, Buffer("n", 64), dump=[("n", 0, 4)]),
        *(
            call("ioctl", fd, request, Buffer("n"))
            for fd in (Result(0), 0, 1, -1, 99)
            for request in (
                0x5401,
                0x5402,
                0x5413,
                0x5414,
                0x540F,
                0x5411,
                0x540B,
                0x5429,
                0,
                0x99999999,
                2**40 + 0x5401,
            )
        ),
        *(call("ioctl", Result(0), request, UNMAPPED) for request in (0x5401, 0x541B, 0x5421, 0x5451, 0x5450)),
        call("fcntl", Result(0), F_GETFD),
        call("ioctl", Result(0), 0x5451),
        call("fcntl", Result(0), F_GETFD),
        call("ioctl", Result(0), 0x5450),
        call("fcntl", Result(0), F_GETFD),
        call("ioctl", Result(0), 0x5421, b"\1\0\0\0"),
        call("fcntl", Result(0), F_GETFL),
        call("ioctl", Result(0), 0x5421, b"\0\0\0\0"),
        call("fcntl", Result(0), F_GETFL),
    )

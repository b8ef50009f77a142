"""flock and record locks within one process, compared with Linux: open file descriptions get in each other's way."""

from __future__ import annotations

import random

import pytest

from tests.conformance.harness import UNMAPPED, Buffer, Call, Edge, Loaded, Packed, Result, call, check

RD, WR, UN = 0, 1, 2
F_GETLK, F_SETLK, F_SETLKW = 5, 6, 7
F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW = 36, 37, 38
FILES = [call("open", "f", 0o102, 0o644), call("open", "f", 2), call("open", "f", 0), call("open", "f", 1)]


def lock(kind: int, start: int, length: int, whence: int = 0, pid: int = 0) -> Packed:
    """`struct flock`."""
    return Packed([kind & 0xFFFF | (whence & 0xFFFF) << 16, start, length, pid])


def asked(fd: object, command: int, kind: int, start: int, length: int) -> list[Call]:
    """A question, and the answer: the struct is copied to a buffer first so that it can be looked at."""
    words = bytearray(32)
    words[0:2] = kind.to_bytes(2, "little")
    words[8:16] = start.to_bytes(8, "little")
    words[16:24] = length.to_bytes(8, "little")
    return [
        call("pipe", Buffer("q", 8), show="none"),
        call("write", Loaded("q", 4), bytes(words), 32, show="none"),
        call("read", Loaded("q"), Buffer("lk", 32), 32, show="none"),
        call("fcntl", fd, command, Buffer("lk"), dump=[("lk", 0, 24)]),
        call("close", Loaded("q"), show="none"),
        call("close", Loaded("q", 4), show="none"),
    ]


def test_flock_rules() -> None:
    steps: list[Call] = [*FILES, call("open", "f", 0o10000000), call("dup", Result(0))]
    for fd in (Result(0), Result(4), -1, 99):
        steps += [call("flock", fd, op) for op in (0, 1, 2, 3, 4, 5, 6, 8, 12, 9, 16, 32, 33, 40, 36, -1, 2**32 + 5)]
    steps += [call("flock", Result(0), 6), call("flock", Result(1), 5), call("flock", Result(5), 6)]
    steps += [call("flock", Result(2), 8), call("flock", Result(5), 5), call("flock", Result(1), 5)]
    steps += [call("flock", Result(0), 6), call("flock", Result(2), 6), call("flock", Result(1), 8)]
    steps += [call("flock", Result(0), 6), call("close", Result(0)), call("flock", Result(2), 6)]
    steps += [call("close", Result(5)), call("flock", Result(2), 6), call("flock", Result(3), 5)]
    check(*steps, call("pipe", Buffer("p", 8)), call("flock", Loaded("p"), 6), call("open", ".", 0))


@pytest.mark.parametrize("command", [F_GETLK, F_SETLK, F_SETLKW, F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW])
def test_asking_for_locks(command: int) -> None:
    steps: list[Call] = [*FILES, call("open", "f", 0o10000000), call("pwrite64", Result(0), b"x", 1, 99)]
    for fd in (Result(0), Result(2), Result(3), Result(4), -1):
        for kind in (RD, WR, UN, 3, -1):
            steps.append(call("fcntl", fd, command, lock(kind, 0, 10)))
        for start, length, whence in (
            (0, 0, 0), (-1, 1, 0), (-50, 10, 2), (-200, 10, 2), (5, -5, 0), (5, -6, 0), (0, 0, 3), (0, 0, -1),
            (2**63 - 1, 1, 0), (2**63 - 1, 2, 0), (2**63 - 1, 0, 2), (10, -(2**63), 0), (1, 2**63 - 1, 0),
        ):  # fmt: skip
            steps.append(call("fcntl", fd, command, lock(RD, start, length, whence)))
        steps.append(call("fcntl", fd, command, lock(RD, 0, 5, 0, 77)))
        steps += [call("fcntl", fd, command, address) for address in (0, UNMAPPED, Edge(31))]
        if command == F_OFD_SETLKW:
            steps.append(call("fcntl", fd, command, lock(UN, 0, 0)))
    check(*steps)


@pytest.mark.parametrize("seed", range(6))
def test_ranges_of_open_files(seed: int) -> None:
    """Random locks of three descriptions of one file; after each, who is in the way of a fourth is asked."""
    source = random.Random(seed)
    steps: list[Call] = [call("open", "f", 0o102, 0o644), *[call("open", "f", 2)] * 3]
    for _ in range(40):
        kind = source.choice((RD, RD, WR, UN))
        start, length = source.randrange(30), source.choice((1, 3, 7, 10, 0))
        steps.append(call("fcntl", Result(source.randrange(3)), F_OFD_SETLK, lock(kind, start, length)))
        steps += asked(Result(3), F_OFD_GETLK, source.choice((RD, WR)), source.randrange(30), source.choice((1, 5, 0)))
    steps += [call("close", Result(0)), *asked(Result(3), F_OFD_GETLK, WR, 0, 0)]
    check(*steps, *asked(Result(1), F_OFD_GETLK, UN, 0, 0))


def test_process_locks_go_with_any_descriptor() -> None:
    check(
        *FILES,
        call("fcntl", Result(0), F_SETLK, lock(WR, 0, 10)),
        call("fcntl", Result(1), F_OFD_SETLK, lock(RD, 5, 1)),
        call("fcntl", Result(1), F_OFD_SETLK, lock(RD, 10, 1)),
        call("fcntl", Result(0), F_SETLK, lock(RD, 10, 1)),
        call("fcntl", Result(0), F_SETLK, lock(WR, 10, 1)),
        call("close", Result(3)),
        call("fcntl", Result(1), F_OFD_SETLK, lock(RD, 5, 1)),
        call("fcntl", Result(0), F_SETLK, lock(WR, 5, 1)),
        call("fcntl", Result(0), F_SETLK, lock(UN, 0, 0)),
        call("dup2", Result(2), Result(1)),
        call("fcntl", Result(0), F_SETLK, lock(WR, 5, 1)),
    )


def test_owners_and_signals_of_files() -> None:
    steps: list[Call] = [*FILES, call("pipe", Buffer("p", 8)), call("getpid", show="none")]
    for fd in (Result(0), Loaded("p"), -1):
        steps += [
            call("fcntl", fd, 9),
            call("fcntl", fd, 8, 0),
            call("fcntl", fd, 8, Result(5)),
            call("fcntl", fd, 8, 2**30),
        ]
        steps += [call("fcntl", fd, 9, show="sign"), call("fcntl", fd, 8, -(2**31)), call("fcntl", fd, 8, 0)]
        steps += [call("fcntl", fd, 10, signo) for signo in (0, 5, 64, 65, -1, 2**32 + 3)] + [call("fcntl", fd, 11)]
        steps += [call("fcntl", fd, 16, Buffer("o", 8), dump=[("o", 0, 8)]), call("fcntl", fd, 15, Packed([0]))]
        steps += [call("fcntl", fd, 15, Packed([3])), call("fcntl", fd, 15, Packed([2**30 << 32 | 1]))]
        steps += [call("fcntl", fd, 16, Edge(7)), call("fcntl", fd, 15, UNMAPPED), call("fcntl", fd, 9)]
        steps += [call("fcntl", fd, 1025), call("fcntl", fd, 1024, 2), call("fcntl", fd, 1024, 5)]
        steps += [call("fcntl", fd, 1027, number) for number in (Result(0), Result(1), Loaded("p"), 99, -1)]
        steps.append(call("fcntl", fd, 1028, 0))
    check(*steps)

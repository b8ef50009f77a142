"""sendfile, splice, tee, vmsplice and copy_file_range, compared with Linux."""

from __future__ import annotations

import random

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    READ_ONLY,
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

O_NONBLOCK, O_APPEND, O_PATH = 0o4000, 0o2000, 0o10000000
PAGE = 4096
TEXT = bytes(range(256)) * 40
MAX = 2**44 - PAGE

START: list[Call] = [
    call("open", "a", 0o102, 0o644),
    call("write", Result(0), TEXT, len(TEXT)),
    call("open", "b", 0o102, 0o644),
    call("pipe2", Buffer("p", 8), O_NONBLOCK),
    call("pipe2", Buffer("q", 8), O_NONBLOCK),
    call("lseek", Result(0), 0, 0),
    call("open", "a", 0),
    call("open", "a", 1),
    call("open", "b", O_APPEND | 2),
    call("open", ".", 0),
    call("open", "a", O_PATH),
    call("open", "/dev/null", 2),
    call("open", "/dev/zero", 2),
    call("mkdir", "d", 0o755),
]
A, B, ONLY_READ, ONLY_WRITE, APPEND, DIRECTORY, PATH, NULL, ZERO = map(Result, (0, 2, 6, 7, 8, 9, 10, 11, 12))
P0, P1, Q0, Q1 = Loaded("p"), Loaded("p", 4), Loaded("q"), Loaded("q", 4)
EVERY = [A, B, ONLY_READ, ONLY_WRITE, APPEND, DIRECTORY, PATH, NULL, ZERO, P0, P1, -1, 99]


def shown(fd: object, size: int) -> Call:
    """Read and show what comes out of a pipe."""
    return call("read", fd, Buffer("out", 8192), size, dump=[("out", 0, min(size, 600))])


def positions() -> list[Call]:
    """Offsets and sizes of both files."""
    return [
        step
        for fd in (A, B)
        for step in (call("lseek", fd, 0, 1), call("fstat", fd, Buffer("st", 144), dump=[("st", 48, 8)]))
    ]


@pytest.mark.parametrize("name", ["sendfile", "copy_file_range"])
def test_pairs_of_files(name: str) -> None:
    need_ext4()
    steps = list(START)
    for source in EVERY:
        for target in EVERY:
            if name == "sendfile":
                steps.append(call("sendfile", target, source, Packed([5]), 7))
                if source in (ZERO, NULL) or target in (P1, P0):
                    continue
                steps.append(call("sendfile", target, source, 0, 0))
            else:
                steps.append(call("copy_file_range", source, Packed([5]), target, Packed([20000]), 7, 0))
                steps.append(call("copy_file_range", source, 0, target, 0, 0, 0))
    check(*steps, *positions(), call("ioctl", P0, 0x541B, Buffer("n", 8), dump=[("n", 0, 4)]))


@pytest.mark.parametrize("flags", [0, 2])
def test_splicing_every_pair(flags: int) -> None:
    steps = list(START)
    for source in EVERY:
        for target in EVERY:
            if target is P1 and source not in (P0, P1):
                steps.append(call("read", P0, Buffer("out", 8192), 8192, show="none"))
            for off_in, off_out in ((0, 0), (Packed([3]), 0), (0, Packed([3])), (Packed([3]), Packed([-1]))):
                steps.append(call("splice", source, off_in, target, off_out, 5, flags))
    check(*steps, *positions(), shown(P0, 600))


def test_refusals_of_splice() -> None:
    steps = list(START)
    steps.append(call("write", P1, b"data", 4))
    for length in (0, 5, -1):
        for flags in (0, 15, 16, -1):
            steps += [
                call("splice", P0, 0, -1, 0, length, flags),
                call("splice", -1, UNMAPPED, -1, UNMAPPED, length, flags),
            ]
            steps += [
                call("tee", P0, P1, length, flags),
                call("tee", -1, P1, length, flags),
                call("tee", A, P1, length, flags),
            ]
            steps += [
                call("splice", A, UNMAPPED, P1, 0, length, flags),
                call("splice", P0, 0, A, KERNEL_ADDRESS, length, flags),
            ]
            steps += [
                call("splice", P0, UNMAPPED, A, UNMAPPED, length, flags),
                call("splice", A, 0, B, 0, length, flags),
            ]
            steps += [call("splice", P0, 0, P1, 0, length, flags), call("splice", P1, 0, P0, 0, length, flags)]
    for offset in (-1, 2**63 - 1, 2**63 - 5, 10**9):
        steps += [call("splice", A, Packed([offset]), P1, 0, 5, 2), call("sendfile", B, A, Packed([offset]), 5)]
    steps += [call("splice", A, READ_ONLY, P1, 0, 5, 2), call("splice", A, Edge(7), P1, 0, 5, 2)]
    check(*steps, call("sendfile", B, A, READ_ONLY, 5), call("sendfile", -1, -1, UNMAPPED, 5), *positions())


def test_sendfile_moves_offsets() -> None:
    steps = list(START)
    for offset, count in ((0, 10), (100, 5000), (10000, 1000), (10240, 5), (20000, 5), (0, 2**63), (5, 0)):
        steps += [call("sendfile", B, A, Packed([offset]), count), *positions()]
        steps += [call("lseek", A, offset, 0), call("sendfile", B, A, 0, count), *positions()]
        steps += [
            call("sendfile", P1, A, Packed([offset]), min(count, 20000)),
            shown(P0, 600),
            call("read", P0, Buffer("out", 8192), 8192),
        ]
    check(*steps, call("pread64", B, Buffer("big", 512), 512, 0, dump=[("big", 0, 512)]))


def test_sendfile_to_a_full_pipe() -> None:
    steps = [*START, call("fcntl", P1, 1031, 2 * PAGE)]
    for _ in range(3):
        steps.append(call("sendfile", P1, A, Packed([100]), 20000))
    steps += [shown(P0, 100), call("sendfile", P1, A, Packed([100]), 20000), shown(P0, 5000), shown(P0, 5000)]
    steps += [
        call("close", P0),
        call("rt_sigaction", 13, Packed([1, 0, 0, 0]), 0, 8),
        call("sendfile", P1, A, Packed([0]), 5),
    ]
    check(*steps, call("splice", A, Packed([0]), P1, 0, 5, 0), call("vmsplice", P1, Packed([b"x", 1]), 1, 0))


def test_pages_move_between_pipes() -> None:
    check(
        *START,
        call("write", P1, TEXT, 5000),
        call("splice", P0, 0, Q1, 0, 100, 0),
        call("write", Q1, b"merged?", 7),
        call("splice", P0, 0, Q1, 0, 3996, 0),
        call("write", Q1, b"merged?", 7),
        call("tee", Q0, P1, 150, 0),
        call("ioctl", P0, 0x541B, Buffer("n", 8), dump=[("n", 0, 4)]),
        call("ioctl", Q0, 0x541B, Buffer("n"), dump=[("n", 0, 4)]),
        shown(Q0, 90),
        call("tee", Q0, P1, 50, 0),
        call("splice", Q0, 0, P1, 0, 70000, 0),
        call("splice", Q0, 0, P1, 0, 70000, 0),
        shown(P0, 2000),
        shown(P0, 8000),
        call("splice", P0, 0, Q1, 0, 5, 0),
        call("close", P1),
        call("splice", P0, 0, Q1, 0, 5, 0),
        call("tee", P0, Q1, 5, 0),
        call("close", Q0),
        call("rt_sigaction", 13, Packed([1, 0, 0, 0]), 0, 8),
        call("splice", P0, 0, Q1, 0, 5, 0),
    )


def test_between_files_and_pipes() -> None:
    steps = list(START)
    for offset, length in ((0, 10), (100, 5000), (4000, 200), (10000, 1000), (10240, 1), (0, 20000)):
        steps += [call("splice", A, Packed([offset]), P1, 0, length, 0), call("write", P1, b"!", 1)]
        steps += [
            call("splice", P0, 0, B, Packed([offset]), length // 2, 0),
            call("splice", P0, 0, B, 0, 70000, 0),
            *positions(),
        ]
    steps += [call("lseek", A, 5, 0), call("splice", A, 0, P1, 0, 10, 0), call("lseek", A, 0, 1), shown(P0, 20)]
    check(*steps, call("pread64", B, Buffer("big", 512), 512, 0, dump=[("big", 0, 512)]))


def test_memory_and_pipes() -> None:
    long = b"0123456789" * 1000
    check(
        *START,
        call("vmsplice", P1, Packed([b"abc", 3, long, 10000, b"x", 0]), 3, 0),
        call("vmsplice", P1, Packed([b"d", 1]), 1, 8),
        call("write", P1, b"e", 1),
        shown(P0, 600),
        call("vmsplice", P0, Packed([Buffer("v", 64), 10, Buffer("v", offset=32), 5]), 2, 0, dump=[("v", 0, 64)]),
        call("ioctl", P0, 0x541B, Buffer("n", 8), dump=[("n", 0, 4)]),
        call("vmsplice", P1, Packed([UNMAPPED, 5]), 1, 0),
        call("vmsplice", P1, Packed([b"ok", 2, UNMAPPED, 5]), 2, 0),
        call("vmsplice", P1, Packed([KERNEL_ADDRESS, 5]), 1, 0),
        call("vmsplice", P1, Packed([b"ok", -1]), 1, 0),
        call("vmsplice", P1, Packed([b"ok", 2]), 1025, 0),
        call("vmsplice", P1, UNMAPPED, 1, 0),
        call("vmsplice", P1, UNMAPPED, 0, 0),
        call("vmsplice", P1, UNMAPPED, 1, 16),
        call("vmsplice", A, Packed([b"ok", 2]), 1, 0),
        call("vmsplice", A, Packed([b"ok", 0]), 1, 0),
        call("vmsplice", -1, UNMAPPED, 1, 16),
        call("vmsplice", PATH, UNMAPPED, 1, 0),
        call("vmsplice", Q0, Packed([Buffer("v"), 10]), 1, 2),
    )


def test_copying_ranges() -> None:
    need_ext4()
    steps = list(START)
    for start, to, length in (
        (0, 0, 10), (5, 100, 5000), (10000, 0, 1000), (10240, 0, 5), (30000, 0, 5), (0, MAX - 5, 10), (0, MAX, 10),
        (0, MAX + 1, 10),
        (-1, 0, 5), (0, -1, 5), (2**63 - 1, 0, 5), (0, 2**63 - 3, 5), (0, 0, -1), (0, 0, 2**63 - 1), (20000, MAX, 1),
        (-1, 0, 0),
    ):  # fmt: skip
        steps += [call("copy_file_range", A, Packed([start]), B, Packed([to]), length, 0), *positions()]
        steps += [call("copy_file_range", A, Packed([start]), A, Packed([to]), length, 0), *positions()]
        steps.append(call("ftruncate", B, 100))
        steps.append(call("ftruncate", A, 10240))
    steps += [call("copy_file_range", A, Packed([0]), A, Packed([at]), 10, 0) for at in (0, 5, 9, 10, 11)]
    steps += [call("copy_file_range", A, 0, B, 0, 10, flags) for flags in (0, 1, -1)] + positions()
    for pointer in (UNMAPPED, Edge(7), READ_ONLY):
        steps += [call("copy_file_range", A, pointer, B, 0, 10, 1), call("copy_file_range", A, 0, B, pointer, 10, 1)]
    check(*steps, call("copy_file_range", A, READ_ONLY, B, 0, 10, 0))


@pytest.mark.parametrize("seed", range(8))
def test_random_traffic(seed: int) -> None:
    source = random.Random(seed)
    steps = list(START)
    for _ in range(60):
        size = source.choice((1, 7, 100, 4095, 4096, 4097, 9000))
        steps.append(
            source.choice(
                [
                    call("write", source.choice((P1, Q1)), TEXT, min(size, len(TEXT))),
                    call("read", source.choice((P0, Q0)), Buffer("out", 16384), size, dump=[("out", 0, 64)]),
                    call("splice", P0, 0, Q1, 0, size, 2),
                    call("splice", Q0, 0, P1, 0, size, 2),
                    call("tee", P0, Q1, size, 2),
                    call("tee", Q0, P1, size, 2),
                    call("splice", A, Packed([source.randrange(10000)]), P1, 0, size, 2),
                    call("splice", Q0, 0, B, 0, size, 2),
                    call("vmsplice", Q1, Packed([b"memory" * 2000, size]), 1, 2),
                    call("sendfile", Q1, A, Packed([source.randrange(10000)]), size),
                ]
            )
        )
    check(*steps, *positions(), shown(P0, 16000), shown(Q0, 16000))

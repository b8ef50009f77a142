"""madvise, mincore, msync, mlock and its family: the same on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import KERNEL_ADDRESS, UNMAPPED, Buffer, Edge, Result, call, check
from tests.conformance.test_memory import (
    ANONYMOUS,
    AT,
    GROWSDOWN,
    HERE,
    MAP,
    NORESERVE,
    PAGE,
    POPULATE,
    PRIVATE,
    RW,
    SHARED,
    STDOUT,
    R,
    X,
    anonymous,
    mapped,
    touch,
)
from tests.conformance.test_remap import MAP_FIXED, TO, fill, look

O_RDONLY, O_RDWR, O_CREAT = 0, 2, 0o100
NORMAL, WILLNEED, DONTNEED, FREE, REMOVE, DONTFORK, DOFORK = 0, 3, 4, 8, 9, 10, 11
HUGEPAGE, NOHUGEPAGE, DONTDUMP, DODUMP, WIPEONFORK, KEEPONFORK, COLD, PAGEOUT = 14, 15, 16, 17, 18, 19, 20, 21
POPULATE_READ, POPULATE_WRITE, DONTNEED_LOCKED, COLLAPSE, GUARD_INSTALL, GUARD_REMOVE = 22, 23, 24, 25, 102, 103
MS_ASYNC, MS_INVALIDATE, MS_SYNC = 1, 2, 4
LOCKED = 0x2000
EVERY = [*range(26), 100, 101, 102, 103, 104, -1, 5, 6, 7]


def advise(page, pages, advice, at=AT):
    return call("madvise", at + page * PAGE, pages * PAGE, advice)


def resident(page, pages, at=AT):
    return call("mincore", at + page * PAGE, pages * PAGE, Buffer("vec", 64), dump=[("vec", 0, pages)])


def file_at(flags=SHARED, prot=RW, opened=O_RDWR | O_CREAT):
    """Three pages of a file at AT, as descriptor 3."""
    return [
        call("open", "f", O_RDWR | O_CREAT, 0o644),
        call("write", 3, b"a" * PAGE + b"b" * PAGE + b"c" * PAGE, 3 * PAGE),
        call("close", 3),
        call("open", "f", opened, 0o644),
        call("mmap", AT, 3 * PAGE, prot, flags | MAP_FIXED, 3, 0),
    ]


@pytest.mark.parametrize("advice", [a for a in EVERY if a != COLLAPSE])
def test_every_advice(advice):
    check(
        mapped(3),
        call("madvise", AT + 1, PAGE, advice),
        call("madvise", AT, 0, advice),
        call("madvise", AT + 1, 0, advice),
        call("madvise", AT, -1, advice),
        call("madvise", AT, -PAGE, advice),
        call("madvise", KERNEL_ADDRESS, PAGE, advice),
        call("madvise", KERNEL_ADDRESS, 0, advice),
        call("madvise", UNMAPPED, PAGE, advice),
        call("madvise", -PAGE, PAGE, advice),
        *fill(b"one", b"two", b"six"),
        advise(1, 1, advice),
        look(0),
        look(1),
        resident(0, 3),
        advise(0, 5, advice),
        advise(-1, 3, advice),
        look(0),
        look(2),
    )


@pytest.mark.parametrize("advice", [a for a in EVERY if a != COLLAPSE])
def test_every_advice_on_shared_memory(advice):
    check(
        call("mmap", AT, 3 * PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
        *fill(b"one", b"two", b"six"),
        advise(1, 1, advice),
        look(0),
        look(1),
        advise(0, 5, advice),
        look(2),
    )


@pytest.mark.parametrize("flags", [SHARED, PRIVATE])
@pytest.mark.parametrize("advice", [WILLNEED, DONTNEED, FREE, REMOVE, WIPEONFORK, COLD, PAGEOUT, GUARD_INSTALL, 22, 23])
def test_advice_on_files(flags, advice):
    check(
        *file_at(flags),
        call("pread64", 3, AT + PAGE, 2, 0),
        look(1),
        advise(1, 1, advice),
        look(1),
        call("pread64", 3, Buffer("b", 8), 4, PAGE, dump=[("b", 0, 4)]),
        advise(0, 3, advice),
        look(2),
        call("getcwd", AT + 2 * PAGE, 64, show="sign"),
    )


@pytest.mark.parametrize("opened", [O_RDONLY, O_RDWR])
@pytest.mark.parametrize("prot", [R, RW, R | X, 0])
@pytest.mark.parametrize("flags", [SHARED, PRIVATE])
def test_advice_and_permissions(opened, prot, flags):
    check(
        *file_at(flags, prot, opened),
        advise(0, 1, REMOVE),
        advise(0, 1, POPULATE_READ),
        advise(0, 1, POPULATE_WRITE),
        advise(0, 4, POPULATE_READ),
        advise(0, 1, GUARD_INSTALL),
        touch(0),
        advise(0, 1, POPULATE_READ),
        advise(0, 1, GUARD_REMOVE),
        touch(0),
    )


def test_advice_on_locked_memory():
    check(
        mapped(2),
        call("mlock", AT, PAGE),
        *[advise(0, 2, advice) for advice in EVERY if advice not in (COLLAPSE, DONTNEED_LOCKED)],
        *fill(b"one"),
        advise(0, 1, DONTNEED_LOCKED),
        look(0),
        call("munlock", AT, PAGE),
        advise(0, 2, DONTNEED),
    )


def test_populating():
    check(
        call("mmap", AT, 4 * PAGE, R, HERE, -1, 0),
        resident(0, 4),
        advise(0, 1, POPULATE_READ),
        resident(0, 4),
        advise(0, 1, POPULATE_WRITE),
        call("mprotect", AT + PAGE, PAGE, RW),
        advise(1, 1, POPULATE_WRITE),
        advise(1, 2, POPULATE_WRITE),
        advise(3, 2, POPULATE_READ),
        resident(0, 4),
        call("mmap", TO, PAGE, 0, HERE, -1, 0),
        advise(0, 1, POPULATE_READ, TO),
        advise(0, 1, POPULATE_WRITE, TO),
        call("mmap", TO, PAGE, 2, HERE, -1, 0),
        advise(0, 1, POPULATE_READ, TO),
        advise(0, 1, POPULATE_WRITE, TO),
    )


def test_guards():
    check(
        mapped(4),
        *fill(b"one", b"two", b"six", b"ten"),
        advise(1, 2, GUARD_INSTALL),
        *[touch(page) for page in range(4)],
        *[touch(page, "w") for page in range(1, 4)],
        resident(0, 4),
        advise(0, 4, DONTNEED),
        touch(1),
        call("mprotect", AT, 4 * PAGE, R),
        call("mprotect", AT, 4 * PAGE, RW),
        touch(1),
        advise(0, 4, POPULATE_WRITE),
        advise(0, 4, POPULATE_READ),
        call("mremap", AT + PAGE, 2 * PAGE, 2 * PAGE, 3, TO),
        touch(0),
        call("write", STDOUT, TO, 1),
        advise(0, 1, GUARD_REMOVE, TO),
        call("write", STDOUT, TO, 1),
        call("write", STDOUT, TO + PAGE, 1),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        call("write", STDOUT, TO + PAGE, 1),
        call("mlock", AT, PAGE),
        advise(0, 1, GUARD_INSTALL),
        advise(0, 1, GUARD_REMOVE),
    )


def test_mincore_arguments():
    check(
        mapped(4),
        call("mincore", AT + 1, PAGE, Buffer("v", 8)),
        call("mincore", AT, 0, Buffer("v")),
        call("mincore", AT, 0, 0),
        call("mincore", AT, 0, UNMAPPED),
        call("mincore", AT, 0, KERNEL_ADDRESS),
        call("mincore", AT, PAGE, UNMAPPED),
        call("mincore", AT, PAGE, KERNEL_ADDRESS),
        call("mincore", AT, 5 * PAGE, UNMAPPED),
        call("mincore", AT, 5 * PAGE, Buffer("v"), dump=[("v", 0, 5)]),
        call("mincore", AT - PAGE, PAGE, UNMAPPED),
        call("mincore", AT - PAGE, 2 * PAGE, Buffer("v")),
        call("mincore", KERNEL_ADDRESS, PAGE, Buffer("v")),
        call("mincore", (1 << 47) - PAGE, PAGE, Buffer("v")),
        call("mincore", AT, 1 << 47, Buffer("v")),
        call("mincore", AT, -1, Buffer("v")),
        call("mincore", AT, 4 * PAGE, Edge(3)),
        call("mincore", AT, 4 * PAGE, Edge(4)),
        call("mincore", AT, 3 * PAGE + 1, Buffer("v"), dump=[("v", 0, 5)]),
        call("mincore", AT + 1, 0, 0),
    )


def test_what_is_in_memory():
    check(
        mapped(4),
        resident(0, 4),
        touch(1),
        resident(0, 4),
        touch(2, "w"),
        resident(0, 4),
        advise(1, 1, DONTNEED),
        resident(0, 4),
        call("mmap", AT, 4 * PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
        resident(0, 4),
        touch(1),
        resident(0, 4),
        call("mremap", AT, 0, 4 * PAGE, 3, TO),
        resident(0, 4, TO),
        advise(0, 4, DONTNEED),
        resident(0, 4),
        advise(1, 1, REMOVE),
        resident(0, 4),
        *file_at(),
        resident(0, 3),
        *file_at(PRIVATE),
        resident(0, 3),
        call("mmap", AT, 4 * PAGE, RW, HERE | POPULATE, -1, 0),
        resident(0, 4),
        call("mmap", AT, 4 * PAGE, RW, HERE | POPULATE | 0x1_0000, -1, 0),
        resident(0, 4),
    )


def test_msync():
    check(
        *file_at(),
        call("msync", AT, PAGE, 0),
        call("msync", AT, PAGE, MS_SYNC),
        call("msync", AT, PAGE, MS_ASYNC),
        call("msync", AT, PAGE, MS_ASYNC | MS_SYNC),
        call("msync", AT, PAGE, MS_INVALIDATE),
        call("msync", AT, PAGE, 8),
        call("msync", AT + 1, PAGE, MS_SYNC),
        call("msync", AT + 1, PAGE, 8),
        call("msync", AT, 0, MS_SYNC),
        call("msync", UNMAPPED, 0, MS_SYNC),
        call("msync", UNMAPPED, PAGE, MS_SYNC),
        call("msync", AT, 4 * PAGE, MS_SYNC),
        call("msync", AT, 4 * PAGE, MS_ASYNC),
        call("msync", AT - PAGE, 2 * PAGE, MS_ASYNC),
        call("msync", AT - PAGE, 2 * PAGE, MS_SYNC),
        call("msync", AT, -1, MS_SYNC),
        call("msync", AT, -PAGE, MS_SYNC),
        call("msync", KERNEL_ADDRESS, PAGE, MS_SYNC),
        call("msync", -PAGE, 2 * PAGE, MS_SYNC),
        call("mlock", AT + PAGE, PAGE),
        call("msync", AT, 3 * PAGE, MS_SYNC | MS_INVALIDATE),
        call("msync", AT, PAGE, MS_SYNC | MS_INVALIDATE),
        call("msync", AT - PAGE, 3 * PAGE, MS_INVALIDATE),
        call("munmap", AT, PAGE),
        call("msync", AT, 3 * PAGE, MS_INVALIDATE),
        call("msync", AT, 3 * PAGE, MS_INVALIDATE | MS_ASYNC),
    )


def test_mlock():
    check(
        mapped(4),
        call("mlock", AT, 0),
        call("mlock", AT + 1, 0),
        call("mlock", UNMAPPED, 0),
        call("mlock", UNMAPPED + 1, 0),
        call("mlock", UNMAPPED, PAGE),
        call("mlock", AT, 5 * PAGE),
        call("mlock", AT - PAGE, 2 * PAGE),
        call("mlock", AT, -1),
        call("mlock", AT, -PAGE),
        call("mlock", AT, -2 * PAGE),
        call("mlock", AT + 1, -1),
        call("mlock", KERNEL_ADDRESS, PAGE),
        call("mlock", -PAGE, PAGE),
        call("mlock", -PAGE, 2 * PAGE),
        call("munlock", AT, -PAGE),
        call("munlock", AT, -1),
        call("munlock", -PAGE, PAGE),
        call("munlock", UNMAPPED, PAGE),
        call("munlock", UNMAPPED, 0),
        call("munlock", AT, 5 * PAGE),
        call("munlock", AT - PAGE, 5 * PAGE),
        call("mlock", AT + 100, 1),
        resident(0, 4),
        call("mlock", AT + PAGE - 1, 2),
        resident(0, 4),
        call("mlock2", AT + 3 * PAGE, PAGE, 1),
        resident(0, 4),
        call("mlock2", AT, PAGE, 2),
        call("mlock2", UNMAPPED, PAGE, 2),
        call("mlock2", AT, PAGE, 0),
        call("munlock", AT, 4 * PAGE),
    )


def test_locking_memory_that_can_not_be_touched():
    check(
        call("mmap", AT, PAGE, 0, HERE, -1, 0),
        call("mlock", AT, PAGE),
        advise(0, 1, DONTNEED),
        call("munlock", AT, PAGE),
        call("mmap", AT, PAGE, R, HERE, -1, 0),
        call("mlock", AT, PAGE),
        resident(0, 1),
        *file_at(),
        call("ftruncate", 5, 0),
        call("ftruncate", 3, PAGE),
        call("mlock", AT, 2 * PAGE),
        call("mlock2", AT, 2 * PAGE, 1),
        call("munlock", AT, 3 * PAGE),
        advise(0, 2, POPULATE_READ),
        advise(0, 2, POPULATE_WRITE),
    )


def test_the_limit_of_locked_memory():
    check(
        call("mmap", AT, 9 << 20, RW, HERE, -1, 0),
        call("mlock2", AT, 8 << 20, 1),
        call("mlock2", AT, (8 << 20) + 1, 1),
        call("mlock2", AT + (8 << 20), PAGE, 1),
        call("mlock2", AT + PAGE, 8 << 20, 1),
        call("mlock2", AT, 4 << 20, 1),
        call("munlock", AT, 4 << 20),
        call("mlock2", AT + (8 << 20), 1 << 20, 1),
        call("munlockall"),
        call("mlock2", AT, 9 << 20, 1),
        call("mlock", AT, 9 << 20),
    )


def test_mlockall():
    check(
        call("mlockall", 0),
        call("mlockall", 8),
        call("mlockall", 4),
        call("mlockall", -1),
        mapped(2),
        call("mlockall", 2),
        anonymous(0, 9 << 20),
        anonymous(0, 9 << 20, flags=MAP | LOCKED),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        resident(0, 2, TO),
        resident(0, 2),
        advise(0, 2, DONTNEED, TO),
        advise(0, 2, DONTNEED),
        call("mremap", TO, 2 * PAGE, 3 * PAGE),
        resident(0, 3, TO),
        call("mremap", TO, 2 * PAGE, 9 << 20, 1),
        call("mremap", TO, 0, 9 << 20, 1),
        call("munlockall"),
        advise(0, 2, DONTNEED, TO),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        resident(0, 2, TO),
        call("mlockall", 6),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        resident(0, 2, TO),
        call("mlockall", 1),
        resident(0, 2),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        resident(0, 2, TO),
        call("mlockall", 5),
        call("munlockall"),
    )


def test_mapping_locked():
    check(
        call("mmap", AT, 2 * PAGE, RW, HERE | LOCKED, -1, 0),
        resident(0, 2),
        anonymous(0, 9 << 20, flags=MAP | LOCKED),
        call("mmap", AT, 2 * PAGE, 0, HERE | LOCKED, -1, 0),
        resident(0, 2),
        call("mmap", AT, 2 * PAGE, R, HERE | LOCKED | NORESERVE, -1, 0),
        resident(0, 2),
        anonymous(0, PAGE, flags=MAP | GROWSDOWN | LOCKED),
        call("munmap", AT, 2 * PAGE),
        call("brk", 0, show="sign"),
        call("mlockall", 2),
        call("brk", Result(8, 3 * PAGE), show="sign"),
        call("brk", Result(8, 9 << 20), show="sign"),
        call("madvise", Result(8), PAGE, DONTNEED, show="sign"),
    )


def test_protection_keys():
    check(
        mapped(2),
        call("pkey_alloc", 1, 0),
        call("pkey_alloc", 0, 4),
        call("pkey_alloc", 0, 0, show="none"),
        call("pkey_alloc", 0, 0),
        call("pkey_alloc", 0, 3),
        call("pkey_free", 0),
        call("pkey_free", 1),
        call("pkey_free", -1),
        call("pkey_mprotect", AT, PAGE, R, -1),
        call("pkey_mprotect", AT, PAGE, R, 0),
        call("pkey_mprotect", AT, PAGE, R, 1),
        call("pkey_mprotect", AT + 1, PAGE, R, 1),
        call("pkey_mprotect", AT, 0, R, 1),
        call("pkey_mprotect", UNMAPPED, PAGE, R, 1),
        touch(0, "w"),
        touch(1, "w"),
    )


def test_barriers():
    check(
        call("membarrier", 0, 0, 0),
        call("membarrier", 0, 1, 0),
        call("membarrier", 3, 0, 0),
        call("membarrier", -1, 0, 0),
        call("membarrier", 1024, 0, 0),
        call("membarrier", 1, 0, 0),
        call("membarrier", 2, 0, 0),
        call("membarrier", 512, 0, 0),
        *[call("membarrier", 1 << bit, 0, 0) for bit in range(3, 10)],
        call("membarrier", 128, 1, 0),
        call("membarrier", 8, 1, 0),
        call("membarrier", 64, 0, 0),
        call("membarrier", 512, 0, 0),
        call("membarrier", 8, 0, 0),
    )


def test_barriers_of_one_kind():
    check(
        call("membarrier", 64, 0, 0),
        call("membarrier", 512, 0, 0),
        call("membarrier", 8, 0, 0),
        call("membarrier", 32, 0, 0),
        call("membarrier", 4, 0, 0),
        call("membarrier", 512, 0, 0),
    )


def test_collapsing():
    check(
        mapped(3),
        touch(1, "w"),
        advise(0, 3, COLLAPSE),
        advise(0, 5, COLLAPSE),
        call("madvise", AT + 1, PAGE, COLLAPSE),
        call("mmap", AT, 6 << 20, RW, HERE, -1, 0),
        call("madvise", AT, 6 << 20, COLLAPSE),
        call("mmap", AT, 3 * PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
        advise(0, 3, COLLAPSE),
        *file_at(),
        advise(0, 3, COLLAPSE),
        touch(0),
    )

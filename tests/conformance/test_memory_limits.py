"""RLIMIT_AS, RLIMIT_DATA, RLIMIT_STACK and RLIMIT_MEMLOCK: the same on Linux and here.

What a process has mapped before the case begins is not the same everywhere, so the limits leave room for that.
"""

from __future__ import annotations

import pytest

from tests.conformance.harness import Packed, Result, call, check
from tests.conformance.test_memory import (
    ANONYMOUS,
    AT,
    GROWSDOWN,
    HERE,
    NORESERVE,
    PAGE,
    PRIVATE,
    RW,
    SHARED,
    R,
    anonymous,
    touch,
)
from tests.conformance.test_remap import MAP_FIXED, TO, mremap

DATA, STACK, MEMLOCK, AS = 2, 3, 8, 9
MIB = 1 << 20
FREE = (1 << 64) - 1
LOCKED = 0x2000


def limit(resource, soft, hard=FREE):
    return call("setrlimit", resource, Packed([soft, hard]))


def test_all_memory():
    check(
        limit(AS, 20 * MIB),
        call("mmap", AT, 10 * MIB, 0, HERE, -1, 0),
        anonymous(0, 30 * MIB),
        anonymous(0, 15 * MIB, R, PRIVATE | ANONYMOUS | NORESERVE),
        anonymous(0, 15 * MIB, R, SHARED | ANONYMOUS),
        call("mmap", AT, 15 * MIB, RW, HERE, -1, 0),
        call("mmap", AT, 25 * MIB, RW, HERE, -1, 0),
        call("munmap", AT + 10 * MIB, 5 * MIB),
        mremap(AT, 10 * MIB, 25 * MIB),
        mremap(AT, 10 * MIB, 25 * MIB, 1),
        mremap(AT, 10 * MIB, 10 * MIB, 5, 0),
        mremap(AT, 10 * MIB, 10 * MIB, 3, TO),
        call("mprotect", TO, 10 * MIB, RW),
        call("brk", 0, show="sign"),
        call("brk", Result(13, 15 * MIB), show="sign"),
        call("munmap", TO, 10 * MIB),
        anonymous(0, 15 * MIB),
        anonymous(0, 15 * MIB),
    )


def test_data():
    check(
        limit(DATA, 20 * MIB),
        anonymous(0, 30 * MIB),
        anonymous(0, 30 * MIB, R),
        anonymous(0, 30 * MIB, RW, SHARED | ANONYMOUS),
        anonymous(0, 30 * MIB, RW, PRIVATE | ANONYMOUS | GROWSDOWN),
        anonymous(0, 30 * MIB, RW, PRIVATE | ANONYMOUS | NORESERVE),
        call("mmap", AT, 10 * MIB, RW, HERE, -1, 0),
        call("mmap", TO, 15 * MIB, R, HERE, -1, 0),
        call("mprotect", TO, 15 * MIB, RW),
        call("mprotect", TO, 5 * MIB, RW),
        call("mprotect", TO, 15 * MIB, R),
        call("brk", 0, show="sign"),
        call("brk", Result(11, 15 * MIB), show="sign"),
        mremap(AT, 10 * MIB, 25 * MIB),
        mremap(AT, 10 * MIB, 15 * MIB),
        limit(DATA, 0),
        anonymous(0, PAGE),
        anonymous(0, PAGE, R),
    )


def test_growing_stacks():
    check(
        limit(STACK, MIB),
        call("mmap", AT, PAGE, RW, HERE | GROWSDOWN, -1, 0),
        touch(-1, "w"),
        touch(-255, "w"),
        touch(-256, "w"),
        limit(STACK, 8 * MIB),
        touch(-256, "w"),
        call("mmap", TO, PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
    )


@pytest.mark.parametrize("soft", [0, PAGE, 2 * PAGE + 100])
def test_locks(soft):
    check(
        limit(MEMLOCK, soft, 8 * MIB),
        call("mmap", AT, 4 * PAGE, RW, HERE, -1, 0),
        call("mlock", AT, PAGE),
        call("mlock", AT, 2 * PAGE),
        call("mlock", AT, 3 * PAGE),
        call("mlock", AT, 0),
        call("mlock", 0, PAGE),
        call("mlock2", AT, PAGE, 2),
        call("mlockall", 2),
        call("mlockall", 1),
        call("mlockall", 0),
        anonymous(0, 3 * PAGE),
        anonymous(0, 3 * PAGE, flags=PRIVATE | ANONYMOUS | LOCKED),
        anonymous(0, PAGE, flags=PRIVATE | ANONYMOUS | LOCKED),
        call("munlockall"),
        call("munlock", AT, PAGE),
    )

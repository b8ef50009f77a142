"""mremap, remap_file_pages: the same on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import KERNEL_ADDRESS, Buffer, Packed, Result, call, check
from tests.conformance.test_memory import (
    AT,
    GROWSDOWN,
    HERE,
    LOW,
    MAP,
    PAGE,
    POPULATE,
    PRIVATE,
    RW,
    SHARED,
    STDOUT,
    R,
    mapped,
    touch,
)

MAYMOVE, FIXED, DONTUNMAP = 1, 2, 4
TO = 0x3000_0000
FILE_RW, MAP_FIXED, ANONYMOUS = 0o102, 0x10, 0x20


def mremap(old, old_size, new_size, flags=0, new=0, show="value"):
    return call("mremap", old, old_size, new_size, flags, new, show=show)


def fill(*words, at=AT):
    """A file whose text is read into consecutive pages at `at`."""
    steps = [call("open", "text", FILE_RW, 0o644), call("write", 3, b"".join(words), sum(map(len, words)))]
    place = 0
    for page, word in enumerate(words):
        steps.append(call("pread64", 3, at + page * PAGE, len(word), place))
        place += len(word)
    return [*steps, call("close", 3)]


def look(page, at=AT, size=3):
    return call("write", STDOUT, at + page * PAGE, size)


def test_arguments():
    check(
        mapped(4),
        mremap(AT + 1, PAGE, PAGE),
        mremap(AT, PAGE, 0),
        mremap(AT, 0, 0),
        mremap(AT, PAGE, PAGE, 8),
        mremap(AT, PAGE, PAGE, -1),
        mremap(AT, PAGE, PAGE, FIXED, TO),
        mremap(AT, PAGE, PAGE, DONTUNMAP, TO),
        mremap(AT, PAGE, 2 * PAGE, DONTUNMAP | MAYMOVE, TO),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, TO + 1),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, AT),
        mremap(AT, 2 * PAGE, PAGE, MAYMOVE | FIXED, AT + PAGE),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, KERNEL_ADDRESS),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, (1 << 47) - PAGE),
        mremap(AT, PAGE, 1 << 47, MAYMOVE),
        mremap(AT, PAGE, -1, MAYMOVE),
        mremap(AT, -1, PAGE),
        mremap(AT, PAGE, 1 << 46, MAYMOVE),
        mremap(TO, PAGE, PAGE),
        mremap(TO, PAGE, 2 * PAGE, MAYMOVE),
        mremap(TO, PAGE, PAGE, MAYMOVE | FIXED, AT),
        touch(0),
        mremap(AT, 0, PAGE, MAYMOVE),
        mremap(AT, 0, PAGE),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, 0),
        touch(0),
        *[touch(page) for page in range(4)],
    )


def test_growing_in_place_and_shrinking():
    check(
        mapped(2),
        *fill(b"one", b"two"),
        mremap(AT, 2 * PAGE, 4 * PAGE),
        look(0),
        look(1),
        touch(3),
        touch(3, "w"),
        mremap(AT, 4 * PAGE, PAGE),
        look(0),
        touch(1),
        mremap(AT, PAGE, PAGE),
        mremap(AT, 1, 1),
        mremap(AT, 1, PAGE + 1),
        touch(1),
        touch(2),
    )


def test_no_room_to_grow():
    check(
        mapped(1),
        call("mmap", AT + 2 * PAGE, PAGE, R, HERE, -1, 0),
        mremap(AT, PAGE, 3 * PAGE),
        mremap(AT, PAGE, 2 * PAGE),
        mremap(AT, 2 * PAGE, 3 * PAGE),
        mremap(AT, 3 * PAGE, 4 * PAGE),
        mremap(AT, PAGE, 3 * PAGE),
        mremap(AT + PAGE, PAGE, 3 * PAGE, MAYMOVE, show="sign"),
        touch(0),
        touch(1),
        touch(2),
        touch(2, "w"),
    )


def test_growing_moves():
    check(
        mapped(2),
        call("mmap", AT + 2 * PAGE, PAGE, R, HERE, -1, 0),
        *fill(b"one", b"two"),
        mremap(AT, 2 * PAGE, 5 * PAGE, MAYMOVE, show="sign"),
        touch(0),
        touch(1),
        touch(2),
        call("write", STDOUT, Result(8), 3),
        call("write", STDOUT, Result(8, PAGE), 3),
        call("write", STDOUT, Result(8, 4 * PAGE), 3),
        call("getcwd", Result(8, 4 * PAGE), 64, show="sign"),
    )


def test_a_fixed_place():
    check(
        mapped(3),
        *fill(b"one", b"two", b"six"),
        call("mmap", TO, 3 * PAGE, R, HERE, -1, 0),
        mremap(AT + PAGE, PAGE, PAGE, MAYMOVE | FIXED, TO + PAGE),
        touch(0),
        touch(1),
        look(2),
        look(1, TO),
        look(0, TO),
        call("getcwd", TO + PAGE, 64, show="sign"),
        call("getcwd", TO, 64, show="sign"),
        mremap(AT, PAGE, 4 * PAGE, MAYMOVE | FIXED, TO - 4 * PAGE),
        look(-4, TO),
        touch(0),
        mremap(TO - 4 * PAGE, 4 * PAGE, PAGE, MAYMOVE | FIXED, AT),
        look(0),
        look(-4, TO),
        look(-3, TO),
        mremap(AT, PAGE, 2 * PAGE, MAYMOVE | FIXED, AT + 3 * PAGE),
        look(3),
        touch(4),
    )


def test_several_regions_move_together():
    check(
        mapped(2),
        call("mmap", AT + 2 * PAGE, PAGE, R, HERE, -1, 0),
        call("mmap", AT + 4 * PAGE, PAGE, RW, HERE, -1, 0),
        *fill(b"one"),
        mremap(AT, 5 * PAGE, 5 * PAGE, MAYMOVE | FIXED, TO),
        *[look(page, TO, 1) for page in range(5)],
        *[touch(page) for page in range(5)],
        mremap(TO, 3 * PAGE, 4 * PAGE, MAYMOVE | FIXED, AT),
        mremap(TO - PAGE, 3 * PAGE, 3 * PAGE, MAYMOVE | FIXED, AT),
        mremap(TO + 3 * PAGE, 2 * PAGE, 2 * PAGE, MAYMOVE | FIXED, AT),
        mremap(TO + PAGE, 4 * PAGE, 4 * PAGE, MAYMOVE | FIXED | DONTUNMAP, AT),
        *[touch(page) for page in range(5)],
        *[look(page, TO, 1) for page in range(5)],
    )


def test_leaving_the_old_place_mapped():
    check(
        mapped(2),
        *fill(b"one", b"two"),
        mremap(AT, 2 * PAGE, 2 * PAGE, MAYMOVE | DONTUNMAP, 0, show="sign"),
        look(0),
        call("write", STDOUT, Result(6), 3),
        call("write", STDOUT, Result(6, PAGE), 3),
        mremap(AT, PAGE, PAGE, MAYMOVE | DONTUNMAP | FIXED, TO),
        look(0, TO),
        look(0),
        mremap(AT, 0, 0, MAYMOVE | DONTUNMAP | FIXED, TO),
        mremap(AT, PAGE, PAGE, MAYMOVE | DONTUNMAP, TO + 5 * PAGE),
        touch(0),
    )


def test_shared_memory_a_second_time():
    check(
        call("mmap", AT, 2 * PAGE, RW, SHARED | ANONYMOUS | MAP_FIXED, -1, 0),
        *fill(b"one", b"two"),
        mremap(AT, 0, 2 * PAGE, MAYMOVE | FIXED, TO),
        look(0, TO),
        look(1, TO),
        call("getcwd", TO, 64, show="sign"),
        call("write", STDOUT, AT, 1),
        mremap(AT, 0, 2 * PAGE),
        mremap(AT, 0, 2 * PAGE, MAYMOVE, show="sign"),
        mremap(AT + PAGE, 0, PAGE, MAYMOVE | FIXED, TO + 8 * PAGE),
        look(8, TO),
        mremap(AT, 2 * PAGE, 3 * PAGE),
        look(1),
        look(2),
        call("getcwd", AT + 2 * PAGE, 64, show="sign"),
    )


def test_files():
    check(
        call("open", "f", FILE_RW, 0o644),
        call("write", 3, b"a" * PAGE + b"b" * PAGE + b"c" * PAGE + b"d", 3 * PAGE + 1),
        call("mmap", AT, 2 * PAGE, RW, PRIVATE | MAP_FIXED, 3, PAGE),
        mremap(AT, 2 * PAGE, 4 * PAGE),
        look(0),
        look(2),
        look(3),
        mremap(AT + PAGE, 2 * PAGE, 2 * PAGE, MAYMOVE | FIXED, TO),
        look(0, TO),
        look(1, TO),
        look(0),
        call("mmap", AT, PAGE, RW, SHARED | MAP_FIXED, 3, 0),
        mremap(AT, 0, 2 * PAGE, MAYMOVE | FIXED, TO + 4 * PAGE),
        look(5, TO),
        call("pwrite64", 3, b"new", 3, PAGE),
        look(5, TO),
        mremap(AT, PAGE, PAGE, MAYMOVE | DONTUNMAP | FIXED, TO + 8 * PAGE),
        look(0),
        look(8, TO),
    )


def test_a_part_of_the_middle():
    check(
        mapped(5),
        mremap(AT + PAGE, PAGE, 2 * PAGE),
        mremap(AT + PAGE, PAGE, 2 * PAGE, MAYMOVE, show="sign"),
        touch(0),
        touch(1),
        touch(2),
        mremap(AT + 3 * PAGE, 5 * PAGE, PAGE),
        touch(4),
        mremap(AT + 2 * PAGE, 9 * PAGE, 10 * PAGE, MAYMOVE),
    )


def test_the_moved_pages_do_not_merge():
    check(
        mapped(2),
        *fill(b"one", b"two"),
        call("mmap", TO, 2 * PAGE, RW, HERE, -1, 0),
        *fill(b"six", b"ten", at=TO),
        mremap(AT, 2 * PAGE, 2 * PAGE, MAYMOVE | FIXED, TO + 2 * PAGE),
        mremap(TO, 4 * PAGE, 5 * PAGE, MAYMOVE),
        mremap(TO, 2 * PAGE, 3 * PAGE),
        call("mmap", AT, PAGE, RW, HERE, -1, 0),
        mremap(AT, PAGE, PAGE, MAYMOVE | FIXED, TO + 4 * PAGE),
        mremap(TO + 3 * PAGE, 2 * PAGE, 3 * PAGE),
        mremap(TO + 4 * PAGE, PAGE, 3 * PAGE),
    )


def test_neighbours_that_are_not_alike_stay_apart():
    check(
        mapped(1),
        call("mmap", AT + PAGE, PAGE, RW, HERE | 0x4000, -1, 0),
        mremap(AT, 2 * PAGE, 3 * PAGE),
        call("mmap", AT + 2 * PAGE, PAGE, RW, HERE | 0x4000, -1, 0),
        mremap(AT + PAGE, 2 * PAGE, 3 * PAGE),
        call("mmap", TO, PAGE, RW, HERE | 0x2_0000, -1, 0),
        call("mmap", TO + PAGE, PAGE, RW, HERE, -1, 0),
        mremap(TO, 2 * PAGE, 3 * PAGE),
        call("mmap", TO + 8 * PAGE, PAGE, R, HERE, -1, 0),
        call("mmap", TO + 9 * PAGE, PAGE, RW, HERE, -1, 0),
        touch(9, "r"),
        call("mprotect", TO + 9 * PAGE, PAGE, R),
        mremap(TO + 8 * PAGE, 2 * PAGE, 3 * PAGE),
        call("mmap", TO + 11 * PAGE, PAGE, RW, HERE | POPULATE, -1, 0),
        call("mprotect", TO + 11 * PAGE, PAGE, R),
        call("mmap", TO + 12 * PAGE, PAGE, R, HERE, -1, 0),
        mremap(TO + 11 * PAGE, 2 * PAGE, 3 * PAGE),
    )


def test_the_number_of_bytes_that_can_be_promised():
    check(
        mapped(1),
        mremap(AT, PAGE, 1 << 45, MAYMOVE),
        call("mmap", 0, 1 << 45, RW, MAP, -1, 0),
        call("mmap", 0, 1 << 45, R, MAP, -1, 0, show="sign"),
        call("mprotect", Result(3), 1 << 45, RW),
        call("mmap", 0, 1 << 45, RW, MAP | 0x4000, -1, 0, show="sign"),
    )


@pytest.mark.parametrize("prot", [0, R])
def test_remap_file_pages(prot):
    check(
        call("open", "f", FILE_RW, 0o644),
        call("write", 3, b"a" * PAGE + b"b" * PAGE + b"c" * PAGE, 3 * PAGE),
        call("mmap", AT, 3 * PAGE, RW, SHARED | MAP_FIXED, 3, 0),
        call("remap_file_pages", AT, PAGE, prot, 2, 0),
        look(0),
        look(1),
        call("remap_file_pages", AT + PAGE, 2 * PAGE, prot, 0, 0x1_0000),
        look(1),
        look(2),
        call("remap_file_pages", AT, 0, 0, 0, 0),
        call("remap_file_pages", AT, 4 * PAGE, 0, 0, 0),
        call("remap_file_pages", TO, PAGE, 0, 0, 0),
        call("remap_file_pages", AT, PAGE, 0, 1 << 52, 0),
        call("remap_file_pages", AT, -PAGE, 0, 0, 0),
        call("mmap", TO, PAGE, RW, HERE, -1, 0),
        call("remap_file_pages", TO, PAGE, 0, 0, 0),
        call("pwrite64", 3, Packed([1]), 8, 2 * PAGE),
        look(0),
    )


def test_a_range_that_sticks_out():
    check(
        mapped(3),
        call("mmap", AT + 5 * PAGE, PAGE, RW, HERE, -1, 0),
        mremap(AT, 8 * PAGE, 4 * PAGE, MAYMOVE | FIXED, TO),
        touch(0),
        mremap(AT, 8 * PAGE, 2 * PAGE, MAYMOVE | FIXED, TO),
        *[touch(page) for page in (0, 1, 2, 5)],
        look(0, TO),
        look(2, TO),
        mremap(TO, 3 * PAGE, 3 * PAGE, MAYMOVE | DONTUNMAP, AT, show="sign"),
        mremap(AT + PAGE, -PAGE, 3 * PAGE, MAYMOVE | FIXED, AT + 2 * PAGE),
    )


def test_watching_changes_nothing():
    check(
        call("mmap", AT, 4 * PAGE, RW, HERE | GROWSDOWN, -1, 0),
        call("open", "/dev/null", 1),
        call("write", Result(1), AT - PAGE, 5),
        call("munlock", AT - PAGE, PAGE),
        call("write", Result(1), AT, 5),
        call("mincore", AT, 4 * PAGE, Buffer("v", 8), dump=[("v", 0, 4)]),
    )


def test_a_low_address_that_is_wished():
    check(
        call("mmap", AT, PAGE, RW, MAP | LOW, -1, 0),
        call("mmap", AT + 5, PAGE, RW, MAP | LOW, -1, 0, show="sign"),
        call("mmap", 0x7FFF_F000, 2 * PAGE, RW, MAP | LOW, -1, 0, show="sign"),
    )

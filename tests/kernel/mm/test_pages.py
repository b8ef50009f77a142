"""Frames, page faults, stack growth, placement and user copies."""

from __future__ import annotations

import pytest

from app.cpu.mmu import PAGE_SIZE, OutOfMemory
from app.kernel.abi.x86_64 import X86_64
from app.kernel.errno import Errno, KernelError
from app.kernel.mm.address_space import MAX_MAP_COUNT
from app.kernel.mm.faults import MMAP_MIN_ADDR, STACK_GUARD_GAP
from app.kernel.mm.vma import Vma

STACK_LIMIT = 8 << 20
TOP = 0x7FFF_FFFF_F000
RW = 3


@pytest.fixture
def stack(machine):
    machine.mm.map(Vma(TOP - 0x21000, TOP, RW, "[stack]", grows_down=True))
    return machine.mm


def test_memory_is_provided_when_touched(machine):
    mm = machine.mm
    mm.map(Vma(0x10000, 1 << 46, RW))
    assert machine.memory.used == 0
    sentence = mm.handle_fault(0x7654_3210, "write")
    assert sentence is not None and "zeroed frame" in sentence
    assert machine.memory.used == 1
    assert mm.copy_in(0x7654_3210, 4) == bytes(4)
    mm.unmap(0x10000, 1 << 46)
    assert machine.memory.used == 0
    assert mm.handle_fault(0x7654_3210, "write") is None


def test_reading_untouched_memory_takes_no_frames(machine):
    machine.mm.map(Vma(0x10000, 0x110000, RW))
    assert machine.mm.copy_in(0x10010, 0x80000) == bytes(0x80000)
    assert machine.memory.used == 0


@pytest.mark.parametrize(
    ("prot", "access", "allowed"),
    [
        (0, "read", False),
        (0, "write", False),
        (0, "execute", False),
        (1, "read", True),
        (1, "write", False),
        (1, "execute", False),
        (2, "read", True),
        (2, "write", True),
        (4, "read", True),
        (4, "execute", True),
        (5, "write", False),
    ],
)
def test_permissions(machine, prot, access, allowed):
    machine.mm.map(Vma(0x10000, 0x11000, prot))
    assert (machine.mm.handle_fault(0x10000, access) is not None) == allowed
    assert machine.memory.used == int(allowed and access == "write")
    assert len(machine.mm.page_table.entries) == int(allowed)


def test_protect_applies_to_pages_that_are_there(machine):
    mm = machine.mm
    mm.map(Vma(0x10000, 0x13000, RW))
    assert mm.copy_out(0x10000, bytes([7]) * 0x3000) == 0x3000
    mm.protect(0x11000, 0x12000, 1)
    assert mm.copy_out(0x10FFF, b"ab") == 1
    assert mm.copy_in(0x10FFF, 3) == b"a\x07\x07"
    mm.protect(0x11000, 0x12000, 0)
    assert mm.copy_in(0x10FFF, 3) == b"a"
    mm.protect(0x11000, 0x12000, RW)
    assert len(mm.vmas) == 1
    assert mm.copy_in(0x11000, 2) == b"\x07\x07"


def test_copies_stop_at_holes_and_at_the_end_of_user_memory(stack):
    assert stack.copy_out(TOP - 4, b"abcd") == 4
    assert stack.copy_in(TOP - 4, 4) == b"abcd"
    assert stack.copy_in(TOP - 4, 5) == b""
    assert stack.copy_out(TOP - 4, b"abcde") == 0
    for address in (TOP, 1 << 47, 1 << 63, (1 << 64) - 1):
        assert stack.copy_in(address, 1) == b""
        assert stack.copy_out(address, b"x") == 0
    assert stack.copy_in(0, 1) == b""
    assert stack.copy_in(TOP - 4, 0) == b""


def test_a_copy_larger_than_the_machine_is_out_of_memory(make_machine):
    machine = make_machine(pages=16)
    machine.mm.map(Vma(0x10000, 1 << 40, RW))
    with pytest.raises(OutOfMemory):
        machine.mm.copy_in(0x10000, 1 << 39)
    with pytest.raises(OutOfMemory):
        machine.mm.copy_out(0x10000, bytes(17 * PAGE_SIZE))


def test_storing_into_code_is_told_to_the_cpu(machine):
    mm, changes = machine.mm, []
    mm.map(Vma(0x10000, 0x12000, 7))
    mm.map(Vma(0x12000, 0x13000, RW))
    mm.populate(0x10000, 0x13000)
    mm.page_table.on_code_change = lambda start, end: changes.append((start, end))
    mm.copy_out(0x10FFE, b"abcd")
    assert changes == [(0x10FFE, 0x11000), (0x11000, 0x11002)]
    changes.clear()
    mm.copy_out(0x12000, b"abcd")
    assert changes == []
    mm.protect(0x12000, 0x13000, 5)
    assert changes == [(0x12000, 0x13000)]


class TestStack:
    def test_grows_down_to_the_page_touched(self, stack, machine):
        sentence = stack.handle_fault(TOP - 0x100000 + 5, "write")
        assert sentence is not None and "grows" in sentence
        assert stack.find(TOP - 1).start == TOP - 0x100000
        assert machine.events[-1].name == "[stack]"
        assert machine.memory.used == 1

    def test_grows_for_the_kernel_too(self, stack):
        assert stack.copy_out(TOP - 0x30000, b"x") == 1
        assert stack.copy_in(TOP - 0x40000, 1) == b"\0"
        assert stack.find(TOP - 1).start == TOP - 0x40000

    def test_stops_at_its_limit(self, stack):
        assert stack.handle_fault(TOP - STACK_LIMIT, "write") is not None
        assert stack.handle_fault(TOP - STACK_LIMIT - 1, "write") is None

    def test_keeps_its_distance(self, stack):
        below = TOP - 0x200000
        stack.map(Vma(below - 0x1000, below, RW))
        assert stack.handle_fault(below + STACK_GUARD_GAP - 1, "write") is None
        assert stack.handle_fault(below + STACK_GUARD_GAP, "write") is not None

    def test_an_inaccessible_neighbour_needs_no_distance(self, stack):
        below = TOP - 0x200000
        stack.map(Vma(below - 0x1000, below, 0))
        assert stack.handle_fault(below, "write") is not None

    def test_code_is_not_a_reason_to_grow(self, stack):
        assert stack.handle_fault(TOP - 0x30000, "execute") is None


class TestPlacement:
    def test_goes_downwards_from_the_base(self, stack):
        first = stack.find_free(0x3000)
        assert first == X86_64.memory.mmap_base - 0x3000
        stack.map(Vma(first, first + 0x3000, RW))
        assert stack.find_free(0x1000) == first - 0x1000

    def test_fills_the_highest_hole_that_fits(self, stack):
        stack.map(Vma(X86_64.memory.mmap_base - 0x8000, X86_64.memory.mmap_base, RW))
        stack.unmap(X86_64.memory.mmap_base - 0x3000, X86_64.memory.mmap_base - 0x1000)
        stack.unmap(X86_64.memory.mmap_base - 0x7000, X86_64.memory.mmap_base - 0x4000)
        assert stack.find_free(0x2000) == X86_64.memory.mmap_base - 0x3000
        assert stack.find_free(0x3000) == X86_64.memory.mmap_base - 0x7000
        assert stack.find_free(0x4000) == X86_64.memory.mmap_base - 0xC000

    def test_leaves_the_guard_gap_of_regions_that_grow(self, machine):
        machine.mm.map(Vma(X86_64.memory.mmap_base - 0x1000, X86_64.memory.mmap_base, RW, grows_down=True))
        assert machine.mm.find_free(0x1000) == X86_64.memory.mmap_base - 0x1000 - STACK_GUARD_GAP - 0x1000

    def test_uses_room_above_when_there_is_none_below(self, machine):
        machine.mm.map(Vma(MMAP_MIN_ADDR, X86_64.memory.mmap_base, 0))
        assert machine.mm.find_free(0x1000) == X86_64.memory.mmap_base
        assert machine.mm.find_free(1 << 46) is None

    def test_never_below_the_lowest_address(self, machine):
        assert machine.mm.find_free(X86_64.memory.mmap_base - MMAP_MIN_ADDR) == MMAP_MIN_ADDR
        assert machine.mm.find_free(X86_64.memory.mmap_base - MMAP_MIN_ADDR + 0x1000) is None


def test_the_number_of_regions_is_limited(machine):
    mm = machine.mm
    for index in range(MAX_MAP_COUNT - 1):
        mm.vmas.replace(*(span := (0x100000 + index * 0x2000, 0x101000 + index * 0x2000)), Vma(*span, RW))
    span = (0x7000_0000_0000, 0x7000_0000_3000)
    mm.map(Vma(*span, RW))
    assert len(mm.vmas) == MAX_MAP_COUNT
    with pytest.raises(KernelError) as error:
        mm.unmap(span[0] + 0x1000, span[0] + 0x2000)
    assert error.value.errno == Errno.ENOMEM
    with pytest.raises(KernelError):
        mm.protect(span[0] + 0x1000, span[0] + 0x2000, 1)
    mm.unmap(span[0], span[0] + 0x1000)

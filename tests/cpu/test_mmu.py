"""Physical memory and page tables on their own."""

from __future__ import annotations

import pytest

from app.cpu.mmu import EXECUTE, PAGE_SIZE, READ, WRITE, OutOfMemory, PageTable, PhysicalMemory


def watched(table: PageTable) -> list[object]:
    seen: list[object] = []
    table.attach(lambda: seen.append("downgrade"), lambda start, end: seen.append((start, end)))
    return seen


def test_frames_are_zeroed_and_reused():
    memory = PhysicalMemory(2 * PAGE_SIZE)
    first, second = memory.allocate(), memory.allocate()
    assert first != second
    with pytest.raises(OutOfMemory):
        memory.allocate()
    memory.write(first, 0, b"x" * PAGE_SIZE)
    memory.release(first)
    assert memory.allocate() == first
    assert memory.read(first, 0, PAGE_SIZE) == bytes(PAGE_SIZE)


def test_shared_frame_lives_until_its_last_user():
    memory = PhysicalMemory(PAGE_SIZE)
    frame = memory.allocate()
    memory.share(frame)
    memory.release(frame)
    assert memory.used == 1
    with pytest.raises(OutOfMemory):
        memory.allocate()
    memory.release(frame)
    assert memory.used == 0
    assert memory.peak == 1
    assert memory.allocate() == frame


def test_releasing_a_free_frame_is_an_error():
    memory = PhysicalMemory(PAGE_SIZE)
    frame = memory.allocate()
    memory.release(frame)
    with pytest.raises(KeyError):
        memory.release(frame)


def test_size_must_be_whole_pages():
    with pytest.raises(ValueError, match="whole number of pages"):
        PhysicalMemory(PAGE_SIZE + 1)


def test_only_losses_are_downgrades():
    table = PageTable()
    seen = watched(table)
    table.map(1, 7, READ)
    table.protect(1, READ | WRITE)
    assert seen == []
    table.protect(1, READ)
    assert seen == ["downgrade"]
    table.map(1, 8, READ)
    assert seen == ["downgrade"] * 2
    assert table.unmap(1) == (8, READ)
    assert seen == ["downgrade"] * 3
    assert table.unmap(1) is None
    assert seen == ["downgrade"] * 3


def test_becoming_executable_is_a_code_change():
    table = PageTable()
    seen = watched(table)
    table.map(2, 7, READ | EXECUTE)
    assert seen == [(2 * PAGE_SIZE, 3 * PAGE_SIZE)]
    table.protect(2, READ)
    table.protect(2, READ | EXECUTE)
    assert seen[1:] == ["downgrade", (2 * PAGE_SIZE, 3 * PAGE_SIZE)]


def test_code_changes_while_detached_are_remembered_once():
    table = PageTable()
    table.map(1, 7, READ)
    assert not table.attach(lambda: None, lambda start, end: None)
    table.detach()
    table.map(2, 8, READ | EXECUTE)
    assert table.attach(lambda: None, lambda start, end: None)
    assert not table.attach(lambda: None, lambda start, end: None)

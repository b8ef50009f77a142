"""Regions against a plain dictionary of pages, under random operations."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from app.cpu.mmu import PAGE_SIZE, READ, WRITE, PhysicalMemory
from app.kernel.mm.memory_object import SharedMemory
from app.kernel.mm.vma import Vma, VmaList
from app.trace.events import Segment
from app.trace.fold import change_memory

BASE = 0x10_0000
PAGES = 40


def pages_of(vmas):
    """Page number -> (permissions, name), from anything with start, end, perms and name."""
    result = {}
    for vma in vmas:
        start, end = (int(x, 16) if isinstance(x, str) else x for x in (vma.start, vma.end))
        for page in range(start // PAGE_SIZE, end // PAGE_SIZE):
            assert page not in result, "regions overlap"
            result[page] = (vma.perms, vma.name)
    return result


def perms_text(prot):
    return "".join(letter if prot & bit else "-" for letter, bit in (("r", 1), ("w", 2), ("x", 4))) + "p"


def check_tidy(vmas):
    """Sorted, not empty, and no two neighbours that could be one."""
    regions = list(vmas)
    for before, after in pairwise(regions):
        assert before.end <= after.start
        assert not before.joins(after)
    assert all(vma.start < vma.end for vma in regions)


class Model:
    """What memory should be: per page its permissions, its name, and its bytes once written."""

    def __init__(self):
        self.pages = {}
        self.bytes = {}

    def can(self, address, bits):
        page = self.pages.get(address // PAGE_SIZE)
        if page is None:
            return False
        allowed = page[0] | READ if page[0] else 0
        return bool(allowed & bits)

    def readable(self, address, size):
        out = bytearray()
        while len(out) < size and self.can(address + len(out), READ):
            out.append(self.bytes.get(address + len(out), 0))
        return bytes(out)

    def write(self, address, data):
        done = 0
        while done < len(data) and self.can(address + done, WRITE):
            self.bytes[address + done] = data[done]
            done += 1
        return done

    def forget(self, first, last):
        for page in range(first, last):
            self.pages.pop(page, None)
        for address in [a for a in self.bytes if first <= a // PAGE_SIZE < last]:
            del self.bytes[address]


@pytest.mark.parametrize("seed", range(12))
def test_random_operations_match_the_model(machine, seed):
    rng = random.Random(seed)
    mm, model, shown = machine.mm, Model(), []
    for _ in range(250):
        first = BASE // PAGE_SIZE + rng.randrange(PAGES)
        last = first + rng.randint(1, 8)
        start, end = first * PAGE_SIZE, last * PAGE_SIZE
        match rng.choice(("map", "map", "unmap", "protect", "out", "out", "in", "fault")):
            case "map":
                prot, name = rng.choice((0, 1, 3, 3, 5, 7, 2)), rng.choice(("", "", "a"))
                mm.map(Vma(start, end, prot, name))
                model.forget(first, last)
                model.pages.update(dict.fromkeys(range(first, last), (prot, name)))
            case "unmap":
                mm.unmap(start, end)
                model.forget(first, last)
            case "protect":
                vma = mm.find(start)
                if vma is not None:
                    stop = min(end, vma.end)
                    prot = rng.choice((0, 1, 3, 5, 7))
                    mm.protect(start, stop, prot)
                    for page in range(first, stop // PAGE_SIZE):
                        model.pages[page] = (prot, model.pages[page][1])
            case "out":
                address, data = start + rng.randrange(PAGE_SIZE), rng.randbytes(rng.choice((1, 100, 5000, 9000)))
                assert mm.copy_out(address, data) == model.write(address, data)
            case "in":
                address, size = start + rng.randrange(PAGE_SIZE), rng.choice((0, 1, 100, 5000, 9000))
                assert mm.copy_in(address, size) == model.readable(address, size)
            case "fault":
                access, bit = rng.choice((("read", 1), ("write", 2), ("execute", 4)))
                repaired = mm.handle_fault(start, access)
                assert (repaired is not None) == model.can(start, bit)
        check_tidy(mm.vmas)
        assert pages_of(mm.vmas) == {page: (perms_text(prot), name) for page, (prot, name) in model.pages.items()}
        for event in machine.events:
            shown = change_memory(shown, event)
        machine.events.clear()
        assert pages_of(shown) == pages_of(mm.vmas)
        assert set(mm.page_table.entries) <= set(model.pages)
        assert machine.memory.used == mm.rss // PAGE_SIZE
    for page in model.pages:
        address = page * PAGE_SIZE
        assert mm.copy_in(address, PAGE_SIZE) == model.readable(address, PAGE_SIZE)


def test_equal_neighbours_become_one_and_split_again():
    vmas = VmaList()
    vmas.replace(0x1000, 0x2000, Vma(0x1000, 0x2000, 3))
    vmas.replace(0x3000, 0x4000, Vma(0x3000, 0x4000, 3))
    vmas.replace(0x2000, 0x3000, Vma(0x2000, 0x3000, 3))
    assert [(vma.start, vma.end) for vma in vmas] == [(0x1000, 0x4000)]
    removed = vmas.replace(0x2000, 0x3000)
    assert [(vma.start, vma.end) for vma in removed] == [(0x2000, 0x3000)]
    assert [(vma.start, vma.end) for vma in vmas] == [(0x1000, 0x2000), (0x3000, 0x4000)]


def test_neighbours_that_share_different_memory_stay_apart():
    vmas = VmaList()
    for start in (0x1000, 0x2000):
        shared = SharedMemory(PhysicalMemory(PAGE_SIZE), "", PAGE_SIZE, 1)
        vmas.replace(start, start + 0x1000, Vma(start, start + 0x1000, 3, shared=True, file=shared))
    assert len(vmas) == 2


def test_lookups_at_the_edges():
    vmas = VmaList()
    vmas.replace(0x2000, 0x3000, Vma(0x2000, 0x3000, 1))
    vmas.replace(0x5000, 0x6000, Vma(0x5000, 0x6000, 1))
    assert vmas.find(0x1FFF) is None
    assert vmas.find(0x2000).start == vmas.find(0x2FFF).start == 0x2000
    assert vmas.find(0x3000) is None
    assert vmas.next_from(0x3000).start == 0x5000
    assert vmas.next_from(0x6000) is None
    assert vmas.last_before(0x2000) is None
    assert vmas.last_before(0x5000).start == 0x2000
    assert [vma.start for vma in vmas.overlapping(0x2FFF, 0x5001)] == [0x2000, 0x5000]
    assert vmas.overlapping(0x3000, 0x5000) == []


def test_the_merged_region_is_announced(machine):
    machine.mm.map(Vma(0x10000, 0x11000, 3, "[heap]"))
    machine.mm.map(Vma(0x11000, 0x12000, 3, "[heap]"))
    shown = []
    for event in machine.events:
        shown = change_memory(shown, event)
    assert shown == [Segment("0x10000", "0x12000", "rw-p", "[heap]")]

"""fork: private pages are shared until somebody stores, shared regions stay shared, and everything is given back."""

from __future__ import annotations

import random

import pytest

from app.cpu.mmu import PAGE_SIZE, WRITE
from app.kernel.clock import Clock
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import RegularFile
from app.kernel.fs.superblock import SuperBlock
from app.kernel.mm.memory_object import MappedFile, SharedMemory
from app.kernel.mm.vma import VM_DONTCOPY, VM_LOCKED, VM_WIPEONFORK, Vma

RW = 3
AT = 0x10000


def shared(machine, pages=2):
    memory = SharedMemory(machine.memory, "/dev/zero (deleted)", pages * PAGE_SIZE, 1)
    machine.mm.map(Vma(AT, AT + pages * PAGE_SIZE, RW, memory.name, shared=True, file=memory))
    return memory


def file_region(machine, inode, at=AT, prot=RW, shared=False):
    mapped = MappedFile.of(inode, machine.memory)
    machine.mm.map(Vma(at, at + 2 * PAGE_SIZE, prot, "f", shared=shared, file=mapped))
    return mapped


@pytest.fixture
def inode():
    inode = RegularFile(SuperBlock(Clock()), 0o644, 0, 0)
    inode.write(0, b"file" * 2048)
    return inode


def test_both_see_the_same_until_one_stores(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + 3 * PAGE_SIZE, RW))
    mm.copy_out(AT, b"before")
    mm.copy_out(AT + PAGE_SIZE, b"second")
    child = mm.fork(machine.kernel)
    assert machine.memory.used == 2
    assert child.copy_in(AT, 6) == b"before"
    assert child.copy_out(AT, b"child!") == 6
    assert machine.memory.used == 3
    assert (mm.copy_in(AT, 6), child.copy_in(AT, 6)) == (b"before", b"child!")
    assert mm.copy_out(AT + PAGE_SIZE, b"parent") == 6
    assert (mm.copy_in(AT + PAGE_SIZE, 6), child.copy_in(AT + PAGE_SIZE, 6)) == (b"parent", b"second")


def test_stores_fault_once_and_say_what_was_done(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + PAGE_SIZE, RW))
    mm.copy_out(AT, b"x")
    child = mm.fork(machine.kernel)
    page = AT // PAGE_SIZE
    assert not mm.page_table.entries[page].perms & WRITE
    assert not child.page_table.entries[page].perms & WRITE
    assert "gets its own copy" in child.handle_fault(AT, "write")
    assert child.page_table.entries[page].perms & WRITE
    assert "just becomes writable again" in mm.handle_fault(AT, "write")
    assert mm.page_table.entries[page].perms & WRITE
    assert machine.memory.used == 2


def test_the_parents_translations_are_dropped_once(machine):
    mm, flushes = machine.mm, []
    mm.map(Vma(AT, AT + 8 * PAGE_SIZE, RW))
    mm.populate(AT, AT + 8 * PAGE_SIZE)
    mm.page_table.on_downgrade = lambda: flushes.append(1)
    mm.fork(machine.kernel)
    assert flushes == [1]
    mm.fork(machine.kernel)
    assert flushes == [1]
    mm.handle_fault(AT, "write")
    assert flushes == [1, 1]


def test_fork_announces_nothing(machine):
    machine.mm.map(Vma(AT, AT + PAGE_SIZE, RW))
    machine.events.clear()
    child = machine.mm.fork(machine.kernel)
    assert machine.events == []
    assert list(child.vmas) == list(machine.mm.vmas)
    child.release()
    assert machine.events == []


def test_protection_does_not_undo_copy_on_write(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + PAGE_SIZE, RW))
    mm.copy_out(AT, b"x")
    child = mm.fork(machine.kernel)
    mm.protect(AT, AT + PAGE_SIZE, 1)
    mm.protect(AT, AT + PAGE_SIZE, RW)
    assert mm.copy_out(AT, b"y") == 1
    assert child.copy_in(AT, 1) == b"x"


def test_shared_memory_stays_shared(machine):
    memory = shared(machine)
    mm = machine.mm
    mm.copy_out(AT, b"parent")
    child = mm.fork(machine.kernel)
    assert child.copy_in(AT, 6) == b"parent"
    child.copy_out(AT + PAGE_SIZE, b"child")
    assert mm.copy_in(AT + PAGE_SIZE, 5) == b"child"
    mm.release()
    assert child.copy_in(AT, 6) == b"parent"
    assert memory.frames
    child.release()
    assert machine.memory.used == 0


def test_shared_memory_ends_with_its_object(machine):
    shared(machine, pages=1)
    mm = machine.mm
    mm.map(replace_end(mm.find(AT), AT + 2 * PAGE_SIZE))
    assert mm.handle_fault(AT + PAGE_SIZE, "read") is None
    assert mm.lacks_file_page(AT + PAGE_SIZE, "read")


def replace_end(vma, end):
    return Vma(vma.start, end, vma.prot, vma.name, shared=True, file=vma.file)


def test_a_file_is_shared_by_everybody_who_maps_it_shared(machine, inode):
    mapped = file_region(machine, inode, shared=True)
    child = machine.mm.fork(machine.kernel)
    assert MappedFile.of(inode, machine.memory) is mapped
    child.copy_out(AT, b"CHILD")
    assert machine.mm.copy_in(AT, 5) == b"CHILD"
    assert inode.read(0, 8) == b"CHILDile"
    inode.write(1, b"written")
    assert child.copy_in(AT, 8) == b"Cwritten"
    inode.truncate(0)
    assert child.copy_in(AT, 1) == machine.mm.copy_in(AT, 1) == b""
    machine.mm.release()
    assert inode.openers == 1
    child.release()
    assert inode.openers == 0
    assert machine.memory.used == 0


def test_private_file_pages_are_the_files_until_stored_into(machine, inode):
    file_region(machine, inode)
    mm = machine.mm
    assert "read-only" in mm.handle_fault(AT, "read")
    inode.write(0, b"new")
    assert mm.copy_in(AT, 4) == b"newe"
    assert "the file has the same page" in mm.handle_fault(AT, "write")
    mm.copy_out(AT, b"mine")
    assert inode.read(0, 4) == b"newe"
    child = mm.fork(machine.kernel)
    assert "another process has the same page" in child.handle_fault(AT, "write")
    child.release()
    mm.release()
    assert machine.memory.used == 0
    assert inode.read(0, 8) == b"newefile"


def test_the_file_learns_of_the_first_store(machine, inode):
    file_region(machine, inode, shared=True)
    inode.fs._clock.advance_to(10**9)
    before = inode.mtime
    machine.mm.handle_fault(AT, "read")
    assert inode.mtime == before
    assert "notes" in machine.mm.handle_fault(AT, "write")
    assert inode.mtime > before


def test_advice_about_fork(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + 3 * PAGE_SIZE, RW, flags=VM_LOCKED))
    mm.copy_out(AT, b"x" * 3 * PAGE_SIZE)
    mm.set_flags(AT, AT + PAGE_SIZE, VM_DONTCOPY)
    mm.set_flags(AT + PAGE_SIZE, AT + 2 * PAGE_SIZE, VM_WIPEONFORK)
    child = mm.fork(machine.kernel)
    assert child.find(AT) is None
    assert child.copy_in(AT + PAGE_SIZE, PAGE_SIZE + 1) == bytes(PAGE_SIZE) + b"x"
    assert mm.copy_in(AT, 1) == b"x"
    assert mm.find(AT).flags & VM_LOCKED
    assert not child.find(AT + PAGE_SIZE).flags & VM_LOCKED
    assert child.total_vm == 2 * PAGE_SIZE
    assert mm.total_vm == 3 * PAGE_SIZE


def test_the_last_user_releases(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + PAGE_SIZE, RW))
    mm.populate(AT, AT + PAGE_SIZE)
    mm.references += 1
    mm.drop_reference()
    assert machine.memory.used == 1
    mm.drop_reference()
    assert machine.memory.used == 0
    assert len(mm.vmas) == mm.total_vm == 0


def test_a_debugger_stores_into_read_only_pages_of_one_process(machine):
    mm = machine.mm
    mm.map(Vma(AT, AT + PAGE_SIZE, 5))
    mm.load(AT, b"code")
    child = mm.fork(machine.kernel)
    child.load(AT, b"trap")
    assert (mm.copy_in(AT, 4), child.copy_in(AT, 4)) == (b"code", b"trap")


class TestFutexKeys:
    def test_private_memory_belongs_to_one_process(self, machine):
        mm = machine.mm
        mm.map(Vma(AT, AT + PAGE_SIZE, RW))
        child = mm.fork(machine.kernel)
        assert mm.futex_key(AT) == mm.futex_key(AT)
        assert mm.futex_key(AT) != mm.futex_key(AT + 4)
        assert mm.futex_key(AT) != child.futex_key(AT)
        assert mm.futex_key(AT) != mm.futex_key(AT, private=True)
        assert mm.futex_key(0x7000, private=True) == mm.futex_key(0x7000, private=True)

    def test_shared_memory_is_the_same_at_any_address(self, machine):
        memory = shared(machine)
        mm = machine.mm
        other = 0x80000
        mm.map(Vma(other, other + PAGE_SIZE, RW, shared=True, file=memory, offset=PAGE_SIZE))
        child = mm.fork(machine.kernel)
        assert mm.futex_key(AT + PAGE_SIZE + 8) == child.futex_key(other + 8)
        assert mm.futex_key(AT + 8) != child.futex_key(other + 8)

    @pytest.mark.parametrize("address", [0, 0x5000, 1 << 47, (1 << 64) - 4])
    def test_nothing_mapped(self, machine, address):
        with pytest.raises(KernelError) as error:
            machine.mm.futex_key(address)
        assert error.value.errno == Errno.EFAULT


@pytest.mark.parametrize("seed", range(8))
def test_a_family_against_plain_bytes(machine, seed):
    rng = random.Random(seed)
    machine.mm.map(Vma(AT, AT + 6 * PAGE_SIZE, RW))
    family = [(machine.mm, bytearray(6 * PAGE_SIZE))]
    for _ in range(200):
        index = rng.randrange(len(family))
        mm, model = family[index]
        at, size = rng.randrange(5 * PAGE_SIZE), rng.choice((1, 50, PAGE_SIZE))
        match rng.choice(("fork", "exit", "read", "write", "write", "fault")):
            case "fork" if len(family) < 5:
                family.append((mm.fork(machine.kernel), bytearray(model)))
            case "exit" if len(family) > 1:
                mm.release()
                del family[index]
            case "write":
                data = rng.randbytes(size)
                assert mm.copy_out(AT + at, data) == size
                model[at : at + size] = data
            case "fault":
                assert mm.handle_fault(AT + at, rng.choice(("read", "write")))
            case _:
                assert mm.copy_in(AT + at, size) == model[at : at + size]
    for mm, model in family:
        assert mm.copy_in(AT, len(model)) == model
        mm.release()
    assert machine.memory.used == 0

"""Page faults, permissions, repair and retry, code changes and address spaces."""

from __future__ import annotations

import pytest

from app.cpu.exits import Access, FaultExit, TrapExit
from app.cpu.mmu import EXECUTE, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, PageTable

from .conftest import CODE, DATA, STACK_TOP, Machine

HOLE = 0x700000
READ_ONLY = 0x600000
KERNEL_HALF = 0xFFFF_FFFF_8000_0123
NON_CANONICAL = (0x0000_8000_0000_0000, 0x0010_0000_0050_0000, 0xFFFF_7FFF_FFFF_FFF8, 0x8000_0000_0050_0000)

LOAD = "488b07"
STORE = "488907"
LOAD_BYTE = "8a07"
STORE_BYTE = "8807"


def page_fault(pc: int, address: int, access: Access, present: bool = False) -> FaultExit:
    return FaultExit("#PF", pc, address, access, present)


@pytest.mark.parametrize("address", [0, 0x123, HOLE + 0x7FF, 0x7FFF_FFFF_F001, KERNEL_HALF])
def test_unmapped(machine: Machine, address: int):
    assert machine.run("90" + LOAD + "0f05", rdi=address) == page_fault(CODE + 1, address, "read")
    assert machine.run("90" + STORE + "0f05", rdi=address) == page_fault(CODE + 1, address, "write")
    assert machine.run("ffe7", rdi=address) == page_fault(address, address, "execute")
    assert machine.cpu.pc == address


@pytest.mark.parametrize("address", NON_CANONICAL)
def test_non_canonical_addresses_are_no_page_faults(machine: Machine, address: int):
    machine.map(0x0000_0000_0090_0000, READ | WRITE | EXECUTE)
    assert machine.run("90" + LOAD + "0f05", rdi=address) == FaultExit("#GP", CODE + 1)
    assert machine.run("90" + STORE + "0f05", rdi=address) == FaultExit("#GP", CODE + 1)
    assert machine.run("ffe7", rdi=address) == FaultExit("#GP", address)


def test_code_at_address_zero(machine: Machine):
    machine.map(0, READ | EXECUTE)
    assert machine.run("48ffc0 48ffc0 0f05", address=0).pc == 6
    assert machine.run("ffe7", rdi=0).pc == 6
    assert machine.cpu.get("rax") == 2


def test_permissions(machine: Machine):
    machine.map(READ_ONLY, READ)
    assert isinstance(machine.run(LOAD + "0f05", rdi=READ_ONLY), TrapExit)
    # A cached read entry must not allow the store.
    assert machine.run(LOAD + STORE + "0f05", rdi=READ_ONLY + 5) == page_fault(CODE + 3, READ_ONLY + 5, "write", True)
    assert machine.run("ffe7", rdi=DATA + 3) == page_fault(DATA + 3, DATA + 3, "execute", True)
    machine.table.protect(READ_ONLY >> PAGE_SHIFT, 0)
    assert machine.run(LOAD + "0f05", rdi=READ_ONLY + 8) == page_fault(CODE, READ_ONLY + 8, "read", True)
    machine.table.protect(READ_ONLY >> PAGE_SHIFT, WRITE)
    assert machine.run(LOAD + "0f05", rdi=READ_ONLY + 8) == page_fault(CODE, READ_ONLY + 8, "read", True)


@pytest.mark.parametrize(("code", "access"), [(LOAD, "read"), (STORE, "write")])
def test_page_crossing_access_reports_the_first_refused_byte(machine: Machine, code: str, access: Access):
    end = DATA + PAGE_SIZE
    assert machine.run(code + "0f05", rdi=end - 3, rax=-1) == page_fault(CODE, end, access)
    assert machine.peek(end - 3, 3) == b"\0\0\0"
    assert machine.run(code + "0f05", rdi=DATA - 3, rax=-1) == page_fault(CODE, DATA - 3, access)
    assert machine.peek(DATA, 5) == bytes(5)


def test_registers_at_a_fault_are_those_before_the_instruction(machine: Machine):
    fault = machine.run("48ffc3 50 48ffc3", rsp=HOLE + 8, rbx=1, rax=7)
    assert fault == page_fault(CODE + 3, HOLE, "write")
    assert machine.cpu.get("rsp") == HOLE + 8
    assert machine.cpu.get("rbx") == 2


def test_demand_paging(machine: Machine):
    code = STORE + "488b1f 0f05"
    assert machine.run(code, rdi=HOLE + 0x10, rax=99) == page_fault(CODE, HOLE + 0x10, "write")
    machine.map(HOLE, READ | WRITE)
    assert machine.cpu.run().pc == CODE + 6
    assert machine.cpu.get("rbx") == 99


def test_demand_paging_of_a_page_crossing_store(machine: Machine):
    value = 0x1122_3344_5566_7788
    edge = HOLE + PAGE_SIZE
    assert machine.run(STORE + "0f05", rdi=edge - 4, rax=value) == page_fault(CODE, edge - 4, "write")
    machine.map(HOLE, READ | WRITE)
    assert machine.cpu.run() == page_fault(CODE, edge, "write")
    assert machine.peek(edge - 4, 4) == bytes(4)
    machine.map(edge, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.peek(edge - 4, 4) + machine.peek(edge, 4) == value.to_bytes(8, "little")


def test_demand_paging_inside_a_string_copy(machine: Machine):
    text = bytes(i % 251 for i in range(PAGE_SIZE))
    machine.poke(DATA, text)
    start = HOLE + PAGE_SIZE - 100
    assert machine.run("f3a4 0f05", rsi=DATA, rdi=start, rcx=PAGE_SIZE) == page_fault(CODE, start, "write")
    machine.map(HOLE, READ | WRITE)
    assert machine.cpu.run() == page_fault(CODE, HOLE + PAGE_SIZE, "write")
    assert machine.cpu.get("rcx") == PAGE_SIZE - 100
    machine.map(HOLE + PAGE_SIZE, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.peek(start, 100) + machine.peek(HOLE + PAGE_SIZE, PAGE_SIZE - 100) == text


def test_copy_on_write(machine: Machine):
    frame = machine.map(READ_ONLY, READ)
    machine.memory.write(frame, 0, b"original")
    assert machine.run(LOAD + "c60758 0f05", rdi=READ_ONLY) == page_fault(CODE + 3, READ_ONLY, "write", True)
    copy = machine.map(READ_ONLY, READ | WRITE)
    machine.memory.write(copy, 0, machine.memory.read(frame, 0, PAGE_SIZE))
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.memory.read(frame, 0, 8) == b"original"
    assert machine.memory.read(copy, 0, 8) == b"Xriginal"


def test_losing_a_permission_takes_effect(machine: Machine):
    machine.run(STORE + "0f05" + STORE + "0f05", rdi=DATA)
    machine.table.protect(DATA >> PAGE_SHIFT, READ)
    assert machine.cpu.run() == page_fault(CODE + 5, DATA, "write", True)
    machine.table.protect(DATA >> PAGE_SHIFT, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    machine.table.unmap(DATA >> PAGE_SHIFT)
    machine.cpu.pc = CODE + 5
    assert machine.cpu.run() == page_fault(CODE + 5, DATA, "write")


def test_losing_execute_takes_effect(machine: Machine):
    assert isinstance(machine.run("0f05"), TrapExit)
    machine.table.protect(CODE >> PAGE_SHIFT, READ)
    machine.cpu.pc = CODE
    assert machine.cpu.run() == page_fault(CODE, CODE, "execute", True)


def test_remapping_takes_effect(machine: Machine):
    machine.poke(DATA, b"1")
    machine.run(LOAD_BYTE + "0f05" + LOAD_BYTE + "0f05", rdi=DATA)
    assert machine.cpu.get("rax") & 0xFF == ord("1")
    machine.memory.write(machine.map(DATA, READ), 0, b"2")
    machine.cpu.run()
    assert machine.cpu.get("rax") & 0xFF == ord("2")


@pytest.mark.parametrize("pages", [1, 20])
def test_code_rewritten_by_the_kernel_is_seen(machine: Machine, pages: int):
    """One page is flushed by itself, many by flushing everything."""
    for page in range(1, pages):
        machine.map(HOLE + page * PAGE_SIZE, READ | EXECUTE)
    assert machine.run("b801000000 0f05").pc == CODE + 5
    assert machine.cpu.get("rax") == 1
    for page in range(1, pages):
        machine.poke(HOLE + page * PAGE_SIZE, b"\x90")
    machine.poke(CODE + 1, b"\x02")
    machine.cpu.pc = CODE
    machine.cpu.run()
    assert machine.cpu.get("rax") == 2


def test_code_written_before_it_became_executable_is_seen(machine: Machine):
    machine.run("b801000000 0f05")
    machine.table.protect(CODE >> PAGE_SHIFT, READ | WRITE)
    machine.memory.write(machine.table.entries[CODE >> PAGE_SHIFT].frame, 1, b"\x02")
    machine.table.protect(CODE >> PAGE_SHIFT, READ | EXECUTE)
    machine.cpu.pc = CODE
    machine.cpu.run()
    assert machine.cpu.get("rax") == 2


def test_code_change_in_a_frame_that_is_moved_afterwards(machine: Machine):
    """The change is of the frame: it counts at the frame's other addresses too."""
    frame = machine.table.entries[CODE >> PAGE_SHIFT].frame
    machine.map(HOLE, READ | EXECUTE, frame)
    machine.run("b801000000 0f05")
    machine.cpu.pc = HOLE
    assert machine.cpu.run().pc == HOLE + 5
    machine.poke(CODE + 1, b"\x02")
    machine.table.unmap(CODE >> PAGE_SHIFT)
    machine.cpu.pc = HOLE
    machine.cpu.run()
    assert machine.cpu.get("rax") == 2


def test_program_that_modifies_itself(machine: Machine):
    machine.map(READ_ONLY, READ | WRITE | EXECUTE)
    # Twice: change the immediate of the instruction that comes next in the same block.
    code = "c6070b b801000000 4889c3 c6070c b802000000 0f05"
    assert isinstance(machine.run(code, address=READ_ONLY, rdi=READ_ONLY + 4), TrapExit)
    assert machine.cpu.get("rbx") == 0x0B
    machine.cpu.pc = READ_ONLY
    machine.cpu.run()
    assert machine.cpu.get("rbx") == 0x0B


def test_program_that_writes_its_code_through_another_page(machine: Machine):
    frame = machine.table.entries[CODE >> PAGE_SHIFT].frame
    machine.map(HOLE, READ | WRITE, frame)
    for value in (3, 4, 5):
        machine.run("880f b801000000 0f05", rdi=HOLE + 3, rcx=value)
        assert machine.cpu.get("rax") == value


def test_two_address_spaces_and_contexts(machine: Machine):
    """A fork: the same code page, a data page and a context each, switched back and forth."""
    # again: inc qword [rdi]; add rbx, 2; mov r8, fs:[0]; syscall; jmp again
    machine.start("48ff07 4883c302 644c8b042500000000 0f05 ebec", rdi=DATA, fs_base=DATA)
    cpu, parent, child = machine.cpu, machine.table, PageTable()
    child.entries.update(parent.entries)
    frames = [parent.entries[DATA >> PAGE_SHIFT].frame, machine.memory.allocate()]
    child.map(DATA >> PAGE_SHIFT, frames[1], READ | WRITE)
    tables, contexts, first_rbx = (parent, child), [cpu.save(), cpu.save()], (0, 1000)
    for turn in range(1, 21):
        for task in (0, 1):
            cpu.page_table = tables[task]
            cpu.restore(contexts[task])
            if turn == 1:
                cpu.set("rbx", first_rbx[task])
            trap = cpu.run()
            assert isinstance(trap, TrapExit)
            assert trap.next_pc == CODE + 18
            assert cpu.get("rbx") == first_rbx[task] + 2 * turn
            assert cpu.get("r8") == turn
            contexts[task] = cpu.save()
    for frame in frames:
        assert machine.memory.read(frame, 0, 8) == (20).to_bytes(8, "little")


def test_saved_context_keeps_vector_registers(machine: Machine):
    machine.run("66480f6ec0 0f05 66480f7ec3 0f05", rax=0x1234_5678_9ABC_DEF0)
    context = machine.cpu.save()
    machine.cpu.reset(CODE, STACK_TOP)
    machine.cpu.run()
    machine.cpu.restore(context)
    assert machine.cpu.pc == CODE + 7
    machine.cpu.run()
    assert machine.cpu.get("rbx") == 0x1234_5678_9ABC_DEF0


def test_new_address_space_in_reused_frames(machine: Machine):
    """exec: the new program's code lies in the frame, and at the address, where the old one's was."""
    machine.run("b801000000 0f05")
    frame = machine.table.entries[CODE >> PAGE_SHIFT].frame
    table = PageTable()
    machine.memory.write(frame, 0, bytes.fromhex("b802000000 0f05"))
    table.map(CODE >> PAGE_SHIFT, frame, READ | EXECUTE)
    machine.cpu.page_table = table
    machine.cpu.reset(CODE, 0)
    machine.cpu.run()
    assert machine.cpu.get("rax") == 2


def test_changes_to_a_table_that_is_not_running_take_effect_later(machine: Machine):
    machine.run("b801000000 0f05")
    other = PageTable()
    machine.cpu.page_table = other
    machine.poke(CODE + 1, b"\x02")
    machine.table.unmap(DATA >> PAGE_SHIFT)
    machine.cpu.page_table = machine.table
    machine.cpu.reset(CODE, 0)
    machine.cpu.run()
    assert machine.cpu.get("rax") == 2


class TestPageEnd:
    """The emulator looks past the end of a page before it runs the block; the program must not notice."""

    end = CODE + PAGE_SIZE

    def place(self, machine: Machine, code: str, **registers: int) -> int:
        """Start `code` so that its last byte is the last of the page; returns its address."""
        start = self.end - len(bytes.fromhex(code))
        machine.start(code, address=start, **registers)
        return start

    def test_running_off_the_end(self, machine: Machine):
        self.place(machine, STORE + "48ffc0 48ffc0", rdi=DATA, rax=5)
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")
        assert machine.peek(DATA, 1) == b"\x05"
        assert machine.cpu.get("rax") == 7
        assert machine.cpu.get("rflags") & 0x100 == 0

    def test_next_page_mapped_on_demand(self, machine: Machine):
        self.place(machine, STORE + "48ffc0", rdi=DATA, rax=5)
        machine.cpu.run()
        machine.map(self.end, READ | EXECUTE)
        machine.poke(self.end, b"\x0f\x05")
        assert machine.cpu.run().pc == self.end
        assert machine.cpu.get("rax") == 6

    def test_next_page_not_executable(self, machine: Machine):
        machine.map(self.end, READ | WRITE)
        self.place(machine, STORE, rdi=DATA, rax=5)
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute", True)
        assert machine.peek(DATA, 1) == b"\x05"

    def test_trap_in_the_last_bytes(self, machine: Machine):
        start = self.place(machine, STORE + "0f05", rdi=DATA, rax=5)
        assert machine.cpu.run() == TrapExit("syscall", start + 3, self.end, {"rcx": self.end, "r11": 0x202})
        assert machine.peek(DATA, 1) == b"\x05"
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")

    def test_instruction_across_the_end(self, machine: Machine):
        """A whole instruction, then one that goes on in the next page."""
        start = self.place(machine, STORE + "48b80102", rdi=DATA, rax=5)
        assert machine.cpu.run() == page_fault(start + 3, self.end, "execute")
        assert machine.peek(DATA, 1) == b"\x05"
        machine.map(self.end, READ | EXECUTE)
        machine.poke(self.end, bytes.fromhex("030405060708 0f05"))
        assert isinstance(machine.cpu.run(), TrapExit)
        assert machine.cpu.get("rax") == 0x0807060504030201

    def test_fault_before_the_end_comes_first(self, machine: Machine):
        start = self.place(machine, "48ffc0" + STORE + "48ffc0", rdi=HOLE)
        assert machine.cpu.run() == page_fault(start + 3, HOLE, "write")
        assert machine.cpu.get("rax") == 1
        machine.map(HOLE, READ | WRITE)
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")

    @pytest.mark.parametrize(
        ("code", "vector"), [("f4", "#GP"), ("0f0b", "#UD"), ("cd01", "#GP"), ("f7f1", "#DE"), ("e410", "#GP")]
    )
    def test_exceptions_before_the_end(self, machine: Machine, code: str, vector: str):
        start = self.place(machine, "48ffc3" + code + "48ffc0 c6075a", rdi=DATA)
        assert machine.cpu.run() == FaultExit(vector, start + 3)
        assert machine.cpu.get("rbx") == 1
        assert machine.cpu.get("rflags") & 0x100 == 0
        assert machine.peek(DATA, 1) == b"\0"

    def test_program_does_not_see_the_stepping(self, machine: Machine):
        """pushfq; popfq with the same flags; pushfq"""
        self.place(machine, "9c 58 50 9d 9c 669c 90")
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")
        assert machine.cpu.get("rax") == 0x202
        assert machine.peek(STACK_TOP - 8, 8) == (0x202).to_bytes(8, "little")
        assert machine.peek(STACK_TOP - 10, 2) == (0x202).to_bytes(2, "little")
        assert machine.cpu.get("rflags") == 0x202

    def test_program_that_sets_the_trap_flag_itself(self, machine: Machine):
        self.place(machine, "6802030000 9d 90 90")
        assert machine.cpu.run() == FaultExit("#DB", self.end - 1)
        assert machine.cpu.get("rflags") & 0x100
        assert machine.cpu.run() == FaultExit("#DB", self.end)
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")

    def test_instruction_across_the_end_while_the_program_steps_itself(self, machine: Machine):
        self.place(machine, "6802030000 9d 48ffc0 48b801")
        assert machine.cpu.run() == FaultExit("#DB", self.end - 3)
        assert machine.cpu.run() == page_fault(self.end - 3, self.end, "execute")
        assert machine.cpu.get("rflags") & 0x100

    def test_string_copy_before_the_end(self, machine: Machine):
        machine.poke(DATA, bytes(range(200)))
        self.place(machine, "f3a4 48ffc0", rsi=DATA, rdi=DATA + 1000, rcx=200)
        assert machine.cpu.run() == page_fault(self.end, self.end, "execute")
        assert machine.peek(DATA + 1000, 200) == bytes(range(200))
        assert machine.cpu.get("rax") == 1


@pytest.mark.parametrize("instructions", [0, 1 << 20])
def test_an_instruction_is_executed_once_whenever_the_emulator_makes_its_table_larger(instructions: int):
    """Every so many translations it is stopped for that: also amid one that reads, and then stores, the same page."""
    for pages in range(245, 260):
        machine = Machine()
        frame = machine.map(READ_ONLY, READ)
        for page in range(pages):
            machine.map(HOLE + (page << PAGE_SHIFT), READ)
        # next: mov rax, [rdi]; add rdi, 4096; dec ecx; jnz next; mov rax, [rsi]; inc qword ptr [rsi]; nop; syscall
        code = "488b07" + "4881c700100000" + "ffc9" + "75f2" + "488b06" + "48ff06" + "90" + "0f05"
        machine.start(code, rdi=HOLE, rcx=pages, rsi=READ_ONLY)
        assert isinstance(machine.cpu.run(instructions), FaultExit)
        machine.table.protect(READ_ONLY >> PAGE_SHIFT, READ | WRITE)
        assert isinstance(machine.cpu.run(instructions), TrapExit)
        assert int.from_bytes(machine.memory.read(frame, 0, 8), "little") == 1, pages
        machine.cpu.close()

"""RISC-V: U mode, program counters of exceptions, compressed instructions, counters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.cpu.exits import FaultExit, SliceExit, TrapExit
from app.cpu.mmu import READ, WRITE

from .code import assemble
from .conftest import CODE, DATA, Machine


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine("riscv64")
    yield made
    made.cpu.close()


def test_names(machine: Machine):
    names = list(machine.cpu.registers())
    assert names[:11] == ["zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0"]
    assert names[-5:] == ["t3", "t4", "t5", "t6", "pc"]
    assert len(names) == 33


PRIVILEGED = (
    *("csrr a0, mstatus", "csrr a0, sstatus", "csrw satp, a0", "mret", "sret", "wfi", "sfence.vma", "unimp"),
    *(".half 0", ".word 0xffffffff", "csrw cycle, a0", "csrr a0, mhartid", "csrw time, a0", "csrr a0, stvec"),
)


@pytest.mark.parametrize("source", PRIVILEGED)
@pytest.mark.parametrize("before", ["c.nop", ".option norvc; nop; .option rvc"])
def test_privileged_and_illegal(machine: Machine, source: str, before: str):
    fault = machine.execute(f"{before}; {source}; sd a3, (a3)", a0=5, a3=DATA)
    assert fault == FaultExit("illegal instruction", CODE + (2 if before == "c.nop" else 4))
    assert machine.cpu.get("pc") == machine.cpu.pc
    assert machine.cpu.get("a0") == 5
    assert machine.peek(DATA, 8) == bytes(8)
    assert machine.cpu.run() == fault


def test_breakpoint_stays_where_it_is(machine: Machine):
    for source, size in (("c.ebreak", 2), (".option norvc; ebreak; .option rvc", 4)):
        for _ in range(2):
            assert machine.execute(f"c.nop; {source}; ecall") == FaultExit("breakpoint", CODE + 2)
        machine.cpu.pc += size
        assert isinstance(machine.cpu.run(), TrapExit)


def test_zero_stays_zero(machine: Machine):
    machine.cpu.set("zero", 5)
    machine.execute("rdtime zero; mv a0, zero; ecall")
    assert (machine.cpu.get("a0"), machine.cpu.get("zero")) == (0, 0)


def test_time(machine: Machine):
    machine.cpu.timestamp = iter(range(5, 100)).__next__
    assert isinstance(machine.execute("rdtime a0; c.nop; rdtime t6; ecall"), TrapExit)
    assert (machine.cpu.get("a0"), machine.cpu.get("t6")) == (5, 6)


def test_emulated_instructions_count(machine: Machine):
    code = assemble("riscv64", "1: c.addi a1, 1; rdtime a0; c.j 1b")
    for slices in ((1,) * 31, (31,), (30, 1), (2, 29)):
        machine.start(code)
        for size in slices:
            assert isinstance(machine.cpu.run(size), SliceExit)
        assert (machine.cpu.get("a1"), machine.cpu.pc) == (11, CODE + 2)


def test_alignment(machine: Machine):
    machine.poke(DATA, bytes(range(16)))
    assert isinstance(machine.execute("ld a0, 1(a3); sd a0, 33(a3); ecall", a3=DATA), TrapExit)
    assert machine.peek(DATA + 33, 8) == bytes(range(1, 9))
    assert machine.execute("c.nop; lr.d a0, (a3)", a3=DATA + 4) == FaultExit("load misaligned", CODE + 2, DATA + 4)
    assert machine.execute("amoadd.w a0, a1, (a3)", a3=DATA + 2) == FaultExit("store misaligned", CODE, DATA + 2)


def test_atomic_operation_on_memory_that_is_not_there(machine: Machine):
    fault = machine.execute("amoadd.d a0, a1, (a3); ecall", a3=0x700008, a1=3)
    assert isinstance(fault, FaultExit)
    assert fault == FaultExit("store page fault", CODE, 0x700008, "write", False)
    assert machine.execute("lr.d a0, (a3)", a3=0x700008) == FaultExit("load page fault", CODE, 0x700008, "read", False)
    machine.map(0x700000, READ)
    fault = machine.execute("amoadd.d a0, a1, (a3); ecall", a3=0x700008, a1=3)
    assert fault == FaultExit("store page fault", CODE, 0x700008, "write", True)
    machine.map(0x700000, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.peek(0x700008, 1) == b"\x03"


@pytest.mark.parametrize("address", [1 << 38, 1 << 47, 1 << 63, 0xFFFF_FFC0_0000_0000, 0xFFFF_FFFF_FFFF_F000])
def test_addresses_of_nobody(machine: Machine, address: int):
    assert machine.execute("ld a0, (a3)", a3=address) == FaultExit("load page fault", CODE, address, "read", False)
    fault = machine.execute("jr a3", a3=address)
    assert fault == FaultExit("instruction page fault", address, address, "execute", False)


def test_jump_ignores_the_lowest_bit(machine: Machine):
    machine.start(assemble("riscv64", "jalr ra, 1(a3); c.nop; c.addi a0, 7; ecall"), a3=CODE + 6)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("a0") == 7


def test_thread_pointer_and_floating_point(machine: Machine):
    machine.execute("li a0, 0x21; csrw fcsr, a0; fcvt.d.l ft11, a0; fcvt.s.l ft0, a0; ecall", tp=77)
    image = machine.cpu.floating_point
    assert len(image) == 260
    assert image[248:256].hex() == "0000000000804040"
    assert image[0:4].hex() == "00000442"
    assert image[256:] == b"\x21\0\0\0"
    context = machine.cpu.save()
    machine.cpu.reset(CODE, 0)
    assert machine.cpu.get("tp") == 0
    machine.cpu.restore(context)
    assert machine.cpu.get("tp") == 77
    assert machine.cpu.floating_point == image


def test_known_limit_single_precision_results_are_not_boxed(machine: Machine):
    """The upper half of the register is to be all ones."""
    machine.execute("li a0, 33; fcvt.s.l ft0, a0; fmv.x.d a0, ft0; ecall")
    assert machine.cpu.get("a0") == 0x4204_0000


def test_known_limit_cycle_counters_answer(machine: Machine):
    """They answer from the host; Linux refuses them unless it is told to."""
    assert isinstance(machine.execute("rdcycle a0; rdinstret a1; ecall"), TrapExit)

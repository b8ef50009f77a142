"""AArch64: EL0, exceptions, tags, and the system registers that Linux shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.cpu.exits import FaultExit, SliceExit, TrapExit
from app.cpu.mmu import EXECUTE, READ, WRITE

from .code import assemble
from .conftest import CODE, DATA, Machine

TAG = 0x5A << 56


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine("aarch64")
    yield made
    made.cpu.close()


def test_names(machine: Machine):
    assert list(machine.cpu.registers()) == [*(f"x{i}" for i in range(31)), "sp", "pc", "cpsr"]


def test_immediate_of_svc_and_what_is_saved(machine: Machine):
    trap = machine.execute("cmp x0, x0; svc #0xffff")
    saved = {"elr_el1": CODE + 8, "spsr_el1": 0x6000_0000, "esr_el1": 0x5600_FFFF}
    assert trap == TrapExit("svc #65535", CODE + 4, CODE + 8, saved)
    assert machine.cpu.get("cpsr") == 0x6000_0000


def test_status_register_can_not_be_set_to_another_level(machine: Machine):
    machine.start(assemble("aarch64", "mrs x0, ttbr0_el1; svc #0"))
    machine.cpu.set("cpsr", 0xF000_03C5)
    assert machine.cpu.get("cpsr") == 0xF000_0000
    assert machine.cpu.run() == FaultExit("undef", CODE)


PRIVILEGED = (
    *("mrs x0, ttbr0_el1", "msr ttbr0_el1, x0", "mrs x0, currentel", "mrs x0, sctlr_el1", "msr daifset, #2", "eret"),
    *("hvc #0", "smc #0", "hlt #1", "tlbi vmalle1", "at s1e0r, x0", "dc isw, x0", "udf #1", "mrs x0, cntpct_el0"),
    *("msr cntkctl_el1, x0", "mrs x0, tpidr_el1", ".inst 0xc8e0fc61", "msr spsel, #0"),
)


@pytest.mark.parametrize("source", PRIVILEGED)
def test_privileged_and_undefined(machine: Machine, source: str):
    fault = machine.execute(f"nop; {source}; str x3, [x3]", x0=5, x3=DATA)
    assert fault == FaultExit("undef", CODE + 4)
    assert machine.peek(DATA, 8) == bytes(8)
    assert machine.cpu.get("x0") == 5


@pytest.mark.parametrize(
    "source",
    ["wfi", "wfe", "yield", "sev", "isb", "dc civac, x3", "dc zva, x3", "ic ivau, x3", "mrs x0, ctr_el0"],
)
def test_allowed_by_linux(machine: Machine, source: str):
    for counted in (0, 100):
        machine.start(assemble("aarch64", f"{source}; mov x1, #7; svc #0"), x3=DATA)
        reason = machine.cpu.run(counted)
        while isinstance(reason, SliceExit):
            reason = machine.cpu.run(counted)
        assert isinstance(reason, TrapExit)
        assert machine.cpu.get("x1") == 7


def test_breakpoint_stays_where_it_is(machine: Machine):
    for _ in range(2):
        assert machine.execute("nop; brk #1") == FaultExit("brk", CODE + 4)
    machine.cpu.pc += 4
    machine.poke(CODE + 8, assemble("aarch64", "svc #0"))
    assert isinstance(machine.cpu.run(), TrapExit)


def test_counter(machine: Machine):
    machine.cpu.timestamp = iter(range(5, 100)).__next__
    assert isinstance(machine.execute("mrs x0, cntvct_el0; mrs x1, cntvct_el0; mrs x2, cntfrq_el0; svc #0"), TrapExit)
    assert [machine.cpu.get(f"x{i}") for i in range(3)] == [5, 6, 1_000_000_000]
    assert isinstance(machine.execute("mrs xzr, cntvct_el0; svc #0"), TrapExit)


def test_emulated_instructions_count(machine: Machine):
    code = assemble("aarch64", "1: add x1, x1, #1; mrs x0, cntvct_el0; b 1b")
    for slices in ((1,) * 31, (31,), (30, 1), (2, 29)):
        machine.start(code)
        for size in slices:
            assert isinstance(machine.cpu.run(size), SliceExit)
        assert (machine.cpu.get("x1"), machine.cpu.pc) == (11, CODE + 4)


@pytest.mark.parametrize(
    ("register", "value"),
    [
        ("midr_el1", 0x410F_D083),
        ("mpidr_el1", 0x8000_0000),
        ("id_aa64isar0_el1", 0x11120),
        ("id_aa64pfr0_el1", 0x11),
        ("id_aa64mmfr0_el1", 0xFF00_0000),
        ("s3_0_c0_c4_4", 0),
    ],
)
def test_identification_registers(machine: Machine, register: str, value: int):
    assert isinstance(machine.execute(f"mrs x30, {register}; svc #0"), TrapExit)
    assert machine.cpu.get("x30") == value


def test_tagged_addresses(machine: Machine):
    """The top byte of a user address does not count; what faults is told without it."""
    machine.poke(DATA, b"tagged!!")
    assert isinstance(machine.execute("ldr x0, [x3]; str x0, [x3, #8]; svc #0", x3=DATA | TAG), TrapExit)
    assert machine.peek(DATA + 8, 8) == b"tagged!!"
    fault = machine.execute("ldr x0, [x3]", x3=0x700008 | TAG)
    assert fault == FaultExit("dabt", CODE, 0x700008, "read", False)
    machine.map(0x700000, READ | EXECUTE)
    machine.poke(0x700000, assemble("aarch64", "svc #3"))
    trap = machine.execute("br x3", x3=0x700000 | TAG)
    assert isinstance(trap, TrapExit)
    assert trap.pc == 0x700000


@pytest.mark.parametrize("address", [1 << 48, 1 << 55, 0xFFFF_0000_0050_0000, 0x0080_0000_0050_0000])
def test_addresses_of_nobody(machine: Machine, address: int):
    expected = address & (1 << 56) - 1
    assert machine.execute("ldr x0, [x3]", x3=address) == FaultExit("dabt", CODE, expected, "read", False)


def test_alignment(machine: Machine):
    machine.map(0x700000, READ | EXECUTE)
    for address in (0x700002, DATA + 2, 0x800002):
        assert machine.execute("br x3", x3=address) == FaultExit("pcalign", address, address)
    for source in ("ldxr x0, [x3]", "ldaxr x0, [x3]", "ldxp x0, x1, [x3]"):
        fault = machine.execute(f"nop; {source}", x3=DATA + 4)
        assert fault == FaultExit("align", CODE + 4, DATA + 4)
    assert isinstance(machine.execute("ldr x0, [x3]; ldp x1, x2, [x3]; svc #0", x3=DATA + 1), TrapExit)
    fault = machine.execute("add sp, x3, #1; ldxr x0, [sp]", x3=DATA)
    assert fault == FaultExit("align", CODE + 4, DATA + 1)


def test_pair_with_writeback_across_pages(machine: Machine):
    fault = machine.execute("stp x0, x1, [x3, #-16]!; svc #0", x3=DATA + 8)
    assert fault == FaultExit("dabt", CODE, DATA - 8, "write", False)
    assert machine.cpu.get("x3") == DATA + 8
    machine.map(DATA - 4096, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("x3") == DATA - 8


def test_thread_register(machine: Machine):
    machine.start(assemble("aarch64", "mrs x0, tpidr_el0; msr tpidr_el0, x1; svc #0"), x1=7)
    machine.cpu.set("tpidr_el0", 1 << 40)
    context = machine.cpu.save()
    machine.cpu.set("tpidr_el0", 99)
    for expected in (99, 1 << 40):
        assert isinstance(machine.cpu.run(), TrapExit)
        assert (machine.cpu.get("x0"), machine.cpu.get("tpidr_el0")) == (expected, 7)
        machine.cpu.restore(context)


def test_floating_point_image(machine: Machine):
    machine.execute("fmov v31.2d, #1.0; mov x0, #0x400000; msr fpcr, x0; mov x0, #1; msr fpsr, x0; svc #0")
    image = machine.cpu.floating_point
    assert len(image) == 520
    assert image[496:512].hex() == "000000000000f03f" * 2
    assert image[512:] == b"\x01\0\0\0" + b"\0\0\x40\0"

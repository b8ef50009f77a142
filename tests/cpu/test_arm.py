"""ARM: A32 and Thumb, conditional blocks, hints, and coprocessor registers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.cpu.exits import FaultExit, SliceExit, TrapExit
from app.cpu.mmu import READ

from .code import assemble
from .conftest import CODE, DATA, STACK_TOP, Machine

THUMB = ".thumb; "
BOTH = pytest.mark.parametrize("thumb", [0, 1], ids=["a32", "thumb"])
FLAG_T = 0x20


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine("arm")
    yield made
    made.cpu.close()


def execute(machine: Machine, source: str, thumb: int, **registers: int) -> object:
    return machine.execute((THUMB if thumb else "") + source, CODE | thumb, **registers)


def test_names(machine: Machine):
    assert list(machine.cpu.registers()) == [*(f"r{i}" for i in range(13)), "sp", "lr", "pc", "cpsr"]
    machine.cpu.set("ip", 5)
    assert machine.cpu.get("r12") == 5


@BOTH
def test_immediate_of_svc(machine: Machine, thumb: int):
    for number in (0, 9, 255):
        trap = execute(machine, f"nop; svc #{number}", thumb)
        size = 2 if thumb else 4
        assert trap == TrapExit(
            f"svc #{number}",
            CODE + size,
            CODE + 2 * size,
            {"lr_svc": CODE + 2 * size, "spsr_svc": 0x30 if thumb else 0x10},
        )
    assert not thumb or machine.cpu.get("cpsr") & FLAG_T
    trap = execute(machine, "svc #0x900001", 0)
    assert isinstance(trap, TrapExit)
    assert trap.instruction == "svc #9437185"


PRIVILEGED = (
    *("mrc p15, 0, r0, c1, c0, 0", "mcr p15, 0, r0, c13, c0, 3", "mrc p15, 0, r0, c0, c0, 0", "mrs r0, spsr"),
    *("mcr p15, 0, r0, c7, c5, 0", "vmrs r0, fpexc", "rfeia r3", "smc #0", "udf #1", "mrrc p15, 1, r0, r1, c14"),
)


@BOTH
@pytest.mark.parametrize("source", PRIVILEGED)
def test_privileged_and_undefined(machine: Machine, source: str, thumb: int):
    fault = execute(machine, f".arch_extension sec; nop; {source}; str r3, [r3]", thumb, r0=5, r3=DATA)
    assert fault == FaultExit("undef", CODE + (2 if thumb else 4))
    assert machine.peek(DATA, 4) == bytes(4)
    assert machine.cpu.get("r0") == 5


@BOTH
def test_user_mode_can_not_be_left(machine: Machine, thumb: int):
    source = "cps #0x13; cpsid if; ldr r0, =0xf80f03df; msr cpsr_fsxc, r0; mrs r0, cpsr; svc #0; .ltorg"
    assert isinstance(execute(machine, source, thumb), TrapExit)
    assert machine.cpu.get("cpsr") & 0xFF == (0x30 if thumb else 0x10)
    assert machine.cpu.get("cpsr") >> 28 == 0xF


@BOTH
def test_breakpoint_stays_where_it_is(machine: Machine, thumb: int):
    size = 2 if thumb else 4
    for _ in range(2):
        assert execute(machine, "nop; bkpt #3", thumb) == FaultExit("bkpt", CODE + size)
    machine.cpu.pc += size
    machine.poke(CODE + 2 * size, assemble("arm", (THUMB if thumb else "") + "svc #0"))
    assert isinstance(machine.cpu.run(), TrapExit)


@BOTH
@pytest.mark.parametrize("hint", ["wfi", "wfe", "yield", "sev", "wfe; wfi; yield", "dmb", "isb"])
def test_hints_do_nothing(machine: Machine, hint: str, thumb: int):
    for counted in (0, 100):
        machine.start(assemble("arm", (THUMB if thumb else "") + f"{hint}; movs r1, #7; svc #0"), CODE | thumb)
        reason = machine.cpu.run(counted)
        while isinstance(reason, SliceExit):
            reason = machine.cpu.run(counted)
        assert isinstance(reason, TrapExit)
        assert machine.cpu.get("r1") == 7


@BOTH
@pytest.mark.parametrize(
    ("source", "vector"), [("udf #2", "undef"), ("bkpt #1", "bkpt"), ("ldr r0, [r0]", "dabt"), ("bx r3", "pabt")]
)
def test_fault_after_a_hint(machine: Machine, source: str, vector: str, thumb: int):
    for hint, size in (("yield", 2 if thumb else 4), ("wfe.w" if thumb else "wfe", 4)):
        fault = execute(machine, f"{hint}; {source}", thumb, r0=0x700000, r3=0x700000)
        assert isinstance(fault, FaultExit)
        assert (fault.vector, fault.pc) == (vector, 0x700000 if vector == "pabt" else CODE + size)


@BOTH
def test_loop_of_hints_ends_with_its_slice(machine: Machine, thumb: int):
    machine.start(assemble("arm", (THUMB if thumb else "") + "1: adds r1, #1; yield; b 1b"), CODE | thumb)
    assert isinstance(machine.cpu.run(300), SliceExit)
    assert 98 <= machine.cpu.get("r1") <= 102


def test_between_a32_and_thumb(machine: Machine):
    source = "adr r0, 1f; orr r0, #1; bx r0; .thumb; 1: svc #1; adr r0, 2f; bx r0; .arm; .balign 4; 2: svc #2"
    first = machine.execute(source)
    assert isinstance(first, TrapExit)
    assert (first.instruction, first.pc) == ("svc #1", CODE + 12)
    assert machine.cpu.get("cpsr") & FLAG_T
    context = machine.cpu.save()
    second = machine.cpu.run()
    assert isinstance(second, TrapExit)
    assert second.instruction == "svc #2"
    assert not machine.cpu.get("cpsr") & FLAG_T
    machine.cpu.restore(context)
    assert machine.cpu.run() == second


def test_program_counter_and_instruction_set(machine: Machine):
    machine.start(assemble("arm", "svc #1; .thumb; svc #2; nop"))
    machine.cpu.pc = CODE + 5
    assert (machine.cpu.pc, machine.cpu.get("pc")) == (CODE + 4, CODE + 4)
    trap = machine.cpu.run()
    assert isinstance(trap, TrapExit)
    assert trap.instruction == "svc #2"
    machine.cpu.pc = CODE + 4
    assert machine.cpu.run() == trap, "an even address keeps the instruction set"
    machine.cpu.pc = CODE
    machine.cpu.set("cpsr", 0x10)
    trap = machine.cpu.run()
    assert isinstance(trap, TrapExit)
    assert trap.instruction == "svc #1"
    machine.cpu.set("cpsr", 0x30)
    machine.cpu.reset(CODE, STACK_TOP)
    assert machine.cpu.run() == trap, "reset to an even address means A32"


def test_status_register_can_not_be_set_to_another_mode(machine: Machine):
    machine.start(assemble("arm", "mrc p15, 0, r0, c1, c0, 0; svc #0"))
    machine.cpu.set("cpsr", 0xFFFF_FFD3)
    assert machine.cpu.get("cpsr") & 0x1DF == 0x10
    machine.cpu.set("cpsr", 0xF000_0013)
    assert machine.cpu.get("cpsr") == 0xF000_0010
    assert machine.cpu.run() == FaultExit("undef", CODE)


class TestConditionalBlock:
    """`it` blocks of Thumb: their state is part of CPSR."""

    def test_trap_inside(self, machine: Machine):
        execute(machine, "cmp r0, r0; ite eq; svceq #1; movne r1, #5; movs r2, #9; svc #2", 1)
        trap = machine.cpu.run()
        assert isinstance(trap, TrapExit)
        assert trap.instruction == "svc #2"
        assert (machine.cpu.get("r1"), machine.cpu.get("r2")) == (0, 9)

    def test_context_inside(self, machine: Machine):
        execute(machine, "cmp r0, r0; ite eq; svceq #1; movne r1, #5; movs r2, #9; svc #2", 1)
        context = machine.cpu.save()
        execute(machine, "nop; svc #0", 1)
        machine.start(assemble("arm", ".thumb; cmp r0, r0; ite eq; svceq #1; movne r1, #5; movs r2, #9; svc #2"))
        machine.cpu.restore(context)
        machine.cpu.run()
        assert (machine.cpu.get("r1"), machine.cpu.get("r2")) == (0, 9)

    def test_fault_inside(self, machine: Machine):
        source = (
            "cmp r0, r0; itee eq; ldreq r3, [r0]; movne r1, #5; movne r2, #6; cmp r0, #0; b 1f; 1: movs r4, #9; svc #2"
        )
        fault = execute(machine, source, 1, r0=0x700000)
        assert fault == FaultExit("dabt", CODE + 4, 0x700000, "read", False)
        assert machine.cpu.get("cpsr") & 0x0600_FC00
        machine.map(0x700000, READ)
        assert isinstance(machine.cpu.run(), TrapExit)
        assert [machine.cpu.get(f"r{i}") for i in (1, 2, 4)] == [0, 0, 9]
        assert not machine.cpu.get("cpsr") & 0x0600_FC00

    def test_address_translated_inside(self, machine: Machine):
        """The emulator took all that followed for conditional."""
        source = "cmp r0, r0; it eq; ldreq r1, [r3]; cmp r0, #0; b 1f; 1: movs r2, #9; svc #1"
        assert isinstance(execute(machine, source, 1, r0=5, r3=DATA), TrapExit)
        assert machine.cpu.get("r2") == 9
        assert not machine.cpu.get("cpsr") & 0x0600_FC00


@BOTH
def test_unaligned_exclusive_access(machine: Machine, thumb: int):
    for source, address in (("ldrex r0, [r3]", DATA + 2), ("ldrexd r0, r1, [r3]", DATA + 2), ("ldrexh r0, [r3]", None)):
        reason = execute(machine, f"{source}; svc #0", thumb, r3=DATA + 2)
        assert reason == FaultExit("align", CODE, address) if address else isinstance(reason, TrapExit)
        assert not isinstance(reason, FaultExit) or not reason.is_page_fault
    if thumb:
        assert execute(machine, "ldrex r0, [r3, #8]", 1, r3=DATA + 1) == FaultExit("align", CODE, DATA + 9)


@BOTH
def test_other_unaligned_accesses_work(machine: Machine, thumb: int):
    machine.poke(DATA, bytes(range(16)))
    source = "ldr r0, [r3]; ldrd r4, r5, [r3]; ldm r3, {r6, r7}; vldr d0, [r3]; strd r4, r5, [r3, #16]; svc #0"
    assert isinstance(execute(machine, source, thumb, r3=DATA + 2), TrapExit)
    assert machine.cpu.get("r0") == machine.cpu.get("r4") == machine.cpu.get("r6") == 0x0504_0302


@BOTH
def test_thread_registers(machine: Machine, thumb: int):
    prefix = THUMB if thumb else ""
    code = assemble(
        "arm", prefix + "mrc p15, 0, r0, c13, c0, 3; mcr p15, 0, r1, c13, c0, 2; mrc p15, 0, r2, c13, c0, 2; svc #0"
    )
    machine.start(code, CODE | thumb, r1=7)
    machine.cpu.set("tpidruro", 0x1234_5678)
    first = machine.cpu.save()
    machine.cpu.set("tpidruro", 99)
    for expected in (99, 0x1234_5678):
        assert isinstance(machine.cpu.run(), TrapExit)
        assert machine.cpu.get("r0") == expected
        assert machine.cpu.get("r2") == 7
        machine.cpu.restore(first)
    machine.cpu.reset(CODE, 0)
    assert machine.cpu.get("tpidruro") == 0
    assert isinstance(execute(machine, "mrc p15, 0, r0, c13, c0, 2; svc #0", thumb), TrapExit)
    assert machine.cpu.get("r0") == 0


def test_block_transfer_with_writeback_across_pages(machine: Machine):
    machine.map(DATA - 4096, READ)
    fault = machine.execute("stmdb r3!, {r4, r5, r6, r7}; svc #0", r3=DATA + 8, r7=1)
    assert fault == FaultExit("dabt", CODE, DATA - 8, "write", True)
    assert machine.cpu.get("r3") == DATA + 8
    machine.map(DATA - 4096, READ | 2)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("r3") == DATA - 8


def test_floating_point_and_vectors(machine: Machine):
    machine.execute(
        "vmov.f64 d3, #1.0; vmov.f64 d31, #2.0; mov r0, #0x400000; vmsr fpscr, r0; vadd.f32 q0, q0, q0; svc #0"
    )
    image = machine.cpu.floating_point
    assert len(image) == 260
    assert (image[24:32].hex(), image[248:256].hex()) == ("000000000000f03f", "0000000000000040")
    assert image[256:] == (0x40_0000).to_bytes(4, "little")

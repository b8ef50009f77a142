"""i386: segments, its trap instructions, and what only 32-bit code has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.cpu.exits import FaultExit, TrapExit
from app.cpu.mmu import PAGE_SHIFT, READ, WRITE

from .code import assemble
from .conftest import CODE, DATA, STACK_TOP, Machine

GDT = 0xFFFF_F000
GS_LOAD = "mov eax, 0x63; mov gs, eax"
USER_DATA = 0x00C0_F300_0000_FFFF | 0xF << 48
"""A flat, writable data segment of user mode."""


def segment(base: int) -> int:
    """A descriptor like those that set_thread_area(2) makes."""
    return USER_DATA | (base & 0xFF_FFFF) << 16 | (base >> 24) << 56


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine("i386")
    yield made
    made.cpu.close()


def test_selectors_are_those_of_linux(machine: Machine):
    machine.execute("mov eax, cs; mov ebx, ss; mov ecx, ds; mov edx, es; mov esi, fs; mov edi, gs; int 0x80")
    values = [machine.cpu.get(name) for name in ("eax", "ebx", "ecx", "edx", "esi", "edi")]
    assert values == [0x23, 0x2B, 0x2B, 0x2B, 0, 0]
    assert [machine.cpu.get(name) for name in ("cs", "ss", "gs")] == [0x23, 0x2B, 0]


def test_trap_instructions(machine: Machine):
    assert machine.execute("nop; sysenter") == TrapExit("sysenter", CODE + 1, CODE + 3, {})
    assert machine.execute("nop; syscall") == FaultExit("#UD", CODE + 1)
    assert machine.cpu.get("eip") == CODE + 1


EXCEPTIONS = {
    **dict.fromkeys(("hlt", "cli", "sti", "in al, dx", "out 0x10, eax", "mov cr0, eax", "mov eax, cr3"), ("#GP", 0)),
    **dict.fromkeys(("rdmsr", "wrmsr", "lgdt [edi]", "ltr ax", "invlpg [edi]", "clts", "mov ds, dx"), ("#GP", 0)),
    **dict.fromkeys(("int 0x21", "int 0", "int 13", "sysexit", "ljmp 0x08, 0x400000"), ("#GP", 0)),
    **dict.fromkeys(("ud2", "vmcall"), ("#UD", 0)),
    "int3": ("#BP", 1),
    ".byte 0xcd, 3": ("#BP", 2),
    "into": ("#OF", 1),
    "bound eax, [edi]": ("#BR", 0),
    "div ecx": ("#DE", 0),
    "aam 0": ("#DE", 0),
}


@pytest.mark.parametrize("source", EXCEPTIONS)
def test_exceptions(machine: Machine, source: str):
    # EAX is 0x7fffffff + 1, so OF is set, and it is below the lower bound, which is 0.
    vector, offset = EXCEPTIONS[source]
    setup = "mov eax, 0x7fffffff; add eax, 1"
    size = 5 + 3
    code = f"{setup}; {source}; mov byte ptr [0x500010], 9"
    assert machine.execute(code, edi=DATA, edx=0x3F8) == FaultExit(vector, CODE + size + offset)
    assert machine.cpu.pc == CODE + size + offset
    assert machine.peek(DATA + 16, 1) == b"\0"


def test_iret_does_not_enter_virtual_8086_mode(machine: Machine):
    """VM is set in what it pops. The processor ignores that, the emulator does not: what follows is refused."""
    code = "push 0x2b; push 0x500800; push 0x20202; push 0x23; push 0x400100; iret"
    machine.poke(CODE + 0x100, b"\xf4")
    assert isinstance(machine.execute(code), FaultExit)
    assert machine.cpu.get("cs") == 0x23
    assert not machine.cpu.get("eflags") & 0x20000
    assert isinstance(machine.execute("int 0x80"), TrapExit)


def test_exceptions_in_a_row_are_no_double_fault(machine: Machine):
    machine.start(bytes.fromhex("f7f1 f7f1 f4 f7f1 f4 f4"), ecx=0, ebx=5)
    for vector, size in [("#DE", 2), ("#DE", 2), ("#GP", 1), ("#DE", 2), ("#GP", 1), ("#GP", 1)]:
        assert machine.cpu.run() == FaultExit(vector, machine.cpu.pc)
        machine.cpu.pc += size
    assert machine.cpu.get("ebx") == 5


def test_breakpoint_is_continued_behind_it(machine: Machine):
    assert machine.execute("int3; inc ebx; int 0x80") == FaultExit("#BP", CODE + 1)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("ebx") == 1


def test_trap_flag_set_by_the_program(machine: Machine):
    assert machine.execute("push 0x302; popf; nop; nop") == FaultExit("#DB", CODE + 7)


def test_time_stamp_counter(machine: Machine):
    machine.cpu.timestamp = lambda: 0x1_2345_6789_ABCD
    machine.execute("rdtsc; int 0x80")
    assert (machine.cpu.get("eax"), machine.cpu.get("edx")) == (0x6789_ABCD, 0x1_2345)


def test_descriptor_table_is_not_user_memory(machine: Machine):
    assert machine.execute("mov eax, [0xfffff020]") == FaultExit("#PF", CODE, GDT + 0x20, "read", False)
    assert machine.execute("mov [0xfffff020], eax") == FaultExit("#PF", CODE, GDT + 0x20, "write", False)
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    # The processor has the table cached after it loaded a selector; the program still may not read it.
    code = f"{GS_LOAD}; mov eax, [0xfffff060]"
    assert machine.execute(code) == FaultExit("#GP", CODE + 5), "reset forgets the descriptors"
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    machine.cpu.pc = CODE
    assert machine.cpu.run() == FaultExit("#PF", CODE + 7, GDT + 0x60, "read", False)


def test_thread_local_storage(machine: Machine):
    machine.poke(DATA, b"thisthat")
    machine.start(bytes.fromhex("b863000000 8ee8 65a100000000 cd80 ebf6"))
    assert machine.cpu.run() == FaultExit("#GP", CODE + 5)
    machine.cpu.tls_descriptors = (segment(DATA), segment(DATA + 4), 0)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("eax").to_bytes(4, "little") == b"this"
    first = machine.cpu.save()
    machine.cpu.tls_descriptors = (segment(DATA + 4), 0, 0)  # GS is loaded with it again.
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("eax").to_bytes(4, "little") == b"that"
    second = machine.cpu.save()
    for context, expected in ((first, b"this"), (second, b"that")) * 3:
        machine.cpu.restore(context)
        assert machine.cpu.tls_descriptors[0] & 0xFFFF_FF00_0000 == segment(DATA + 4 * (expected == b"that")) & (
            0xFFFF_FF00_0000
        )
        assert isinstance(machine.cpu.run(), TrapExit)
        assert machine.cpu.get("eax").to_bytes(4, "little") == expected
        machine.cpu.pc = CODE + 5  # Load GS again: from the table of this context.
        machine.cpu.set("eax", 0x63)
        assert isinstance(machine.cpu.run(), TrapExit)
        assert machine.cpu.get("eax").to_bytes(4, "little") == expected


@pytest.mark.parametrize("source", ["hlt", "div ecx", "bound eax, [edi]", "ud2", "out dx, al"])
def test_thread_local_storage_survives_an_exception(machine: Machine, source: str):
    machine.poke(DATA, b"this")
    machine.start(b"\x90")
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    code = assemble("i386", f"{GS_LOAD}; mov eax, 7; {source}; .byte 0x65, 0xa1, 0, 0, 0, 0; int 0x80")
    machine.poke(CODE, code)
    machine.cpu.set("edi", DATA)
    assert isinstance(machine.cpu.run(), FaultExit)
    assert machine.cpu.get("gs") == 0x63
    machine.cpu.pc = CODE + len(code) - 8
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("eax").to_bytes(4, "little") == b"this"


def test_descriptor_that_is_removed(machine: Machine):
    machine.cpu.reset(CODE, STACK_TOP)
    machine.start(bytes.fromhex("b863000000 8ee8 cd80 65a100000000"))
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    machine.cpu.run()
    assert machine.cpu.get("gs") == 0x63
    machine.cpu.tls_descriptors = (0, 0, 0)
    assert machine.cpu.get("gs") == 0
    with pytest.raises(ValueError, match="3 segment descriptors"):
        machine.cpu.tls_descriptors = (1,)


@pytest.mark.parametrize("descriptor", [0xFFFF_FFFF_FFFF_FFFF, 1 << 47, 0x00CF_9300_0000_FFFF, 0x00CF_FB00_0000_FFFF])
def test_strange_descriptors_do_no_harm(machine: Machine, descriptor: int):
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    machine.start(bytes.fromhex("b863000000 8ee8 cd80 65a100000000 cd80"))
    machine.cpu.tls_descriptors = (segment(DATA), 0, 0)
    assert isinstance(machine.cpu.run(), TrapExit)
    machine.cpu.tls_descriptors = (descriptor, 0, 0)
    assert isinstance(machine.cpu.run(), FaultExit | TrapExit)


def test_any_selector_may_be_set(machine: Machine):
    """As when a signal handler returns with another one. What the processor would refuse changes nothing."""
    for descriptors in ((0, 0, 0), (segment(DATA), 1 << 47, 0xFFFF_FFFF_FFFF_FFFF)):
        for selector in (*range(0, 0x90), 0xFF3, 0xFFFF, 0x8000):
            for name in ("gs", "ds", "es", "fs"):
                machine.start(b"\xcd\x80")
                machine.cpu.tls_descriptors = descriptors
                machine.cpu.page_table = machine.table
                machine.cpu.set(name, selector)
                assert machine.cpu.get(name) in (0, 0x2B, selector)
                assert isinstance(machine.cpu.run(), TrapExit)
                assert machine.cpu.get("cs") == 0x23


def test_tls_of_two_address_spaces_and_other_selectors(machine: Machine):
    """All three entries, by every instruction that loads a selector."""
    machine.poke(DATA, b"0123456789ab")
    machine.poke(DATA + 64, (0x1111).to_bytes(4, "little") + (0x73).to_bytes(2, "little"))
    from_fs, from_gs = ".byte 0x64, 0xa1, 0, 0, 0, 0", ".byte 0x65, 0x8b, 0x0d, 0, 0, 0, 0"
    code = f"push 0x6b; pop fs; {from_fs}; lgs ebx, [edi + 64]; {from_gs}; int 0x80"
    machine.start(b"\x90")
    machine.execute(code, edi=DATA)
    machine.cpu.reset(CODE, STACK_TOP)
    machine.cpu.tls_descriptors = (0, segment(DATA + 4), segment(DATA + 8))
    machine.cpu.set("edi", DATA)
    assert isinstance(machine.cpu.run(), TrapExit)
    found = [machine.cpu.get(name).to_bytes(4, "little") for name in ("eax", "ecx")]
    assert found == [b"4567", b"89ab"]
    assert machine.cpu.get("ebx") == 0x1111


def test_addresses_wrap_at_four_gibibytes(machine: Machine):
    machine.table.map(0, machine.memory.allocate(), READ | WRITE)
    machine.poke(0x10, b"\x2a")
    assert isinstance(machine.execute("mov al, [edi + 0x20]; int 0x80", edi=0xFFFF_FFF0), TrapExit)
    assert machine.cpu.get("eax") == 0x2A


def test_push_all_across_pages(machine: Machine):
    """The stack ends in the middle of what is pushed: nothing changed, and it can be repeated."""
    machine.table.map((DATA >> PAGE_SHIFT) + 1, machine.memory.allocate(), READ | WRITE)
    esp = DATA + 12
    fault = machine.execute("pusha; int 0x80", esp=esp, eax=1)
    # The processor would be refused DATA - 4 first: it pushes downwards, the emulator stores upwards.
    assert fault == FaultExit("#PF", CODE, DATA - 20, "write", False)
    assert machine.cpu.get("esp") == esp
    machine.map(DATA - 4096, READ | WRITE)
    assert isinstance(machine.cpu.run(), TrapExit)
    assert machine.cpu.get("esp") == esp - 32


def test_floating_point_state_is_what_fxsave_stores(machine: Machine):
    machine.execute("fldpi; fld1; pcmpeqd xmm0, xmm0; pcmpeqd xmm6, xmm6; fxsave [0x500000]; int 0x80")
    image = machine.cpu.floating_point
    stored = machine.peek(DATA, 512)
    assert image[:8] + image[24:288] == stored[:8] + stored[24:288]
    assert image[288:] == bytes(224), "there is no XMM8 and above"
    machine.cpu.floating_point = machine.cpu.initial_floating_point
    assert machine.cpu.floating_point == machine.cpu.initial_floating_point


def test_names(machine: Machine):
    assert list(machine.cpu.registers()) == [*("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip", "eflags")]
    with pytest.raises(KeyError):
        machine.cpu.get("rax")

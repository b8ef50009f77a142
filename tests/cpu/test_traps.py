"""Traps, privileged instructions and exceptions on x86-64, in CPL 3."""

from __future__ import annotations

import pytest

from app.cpu.exits import FaultExit, TrapExit

from .conftest import CODE, DATA, STACK_TOP, Machine

NOP = "90"


def test_user_mode_is_ring_three(machine: Machine):
    assert machine.run("8cc8 8cd3 0f05") == TrapExit("syscall", CODE + 4, CODE + 6, {"rcx": CODE + 6, "r11": 0x202})
    assert machine.cpu.get("rax") == 0x33
    assert machine.cpu.get("rbx") == 0x2B
    assert machine.cpu.get("cs") & 3 == 3


def test_reset_gives_a_new_program_clean_registers(machine: Machine):
    machine.run("48ffc0 f9 0f28c1 48bf0102030405060708 0f05")
    machine.cpu.set("fs_base", DATA)
    machine.cpu.reset(CODE, DATA)
    expected = dict.fromkeys(machine.cpu.registers(), 0) | {"rip": CODE, "rsp": DATA, "rflags": 0x202}
    assert machine.cpu.registers() == expected
    assert machine.cpu.get("fs_base") == 0
    assert machine.cpu.get("mxcsr") == 0x1F80


def test_fpu_starts_empty(machine: Machine):
    machine.run("d9342500005000 0f05")
    control, tags = machine.peek(DATA, 2), machine.peek(DATA + 8, 2)
    assert (control, tags) == (b"\x7f\x03", b"\xff\xff")


def test_syscall_clobbers_what_the_hardware_clobbers(machine: Machine):
    trap = machine.run("f9 0f05", rax=39, rdi=1, rcx=7, r11=8)
    assert trap == TrapExit("syscall", CODE + 1, CODE + 3, {"rcx": CODE + 3, "r11": 0x203})
    registers = machine.cpu.registers()
    assert registers["rcx"] == CODE + 3
    assert registers["r11"] == 0x203
    assert registers["rip"] == machine.cpu.pc == CODE + 3
    assert (registers["rax"], registers["rdi"]) == (39, 1)


def test_running_on_after_a_trap_uses_the_return_value(machine: Machine):
    machine.run("0f05 4889c3 0f05")
    machine.cpu.set("rax", -38)
    assert machine.cpu.run().pc == CODE + 5
    assert machine.cpu.get("rbx") == (-38) % 2**64


@pytest.mark.parametrize(("code", "name"), [("cd80", "int 0x80"), ("0f34", "sysenter")])
def test_other_trap_instructions_change_no_register(machine: Machine, code: str, name: str):
    trap = machine.run(NOP + code + "0f05", rax=20, rcx=7, r11=8)
    pushed = {"rip": CODE + 3, "cs": 0x33, "rflags": 0x202, "rsp": STACK_TOP, "ss": 0x2B}
    assert trap == TrapExit(name, CODE + 1, CODE + 3, pushed if name == "int 0x80" else {})
    assert machine.cpu.get("rcx") == 7
    assert machine.cpu.get("r11") == 8
    assert machine.cpu.run().pc == CODE + 3


PRIVILEGED = {
    "hlt": "f4",
    "cli": "fa",
    "sti": "fb",
    "mov cr0, rax": "0f22c0",
    "mov rax, cr0": "0f20c0",
    "mov rax, cr3": "0f20d8",
    "mov dr7, rax": "0f23f8",
    "rdmsr": "0f32",
    "wrmsr": "0f30",
    "lgdt [rdi]": "0f0117",
    "lidt [rdi]": "0f011f",
    "ltr ax": "0f00d8",
    "lmsw ax": "0f01f0",
    "clts": "0f06",
    "invlpg [rdi]": "0f013f",
    "wbinvd": "0f09",
    "swapgs": "0f01f8",
    "sysret": "480f07",
    "rdpmc": "0f33",
    "mov ds, eax": "8ed8",
    "iretq": "48cf",
    "in al, 0x10": "e410",
    "in eax, dx": "ed",
    "out 0x10, al": "e610",
    "out dx, eax": "ef",
    "rep insd": "f36d",
    "outsb": "6e",
    "rep outsb": "f36e",
}


@pytest.mark.parametrize("code", PRIVILEGED.values(), ids=PRIVILEGED.keys())
def test_privileged_instructions_fault_where_they_are(machine: Machine, code: str):
    # The store that follows must not happen, and the registers must be those before the instruction.
    registers = {"rax": 0x1235, "rcx": 3, "rdx": 0x3F8, "rdi": DATA, "rsi": DATA + 64, "rsp": DATA + 128}
    fault = machine.run(NOP + code + "66c704251000500099990f05", **registers)
    assert fault == FaultExit("#GP", CODE + 1)
    assert machine.cpu.pc == CODE + 1
    for name, value in registers.items():
        assert machine.cpu.get(name) == value, name
    assert machine.peek(DATA + 16, 2) == b"\0\0"


def test_port_access_followed_by_a_trap_is_still_the_fault(machine: Machine):
    for following in ("0f05", "f4", "0f0b", "cd80", "0f31"):
        assert machine.run("e410" + following) == FaultExit("#GP", CODE)
    assert machine.run("0f31 0f05", rdx=9) == TrapExit("syscall", CODE + 2, CODE + 4, {"rcx": CODE + 4, "r11": 0x202})
    assert machine.cpu.get("rax") == 1000, "a refused rdtsc was counted"


def test_port_access_keeps_flags(machine: Machine):
    """Flags are computed lazily in the emulator; the fault must see those of the instruction before."""
    for before in ("4831c0", "48ffc0", "4883e801", "48d1e0", "480fafc0", "4883f805", "f9"):
        for value in (0, 5, 1 << 63, (1 << 64) - 1):
            machine.run(before + "f4", rax=value)
            expected = machine.cpu.registers()
            for port in ("ec", "ee"):
                machine.run(before + port + "4d31c9 0f05", rax=value)
                assert machine.cpu.registers() == expected


def test_popf_cannot_disable_interrupts_or_raise_the_io_privilege(machine: Machine):
    machine.run("6a02 9d 9c 58 0f05")
    assert machine.cpu.get("rax") & 0x200
    machine.run("6802320000 9d e410")
    assert machine.cpu.get("rflags") & 0x3000 == 0


EXCEPTIONS = {
    "div by zero": ("f7f1", "#DE", 0),
    "idiv overflow": ("b8000000804899 99b9ffffffff f7f9", "#DE", 13),
    "div after data that looks like int 0": ("b80000cd00 f7f1", "#DE", 5),
    "ud2": ("0f0b", "#UD", 0),
    "undefined opcode": ("06", "#UD", 0),
    "vmcall": ("0f01c1", "#UD", 0),
    "256-bit AVX": ("c5fc58c1", "#UD", 0),
    "int3": ("cc", "#BP", 1),
    "int 3": ("cd03", "#BP", 2),
    "int 4": ("cd04", "#OF", 2),
    "int1": ("f1", "#DB", 1),
    "int 0": ("cd00", "#GP", 0),
    "int 1": ("cd01", "#GP", 0),
    "int 6": ("cd06", "#GP", 0),
    "int 13": ("cd0d", "#GP", 0),
    "int 14": ("cd0e", "#GP", 0),
    "int 0x81": ("cd81", "#GP", 0),
    "int 0xff": ("cdff", "#GP", 0),
}


@pytest.mark.parametrize(("code", "vector", "offset"), EXCEPTIONS.values(), ids=EXCEPTIONS.keys())
def test_exceptions(machine: Machine, code: str, vector: str, offset: int):
    assert machine.run(code + "0f05") == FaultExit(vector, CODE + offset)
    assert machine.cpu.pc == machine.cpu.get("rip") == CODE + offset


def test_breakpoint_is_continued_behind_it(machine: Machine):
    assert machine.run("cc 0f05") == FaultExit("#BP", CODE + 1)
    assert machine.cpu.run() == TrapExit("syscall", CODE + 1, CODE + 3, {"rcx": CODE + 3, "r11": 0x202})


def test_trap_flag_set_by_the_program_steps_it(machine: Machine):
    # push 0x302; popfq; nop; nop
    assert machine.run("6802030000 9d 90 90 0f05") == FaultExit("#DB", CODE + 7)
    assert machine.cpu.run() == FaultExit("#DB", CODE + 8)


def test_time_stamp_counter_is_ours(machine: Machine):
    code = "0f31 4889c3 0f01f9 0f05"
    machine.run(code, rcx=5, rdx=1 << 40)
    first = machine.cpu.registers()
    assert first["rbx"] < first["rax"]
    machine.cpu.timestamp = lambda: 0x1_2345_6789_ABCD
    machine.run(code)
    assert (machine.cpu.get("rax"), machine.cpu.get("rdx")) == (0x6789_ABCD, 0x1_2345 & 0xFFFFFFFF)


def test_what_the_timestamp_raises_is_raised_by_run(machine: Machine):
    def broken() -> int:
        raise LookupError("no clock")

    machine.cpu.timestamp = broken
    with pytest.raises(LookupError, match="no clock"):
        machine.run("0f31 0f05")
    machine.cpu.timestamp = lambda: 7
    assert isinstance(machine.run("0f31 0f05"), TrapExit)
    assert machine.cpu.get("rax") == 7


def test_cpuid_offers_no_avx_and_is_the_same_each_time(machine: Machine):
    seen = set()
    for _ in range(2):
        machine.run("0fa2 89ce 0f05", rax=1)  # the features are moved to RSI: syscall overwrites RCX
        seen.add(tuple(machine.cpu.get(name) for name in ("rax", "rbx", "rdx", "rsi")))
    assert len(seen) == 1
    avx = 1 << 28
    assert not seen.pop()[3] & avx


def test_known_limit_rdrand_is_not_refused(machine: Machine):
    """rdrand can't be intercepted: it sets CF and a value from the host."""
    trap = machine.run("480fc7f0 0f05")
    assert isinstance(trap, TrapExit)
    assert trap.saved["r11"] & 1


def test_known_limit_unaligned_movaps_works(machine: Machine):
    assert isinstance(machine.run("0f2807 0f05", rdi=DATA + 1), TrapExit)


def test_known_limit_128_bit_avx_runs(machine: Machine):
    """vaddps xmm0, xmm0, xmm1: undefined without AVX, but the emulator runs its SSE twin."""
    assert isinstance(machine.run("c5f858c1 0f05"), TrapExit)


def test_known_limit_string_input(machine: Machine):
    """insb has stored a zero when it faults; with a count of zero it does not fault."""
    machine.poke(DATA, b"x")
    assert machine.run("6c", rdi=DATA) == FaultExit("#GP", CODE)
    assert machine.peek(DATA, 1) == b"\0"
    assert isinstance(machine.run("f36c 0f05", rdi=DATA, rcx=0), TrapExit)


def test_known_limit_16_byte_store_is_two_stores(machine: Machine):
    """Its first half is done when the second half faults in the next page. Running it again is right."""
    edge = DATA + 4096
    machine.poke(edge - 8, b"x" * 8)
    assert machine.run("0f57c0 0f1107 0f05", rdi=edge - 8) == FaultExit("#PF", CODE + 3, edge, "write", False)
    assert machine.peek(edge - 8, 8) == bytes(8)


def test_fs_base(machine: Machine):
    machine.poke(DATA + 0x10, b"\x2a")
    machine.start("648b042510000000 0f05", rax=0)
    machine.cpu.set("fs_base", DATA)
    machine.cpu.run()
    assert machine.cpu.get("rax") == 42
    assert machine.cpu.get("fs_base") == DATA


def test_reader_and_unknown_names(machine: Machine):
    read = machine.cpu.reader(("rax", "rip", "r15"))
    machine.run("0f05", rax=1, r15=(1 << 64) - 1)
    assert read() == (1, CODE + 2, (1 << 64) - 1)
    with pytest.raises(KeyError):
        machine.cpu.reader(("eip",))
    with pytest.raises(KeyError):
        machine.cpu.set("nothing", 1)


def test_same_program_same_result(machine: Machine):
    # A small generator mixing arithmetic, memory, cycle counter and CPUID.
    code = "b9e8030000 0f31 4801c3 4869db6dce4166 48891c0d00005000 4881e1ff0f0000 ffc9 75e4 0f05"
    other = Machine()
    try:
        for subject in (machine, other):
            assert isinstance(subject.run(code), TrapExit)
        assert machine.cpu.registers() == other.cpu.registers()
        assert machine.peek(DATA, 4096) == other.peek(DATA, 4096)
    finally:
        other.cpu.close()


@pytest.mark.parametrize("first", ["48f7f1", "f4"])
def test_exceptions_in_a_row_are_no_double_fault(machine: Machine, first: str):
    machine.run(first, rcx=0)
    for code, vector in (("48f7f1", "#DE"), ("f4", "#GP"), ("0f0b", "#UD"), ("48f7f1", "#DE")):
        exit = machine.run(code, rcx=0, rbx=7)
        assert isinstance(exit, FaultExit)
        assert exit.vector == vector
    assert machine.cpu.get("rbx") == 7


def test_floating_point_state_is_what_fxsave_stores(machine: Machine):
    machine.run("d9eb d9e8 0f28c8 660fefc0 660f76c0 0fae042500005000 0f05")
    image = machine.cpu.floating_point
    assert image == machine.peek(DATA, len(image))
    changed = image[:160] + bytes(range(16)) * 16 + image[416:]
    machine.cpu.floating_point = changed
    assert machine.cpu.floating_point == changed
    machine.cpu.floating_point = machine.cpu.initial_floating_point
    assert machine.cpu.floating_point == machine.cpu.initial_floating_point
    assert machine.cpu.get("mxcsr") == 0x1F80


def test_exceptions_do_not_add_up_to_a_double_fault(machine: Machine):
    """The kernel is in between: each is the first one."""
    machine.start("f7f1 f7f1 f4 f7f1 f4 f4", rcx=0)
    for vector, size in [("#DE", 2), ("#DE", 2), ("#GP", 1), ("#DE", 2), ("#GP", 1), ("#GP", 1)]:
        leave = machine.cpu.run()
        assert isinstance(leave, FaultExit)
        assert leave.vector == vector
        machine.cpu.pc += size

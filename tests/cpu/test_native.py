"""The emulated processor against the real one: same code, same fault, same place, same state."""

from __future__ import annotations

import platform
import random
import sys

import pytest

from app.cpu.exits import FaultExit
from app.cpu.mmu import EXECUTE, PAGE_SHIFT, PAGE_SIZE, READ, WRITE

from .conftest import Machine

if sys.platform != "linux" or platform.machine() != "x86_64":
    pytest.skip("needs Linux on x86-64", allow_module_level=True)

from . import native

CODE = 0x2_0000_0000
DATA = 0x2_0010_0000
STACK_TOP = DATA + PAGE_SIZE
SIGNALS = {"#DE": "SIGFPE", "#UD": "SIGILL", "#BP": "SIGTRAP", "#DB": "SIGTRAP"}
COMPARED = ("rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r15", "rip")
DEFINED_FLAGS = 0x0701
"""CF, TF, IF and DF: defined after every instruction used here."""


def compare(machine: Machine, code: bytes, offset: int = 0, **registers: int) -> FaultExit:
    """Run `code` at `offset` of its page on both; returns the emulated fault, which is the real one."""
    registers = {"rsp": STACK_TOP - 64, "rdi": DATA, "rsi": DATA + 128} | registers
    page = (b"\x90" * offset + code)[:PAGE_SIZE]
    contents = bytes(i * 7 % 256 for i in range(PAGE_SIZE))
    try:
        real = native.run(
            {CODE: (READ | EXECUTE, page), DATA: (READ | WRITE, contents)}, registers | {"rip": CODE + offset}
        )
    except native.NotPossibleError as reason:
        pytest.skip(str(reason))
    for address, perms, data in ((CODE, READ | EXECUTE, page), (DATA, READ | WRITE, contents)):
        if address >> PAGE_SHIFT not in machine.table.entries:
            machine.map(address, perms)
        machine.poke(address, data + bytes(PAGE_SIZE - len(data)))
    machine.cpu.reset(CODE + offset, STACK_TOP)
    for name, value in registers.items():
        machine.cpu.set(name, value)
    fault = machine.cpu.run()
    assert isinstance(fault, FaultExit)
    assert (SIGNALS.get(fault.vector, "SIGSEGV"), hex(fault.pc)) == (real.signal.name, hex(real.registers["rip"]))
    if fault.vector == "#PF":
        assert fault.address == real.address
    emulated = {name: hex(machine.cpu.get(name)) for name in COMPARED}
    assert emulated == {name: hex(real.registers[name]) for name in COMPARED}
    assert machine.cpu.get("rflags") & DEFINED_FLAGS == real.registers["rflags"] & DEFINED_FLAGS
    assert machine.peek(DATA, PAGE_SIZE) == real.pages[DATA]
    return fault


# Not here: `ins` (a known limit), and int1, after which virtual machines disagree about the program counter.
FAULTING = [
    *("f4", "fa", "fb", "0f22c0", "0f20c0", "0f32", "0f0117", "0f00d8", "0f06", "0f09", "0f01f8", "480f07", "0f33"),
    *("8ed8", "48cf", "e410", "ed", "e610", "ef", "6e"),
    *("cc", "cd03", "cd00", "cd01", "cd04", "cd06", "cd0d", "cd0e", "cd81", "cdff"),
    *("0f0b", "06", "f7f1", "f7f9", "488b0425000000000f05", "c6042500000000ff"),
]


@pytest.mark.parametrize("code", FAULTING)
def test_same_fault(machine: Machine, code: str):
    compare(machine, bytes.fromhex("48ffc3 c60701" + code + "c60702"), rax=0x1235, rdx=0x3F8)


@pytest.mark.parametrize("address", [0x123, 0x7FFF_FFFF_F001, 0xFFFF_FFFF_8000_0123, 0x8000_0000_0000, 1 << 63])
@pytest.mark.parametrize("code", ["488b03", "488903", "f3a4"])
def test_same_fault_address(machine: Machine, code: str, address: int):
    compare(machine, bytes.fromhex(code), rbx=address, rcx=5, **({"rdi": address} if code == "f3a4" else {}))


def test_same_fault_across_pages(machine: Machine):
    for code, size in (("8b03", 4), ("8903", 4), ("488b03", 8), ("488903", 8), ("0f1003", 16)):
        for distance in range(1, size):
            compare(machine, bytes.fromhex(code + "f4"), rbx=STACK_TOP - distance, rax=-1 % 2**64)
            compare(machine, bytes.fromhex(code + "f4"), rbx=DATA - distance, rax=-1 % 2**64)


# No instruction that leaves a flag undefined: the flags are pushed.
SNIPPETS = [
    *("48ffc0", "4801d8", "4829c1", "4831d2", "50", "5b", "9c59", "488907", "488b0f", "480107"),
    *(
        "8807",
        "4883c708",
        "f3a4",
        "b103",
        "99",
        "e800000000",
        "eb00",
        "7400",
        "7200",
        "9c9d",
        "a4",
        "ab",
        "0fc8",
        "86e0",
    ),
]


def test_random_code_to_the_end_of_the_page(machine: Machine):
    """Straight-line and jumping code that ends with the page: the last instruction is whole, or cut."""
    generator = random.Random(20260101)
    for _ in range(150):
        code = b"\x6a\x02\x9d" + b"".join(bytes.fromhex(generator.choice(SNIPPETS)) for _ in range(12))
        code += generator.choice((b"", b"\x90", b"\x48\xb8\x01", b"\xf4", b"\x48", b"\xe8\x01", b"\xcc"))
        registers = {name: generator.getrandbits(generator.choice((3, 16, 64))) for name in ("rax", "rbx", "rdx")}
        compare(machine, code, offset=PAGE_SIZE - len(code), rcx=generator.randrange(9), **registers)

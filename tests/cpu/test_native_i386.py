"""The emulated processor in 32-bit mode against the real one: same code, same fault, same place, same state."""

from __future__ import annotations

import platform
import random
import sys
from collections.abc import Iterator

import pytest

from app.cpu.exits import FaultExit
from app.cpu.mmu import EXECUTE, PAGE_SHIFT, PAGE_SIZE, READ, WRITE

from .conftest import Machine

if sys.platform != "linux" or platform.machine() != "x86_64":
    pytest.skip("needs Linux on x86-64", allow_module_level=True)

from . import native

CODE = 0x2000_0000
DATA = 0x2010_0000
STACK_TOP = DATA + PAGE_SIZE
SIGNALS = {"#DE": "SIGFPE", "#UD": "SIGILL", "#BP": "SIGTRAP", "#DB": "SIGTRAP"}
NAMES = ("eax", "ebx", "ecx", "edx", "esi", "edi", "ebp", "esp", "eip")
DEFINED_FLAGS = 0x0701
"""CF, TF, IF and DF: defined after every instruction used here."""


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine("i386")
    yield made
    made.cpu.close()


def compare(machine: Machine, code: bytes, offset: int = 0, **registers: int) -> FaultExit:
    """Run `code` at `offset` of its page on both; returns the emulated fault, which is the real one."""
    registers = {"esp": STACK_TOP - 64, "edi": DATA, "esi": DATA + 128} | registers
    page = (b"\x90" * offset + code)[:PAGE_SIZE]
    contents = bytes(i * 7 % 256 for i in range(PAGE_SIZE))
    wide = {f"r{name[1:]}": value for name, value in registers.items()} | {"rip": CODE + offset}
    try:
        real = native.run({CODE: (READ | EXECUTE, page), DATA: (READ | WRITE, contents)}, wide | native.I386_SEGMENTS)
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
    if fault.is_page_fault:
        assert fault.address == real.address
    emulated = {name: hex(machine.cpu.get(name)) for name in NAMES}
    assert emulated == {name: hex(real.registers[f"r{name[1:]}"]) for name in NAMES}
    assert machine.cpu.get("eflags") & DEFINED_FLAGS == real.registers["rflags"] & DEFINED_FLAGS
    assert machine.peek(DATA, PAGE_SIZE) == real.pages[DATA]
    return fault


FAULTING = [
    *("f4", "fa", "fb", "0f22c0", "0f20c0", "0f32", "0f0117", "0f00d8", "0f06", "0f09", "0f35", "0f33"),
    *("8ed8", "8ee8", "e410", "ed", "e610", "ef", "6e", "ea000000200800", "ea000000206300"),
    *("cc", "cd03", "cd00", "cd01", "cd04", "cd06", "cd0d", "cd0e", "cd81", "cdff", "ce"),
    *("0f0b", "f7f1", "f7f9", "d400", "a100000000", "c6050000000001", "ff20", "c3", "6207"),
]


@pytest.mark.parametrize("code", FAULTING)
def test_same_fault(machine: Machine, code: str):
    compare(machine, bytes.fromhex("43 c60701" + code + "c60702"), eax=0x1235, edx=0x3F8)


@pytest.mark.parametrize("address", [0x123, 0x7FFF_F001, 0xC000_0123, 0xFFFF_E001])
@pytest.mark.parametrize("code", ["8b03", "8903", "f3a4", "ffe3", "0103", "8a03"])
def test_same_fault_address(machine: Machine, code: str, address: int):
    compare(machine, bytes.fromhex(code), ebx=address, ecx=5, **({"edi": address} if code == "f3a4" else {}))


def test_same_fault_across_pages(machine: Machine):
    for code, size in (("668b03", 2), ("8b03", 4), ("8903", 4), ("0f1003", 16), ("f30f7e03", 8)):
        for distance in range(1, size):
            compare(machine, bytes.fromhex(code + "f4"), ebx=STACK_TOP - distance, eax=0xFFFF_FFFF)
            compare(machine, bytes.fromhex(code + "f4"), ebx=DATA - distance, eax=0xFFFF_FFFF)


# No instruction that leaves a flag undefined: the flags are pushed.
SNIPPETS = [
    *("40", "01d8", "29c1", "31d2", "50", "5b", "9c59", "8907", "8b0f", "0107", "8807", "83c708", "f3a4", "b103"),
    *("99", "e800000000", "eb00", "7400", "7200", "9c9d", "a4", "ab", "0fc8", "86e0", "60", "61", "6a05", "669c6658"),
    *("d6", "c8080000", "c9", "66b83412"),
]


def test_random_code_to_the_end_of_the_page(machine: Machine):
    """Straight-line and jumping code that ends with the page: the last instruction is whole, or cut."""
    generator = random.Random(20260102)

    for _ in range(150):
        code = b"\x6a\x02\x9d" + b"".join(bytes.fromhex(generator.choice(SNIPPETS)) for _ in range(12))
        code += generator.choice((b"", b"\x90", b"\xb8\x01", b"\xf4", b"\x66", b"\xe8\x01", b"\xcc"))
        registers = {name: generator.getrandbits(generator.choice((3, 16, 32))) for name in ("eax", "ebx", "edx")}
        compare(machine, code, offset=PAGE_SIZE - len(code), ecx=generator.randrange(9), ebp=DATA + 512, **registers)

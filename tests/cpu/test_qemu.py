"""The processors that this machine does not have, against qemu-user: same fault, same place, same registers."""

from __future__ import annotations

import signal

import pytest

from app.cpu.exits import FaultExit
from app.cpu.mmu import READ, WRITE

from . import qemu
from .code import assemble
from .conftest import CODE, DATA, Machine

HOLE = 0x700000
EDGE = DATA + 4096

SIGNALS = {
    **dict.fromkeys(("undef", "illegal instruction"), signal.SIGILL),
    **dict.fromkeys(("bkpt", "brk", "breakpoint"), signal.SIGTRAP),
    **dict.fromkeys(("align", "pcalign"), signal.SIGBUS),
    **dict.fromkeys(("dabt", "pabt", "iabt"), signal.SIGSEGV),
    **dict.fromkeys(("load page fault", "store page fault", "instruction page fault"), signal.SIGSEGV),
}
"""What Linux makes of each vector."""

ARM = [
    *("udf #2", "mrc p15, 0, r0, c1, c0, 0", "mcr p15, 0, r0, c13, c0, 3", "mrs r0, spsr", "bkpt #1", "rfeia r3"),
    *("ldr r0, [r3]", "str r0, [r3]", "ldm r3, {r0, r1}", "stmdb r3!, {r0, r1}", "ldrd r0, r1, [r3]"),
    *("ldrb r0, [r3, #5]", "strh r0, [r3, #2]", "vldr d0, [r3]", "bx r3", "ldrex r0, [r3]", "ldr pc, [r3]"),
    *(
        "cmp r0, #9; it eq; ldreq r0, [r3]; udf #2",
        "cmp r0, r0; it eq; ldreq r0, [r3]",
        "yield; udf #2",
        "vmrs r0, fpexc",
    ),
]
AARCH64 = [
    *("udf #2", "mrs x0, ttbr0_el1", "msr daifset, #2", "brk #1", "hlt #1", "eret", "mrs x0, currentel", "hvc #0"),
    *("ldr x0, [x3]", "str x0, [x3]", "ldp x0, x1, [x3]", "stp x0, x1, [x3, #-16]!", "ldrb w0, [x3, #5]", "br x3"),
    *(
        "ldr q0, [x3]",
        "ldxr x0, [x3]",
        "stlr x0, [x3]",
        "yield; udf #2",
        "wfe; brk #2",
        "ldr x0, [x3], #8",
    ),
]
RISCV64 = [
    *(
        "unimp",
        ".half 0",
        ".word 0xffffffff",
        "csrr a0, mstatus",
        "csrw satp, a0",
        "mret",
        "sret",
        "ebreak",
        "c.ebreak",
    ),
    *("ld a0, (a3)", "sd a0, (a3)", "lb a0, 5(a3)", "fld fa0, (a3)", "jr a3", "lr.d a0, (a3)", "c.nop; c.ld a0, 0(a3)"),
    *("amoadd.d a0, a1, (a3)", "c.nop; ld a0, (a3)", "jalr ra, 2(a3)"),
]
CASES = [
    *(("arm", thumb, source) for thumb in (0, 1) for source in ARM),
    *(("aarch64", 0, source) for source in AARCH64),
    *(("riscv64", 0, source) for source in RISCV64),
]
POINTERS = {"arm": "r3", "aarch64": "x3", "riscv64": "a3"}
COUNTERS = {"arm": "adds r4, #1", "aarch64": "add x4, x4, #1", "riscv64": "addi a4, a4, 1"}
VALUES = {"arm": ("r0", "r1", "r4"), "aarch64": ("x0", "x1", "x4"), "riscv64": ("a0", "a1", "a4")}


def compare(arch: str, thumb: int, source: str, pointer: int) -> None:
    registers = dict(zip(VALUES[arch], (5, 6, 7), strict=True)) | {POINTERS[arch]: pointer}
    source = f"{COUNTERS[arch]}; {source}; {COUNTERS[arch]}"
    real = qemu.run(arch, source, thumb, registers)
    machine = Machine(arch)
    try:
        machine.map(EDGE - 4096, READ | WRITE)
        machine.start(assemble(arch, (".thumb; " if thumb else "") + source), CODE | thumb, **registers)
        fault = machine.cpu.run()
        assert isinstance(fault, FaultExit)
        assert (SIGNALS[fault.vector], hex(fault.pc)) == (real.signal, hex(real.pc))
        if fault.is_page_fault:
            assert fault.address is not None
            assert hex(fault.address) == hex(real.address)
            if fault.address != EDGE:  # There, qemu-user has mapped something of its own.
                assert (2 if fault.present else 1) == real.code  # SEGV_ACCERR, SEGV_MAPERR
        for name in registers:
            assert hex(machine.cpu.get(name)) == hex(real.registers[name]), name
        if arch == "arm":
            assert machine.cpu.get("cpsr") & 0x20 == real.registers["cpsr"] & 0x20
    finally:
        machine.cpu.close()


@pytest.mark.parametrize(("arch", "thumb", "source"), CASES, ids=str)
def test_same_fault(arch: str, thumb: int, source: str):
    compare(arch, thumb, source, HOLE)


@pytest.mark.parametrize(
    ("arch", "thumb", "source"),
    [
        *(("arm", thumb, source) for thumb in (0, 1) for source in ("ldr r0, [r3]", "str r0, [r3]", "bx r3")),
        *(("aarch64", 0, source) for source in ("ldr x0, [x3]", "str x0, [x3]", "br x3", "stp x0, x1, [x3], #16")),
        *(("riscv64", 0, source) for source in ("ld a0, (a3)", "sd a0, (a3)", "jr a3")),
    ],
)
@pytest.mark.parametrize("address", [EDGE - 2, DATA, 0x10, HOLE - 1])
def test_same_fault_at_edges(arch: str, thumb: int, source: str, address: int):
    if source == "br x3" and address & 3:
        pytest.skip("qemu-user does not check the alignment of a jump")
    if address == DATA and source.split(maxsplit=1)[0] not in ("bx", "br", "jr"):
        source += "; udf #2" if arch != "riscv64" else "; unimp"
    compare(arch, thumb, source, address)

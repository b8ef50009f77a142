"""Random bytes as code: user mode is never left, and every exit is one that the kernel knows."""

from __future__ import annotations

import random

import pytest

from app.cpu.exits import FaultExit, SliceExit

from .conftest import CODE, DATA, Machine

PROGRAMS = 250
EXITS = 12

PAGE_FAULTS = {
    "arm": {"dabt", "pabt"},
    "aarch64": {"dabt", "iabt"},
    "riscv64": {"load page fault", "store page fault", "instruction page fault"},
}
VECTORS = {
    "x86_64": {"#DE", "#DB", "#BP", "#OF", "#UD", "#NM", "#NP", "#TS", "#SS", "#GP", "#PF", "#MF", "#AC", "#XM"},
    "i386": {"#DE", "#DB", "#BP", "#OF", "#BR", "#UD", "#NM", "#NP", "#TS", "#SS", "#GP", "#PF", "#MF", "#AC", "#XM"},
    "arm": PAGE_FAULTS["arm"] | {"undef", "align", "bkpt"},
    "aarch64": PAGE_FAULTS["aarch64"] | {"undef", "align", "pcalign", "brk"},
    "riscv64": PAGE_FAULTS["riscv64"] | {"illegal instruction", "breakpoint", "load misaligned", "store misaligned"},
}


def in_user_mode(machine: Machine) -> bool:
    match machine.arch:
        case "x86_64" | "i386":
            return machine.cpu.get("cs") & 3 == 3
        case "arm":
            return machine.cpu.get("cpsr") & 0x1F == 0x10
        case "aarch64":
            return machine.cpu.get("cpsr") & 0x1F == 0
        case _:
            return True


@pytest.mark.parametrize(
    ("arch", "thumb"), [("x86_64", 0), ("i386", 0), ("arm", 0), ("arm", 1), ("aarch64", 0), ("riscv64", 0)]
)
def test_random_code(arch: str, thumb: int):
    machine = Machine(arch)
    names = [name for name in machine.cpu.registers() if name not in ("cpsr", "eflags", "rflags", "pc", "rip", "eip")]
    generator = random.Random(20260103 + thumb)
    try:
        for _ in range(PROGRAMS):
            values = {
                name: generator.choice((DATA + generator.randrange(4096), generator.getrandbits(64), CODE, 0))
                for name in names
            }
            machine.start(generator.randbytes(64), CODE | thumb, **values)
            for _ in range(EXITS):
                reason = machine.cpu.run(generator.choice((1, 7, 200)))
                if isinstance(reason, SliceExit):
                    continue
                assert in_user_mode(machine)
                if isinstance(reason, FaultExit):
                    assert reason.vector in VECTORS[arch]
                    assert reason.is_page_fault == (
                        reason.vector == "#PF" or reason.vector in PAGE_FAULTS.get(arch, ())
                    )
                    machine.cpu.pc = CODE + generator.randrange(64)
    finally:
        machine.cpu.close()

"""The architectures of the GNU as front end: one module each, and one row in `INSTRUCTION_SETS`."""

from __future__ import annotations

from collections.abc import Mapping

from app.toolchain.isa.aarch64 import AArch64
from app.toolchain.isa.arm import Arm
from app.toolchain.isa.base import InstructionSet
from app.toolchain.isa.riscv import RiscV
from app.toolchain.isa.x86 import I386, X86_64
from app.toolchain.machines import MACHINES
from app.toolchain.program import Diagnostic, SourceError

INSTRUCTION_SETS: Mapping[str, type[InstructionSet]] = {
    "x86_64": X86_64,
    "i386": I386,
    "arm": Arm,
    "aarch64": AArch64,
    "riscv64": RiscV,
}


def instruction_set(arch: str) -> type[InstructionSet]:
    """The instruction set of an architecture of `MACHINES`. Raises SourceError when it can't be assembled."""
    found = INSTRUCTION_SETS.get(arch)
    if found is None:
        known = ", ".join(MACHINES[name].title for name in INSTRUCTION_SETS)
        message = f"assembly for {MACHINES[arch].title} is not available"
        raise SourceError([Diagnostic(1, 1, 2, message, f"these are: {known}")])
    return found

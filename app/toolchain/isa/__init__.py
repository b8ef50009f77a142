"""The architectures of the GNU as front end, one module each.

A module is loaded when its architecture is first asked for: their tables are large.
"""

from __future__ import annotations

from importlib import import_module

from app.toolchain.isa.base import InstructionSet

_CLASSES = {
    "x86_64": "x86:X86_64",
    "i386": "x86:I386",
    "arm": "arm:Arm",
    "aarch64": "aarch64:AArch64",
    "riscv64": "riscv:RiscV",
}
"""Architecture -> module and class."""


def instruction_set(arch: str) -> type[InstructionSet]:
    """The instruction set of an architecture of `MACHINES`."""
    module, name = _CLASSES[arch].split(":")
    found: type[InstructionSet] = getattr(import_module(f"{__name__}.{module}"), name)
    return found

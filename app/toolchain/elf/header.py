"""The beginning of an ELF file: what it is, for which machine, and why it can't run here if so."""

from __future__ import annotations

from app.toolchain.machines import MACHINES, Machine

from .errors import ElfError
from .layout import (
    BIG_ENDIAN,
    CLASS_32,
    CLASS_64,
    CLASSES,
    ET_CORE,
    ET_DYN,
    ET_EXEC,
    ET_REL,
    IDENT_SIZE,
    LITTLE_ENDIAN,
    MAGIC,
    FileHeader,
)

_EM_X86_64, _EM_ARM, _EM_RISCV = 62, 40, 243
_ARM_EABI_MASK, ARM_EABI_5 = 0xFF00_0000, 0x0500_0000
_RISCV_RVE = 8
_OTHERS = {
    2: "SPARC", 4: "Motorola 68000", 8: "MIPS", 15: "PA-RISC", 20: "PowerPC", 21: "64-bit PowerPC", 22: "IBM S/390",
    42: "SuperH", 43: "64-bit SPARC", 50: "Itanium", 83: "AVR", 94: "Xtensa", 105: "MSP430", 189: "MicroBlaze",
    247: "BPF", 252: "C-SKY", 258: "LoongArch",
}  # fmt: skip
"""e_machine -> name, of those that are met at times."""

_BY_MACHINE = {(machine.elf_machine, machine.bits): machine for machine in MACHINES.values()}
_KINDS = {
    ET_REL: ("an object file", "link it into a program first"),
    ET_CORE: ("a core dump", "it is the memory of a program that has crashed; run the program"),
}


def read_header(data: bytes) -> tuple[Machine, FileHeader]:
    """The machine that an executable is for, and its header. Raises ElfError for anything else."""
    if data[:4] != MAGIC[: len(data)] or not data:
        raise ElfError("this is not an ELF file")
    if len(data) < IDENT_SIZE + 4:
        raise ElfError("the file is truncated: it is too short for an ELF header")
    bits = {CLASS_32: 32, CLASS_64: 64}.get(data[4])
    if bits is None:
        raise ElfError(f"the ELF header is malformed: there is no class {data[4]}")
    if data[5] == BIG_ENDIAN:
        raise ElfError("this is a big-endian ELF file: all architectures here are little-endian")
    if data[5] != LITTLE_ENDIAN:
        raise ElfError(f"the ELF header is malformed: there is no byte order {data[5]}")
    machine = _machine(int.from_bytes(data[18:20], "little"), bits)
    layout = CLASSES[bits].header
    if len(data) < layout.size:
        raise ElfError("the file is truncated: it is too short for an ELF header")
    header = FileHeader(*layout.unpack_from(data))
    if data[6] != 1 or header.version != 1 or header.size != layout.size:
        raise ElfError("the ELF header is malformed: its version or its size is wrong")
    if header.type not in (ET_EXEC, ET_DYN):
        what, hint = _KINDS.get(header.type, (f"an ELF file of type {header.type}", "only executables run"))
        raise ElfError(f"this is {what}, not a program: {hint}")
    _check_flags(header)
    return machine, header


def _machine(number: int, bits: int) -> Machine:
    machine = _BY_MACHINE.get((number, bits))
    if machine is not None:
        return machine
    if number == _EM_X86_64:
        raise ElfError("this is an x32 program (32-bit addresses on x86-64): build it for x86-64 or i386")
    known = next((machine for machine in MACHINES.values() if machine.elf_machine == number), None)
    if known is not None:
        raise ElfError(f"this is a {bits}-bit program for {known.title}: only {known.bits}-bit ones run here")
    name = _OTHERS.get(number, f"machine {number}")
    here = ", ".join(machine.title for machine in MACHINES.values())
    raise ElfError(f"the file is for another processor ({name}), expected one of {here}")


def _check_flags(header: FileHeader) -> None:
    """What `e_flags` say about the variant of a processor."""
    if header.machine == _EM_ARM and header.flags & _ARM_EABI_MASK != ARM_EABI_5:
        raise ElfError("this ARM program is not for the EABI (version 5), the only ABI of ARM here")
    if header.machine == _EM_RISCV and header.flags & _RISCV_RVE:
        raise ElfError("this RISC-V program is for RV64E, which has 16 registers: build it for RV64GC")

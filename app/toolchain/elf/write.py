"""A Program to an ELF executable."""

from __future__ import annotations

from itertools import pairwise

from app.toolchain.machines import MACHINES, PAGE
from app.toolchain.program import Program

from .errors import ElfError
from .header import ARM_EABI_5
from .layout import (
    CLASS_32,
    CLASS_64,
    CLASSES,
    ET_EXEC,
    LITTLE_ENDIAN,
    MAGIC,
    PF_R,
    PF_W,
    PF_X,
    PT_LOAD,
    FileHeader,
    ProgramHeader,
)

_RISCV_RVC_DOUBLE = 5
_FLAGS = {"arm": ARM_EABI_5 | 0x200, "riscv64": _RISCV_RVC_DOUBLE}
"""e_flags: the EABI with soft floating point; compressed instructions and doubles in registers."""


def write_elf(program: Program) -> bytes:
    """A static executable with one PT_LOAD per segment, no section headers.

    Raises ElfError when two segments share a page, since each is mapped for itself.
    """
    machine = MACHINES[program.arch]
    layout = CLASSES[machine.bits]
    segments = sorted(program.segments, key=lambda segment: segment.address)
    for before, after in pairwise(segments):
        if (before.address + before.size - 1) // PAGE >= after.address // PAGE:
            raise ElfError(f"{before.name} and {after.name} share a page")
    headers = bytearray()
    body = bytearray()
    start = layout.header.size + len(segments) * layout.program_header.size
    for segment in segments:
        # The file offset of a segment must agree with its address modulo the page size.
        position = start + len(body)
        padding = (segment.address - position) % PAGE
        body += bytes(padding) + segment.data
        flags = sum(bit for letter, bit in (("r", PF_R), ("w", PF_W), ("x", PF_X)) if letter in segment.perms)
        address = segment.address
        headers += layout.pack_program_header(
            ProgramHeader(PT_LOAD, flags, position + padding, address, address, len(segment.data), segment.size, PAGE)
        )
    elf_class = CLASS_64 if machine.bits == 64 else CLASS_32
    header = FileHeader(
        ident=MAGIC + bytes((elf_class, LITTLE_ENDIAN, 1)) + bytes(9),
        type=ET_EXEC,
        machine=machine.elf_machine,
        version=1,
        entry=program.entry,
        headers_offset=layout.header.size,
        sections_offset=0,
        flags=_FLAGS.get(program.arch, 0),
        size=layout.header.size,
        program_header_size=layout.program_header.size,
        program_headers=len(segments),
        section_header_size=0,
        sections=0,
        names_section=0,
    )
    return layout.header.pack(*header) + bytes(headers) + bytes(body)

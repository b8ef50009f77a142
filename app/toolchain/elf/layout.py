"""How ELF files are laid out, in both classes (elf(5)): headers, segments, sections, symbols, and their constants."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

MAGIC = b"\x7fELF"
CLASS_32, CLASS_64 = 1, 2
LITTLE_ENDIAN, BIG_ENDIAN = 1, 2
ET_REL, ET_EXEC, ET_DYN, ET_CORE = 1, 2, 3, 4
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_GNU_STACK = 1, 2, 3, 0x6474_E551
PF_X, PF_W, PF_R = 1, 2, 4
SHT_SYMTAB, SHT_NOBITS = 2, 8
SHF_EXECINSTR, SHF_COMPRESSED = 4, 0x800
IDENT_SIZE = 16


class FileHeader(NamedTuple):
    """`Elf64_Ehdr`, and `Elf32_Ehdr`, which has the same fields in the same order."""

    ident: bytes
    type: int
    machine: int
    version: int
    entry: int
    headers_offset: int
    sections_offset: int
    flags: int
    size: int
    program_header_size: int
    program_headers: int
    section_header_size: int
    sections: int
    names_section: int


class ProgramHeader(NamedTuple):
    """`Elf64_Phdr`."""

    type: int
    flags: int
    offset: int
    address: int
    physical: int
    file_size: int
    size: int
    align: int


class SectionHeader(NamedTuple):
    """`Elf64_Shdr`, and `Elf32_Shdr`, which has the same fields in the same order."""

    name: int
    type: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    align: int
    entry_size: int


class SymbolEntry(NamedTuple):
    """`Elf64_Sym`."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


class ElfClass(NamedTuple):
    """The structs of 32-bit or of 64-bit files. All numbers are little-endian."""

    bits: int
    header: struct.Struct
    program_header: struct.Struct
    section_header: struct.Struct
    symbol: struct.Struct

    def program_headers(self, table: bytes) -> list[ProgramHeader]:
        """The headers in `table`, whose size must be a multiple of one's."""
        rows = self.program_header.iter_unpack(table)
        if self.bits == 64:
            return [ProgramHeader(*row) for row in rows]
        return [
            ProgramHeader(kind, flags, offset, address, physical, file_size, size, align)
            for kind, offset, address, physical, file_size, size, flags, align in rows
        ]

    def pack_program_header(self, header: ProgramHeader) -> bytes:
        """The bytes of one program header."""
        if self.bits == 64:
            return self.program_header.pack(*header)
        kind, flags, offset, address, physical, file_size, size, align = header
        return self.program_header.pack(kind, offset, address, physical, file_size, size, flags, align)

    def symbols(self, table: bytes) -> Iterator[tuple[int, int, int, int, int, int]]:
        """The fields of each `SymbolEntry` in `table`, whose size must be a multiple of one's."""
        rows = self.symbol.iter_unpack(table)
        if self.bits == 64:
            return rows
        return ((name, info, other, section, value, size) for name, value, size, info, other, section in rows)


ELF32 = ElfClass(
    32,
    struct.Struct("<16sHHIIIIIHHHHHH"),
    struct.Struct("<8I"),
    struct.Struct("<10I"),
    struct.Struct("<IIIBBH"),
)
ELF64 = ElfClass(
    64,
    struct.Struct("<16sHHIQQQIHHHHHH"),
    struct.Struct("<IIQQQQQQ"),
    struct.Struct("<IIQQQQIIQQ"),
    struct.Struct("<IBBHQQ"),
)
CLASSES = {32: ELF32, 64: ELF64}
"""The structs by the width of an address in bits."""

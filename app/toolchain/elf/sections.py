"""Sections of an ELF file, by name: only what describes the program is read there, so nothing of them must be right."""

from __future__ import annotations

import struct
import zlib

from app.toolchain.machines import Machine

from .layout import CLASSES, SHF_COMPRESSED, SHT_NOBITS, FileHeader, SectionHeader

MAX_UNCOMPRESSED_BYTES = 32 << 20
_ZLIB = 1
_COMPRESSION_HEADERS = {32: struct.Struct("<III"), 64: struct.Struct("<IIQQ")}


class Sections:
    """What the section headers of `data` say; no sections when they make no sense."""

    def __init__(self, data: bytes, machine: Machine, header: FileHeader) -> None:
        self.data = data
        self.machine = machine
        self.layout = CLASSES[machine.bits]
        self.headers = self._headers(header)
        self.names = self._names(header.names_section)

    def _headers(self, header: FileHeader) -> list[SectionHeader]:
        size = self.layout.section_header.size
        start, end = header.sections_offset, header.sections_offset + header.sections * size
        if not start or header.section_header_size != size or end > len(self.data):
            return []
        return [SectionHeader(*row) for row in self.layout.section_header.iter_unpack(self.data[start:end])]

    def _names(self, index: int) -> list[str]:
        if index >= len(self.headers):
            return [""] * len(self.headers)
        table = self.raw(self.headers[index])
        return [table[header.name : header.name + 64].partition(b"\0")[0].decode("latin-1") for header in self.headers]

    def raw(self, header: SectionHeader) -> bytes:
        """The bytes that the file has of a section; fewer than its size, or none, when they lie outside the file."""
        return b"" if header.type == SHT_NOBITS else self.data[header.offset : header.offset + header.size]

    def find(self, name: str) -> bytes:
        """The contents of a section, decompressed if need be; nothing when there is none."""
        if name not in self.names:
            return b""
        header = self.headers[self.names.index(name)]
        data = self.raw(header)
        return self._decompress(data) if header.flags & SHF_COMPRESSED else data

    def _decompress(self, data: bytes) -> bytes:
        layout = _COMPRESSION_HEADERS[self.machine.bits]
        if len(data) < layout.size or layout.unpack_from(data)[0] != _ZLIB:
            return b""
        try:
            return zlib.decompressobj().decompress(data[layout.size :], MAX_UNCOMPRESSED_BYTES)
        except zlib.error:
            return b""

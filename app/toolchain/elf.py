"""ELF64 executables: reading those for x86-64, and writing the smallest that Linux runs (elf(5))."""

from __future__ import annotations

import struct
from itertools import pairwise
from typing import NamedTuple

from app.toolchain.program import Program, Segment, Symbol

PAGE = 4096
MAX_FILE_BYTES = 32 << 20
MAX_IMAGE_BYTES = 64 << 20
MAX_SEGMENTS = 64
MAX_SYMBOLS = 20_000
_USER_TOP = (1 << 47) - PAGE
_HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
_PROGRAM_HEADER = struct.Struct("<IIQQQQQQ")
_SECTION_HEADER = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_ET_EXEC, _ET_DYN, _EM_X86_64 = 2, 3, 62
_PT_LOAD = 1
_SHT_SYMTAB = 2
_PF_X, _PF_W, _PF_R = 1, 2, 4


class ElfError(Exception):
    """The file can't be loaded; the text says why."""


class _Load(NamedTuple):
    flags: int
    offset: int
    address: int
    file_size: int
    size: int


def load_elf(data: bytes) -> Program:
    """The Program of an x86-64 executable. Raises ElfError for anything else or anything inconsistent.

    Addresses of a position independent one count from 0. It may name an interpreter, which is not looked for here.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ElfError(f"the file has {len(data)} bytes, more than the limit of {MAX_FILE_BYTES}")
    if len(data) < _HEADER.size:
        raise ElfError("the file is too short for an ELF header")
    ident, kind, machine, version, entry, phoff, shoff, _flags, ehsize, phentsize, phnum, shentsize, shnum, _ = (
        _HEADER.unpack_from(data)
    )
    _check_header(ident, kind, machine, version, ehsize)
    if not 0 < phnum <= MAX_SEGMENTS:
        raise ElfError(f"the file has {phnum} program headers, expected 1 to {MAX_SEGMENTS}")
    if phentsize != _PROGRAM_HEADER.size or phoff + phnum * phentsize > len(data):
        raise ElfError("the program headers lie outside the file")
    loads = []
    for index in range(phnum):
        p_type, flags, offset, address, _physical, file_size, size, align = _PROGRAM_HEADER.unpack_from(
            data, phoff + index * phentsize
        )
        if p_type == _PT_LOAD and size:
            loads.append(_checked_load(_Load(flags, offset, address, file_size, size), align, len(data), kind))
    if not loads:
        raise ElfError("the file has nothing to load")
    loads.sort(key=lambda load: load.address)
    for before, after in pairwise(loads):
        if before.address + before.size > after.address:
            raise ElfError(f"the segments at {before.address:#x} and {after.address:#x} overlap")
    if sum(load.size for load in loads) > MAX_IMAGE_BYTES:
        raise ElfError(f"the program needs more than {MAX_IMAGE_BYTES >> 20} MiB of memory")
    if not any(load.flags & _PF_X and load.address <= entry < load.address + load.size for load in loads):
        raise ElfError(f"the entry {entry:#x} is not in executable memory")
    segments = tuple(
        Segment(
            f"LOAD{index}",
            load.address,
            data[load.offset : load.offset + load.file_size],
            load.size,
            _perms(load.flags),
        )
        for index, load in enumerate(loads)
    )
    symbols = _read_symbols(data, shoff, shentsize, shnum)
    return Program("x86_64", "elf", segments, entry, symbols, image=data)


def _check_header(ident: bytes, kind: int, machine: int, version: int, ehsize: int) -> None:
    if ident[:4] != b"\x7fELF":
        raise ElfError("this is not an ELF file")
    if ident[4] != 2:
        raise ElfError("this is a 32-bit ELF file, only 64-bit ones run here")
    if ident[5] != 1:
        raise ElfError("this is a big-endian ELF file")
    if machine != _EM_X86_64:
        raise ElfError(f"the file is for another processor (machine {machine}), expected x86-64")
    if ident[6] != 1 or version != 1 or ehsize != _HEADER.size:
        raise ElfError("the ELF header is malformed")
    if kind not in (_ET_EXEC, _ET_DYN):
        raise ElfError("this is not an executable; link it first")


def _checked_load(load: _Load, align: int, length: int, kind: int) -> _Load:
    where = f"the segment at {load.address:#x}"
    if load.file_size > load.size:
        raise ElfError(f"{where} is larger in the file than in memory")
    if load.offset + load.file_size > length:
        raise ElfError(f"{where} lies outside the file")
    if load.size > MAX_IMAGE_BYTES:
        raise ElfError(f"{where} needs more than {MAX_IMAGE_BYTES >> 20} MiB of memory")
    lowest = 0 if kind == _ET_DYN else PAGE
    if load.address < lowest or load.address + load.size > _USER_TOP:
        raise ElfError(f"{where} is outside the memory of user programs")
    if align > 1 and (align & (align - 1) or (load.address - load.offset) % PAGE):
        raise ElfError(f"{where} is not aligned")
    return load


def _perms(flags: int) -> str:
    return ("r" if flags & _PF_R else "-") + ("w" if flags & _PF_W else "-") + ("x" if flags & _PF_X else "-")


def _read_symbols(data: bytes, shoff: int, shentsize: int, shnum: int) -> tuple[Symbol, ...]:
    """Named functions, objects and labels; nothing when the tables are missing or make no sense."""
    if not shoff or shentsize != _SECTION_HEADER.size or shoff + shnum * shentsize > len(data):
        return ()
    headers = [_SECTION_HEADER.unpack_from(data, shoff + index * shentsize) for index in range(shnum)]
    table = next((header for header in headers if header[1] == _SHT_SYMTAB), None)
    if table is None or table[6] >= shnum:
        return ()
    strings = headers[table[6]]
    offset, size = table[4], table[5]
    names = data[strings[4] : strings[4] + strings[5]]
    if offset + size > len(data) or size // _SYMBOL.size > MAX_SYMBOLS:
        return ()
    symbols = []
    for position in range(offset, offset + size - _SYMBOL.size + 1, _SYMBOL.size):
        name_offset, info, _other, section, value, _size = _SYMBOL.unpack_from(data, position)
        if section in (0, 0xFFF1) or section >= shnum or info & 15 > 2 or not 0 < name_offset < len(names):
            continue
        end = names.find(b"\0", name_offset, name_offset + 256)
        if end > name_offset:
            symbols.append(Symbol(names[name_offset:end].decode("utf-8", "replace"), value, f"LOAD:{section}"))
    return tuple(sorted(symbols, key=lambda symbol: (symbol.address, symbol.name)))


def write_elf(program: Program) -> bytes:
    """A static executable with one PT_LOAD per segment, no section headers.

    Raises ElfError when two segments share a page, since each is mapped for itself.
    """
    segments = sorted(program.segments, key=lambda segment: segment.address)
    for before, after in pairwise(segments):
        if (before.address + before.size - 1) // PAGE >= after.address // PAGE:
            raise ElfError(f"{before.name} and {after.name} share a page")
    headers = bytearray()
    body = bytearray()
    start = _HEADER.size + len(segments) * _PROGRAM_HEADER.size
    for segment in segments:
        # The file offset of a segment must agree with its address modulo the page size.
        position = start + len(body)
        padding = (segment.address - position) % PAGE
        body += bytes(padding) + segment.data
        flags = sum(bit for letter, bit in (("r", _PF_R), ("w", _PF_W), ("x", _PF_X)) if letter in segment.perms)
        offset = position + padding
        headers += _PROGRAM_HEADER.pack(
            _PT_LOAD, flags, offset, segment.address, segment.address, len(segment.data), segment.size, PAGE
        )
    ident = b"\x7fELF\x02\x01\x01" + bytes(9)
    header = _HEADER.pack(
        ident, _ET_EXEC, _EM_X86_64, 1, program.entry, _HEADER.size, 0, 0, _HEADER.size, _PROGRAM_HEADER.size,
        len(segments), 0, 0, 0,
    )  # fmt: skip
    return header + bytes(headers) + bytes(body)

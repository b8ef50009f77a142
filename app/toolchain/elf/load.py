"""An ELF executable to a Program."""

from __future__ import annotations

from itertools import pairwise

from msgspec.structs import replace

from app.toolchain.dwarf.debug_info import DebugInfo
from app.toolchain.machines import PAGE, Machine
from app.toolchain.program import Function, LineTable, Program, Segment

from .errors import ElfError
from .header import read_header
from .layout import CLASSES, ET_DYN, PF_R, PF_W, PF_X, PT_LOAD, FileHeader, ProgramHeader
from .sections import Sections
from .symbols import read_symbols

MAX_FILE_BYTES = 32 << 20
MAX_IMAGE_BYTES = 64 << 20
MAX_SEGMENTS = 64


def load_elf(data: bytes, *, language: str = "elf", source_name: str | None = None) -> Program:
    """The Program of an executable. Raises ElfError for anything else or anything inconsistent.

    Addresses of a position independent one count from 0. It may name an interpreter, which is not looked for here.
    `source_name` is the visitor's own source file as the compiler knew it: `lines` are about it, and functions that
    come from elsewhere belong to the library. Without it nobody's file is shown, and `lines` are empty.
    """
    if len(data) > MAX_FILE_BYTES:
        raise ElfError(f"the file has {len(data)} bytes, more than the limit of {MAX_FILE_BYTES >> 20} MiB")
    machine, header = read_header(data)
    loads = _loads(data, machine, header)
    segments = tuple(
        Segment(f"LOAD{index}", load.address, data[load.offset : load.offset + load.file_size], load.size, _perms(load))
        for index, load in enumerate(loads)
    )
    sections = Sections(data, machine, header)
    symbols, functions = read_symbols(sections)
    debug = DebugInfo(sections.find, source_name)
    lines = debug.own_lines()
    return Program(
        machine.name,
        language,
        segments,
        header.entry,
        symbols,
        lines,
        tuple(replace(function, library=_is_library(function, debug, lines)) for function in functions),
        debug if debug else None,
        data,
    )


def _is_library(function: Function, debug: DebugInfo, lines: LineTable) -> bool:
    """Whether a function comes from elsewhere: from another file, or without debug information while others have it."""
    if lines.entries:
        return lines.line_at(function.address) is None
    return bool(debug) and not debug.covers(function.address)


def _loads(data: bytes, machine: Machine, header: FileHeader) -> list[ProgramHeader]:
    """The segments to load, by address. Raises ElfError."""
    layout = CLASSES[machine.bits]
    count, size = header.program_headers, layout.program_header.size
    if not 0 < count <= MAX_SEGMENTS:
        raise ElfError(f"the file has {count} program headers, expected 1 to {MAX_SEGMENTS}")
    if header.program_header_size != size:
        raise ElfError(f"the program headers have {header.program_header_size} bytes each, expected {size}")
    end = header.headers_offset + count * size
    if end > len(data):
        raise ElfError(f"the program headers lie outside the file{_truncated(end, data)}")
    headers = layout.program_headers(data[header.headers_offset : end])
    loads = [_checked(load, len(data), machine, header.type) for load in headers if load.type == PT_LOAD and load.size]
    if not loads:
        raise ElfError("the file has nothing to load")
    loads.sort(key=lambda load: load.address)
    for before, after in pairwise(loads):
        if before.address + before.size > after.address:
            raise ElfError(f"the segments at {before.address:#x} and {after.address:#x} overlap")
    if sum(load.size for load in loads) > MAX_IMAGE_BYTES:
        raise ElfError(f"the program needs more than {MAX_IMAGE_BYTES >> 20} MiB of memory")
    _check_entry(header, machine, loads)
    return loads


def _check_entry(header: FileHeader, machine: Machine, loads: list[ProgramHeader]) -> None:
    if header.type == ET_DYN and not header.entry:
        raise ElfError("this is a shared library, not a program: it has no entry point")
    # Bit 0 of the entry selects Thumb code on ARM.
    entry = header.entry & ~1 if machine.name == "arm" else header.entry
    if not any(load.flags & PF_X and load.address <= entry < load.address + load.size for load in loads):
        raise ElfError(f"the entry {header.entry:#x} is not in executable memory")
    alignment = machine.instruction_alignment
    if entry % alignment:
        raise ElfError(f"the entry {header.entry:#x} is not at a multiple of {alignment} bytes")


def _checked(load: ProgramHeader, length: int, machine: Machine, kind: int) -> ProgramHeader:
    where = f"the segment at {load.address:#x}"
    if load.file_size > load.size:
        raise ElfError(f"{where} is larger in the file than in memory")
    if load.offset + load.file_size > length:
        missing = load.offset + load.file_size - length
        raise ElfError(f"{where} lies outside the file: is it truncated? {missing} bytes are missing")
    if load.size > MAX_IMAGE_BYTES:
        raise ElfError(f"{where} needs more than {MAX_IMAGE_BYTES >> 20} MiB of memory")
    lowest = 0 if kind == ET_DYN else PAGE
    if load.address < lowest or load.address + load.size > machine.user_top:
        raise ElfError(f"{where} is outside the memory of user programs")
    if load.align > 1 and (load.align & (load.align - 1) or (load.address - load.offset) % PAGE):
        raise ElfError(f"{where} is not aligned")
    return load


def _truncated(end: int, data: bytes) -> str:
    return f": is it truncated? {end - len(data)} bytes are missing" if end - len(data) < MAX_FILE_BYTES else ""


def _perms(load: ProgramHeader) -> str:
    return "".join(letter if load.flags & bit else "-" for letter, bit in (("r", PF_R), ("w", PF_W), ("x", PF_X)))

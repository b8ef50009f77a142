"""vDSOs: a small shared object in every program's memory, with calls that need no trap (vdso(7)).

`x86_64.s`, `aarch64.s` and `riscv64.s` are the sources; `code.py` has what they assemble to. The C library finds the
object by AT_SYSINFO_EHDR of its auxiliary vector, and the functions by its symbols, which have versions.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping

from msgspec import Struct

CODE_START = 0x800
"""Where in its page the code is."""

_EHDR = struct.Struct("<16sHHIQQQIHHHHHH")
_PHDR = struct.Struct("<IIQQQQQQ")
_SYM = struct.Struct("<IBBHQQ")
_DYN = struct.Struct("<QQ")
_VERDEF = struct.Struct("<HHHHIII")
_VERDAUX = struct.Struct("<II")
_ET_DYN = 3
_PT_LOAD, _PT_DYNAMIC = 1, 2
_READ_EXECUTE, _READ = 5, 4
_DT_NULL, _DT_HASH, _DT_STRTAB, _DT_SYMTAB, _DT_STRSZ, _DT_SYMENT, _DT_SONAME = 0, 4, 5, 6, 10, 11, 14
_DT_VERSYM, _DT_VERDEF, _DT_VERDEFNUM = 0x6FFF_FFF0, 0x6FFF_FFFC, 0x6FFF_FFFD
_GLOBAL_FUNCTION = 0x12
_CODE_SECTION = 1
_BASE_VERSION, _OWN_VERSION = 1, 2
_VER_FLG_BASE = 1
_SONAME = "linux-vdso.so.1"


class Vdso(Struct, frozen=True):
    """`image` is the page with the object, `sigreturn` where in it signal handlers return to (0: nowhere)."""

    image: bytes
    sigreturn: int = 0


def build(machine: int, code: bytes, symbols: Mapping[str, int], version: str, sigreturn: str = "") -> Vdso:
    """The object for an ELF `machine`. Its `symbols` (name -> address) all have one `version`."""
    strings = b"\0"
    offsets: dict[str, int] = {}
    for name in (_SONAME, version, *symbols):
        offsets[name] = len(strings)
        strings += name.encode() + b"\0"
    table = _SYM.pack(0, 0, 0, 0, 0, 0)
    ends = [*sorted(symbols.values()), CODE_START + len(code)]
    for name, address in symbols.items():
        size = ends[ends.index(address) + 1] - address
        table += _SYM.pack(offsets[name], _GLOBAL_FUNCTION, 0, _CODE_SECTION, address, size)
    count = len(symbols) + 1
    # One bucket: a chain of all symbols.
    chain = [*range(1, count), 0] if symbols else [0]
    hashes = struct.pack(f"<{3 + count}I", 1, count, 1, 0, *chain[1:])
    versions = struct.pack(f"<{count}H", 0, *(_OWN_VERSION for _ in symbols))
    definitions = b"".join(
        _VERDEF.pack(1, flags, index, 1, elf_hash(name), _VERDEF.size, step) + _VERDAUX.pack(offsets[name], 0)
        for name, flags, index, step in (
            (_SONAME, _VER_FLG_BASE, _BASE_VERSION, _VERDEF.size + _VERDAUX.size),
            (version, 0, _OWN_VERSION, 0),
        )
    )
    position = _EHDR.size + 2 * _PHDR.size
    body = b""
    places: list[int] = []
    for part in (hashes, table, strings, versions, definitions):
        body += bytes(-(position + len(body)) % 8)
        places.append(position + len(body))
        body += part
    body += bytes(-(position + len(body)) % 8)
    dynamic_start = position + len(body)
    hash_at, symbols_at, strings_at, versions_at, definitions_at = places
    dynamic = b"".join(
        _DYN.pack(*entry)
        for entry in (
            (_DT_SONAME, offsets[_SONAME]),
            (_DT_HASH, hash_at),
            (_DT_STRTAB, strings_at),
            (_DT_SYMTAB, symbols_at),
            (_DT_STRSZ, len(strings)),
            (_DT_SYMENT, _SYM.size),
            (_DT_VERSYM, versions_at),
            (_DT_VERDEF, definitions_at),
            (_DT_VERDEFNUM, 2),
            (_DT_NULL, 0),
        )
    )
    size = CODE_START + len(code)
    header = _EHDR.pack(
        b"\x7fELF\x02\x01\x01".ljust(16, b"\0"),
        _ET_DYN,
        machine,
        1,
        0,
        _EHDR.size,
        0,
        0,
        _EHDR.size,
        _PHDR.size,
        2,
        0,
        0,
        0,
    )
    header += _PHDR.pack(_PT_LOAD, _READ_EXECUTE, 0, 0, 0, size, size, 0x1000)
    header += _PHDR.pack(_PT_DYNAMIC, _READ, dynamic_start, dynamic_start, dynamic_start, len(dynamic), len(dynamic), 8)
    image = header + body + dynamic
    if len(image) > CODE_START:
        raise ValueError("the tables of the vDSO reach into its code")
    return Vdso(image.ljust(CODE_START, b"\0") + code, symbols[sigreturn] if sigreturn else 0)


def elf_hash(name: str) -> int:
    """The hash of a symbol's or a version's name (System V ABI, "Hash Table")."""
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        high = value & 0xF000_0000
        value = (value ^ high >> 24) & ~high
    return value & 0xFFFF_FFFF

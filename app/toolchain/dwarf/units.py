"""Compile units: one for each source file that was compiled (DWARF 5, 3.1 and 7.5)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from .cursor import Cursor, DwarfError
from .forms import Encoding, Strings, Value, read
from .ranges import AddressRanges, Budget

MAX_UNITS = 20_000
_MAX_TABLE_BYTES, _REMEMBERED_BYTES = 8192, 128
_DW_UT_COMPILE, _DW_UT_PARTIAL, _DW_UT_SKELETON = 1, 3, 4
_COMPILE_UNIT_TAGS = (0x11, 0x3C, 0x4A)
_NAME, _STMT_LIST, _LOW_PC, _HIGH_PC, _COMP_DIR, _RANGES = 0x03, 0x10, 0x11, 0x12, 0x1B, 0x55
_STR_OFFSETS_BASE, _ADDR_BASE, _RNGLISTS_BASE = 0x72, 0x73, 0x74
_USED = {_NAME, _STMT_LIST, _LOW_PC, _HIGH_PC, _COMP_DIR, _RANGES, _STR_OFFSETS_BASE, _ADDR_BASE, _RNGLISTS_BASE}
_IMPLICIT_CONST = 0x21


class Unit(NamedTuple):
    """One compile unit: the file, the directory it was compiled in, [start, end) of its code, and its line program."""

    name: str
    directory: str
    ranges: list[tuple[int, int]]
    line_program: int
    encoding: Encoding


class DebugSections(Struct):
    """The sections that units are spread over."""

    info: bytes
    abbrev: bytes
    strings: Strings
    addresses: AddressRanges


_Abbreviation = list[tuple[int, int, int]]
"""(attribute, form, constant) of the first entry of a unit."""

_Known = dict[tuple[bytes, int], _Abbreviation | None]


def units(sections: DebugSections) -> Iterator[Unit]:
    """The units that have line programs. What makes no sense is left out."""
    cursor = Cursor(sections.info)
    known: _Known = {}
    budget = Budget()
    for _ in range(MAX_UNITS):
        if cursor.position >= cursor.end:
            return
        try:
            end, offset_size = cursor.initial_length()
        except DwarfError:
            return
        try:
            unit = _read_unit(sections, Cursor(sections.info, cursor.position, end), offset_size, known, budget)
        except DwarfError:
            unit = None
        if unit is not None:
            yield unit
        cursor.position = end


def _read_unit(
    sections: DebugSections,
    cursor: Cursor,
    offset_size: int,
    known: _Known,
    budget: Budget,
) -> Unit | None:
    version = cursor.number(2)
    if version == 5:
        kind, address_size = cursor.number(1), cursor.number(1)
        abbreviations = cursor.number(offset_size)
        if kind == _DW_UT_SKELETON:
            cursor.skip(8)
        elif kind not in (_DW_UT_COMPILE, _DW_UT_PARTIAL):
            return None
    elif 2 <= version <= 4:
        abbreviations, address_size = cursor.number(offset_size), cursor.number(1)
    else:
        return None
    if address_size not in (4, 8):
        return None
    encoding = Encoding(version, offset_size, address_size)
    abbreviation = _abbreviation(sections.abbrev, abbreviations, cursor.unsigned(), known, budget)
    if abbreviation is None:
        return None
    found: dict[int, Value] = {}
    for attribute, form, constant in abbreviation:
        value = read(cursor, form, encoding, constant)
        if attribute in _USED:
            found[attribute] = value
    program = found.get(_STMT_LIST)
    if program is None or not isinstance(program.value, int):
        return None
    base = _integer(found, _STR_OFFSETS_BASE, 8 if offset_size == 4 else 16)
    name, directory = (
        sections.strings.text(found[attribute], encoding, base) if attribute in found else ""
        for attribute in (_NAME, _COMP_DIR)
    )
    ranges = sections.addresses.of_unit(
        encoding,
        found.get(_LOW_PC),
        found.get(_HIGH_PC),
        found.get(_RANGES),
        _integer(found, _ADDR_BASE, 8),
        _integer(found, _RNGLISTS_BASE, 12 if offset_size == 4 else 20),
        budget,
    )
    return Unit(name, directory, ranges, program.value, encoding)


def _integer(found: dict[int, Value], attribute: int, default: int) -> int:
    value = found[attribute].value if attribute in found else default
    return value if isinstance(value, int) else default


def _abbreviation(data: bytes, offset: int, code: int, known: _Known, budget: Budget) -> _Abbreviation | None:
    """The attributes of the entry `code` of the table at `offset`, if that describes a compile unit.

    It is near the beginning as a rule, and one compiler writes the same again and again: those are remembered.
    """
    key = data[offset : offset + _REMEMBERED_BYTES], code
    if key in known:
        return known[key]
    cursor = Cursor(data, offset, offset + _MAX_TABLE_BYTES)
    try:
        found = _search(cursor, code)
    except DwarfError:
        found = None
    budget.spend(cursor.position - offset)
    if cursor.position - offset <= _REMEMBERED_BYTES:
        known[key] = found
    return found


def _search(cursor: Cursor, code: int) -> _Abbreviation | None:
    while found := cursor.unsigned():
        tag = cursor.unsigned()
        cursor.skip(1)
        attributes: _Abbreviation = []
        while True:
            attribute, form = cursor.unsigned(), cursor.unsigned()
            if not attribute and not form:
                break
            attributes.append((attribute, form, cursor.signed() if form == _IMPLICIT_CONST else 0))
        if found == code:
            return attributes if tag in _COMPILE_UNIT_TAGS else None
    return None

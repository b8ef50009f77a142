"""How the values of attributes are encoded (DWARF 5, 7.5.6)."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from .cursor import Cursor, DwarfError

_FIXED = {
    0x05: 2, 0x06: 4, 0x07: 8, 0x0B: 1, 0x0C: 1, 0x11: 1, 0x12: 2, 0x13: 4, 0x14: 8, 0x19: 0, 0x1C: 4, 0x1E: 16,
    0x20: 8, 0x24: 8, 0x25: 1, 0x26: 2, 0x27: 3, 0x28: 4, 0x29: 1, 0x2A: 2, 0x2B: 3, 0x2C: 4,
}  # fmt: skip
"""Form -> its size in bytes, where that is always the same."""

_OFFSETS = {0x0E, 0x17, 0x1D, 0x1F, 0x1F20, 0x1F21}
_BLOCKS = {0x03: 2, 0x04: 4, 0x0A: 1}
_UNSIGNED = {0x0F, 0x15, 0x1A, 0x1B, 0x22, 0x23}
_ADDR, _STRING, _BLOCK, _SDATA, _REF_ADDR, _INDIRECT, _EXPRLOC, _IMPLICIT_CONST = (
    0x01, 0x08, 0x09, 0x0D, 0x10, 0x16, 0x18, 0x21,
)  # fmt: skip
STRP, LINE_STRP = 0x0E, 0x1F
STRX = {0x1A, 0x25, 0x26, 0x27, 0x28}
ADDRX = {0x1B, 0x29, 0x2A, 0x2B, 0x2C}
RNGLISTX = 0x23


class Encoding(NamedTuple):
    """What the sizes of some forms depend on."""

    version: int
    offset_size: int
    address_size: int


class Value(NamedTuple):
    """The value of an attribute before anything is looked up: a number or a string, and its form."""

    form: int
    value: int | str


class Strings(Struct):
    """The sections that strings lie in."""

    strings: bytes
    line_strings: bytes
    offsets: bytes

    def text(self, value: Value, encoding: Encoding, base: int = 0) -> str:
        """The string that a value stands for; `base` is where the unit's string offsets begin. Raises DwarfError."""
        if isinstance(value.value, str):
            return value.value
        section, offset = self.strings, value.value
        if value.form == LINE_STRP:
            section = self.line_strings
        elif value.form in STRX:
            offset = Cursor(self.offsets, base + offset * encoding.offset_size).number(encoding.offset_size)
        elif value.form != STRP:
            raise DwarfError("a name is no string")
        if offset >= len(section):
            raise DwarfError("a string lies outside its section")
        return Cursor(section, offset).string()


def read(cursor: Cursor, form: int, encoding: Encoding, constant: int = 0) -> Value:
    """The next value. `constant` is what the abbreviation says, for the form that needs it. Raises DwarfError."""
    size = _FIXED.get(form)
    if size is None and form in _OFFSETS:
        size = encoding.offset_size
    if size is not None:
        return Value(form, cursor.number(size))
    if form == _ADDR:
        return Value(form, cursor.number(encoding.address_size))
    if form in _UNSIGNED:
        return Value(form, cursor.unsigned())
    if form == _STRING:
        return Value(form, cursor.string())
    if form == _SDATA:
        return Value(form, cursor.signed())
    if form in (_BLOCK, _EXPRLOC):
        cursor.skip(cursor.unsigned())
        return Value(form, 0)
    if form in _BLOCKS:
        cursor.skip(cursor.number(_BLOCKS[form]))
        return Value(form, 0)
    if form == _REF_ADDR:
        return Value(form, cursor.number(encoding.address_size if encoding.version < 3 else encoding.offset_size))
    if form == _IMPLICIT_CONST:
        return Value(form, constant)
    if form == _INDIRECT:
        actual = cursor.unsigned()
        if actual != _INDIRECT:
            return read(cursor, actual, encoding)
    raise DwarfError(f"form {form:#x} is unknown")

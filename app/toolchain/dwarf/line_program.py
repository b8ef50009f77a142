"""Line number programs: a small machine that writes a table of addresses and lines (DWARF 5, 6.2)."""

from __future__ import annotations

from bisect import bisect_right

from msgspec import Struct

from .cursor import Cursor
from .line_header import LineHeader

_ADDRESS_MASK = (1 << 64) - 1
MAX_LINE = 1 << 31
_COPY, _ADVANCE_PC, _ADVANCE_LINE, _SET_FILE, _CONST_ADD_PC, _FIXED_ADVANCE_PC = 1, 2, 3, 4, 8, 9
_EXTENDED = 0
_END_SEQUENCE, _SET_ADDRESS = 1, 2

Row = tuple[int, int, int]
"""Address, number of the file, line. What follows an end of code has line 0."""


class LineRows(Struct):
    """The table of one unit, sorted by address."""

    rows: list[Row]
    addresses: list[int]

    def at(self, address: int) -> Row | None:
        """The row of the instruction at `address`, None when it has no line."""
        index = bisect_right(self.addresses, address) - 1
        if index < 0:
            return None
        row = self.rows[index]
        return row if row[2] else None


def run(section: bytes, header: LineHeader, address_size: int) -> LineRows:
    """The table that the program of `header` writes. Raises DwarfError.

    Code at address 0, which the linker left out, is not in it.
    """
    cursor = Cursor(section, header.start, header.end)
    data, end = section, cursor.end
    opcode_base, minimum = header.opcode_base, header.minimum_length
    special = [
        ((opcode - opcode_base) // header.line_range * minimum, (opcode - opcode_base) % header.line_range)
        for opcode in range(256)
    ]
    line_base = header.line_base
    sequences: list[list[Row]] = []
    rows: list[Row] = []
    address, file, line = 0, 1, 1
    position = header.start
    while position < end:
        opcode = data[position]
        position += 1
        if opcode >= opcode_base:
            advance, delta = special[opcode]
            address = address + advance & _ADDRESS_MASK
            line += line_base + delta
            rows.append((address, file, line if 0 < line < MAX_LINE else 0))
            continue
        cursor.position = position
        if opcode == _EXTENDED:
            length = cursor.unsigned()
            start = cursor.position
            cursor.skip(length)
            kind = data[start] if length else 0
            if kind == _END_SEQUENCE:
                rows.append((address, file, 0))
                if rows[0][0]:
                    sequences.append(rows)
                rows = []
                address, file, line = 0, 1, 1
            elif kind == _SET_ADDRESS and length == address_size + 1:
                address = int.from_bytes(data[start + 1 : start + length], "little")
        elif opcode == _COPY:
            rows.append((address, file, line if 0 < line < MAX_LINE else 0))
        elif opcode == _ADVANCE_PC:
            address = address + cursor.unsigned() * minimum & _ADDRESS_MASK
        elif opcode == _ADVANCE_LINE:
            line += cursor.signed()
        elif opcode == _SET_FILE:
            file = cursor.unsigned()
        elif opcode == _CONST_ADD_PC:
            address = address + special[255][0] & _ADDRESS_MASK
        elif opcode == _FIXED_ADVANCE_PC:
            address = address + cursor.number(2) & _ADDRESS_MASK
        else:
            for _ in range(header.operands[opcode]):
                cursor.unsigned()
        position = cursor.position
    return _table(sequences)


def _table(sequences: list[list[Row]]) -> LineRows:
    """All sequences as one table. Where an address has several rows, the last one that has a line counts."""
    by_address: dict[int, Row] = {}
    for rows in sorted(sequences, key=lambda rows: rows[0][0]):
        for row in rows:
            # Code that begins where other code ends: the end must not hide it.
            if row[2] or row[0] not in by_address:
                by_address[row[0]] = row
    ordered = [by_address[address] for address in sorted(by_address)]
    return LineRows(ordered, [row[0] for row in ordered])

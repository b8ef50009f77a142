"""What debug information says about a program, read no further than somebody asks."""

from __future__ import annotations

import re
import struct
from bisect import bisect_right
from collections.abc import Callable
from itertools import pairwise

from app.toolchain.program import LineEntry, LineTable

from .cursor import DwarfError
from .forms import Strings
from .line_header import FileName, read_header
from .line_program import LineRows, run
from .ranges import AddressRanges
from .units import DebugSections, Unit, units

MAX_LINE_BYTES = 256 << 10
"""Bytes of one line program; larger ones are those of libraries that were compiled as a whole."""

MAX_LINE_BYTES_IN_ALL = 2 << 20
_RUST_UNIT = "/@/"
_RUST_COMMIT = re.compile(r"^/rustc/[0-9a-f]{40}/")


class DebugInfo:
    """Lines of the code of one program.

    `find` gives the contents of a section by its name, or nothing. `source_name` is the visitor's own file, if there
    is one.
    """

    def __init__(self, find: Callable[[str], bytes], source_name: str | None = None) -> None:
        self._source_name = source_name
        self._lines_section = find(".debug_line")
        self._strings = Strings(find(".debug_str"), find(".debug_line_str"), find(".debug_str_offsets"))
        self._left = MAX_LINE_BYTES_IN_ALL
        self._tables: dict[int, tuple[LineRows, list[str]] | None] = {}
        addresses = AddressRanges(find(".debug_ranges"), find(".debug_rnglists"), find(".debug_addr"))
        info = find(".debug_info") if self._lines_section else b""
        self._units = list(units(DebugSections(info, find(".debug_abbrev"), self._strings, addresses)))
        places = sorted(
            (start, end, index) for index, unit in enumerate(self._units) for start, end in unit.ranges if start
        )
        self._places = places
        self._starts = [place[0] for place in places]

    def __bool__(self) -> bool:
        return bool(self._places)

    def covers(self, address: int) -> bool:
        """Whether the code at `address` was compiled with debug information."""
        return self._unit_at(address) is not None

    def locate(self, address: int) -> tuple[str, int] | None:
        """File and line of the instruction at `address`. The visitor's own file has the name that he gave it."""
        unit = self._unit_at(address)
        found = None if unit is None else self._table(unit)
        if found is None:
            return None
        rows, files = found
        row = rows.at(address)
        if row is None or row[1] >= len(files):
            return None
        return files[row[1]], row[2]

    def own_lines(self) -> LineTable:
        """All code of the visitor's own file."""
        entries: list[LineEntry] = []
        if self._source_name is None:
            return LineTable(entries)
        for unit in self._units:
            if not self._is_own(unit.name.partition(_RUST_UNIT)[0]):
                continue
            found = self._table(unit)
            if found is not None:
                entries += _entries(found[0], [file == self._source_name for file in found[1]])
        return LineTable(entries)

    def _unit_at(self, address: int) -> Unit | None:
        index = bisect_right(self._starts, address) - 1
        if index < 0 or address >= self._places[index][1]:
            return None
        return self._units[self._places[index][2]]

    def _table(self, unit: Unit) -> tuple[LineRows, list[str]] | None:
        """The lines of a unit, and what its files are called."""
        offset = unit.line_program
        if offset not in self._tables:
            try:
                self._tables[offset] = self._read_table(unit)
            except (DwarfError, struct.error):
                self._tables[offset] = None
        return self._tables[offset]

    def _read_table(self, unit: Unit) -> tuple[LineRows, list[str]] | None:
        header = read_header(self._lines_section, unit.line_program, unit.encoding.address_size, self._strings)
        size = header.end - header.start
        if size > min(MAX_LINE_BYTES, self._left):
            return None
        self._left -= size
        rows = run(self._lines_section, header, unit.encoding.address_size)
        return rows, [self._shown(file, unit) for file in header.files]

    def _shown(self, file: FileName, unit: Unit) -> str:
        # Rust's own libraries name the commit of the compiler.
        path = _RUST_COMMIT.sub("", file.path)
        if self._is_own(path):
            return self._source_name or path
        return path.removeprefix(unit.directory.rstrip("/") + "/") if unit.directory else path

    def _is_own(self, path: str) -> bool:
        own = self._source_name
        return own is not None and (path == own or path.endswith("/" + own))


def _entries(table: LineRows, own: list[bool]) -> list[LineEntry]:
    """Runs of code that come from one line each."""
    entries: list[LineEntry] = []
    rows = table.rows
    for row, after in pairwise(rows):
        address, file, line = row
        if not line or file >= len(own) or not own[file]:
            continue
        size = after[0] - address
        if entries and entries[-1].line == line and entries[-1].address + entries[-1].size == address:
            last = entries.pop()
            address, size = last.address, last.size + size
        entries.append(LineEntry(address, size, line))
    return entries

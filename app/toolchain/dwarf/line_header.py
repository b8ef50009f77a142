"""The header of a line number program: its parameters, and the files it is about (DWARF 5, 6.2.4)."""

from __future__ import annotations

from msgspec import Struct

from .cursor import Cursor, DwarfError
from .forms import Encoding, Strings, read

MAX_FILES = 16384
_PATH, _DIRECTORY_INDEX = 1, 2
_DATA16 = 0x1E


class FileName(Struct, frozen=True):
    """A file as the line program names it. `directory` is empty for the one that the unit was compiled in."""

    name: str
    directory: str

    @property
    def path(self) -> str:
        """The name with its directory."""
        return f"{self.directory}/{self.name}" if self.directory and not self.name.startswith("/") else self.name


class LineHeader(Struct):
    """What a line number program begins with. The program itself is [start, end) of the section."""

    start: int
    end: int
    minimum_length: int
    line_base: int
    line_range: int
    opcode_base: int
    operands: bytes
    files: list[FileName]
    """By the number that the program uses for them."""


def read_header(section: bytes, offset: int, address_size: int, strings: Strings) -> LineHeader:
    """The header at `offset` of .debug_line. Raises DwarfError."""
    cursor = Cursor(section, offset)
    end, offset_size = cursor.initial_length()
    cursor.end = end
    version = cursor.number(2)
    if not 2 <= version <= 5:
        raise DwarfError(f"line programs have no version {version}")
    if version == 5:
        address_size = cursor.number(1)
        cursor.skip(1)
    encoding = Encoding(version, offset_size, address_size)
    length = cursor.number(offset_size)
    start = cursor.position + length
    minimum_length = cursor.number(1)
    # The most operations in an instruction (VLIW), and whether rows are statements at first.
    cursor.skip(2 if version >= 4 else 1)
    line_base, line_range, opcode_base = cursor.number(1), cursor.number(1), cursor.number(1)
    if start > end or not line_range or not opcode_base:
        raise DwarfError("the header of a line program makes no sense")
    operands = section[cursor.position : cursor.position + opcode_base - 1]
    cursor.skip(opcode_base - 1)
    files = _files_5(cursor, encoding, strings) if version == 5 else _files(cursor)
    signed_base = line_base - 256 if line_base >= 128 else line_base
    return LineHeader(start, end, minimum_length, signed_base, line_range, opcode_base, b"\0" + operands, files)


def _files(cursor: Cursor) -> list[FileName]:
    """Version 2 to 4: both tables count from 1."""
    directories = [""]
    while name := cursor.string():
        directories.append(name)
    files = [FileName("", "")]
    while name := cursor.string():
        index = cursor.unsigned()
        cursor.unsigned()
        cursor.unsigned()
        files.append(FileName(name, directories[index] if index < len(directories) else ""))
        if len(files) > MAX_FILES:
            raise DwarfError("a line program has too many files")
    return files


def _files_5(cursor: Cursor, encoding: Encoding, strings: Strings) -> list[FileName]:
    """Version 5: both tables count from 0, and say themselves what they consist of."""
    directories = [name for name, _ in _entries(cursor, encoding, strings)]
    if directories:
        directories[0] = ""
    return [
        FileName(name, directories[index] if index < len(directories) else "")
        for name, index in _entries(cursor, encoding, strings)
    ]


def _entries(cursor: Cursor, encoding: Encoding, strings: Strings) -> list[tuple[str, int]]:
    """(path, number of its directory) of each entry."""
    formats = [(cursor.unsigned(), cursor.unsigned()) for _ in range(cursor.number(1))]
    count = cursor.unsigned()
    if count > MAX_FILES or (count and not formats):
        raise DwarfError("a line program has too many files")
    entries = []
    for _ in range(count):
        path, directory = "", 0
        for kind, form in formats:
            value = read(cursor, form, encoding)
            if kind == _PATH:
                path = strings.text(value, encoding)
            elif kind == _DIRECTORY_INDEX and isinstance(value.value, int):
                directory = value.value
        entries.append((path, directory))
    return entries

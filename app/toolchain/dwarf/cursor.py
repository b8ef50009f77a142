"""Reading numbers and strings one after the other."""

from __future__ import annotations

MAX_STRING = 4096
_MAX_LEB128 = 20


class DwarfError(Exception):
    """The debug information makes no sense."""


class Cursor:
    """A place in `data`, which ends at `end`. All numbers are little-endian. Methods raise DwarfError at the end."""

    def __init__(self, data: bytes, position: int = 0, end: int | None = None) -> None:
        self.data = data
        self.position = position
        self.end = len(data) if end is None else min(end, len(data))

    def skip(self, size: int) -> None:
        """Go on `size` bytes further."""
        self.position += size
        if size < 0 or self.position > self.end:
            raise DwarfError("a field lies outside its section")

    def number(self, size: int) -> int:
        """An unsigned number of `size` bytes."""
        start = self.position
        self.skip(size)
        return int.from_bytes(self.data[start : self.position], "little")

    def unsigned(self) -> int:
        """An unsigned LEB128 number."""
        data, start = self.data, self.position
        result = shift = 0
        for position in range(start, min(start + _MAX_LEB128, self.end)):
            byte = data[position]
            result |= (byte & 0x7F) << shift
            if byte < 0x80:
                self.position = position + 1
                return result
            shift += 7
        raise DwarfError("a number has no end")

    def signed(self) -> int:
        """A signed LEB128 number."""
        start = self.position
        value = self.unsigned()
        bits = (self.position - start) * 7
        return value - (1 << bits) if value >> (bits - 1) else value

    def string(self) -> str:
        """A string that a NUL byte ends."""
        end = self.data.find(b"\0", self.position, min(self.end, self.position + MAX_STRING))
        if end < 0:
            raise DwarfError("a string has no end")
        text = self.data[self.position : end].decode("utf-8", "replace")
        self.position = end + 1
        return text

    def initial_length(self) -> tuple[int, int]:
        """The end of what follows, and the size of its offsets (4, or 8 in the 64-bit format)."""
        length, offset_size = self.number(4), 4
        if length == 0xFFFF_FFFF:
            length, offset_size = self.number(8), 8
        end = self.position + length
        if end > self.end:
            raise DwarfError("a unit lies outside its section")
        return end, offset_size

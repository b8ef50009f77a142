"""The assembler listing: address, bytes and source side by side."""

from __future__ import annotations

from collections.abc import Iterator

from app.toolchain.program import Program

BYTES_PER_ROW = 8
_MAX_ROWS = 32


def listing(source: str, program: Program) -> str:
    """One row for every source line, more for lines that made more than eight bytes.

    Columns: line number, address, bytes in hexadecimal, source text. Reserved bytes show as a count.
    """
    rows = []
    for number, text in enumerate(source.split("\n"), start=1):
        if number > 1 and not text and source.count("\n") + 1 == number:
            break
        pieces = list(_pieces(program, number)) or [("", "")]
        for index, (address, data) in enumerate(pieces):
            shown = text.rstrip("\r") if index == 0 else ""
            rows.append(f"{number if index == 0 else '':>5} {address:>8} {data:<{2 * BYTES_PER_ROW}}  {shown}".rstrip())
    return "\n".join(rows) + "\n"


def _pieces(program: Program, line: int) -> Iterator[tuple[str, str]]:
    """(address, bytes) of each row of one source line."""
    rows = 0
    for start, size in _merged(program.lines.addresses_of(line)):
        data = _read(program, start, size)
        if data is None:
            yield f"{start:x}", f"({size} bytes)"
            continue
        for offset in range(0, size, BYTES_PER_ROW):
            if rows == _MAX_ROWS:
                yield "", f"... {size - offset} more"
                return
            yield f"{start + offset:x}", data[offset : offset + BYTES_PER_ROW].hex()
            rows += 1


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, size in ranges:
        if merged and sum(merged[-1]) == start:
            merged[-1] = (merged[-1][0], merged[-1][1] + size)
        else:
            merged.append((start, size))
    return merged


def _read(program: Program, address: int, size: int) -> bytes | None:
    """Bytes of the image; None where only room is reserved."""
    for segment in program.segments:
        offset = address - segment.address
        if 0 <= offset < segment.size:
            if offset >= len(segment.data):
                return None
            return segment.data[offset : offset + size].ljust(size, b"\0")
    return None

"""What each line of an assembly source became: the editor's gutter."""

from __future__ import annotations

from app.runner.messages import CodeLine
from app.toolchain.program import LineEntry, Program, Segment

SHOWN_BYTES = 16
"""Bytes of a line that are told; the rest is counted."""

MAX_PIECES = 8
"""Pieces of one line that are told, such as the rounds of a repeated block."""

MAX_LINES = 20000
"""Pieces of one source that are told."""


def code_lines(program: Program) -> list[CodeLine]:
    """Address and bytes of what each source line became, in address order, neighbours of one line together."""
    told: dict[int, int] = {}
    lines: list[CodeLine] = []
    for entry in _merged(program.lines.entries):
        told[entry.line] = told.get(entry.line, 0) + 1
        if told[entry.line] <= MAX_PIECES and len(lines) < MAX_LINES:
            data = _bytes_at(program.segments, entry.address, min(entry.size, SHOWN_BYTES))
            lines.append(CodeLine(entry.line, entry.address, entry.size, data))
    return lines


def _merged(entries: list[LineEntry]) -> list[LineEntry]:
    merged: list[LineEntry] = []
    for entry in entries:
        last = merged[-1] if merged else None
        if last and last.line == entry.line and last.address + last.size == entry.address:
            merged[-1] = LineEntry(last.address, last.size + entry.size, entry.line)
        else:
            merged.append(entry)
    return merged


def _bytes_at(segments: tuple[Segment, ...], address: int, size: int) -> bytes:
    for segment in segments:
        offset = address - segment.address
        if 0 <= offset < segment.size:
            return segment.data[offset : offset + size]
    return b""

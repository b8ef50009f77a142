"""A Program: what every front end produces and everything after it consumes, whatever the source language was."""

from __future__ import annotations

from bisect import bisect_right
from typing import Literal, Protocol

from msgspec import Struct, field

Severity = Literal["error", "warning"]


class Segment(Struct, frozen=True):
    """A piece of memory to map before the first instruction.

    `address` need not be page aligned; `size` may exceed `len(data)`, the rest is zero (.bss).
    `perms` is three characters such as `r-x`.
    """

    name: str
    address: int
    data: bytes
    size: int
    perms: str


class Symbol(Struct, frozen=True):
    """A label, or a constant (`section` empty)."""

    name: str
    address: int
    section: str


class LineEntry(Struct, frozen=True):
    """`size` bytes at `address` come from source line `line` (1-based)."""

    address: int
    size: int
    line: int


class LineTable:
    """Source map in both directions."""

    def __init__(self, entries: list[LineEntry]) -> None:
        self.entries = sorted(entries, key=lambda entry: entry.address)
        self._starts = [entry.address for entry in self.entries]

    def line_at(self, address: int) -> int | None:
        """Source line of the instruction or datum at `address`, None when nothing of the source is there."""
        index = bisect_right(self._starts, address) - 1
        if index >= 0:
            entry = self.entries[index]
            if address < entry.address + entry.size:
                return entry.line
        return None

    def moved(self, bias: int) -> LineTable:
        """The same for code that lies `bias` higher."""
        if not bias:
            return self
        return LineTable([LineEntry(entry.address + bias, entry.size, entry.line) for entry in self.entries])

    def line_before(self, address: int, start: int) -> int | None:
        """Source line of the last instruction from `start` to `address`, None when nothing of the source is there."""
        index = bisect_right(self._starts, address) - 1
        return self.entries[index].line if index >= 0 and self._starts[index] >= start else None

    def addresses_of(self, line: int) -> list[tuple[int, int]]:
        """(address, size) of everything source line `line` produced, in address order."""
        return [(entry.address, entry.size) for entry in self.entries if entry.line == line]


class Function(Struct, frozen=True):
    """`size` bytes of code at `address`; `library` when they do not come from the visitor's own source."""

    name: str
    address: int
    size: int
    library: bool


class Locator(Protocol):
    """Where code comes from, the libraries' too."""

    def locate(self, address: int) -> tuple[str, int] | None:
        """File and line of the instruction at `address`, None when nobody knows."""


class Program(Struct, frozen=True):
    """An executable image: segments to map, where to start, and how it relates to its source.

    `lines` is about the visitor's own source file, `debug` about all that was compiled with debug information.
    `functions` are sorted by address. `image` is the ELF file that it came from, if any.
    """

    arch: str
    language: str
    segments: tuple[Segment, ...]
    entry: int
    symbols: tuple[Symbol, ...] = ()
    lines: LineTable = field(default_factory=lambda: LineTable([]))
    functions: tuple[Function, ...] = ()
    debug: Locator | None = None
    image: bytes = b""


class Diagnostic(Struct, frozen=True):
    """One mistake in the source. `line` and `column` are 1-based; `end_column` is exclusive, on the same line."""

    line: int
    column: int
    end_column: int
    message: str
    hint: str = ""
    severity: Severity = "error"

    def render(self, file: str) -> str:
        """The compiler-style line that terminals show: `FILE:LINE:COL: error: ...`."""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{file}:{self.line}:{self.column}: {self.severity}: {self.message}{hint}"


class SourceError(Exception):
    """The source cannot become a Program; `diagnostics` says why, in source order, at least one entry."""

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        super().__init__("; ".join(d.render("source") for d in diagnostics[:3]))
        self.diagnostics = diagnostics

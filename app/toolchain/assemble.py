"""Assembly text to a Program."""

from __future__ import annotations

from collections.abc import Mapping

from app.toolchain.detect import assembly_dialect
from app.toolchain.errors import Mistake, Report, Span
from app.toolchain.functions import functions_of
from app.toolchain.gas import GasAssembler
from app.toolchain.layout import Layout
from app.toolchain.machines import ARCHES, MACHINES
from app.toolchain.nasm import NasmAssembler
from app.toolchain.program import Diagnostic, LineEntry, LineTable, Program, Segment, SourceError, Symbol
from app.toolchain.sections import Fixup, Section
from app.toolchain.unit import Unit

LANGUAGES = ("auto", "gas", "nasm")
_NASM_ARCHES = ("x86_64", "i386")


def assemble(
    source: str,
    *,
    language: str = "auto",
    arch: str = "x86_64",
    filename: str = "program.s",
    calls: Mapping[str, int] | None = None,
) -> Program:
    """Assemble `source`, written for GNU as (AT&T or Intel syntax) or NASM, and lay it out as ld does.

    `filename` only helps `auto` to tell the dialects apart; no file is read. `calls` has the number of each system call
    by its name, for sources that include <sys/syscall.h>. Raises SourceError, and ValueError for a
    language or architecture that does not exist.
    """
    if language not in LANGUAGES:
        raise ValueError(f"unknown assembly language {language!r}, expected one of {', '.join(LANGUAGES)}")
    if arch not in ARCHES:
        raise ValueError(f"unknown architecture {arch!r}, expected one of {', '.join(ARCHES)}")
    _reject_binary(source)
    dialect = language
    if language == "auto":
        dialect = assembly_dialect(source, filename) if arch in _NASM_ARCHES else "gas"
    if dialect == "nasm" and arch not in _NASM_ARCHES:
        message = f"NASM has no {MACHINES[arch].title} instructions"
        raise SourceError([Diagnostic(1, 1, 2, message, "choose GNU as as the language")])
    try:
        unit = NasmAssembler(source, arch).run() if dialect == "nasm" else GasAssembler(source, arch, calls).run()
    except Mistake as mistake:
        report = Report()
        report.add(mistake)
        report.finish()
        raise
    unit.report.finish()
    return _link(unit)


def _reject_binary(source: str) -> None:
    nul = source.find("\0")
    if nul >= 0:
        line = source.count("\n", 0, nul) + 1
        column = nul - source.rfind("\n", 0, nul)
        message = "there is a NUL byte in the source"
        raise SourceError([Diagnostic(line, column, column + 1, message, "this looks like a binary file, not text")])


def _link(unit: Unit) -> Program:
    """Lay out, fill in numbers, and find the entry."""
    layout = Layout(list(unit.sections.values()), unit.symbols, unit.report, unit.machine.text_address)
    try:
        layout.run()
    except Mistake as mistake:
        unit.report.add(mistake)
    unit.report.finish()
    _check_implied_loads(unit, layout)
    lines: list[LineEntry] = []
    segments = []
    for section in layout.sections:
        data = _section_bytes(section, layout, unit, lines)
        if section.size:
            segments.append(Segment(section.name, section.address, data, section.size, section.perms))
    symbols = _symbols(unit, layout)
    unit.report.finish()
    if not any("x" in segment.perms for segment in segments):
        span = Span(1, 1, 2)
        unit.report.add(Mistake(span, "the program has no instructions", "write some after `_start:` in .text"))
        unit.report.finish()
    addresses = {symbol.name: symbol.address for symbol in symbols if symbol.section}
    text = next(segment for segment in segments if "x" in segment.perms)
    start = next((name for name in ("_start", "main") if name in addresses), "")
    entry = addresses[start] | unit.symbols.by_name[start].mode if start else text.address
    functions = functions_of(symbols, segments)
    return Program(unit.machine.name, unit.dialect, tuple(segments), entry, tuple(symbols), LineTable(lines), functions)


def _check_implied_loads(unit: Unit, layout: Layout) -> None:
    """A bare name that GNU as takes for memory, because the line that makes it a number comes later.

    The real assembler accepts it and the program reads memory at that small number, which always crashes.
    """
    for name in unit.implied_loads:
        symbol = unit.symbols.by_name.get(name.name)
        if symbol is None or symbol.expression is None:
            continue
        try:
            base, number = layout.value(name)
        except Mistake:
            continue
        if base is None:
            message = (
                f"`{name.name}` becomes a number only on line {symbol.span.line}, so this reads memory at {number}"
            )
            unit.report.add(Mistake(name.span, message, f"define it before this line, or write `offset {name.name}`"))


def _section_bytes(section: Section, layout: Layout, unit: Unit, lines: list[LineEntry]) -> bytes:
    """The bytes of `section` up to its last initialised one; notes what each line made in `lines`."""
    out = bytearray()
    for run in section.runs:
        pieces: list[tuple[int, int, bytes | None]] = []
        base = section.address + run.offset
        for chunk in run.chunks:
            address = base + chunk.delta
            pieces.append((chunk.line, chunk.size, _attempt(unit, layout, chunk.data, chunk.fixups, address)))
        if run.tail is not None:
            try:
                emitted = run.tail.emit(base + run.length, layout)
            except Mistake as mistake:
                unit.report.add(mistake)
                emitted = bytes(run.tail.size)
            pieces.append((run.tail.line, run.tail.size, emitted))
        position = run.offset
        for line, size, data in pieces:
            if size:
                lines.append(LineEntry(section.address + position, size, line))
            if data and section.kind != "bss":
                out += bytes(position - len(out)) + data
            position += size
    return bytes(out)


def _attempt(unit: Unit, layout: Layout, data: bytes | None, fixups: tuple[Fixup, ...], address: int) -> bytes | None:
    if data is None or not fixups:
        return data
    try:
        return layout.patch(data, fixups, address)
    except Mistake as mistake:
        unit.report.add(mistake)
        return data


def _symbols(unit: Unit, layout: Layout) -> list[Symbol]:
    """Labels and constants that a person wrote, by address."""
    symbols = []
    for name, symbol in unit.symbols.by_name.items():
        if ":" in name:
            continue
        if symbol.place is not None:
            run = symbol.place.run
            address = run.section.address + run.offset + symbol.place.delta
            symbols.append(Symbol(name, address, run.section.name))
        elif symbol.expression is not None:
            try:
                base, offset = layout.value(symbol.expression)
            except Mistake as mistake:
                unit.report.add(mistake)
                continue
            section = base if isinstance(base, Section) else None
            symbols.append(Symbol(name, offset + (section.address if section else 0), section.name if section else ""))
    return sorted(symbols, key=lambda symbol: (symbol.address, symbol.name))

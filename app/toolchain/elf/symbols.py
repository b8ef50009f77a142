"""The symbol table: labels, and which function each piece of code belongs to."""

from __future__ import annotations

from app.toolchain.program import Function, Symbol

from .layout import SHF_EXECINSTR, SHT_SYMTAB, SectionHeader
from .sections import Sections

MAX_SYMBOLS = 100_000
MAX_NAME = 512
_STT_NOTYPE, _STT_OBJECT, _STT_FUNC, _STT_IFUNC = 0, 1, 2, 10
_STB_LOCAL, _STB_GLOBAL = 0, 1


def read_symbols(sections: Sections) -> tuple[tuple[Symbol, ...], tuple[Function, ...]]:
    """Labels, functions and objects; and the functions. Nothing when the tables are missing or make no sense."""
    table = next((header for header in sections.headers if header.type == SHT_SYMTAB), None)
    if table is None or table.link >= len(sections.headers):
        return (), ()
    size = sections.layout.symbol.size
    data = sections.raw(table)
    count = len(data) // size
    if count > MAX_SYMBOLS:
        return (), ()
    names = sections.raw(sections.headers[table.link])
    arm = sections.machine.name == "arm"
    symbols = []
    candidates: list[_Candidate] = []
    for name_offset, info, _, index, value, length in sections.layout.symbols(data[: count * size]):
        kind = info & 15
        if not 0 < index < len(sections.headers) or kind not in (_STT_NOTYPE, _STT_OBJECT, _STT_FUNC, _STT_IFUNC):
            continue
        if not 0 < name_offset < len(names):
            continue
        end = names.find(b"\0", name_offset, name_offset + MAX_NAME)
        if end <= name_offset or names[name_offset] == 0x24:  # $a, $d, $x: what follows is code or data
            continue
        name = names[name_offset:end].decode("utf-8", "replace")
        section = sections.headers[index]
        is_code = section.flags & SHF_EXECINSTR and kind != _STT_OBJECT
        # Bit 0 says that a function is Thumb code.
        address = value & ~1 if is_code and arm else value
        symbols.append(Symbol(name, address, sections.names[index]))
        if is_code and section.address <= address < section.address + section.size and not name.startswith(".L"):
            candidates.append((address, kind == _STT_NOTYPE, _rank(name, info >> 4), name, length, section))
    symbols.sort(key=lambda symbol: (symbol.address, symbol.name))
    return tuple(symbols), _functions(candidates)


_Candidate = tuple[int, bool, tuple[int, int, int, str], str, int, SectionHeader]
"""Address, whether it is only a label, rank among names of the same address, name, size, section."""


def _rank(name: str, binding: int) -> tuple[int, int, int, str]:
    """Of several names the one that a program would use comes first: `write` before `__write`."""
    order = (_STB_GLOBAL, 2, _STB_LOCAL)
    return len(name) - len(name.lstrip("_")), order.index(binding) if binding in order else 3, len(name), name


def _functions(candidates: list[_Candidate]) -> tuple[Function, ...]:
    """One function for each address. Labels inside of a function belong to it; one without a size ends at the next."""
    candidates.sort(key=lambda candidate: candidate[:3])
    chosen: list[_Candidate] = []
    end = 0
    for candidate in candidates:
        address, is_label, _, _, size, _ = candidate
        if chosen and chosen[-1][0] == address:
            continue
        if is_label and address < end:
            continue
        chosen.append(candidate)
        if not is_label:
            end = max(end, address + size)
    functions = []
    for position, (address, _, _, name, size, section) in enumerate(chosen):
        room = section.address + section.size - address
        if position + 1 < len(chosen):
            room = min(room, chosen[position + 1][0] - address)
        functions.append(Function(name, address, min(size or room, room), library=False))
    return tuple(functions)

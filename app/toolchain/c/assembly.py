"""The assembly that clang makes, for people: instructions, labels and data, each with its source line."""

from __future__ import annotations

import re

from msgspec import Struct

from app.toolchain.c.commands import SOURCE_NAME
from app.toolchain.c.diagnostics import LineMap

MAX_LINES = 20_000
MAX_TEXT = 200
"""Characters of one line that are kept: a string constant has one line, however long it is."""

_FILE = re.compile(r'\s*\.file\s+(\d+)\s+(?:"(?P<folder>(?:\\.|[^"\\])*)"\s+)?"(?P<name>(?:\\.|[^"\\])*)"')
_LOC = re.compile(r"\s*\.loc\s+(\d+)\s+(\d+)")
_LABEL = re.compile(r"([\w.$@]+):")
_DIRECTIVE = re.compile(r"\s*\.(\w+)")
_LOCAL = re.compile(r"\.L(?:func_(?:begin|end)|tmp|debug_|line_table|info_|cu_|sec_end)\w*:")
_SECTION = re.compile(r"\s*\.section\s+(\.[\w.\-]+)")
_DATA = frozenset(
    (
        *("ascii", "asciz", "string", "byte", "2byte", "short", "hword", "4byte", "long", "word", "8byte", "quad"),
        *("xword", "zero", "skip", "space", "fill", "comm", "lcomm"),
    )
)


class Line(Struct, frozen=True):
    """One line of assembly. `source` is the line of the visitor's file it was made for, None for data."""

    text: str
    source: int | None


class Assembly(Struct, frozen=True):
    """What the visitor sees, and where each line of the assembly file came from."""

    lines: tuple[Line, ...]
    map: LineMap


def read_assembly(text: str, source_name: str = SOURCE_NAME) -> Assembly:
    """The lines of `text`, clang's or rustc's output for `source_name`, that say something; at most MAX_LINES."""
    shown: list[Line] = []
    numbers: list[int] = []
    sources: list[int] = []
    ours: set[str] = set()
    source: int | None = None
    silent = False
    for number, row in enumerate(text.split("\n"), start=1):
        code = _without_comment(row)
        if not code:
            continue
        directive = _DIRECTIVE.match(code) if not _LABEL.match(code) else None
        if directive is None:
            if silent or _LOCAL.match(code):
                continue
            if len(shown) < MAX_LINES:
                label = _LABEL.match(code)
                text_shown = code.replace("\t", " " * 4, 1).replace("\t", " ")
                shown.append(Line(_cut(text_shown), None if label and not label[1].startswith(".L") else source))
            continue
        name = directive[1]
        if name == "file":
            if (match := _FILE.match(code)) and match["name"] == source_name:
                ours.add(match[1])
        elif name == "loc":
            if match := _LOC.match(code):
                source = (int(match[2]) or None) if match[1] in ours else None
                if source:
                    numbers.append(number)
                    sources.append(source)
        elif name in ("section", "text", "data", "bss"):
            section = _SECTION.match(code)
            silent = bool(section and section[1].startswith((".debug", ".note", ".ARM.attributes", ".llvm")))
            source = None
        elif name in _DATA and not silent and len(shown) < MAX_LINES:
            shown.append(Line(_cut(code.replace("\t", " " * 4, 1).replace("\t", " ")), None))
    return Assembly(tuple(shown), LineMap(tuple(numbers), tuple(sources)))


def _without_comment(row: str) -> str:
    """`row` without what clang remarks at the end: `# %bb.0:`, `@ 4-byte Folded Spill`, `// -- Begin function`."""
    if '"' in row:
        return row.rstrip()
    for mark in ("\t#", " # ", "\t@", " @ ", "\t//", " // "):
        row = row.split(mark, 1)[0]
    return "" if row.lstrip().startswith(("#", "//", "@")) else row.rstrip()


def _cut(text: str) -> str:
    return text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 3] + "..."

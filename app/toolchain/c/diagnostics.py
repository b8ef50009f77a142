"""What clang and lld say on standard error, as diagnostics at lines of the visitor's source."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.c.commands import ASSEMBLY_NAME, SOURCE_NAME
from app.toolchain.program import Diagnostic, Severity

MAX_DIAGNOSTICS = 20
MAX_MESSAGE = 400
"""Characters of one message that are kept; names in the source can be of any length."""

# program.c:4:9:{4:9-4:12}{4:1-4:2}: error: use of undeclared identifier 'abc' [-Wflag]
_CLANG = re.compile(
    r"^(?P<file>[^:\n]*):(?P<line>\d+):(?P<column>\d+):(?P<ranges>(?:\{[\d:\-]+\})*):? "
    r"(?P<kind>fatal error|error|warning|note): (?P<text>.*)$"
)
_RANGE = re.compile(r"\{(\d+):(\d+)-(\d+):(\d+)\}")
_INCLUDED = re.compile(r"^(?:In file included|\s+) from (?P<file>[^:\n]*):(?P<line>\d+)[:,]")
_FLAG = re.compile(r" \[(?:-W[\w=+\-,#]+)\]$")
_BARE = re.compile(r"^(?:clang(?:-\d+)?: )?(?P<kind>fatal error|error): (?P<text>.*)$")
_LINKER = re.compile(r"^ld\.lld: (?P<kind>error|warning): (?P<text>.*)$")
_REFERENCED = re.compile(rf"^>>> (?:referenced by|defined at) {re.escape(SOURCE_NAME)}:(\d+)")
_UNDEFINED = re.compile(r"undefined symbol: (?P<name>\S+)")
_DUPLICATE = re.compile(r"duplicate symbol: (?P<name>\S+)")
_ABSOLUTE = re.compile(r"(?<![\w./])/(?:[\w.+\-@]+/)+")
_NOT_FOUND = re.compile(r"^'(?P<name>[^'\n]*)' file not found")
_NOT_OPENED = re.compile(r"^cannot open file '(?P<name>[^'\n]*)'")
_LINE_END = re.compile(r"\r\n?|\n")
_INCBIN = re.compile(r"Could not find (?:incbin|include) file")
_UNDECLARED = re.compile(r"^call to undeclared (?:library )?function '(?P<name>\w+)'")
_DECLARED = re.compile(r"include the header (<[\w/.]+>)")

LIBRARY_HEADERS = {
    "stdio.h": "printf puts putchar getchar fopen fclose fread fwrite fgets fputs fprintf sprintf snprintf scanf",
    "stdlib.h": "malloc free calloc realloc exit abort atoi getenv qsort rand srand strtol",
    "string.h": "strcpy strcmp strcat strchr strstr strncmp strncpy strdup memchr strerror",
    "unistd.h": "sleep usleep execvp execl isatty getcwd write read close fork pipe",
    "pthread.h": "pthread_create pthread_join pthread_mutex_lock pthread_mutex_unlock",
    "math.h": "sin cos tan sqrt pow exp log floor ceil fabs",
}
_HEADER_OF = {name: header for header, names in LIBRARY_HEADERS.items() for name in names.split()}


class LineMap(Struct, frozen=True):
    """Lines of the assembly file, and of the source that they are for: a mistake in inline assembly is seen late."""

    lines: tuple[int, ...]
    sources: tuple[int, ...]

    def source(self, line: int) -> int:
        """The source line of assembly line `line`; 1 when nothing is known."""
        index = bisect_right(self.lines, line) - 1
        return self.sources[index] if index >= 0 else 1


NO_LINES = LineMap((), ())


def read_clang(text: str, *, source: str = "", lines: LineMap = NO_LINES) -> list[Diagnostic]:
    """The diagnostics in clang's output, in its order; a note becomes the hint of what it explains.

    A mistake in a header stands at the line that included it. `lines` maps those in ASSEMBLY_NAME. clang counts the
    bytes of a line; columns here are characters of `source`.
    """
    found: list[Diagnostic] = []
    source_lines = _LINE_END.split(source)
    included_at = 0
    for row in text.split("\n"):
        if from_file := _INCLUDED.match(row):
            if from_file["file"] == SOURCE_NAME:
                included_at = int(from_file["line"])
            continue
        match = _CLANG.match(row)
        if match is None:
            if (bare := _BARE.match(row)) and "too many errors" not in bare["text"]:
                found.append(Diagnostic(1, 1, 2, clean(bare["text"])))
            continue
        if match["kind"] == "note":
            _explain(found, match)
            continue
        diagnostic = _diagnostic(match, included_at, lines)
        found.append(_in_characters(diagnostic, source_lines) if match["file"] == SOURCE_NAME else diagnostic)
        if match["file"] == SOURCE_NAME:
            included_at = 0
    return _bounded(found)


def _diagnostic(match: re.Match[str], included_at: int, lines: LineMap) -> Diagnostic:
    severity: Severity = "warning" if match["kind"] == "warning" else "error"
    line, column = int(match["line"]), int(match["column"])
    end = column + 1
    if match["file"] == ASSEMBLY_NAME:
        line, column, end = lines.source(line), 1, 2
    elif match["file"] == "<inline asm>" or match["file"] != SOURCE_NAME:
        line, column, end = max(included_at, 1), 1, 2
    else:
        for first, start, last, stop in _RANGE.findall(match["ranges"]):
            if int(first) == line == int(last) and int(start) <= column < int(stop):
                end = max(end, int(stop))
    message, hint = _friendly(_FLAG.sub("", match["text"]))
    return Diagnostic(max(line, 1), max(column, 1), end, message, hint, severity)


def _in_characters(diagnostic: Diagnostic, source_lines: Sequence[str]) -> Diagnostic:
    """`diagnostic` with columns that count characters. `#line` can make any line of it."""
    if diagnostic.line > len(source_lines) or (row := source_lines[diagnostic.line - 1]).isascii():
        return diagnostic
    data = row.encode()
    start, end = (_characters(data, column) for column in (diagnostic.column, diagnostic.end_column))
    return replace(diagnostic, column=start, end_column=max(end, start + 1))


def _characters(row: bytes, column: int) -> int:
    inside = len(row[: column - 1].decode("utf-8", "ignore").removeprefix("\ufeff"))
    return inside + max(0, column - 1 - len(row)) + 1


def _explain(found: list[Diagnostic], note: re.Match[str]) -> None:
    """Make `note` the hint of the last diagnostic, if that has none."""
    if not found or found[-1].hint:
        return
    text = note["text"]
    if declared := _DECLARED.search(text):
        hint = f"write #include {declared[1]}"
    elif text.startswith(("previous", "expanded from", "to match this", "did you mean")):
        hint = clean(text) + (f", line {note['line']}" if note["file"] == SOURCE_NAME else "")
    else:
        return
    last = found[-1]
    found[-1] = Diagnostic(last.line, last.column, last.end_column, last.message, hint, last.severity)


def _friendly(text: str) -> tuple[str, str]:
    """Message and hint for what clang said."""
    missing = _NOT_FOUND.match(text) or _NOT_OPENED.match(text)
    if missing:
        # The same words whether the host has such a file or not.
        return (
            f"there is no header `{clean(missing['name'])}`",
            "headers of the C library and `syscall.h` can be included",
        )
    if _INCBIN.search(text):
        return "the assembler reads no files", "write the bytes into the program"
    if undeclared := _UNDECLARED.match(text):
        header = _HEADER_OF.get(undeclared["name"])
        return f"`{undeclared['name']}` is called, but not declared", f"write #include <{header}>" if header else ""
    return clean(text), ""


def read_linker(text: str) -> list[Diagnostic]:
    """The diagnostics in lld's output. What is about one line of the source stands there."""
    found: list[Diagnostic] = []
    rows = text.split("\n")
    for index, row in enumerate(rows):
        if match := _LINKER.match(row):
            if "referenced by" in match["text"] or "too many errors" in match["text"]:
                continue
            line = _place(rows, index + 1)
            message, hint = _linked(match["text"])
            severity: Severity = "warning" if match["kind"] == "warning" else "error"
            found.append(Diagnostic(line, 1, 2, message, hint, severity))
    return _bounded(found)


def _place(rows: Sequence[str], start: int) -> int:
    for row in rows[start : start + 8]:
        if not row.startswith(">>>"):
            break
        if match := _REFERENCED.match(row):
            return max(int(match[1]), 1)
    return 1


def _linked(text: str) -> tuple[str, str]:
    if match := _UNDEFINED.search(text):
        name = clean(match["name"])
        if name == "main":
            return "the program has neither `main` nor `_start`", "write int main(void) { ... }"
        header = _HEADER_OF.get(name)
        hint = f"it is in the C library: write #include <{header}>" if header else "nothing defines it"
        return f"`{name}` is used, but defined nowhere", hint
    if match := _DUPLICATE.search(text):
        name = clean(match["name"])
        hint = "a program with `_start` has no C library in front of it" if name == "_start" else ""
        return f"`{name}` is defined twice", hint
    return clean(text), ""


def clean(text: str) -> str:
    """Text of a tool, without directories of this machine, without control characters, and not too long."""
    text = _ABSOLUTE.sub("", text)
    text = "".join(c if c.isprintable() else " " for c in text[: MAX_MESSAGE + 1])
    return text if len(text) <= MAX_MESSAGE else text[:MAX_MESSAGE] + "..."


def _bounded(found: list[Diagnostic]) -> list[Diagnostic]:
    """Without repetitions, errors before warnings when there are too many of both, in source order."""
    unique = list(dict.fromkeys(found))
    errors = [d for d in unique if d.severity == "error"][:MAX_DIAGNOSTICS]
    warnings = [d for d in unique if d.severity == "warning"][: MAX_DIAGNOSTICS - len(errors)]
    return sorted(errors + warnings, key=lambda d: (d.line, d.column))

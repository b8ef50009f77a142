"""What the text of a C program says before it is compiled: which libraries it wants, and what is refused.

The refusals are for the sake of a clear message. What keeps the compiler away from the host's files is its sandbox.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from msgspec import Struct

from app.toolchain.program import Diagnostic

FREESTANDING_HEADERS = frozenset(
    (
        *(
            "float",
            "iso646",
            "limits",
            "stdalign",
            "stdarg",
            "stdatomic",
            "stdbool",
            "stdckdint",
            "stddef",
            "stdint",
            "stdnoreturn",
        ),
        *("syscall", "cpuid", "x86intrin", "immintrin", "emmintrin", "xmmintrin", "arm_acle", "arm_neon"),
    )
)
"""Names of headers, without `.h`, that need no C library."""

_SPLICE = re.compile(r"\\[ \t]*\r?\n")
_TOKEN = re.compile(
    r"""
      (?P<blank> //[^\n]* | /\*(?:[^*]|\*(?!/))*(?:\*/)? )
    | (?P<text> "(?:\\.|[^"\\\n])*"? | '(?:\\.|[^'\\\n])*'? )
    """,
    re.VERBOSE | re.DOTALL,
)
_DIRECTIVE = re.compile(r"^[ \t\v\f]*(?:\#|%:|\?\?=)[ \t\v\f]*(?P<name>\w+)(?P<rest>[^\n]*)", re.MULTILINE)
_HEADER = re.compile(r"""\s*(?:"(?P<quoted>[^"\n]*)"|<(?P<angled>[^>\n]*)>)""")
_HAS = re.compile(r"\b__has_(?:include|include_next|embed)\b")
_HAS_HEADER = re.compile(rf"\s*\({_HEADER.pattern}")
_DEPENDENCY = re.compile(r"\b(?:GCC|clang)\s+dependency\b")
# In a string, because that is where a C program has its assembly: followed by a string of its own.
_ASSEMBLER_FILE = re.compile(r"\.(?:incbin|include)\b(?=\s*\\\")", re.IGNORECASE)
# A definition, not a declaration; or a label in a string of assembly.
_START_FUNCTION = re.compile(r"\b_start\s*\([^;{}]{0,200}\{")
_START_LABEL = re.compile(r"(?:^|[\s;]|\\n|\\t)_start:")

_MAX_DIAGNOSTICS = 20


class Reading(Struct, frozen=True):
    """What a source says. `mistakes` are refusals. `headers` are the names that it includes.

    `has_start`: it defines `_start`, so nothing of ours or of the C library comes before it.
    """

    headers: tuple[str, ...]
    has_start: bool
    mistakes: tuple[Diagnostic, ...]

    @property
    def wants_library(self) -> bool:
        """Whether the program is to be linked with the C library."""
        return not self.has_start and any(
            not name.endswith(".h") or name[:-2] not in FREESTANDING_HEADERS for name in self.headers
        )


def read_source(source: str) -> Reading:
    """Look through `source`. Takes time proportional to its length."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: str) -> None:
        # As clang reads it: a byte order mark is nothing, and a carriage return alone ends a line.
        source = re.sub(r"\r(?!\n)", "\n", source.removeprefix("\ufeff"))
        self._splices: list[int] = []
        pieces = []
        position = length = 0
        for match in _SPLICE.finditer(source):
            pieces.append(source[position : match.start()])
            length += match.start() - position
            self._splices.append(length)
            position = match.end()
        pieces.append(source[position:])
        self._text = "".join(pieces)
        # Comments become blanks, so that positions stay; what strings hold is looked at apart.
        self._code = _TOKEN.sub(_blank, self._text)
        self._newlines = [match.start() for match in re.finditer("\n", self._text)]
        self._mistakes: list[Diagnostic] = []

    def read(self) -> Reading:
        headers = []
        for match in _DIRECTIVE.finditer(self._code):
            name, rest, start = match["name"], match["rest"], match.start("rest")
            if name in ("include", "include_next", "import"):
                found = _HEADER.match(rest)
                if found is None:
                    self._refuse(
                        match.start("name"), len(name), f"`#{name}` takes a file name here, in quotes or angle brackets"
                    )
                    continue
                header = found["quoted"] if found["quoted"] is not None else found["angled"]
                headers.append(header)
                self._check_path(start + found.start(), found.end() - found.start(), header)
            elif name == "embed":
                self._refuse(
                    match.start("name"), len(name), "`#embed` is refused: the compiler reads no files but headers"
                )
        self._check_elsewhere()
        mistakes = tuple(sorted(self._mistakes, key=lambda d: (d.line, d.column))[:_MAX_DIAGNOSTICS])
        has_start = bool(_START_FUNCTION.search(_TOKEN.sub(" ", self._code)) or self._labels_start())
        return Reading(tuple(headers), has_start, mistakes)

    def _labels_start(self) -> bool:
        texts = (match["text"] for match in _TOKEN.finditer(self._code))
        return any(text is not None and _START_LABEL.search(text[1:]) for text in texts)

    def _check_elsewhere(self) -> None:
        for match in _HAS.finditer(self._code):
            found = _HAS_HEADER.match(self._code, match.end())
            rest = found and (found["quoted"] if found["quoted"] is not None else found["angled"])
            if rest is not None:
                self._check_path(match.start(), len(match[0]), rest)
        for match in _DEPENDENCY.finditer(self._code):
            self._refuse(
                match.start(), len(match[0]), "`#pragma GCC dependency` is refused: it asks for the host's files"
            )
        for match in _ASSEMBLER_FILE.finditer(self._code):
            message = f"`{match[0]}` is refused: the assembler reads no files"
            self._refuse(match.start(), len(match[0]), message, "write the bytes into the program")

    def _check_path(self, position: int, length: int, path: str) -> None:
        if path.startswith("/") or ".." in path.split("/"):
            self._refuse(
                position,
                length,
                f"`{path[:80]}` is not a header: the files of the machine that compiles cannot be included",
                "headers of the C library and `syscall.h` can",
            )

    def _refuse(self, position: int, length: int, message: str, hint: str = "") -> None:
        index = bisect_right(self._newlines, position - 1)
        start = self._newlines[index - 1] + 1 if index else 0
        before = bisect_right(self._splices, position)
        column = position - start + 1
        if before and self._splices[before - 1] >= start:
            # A continued line: the column counts from where this part of it begins.
            column = position - self._splices[before - 1] + 1
        self._mistakes.append(Diagnostic(index + 1 + before, column, column + length, message, hint))


def _blank(match: re.Match[str]) -> str:
    if match["text"] is not None:
        return match[0]
    return re.sub(r"[^\n]", " ", match[0])

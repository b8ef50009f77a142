"""What is refused in the text of a Rust program before it is compiled.

The refusals are for the sake of a clear message. What keeps the compiler away from the host's files is its sandbox.
"""

from __future__ import annotations

import re

from app.toolchain.program import Diagnostic

# A name can be imported as another one, but it is always written out: Rust does not put names together.
_READING_MACRO = re.compile(r"\binclude_(?:str|bytes)\b|\binclude\b(?=\s*!\s*[(\[{]|\s+as\b)")
_MAX_DIAGNOSTICS = 20


def refusals(source: str) -> list[Diagnostic]:
    """The uses of macros that read a file while the program is compiled. Takes time proportional to the length."""
    found: list[Diagnostic] = []
    for number, line in enumerate(source.split("\n"), 1):
        for match in _READING_MACRO.finditer(line.partition("//")[0]):
            if len(found) == _MAX_DIAGNOSTICS:
                return found
            found.append(
                Diagnostic(
                    number,
                    match.start() + 1,
                    match.end() + 1,
                    f"`{match[0]}!` is refused: the compiler reads no files but this program",
                    "write what it holds into the program",
                )
            )
    return found

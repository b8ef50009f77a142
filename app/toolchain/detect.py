"""Which language a file is in, by its name and its content."""

from __future__ import annotations

import re
from typing import Literal

SourceLanguage = Literal["gas", "nasm", "elf", "c", "rust", "unknown"]

# Nothing that can be repeated at the start of a line goes on in the next: thousands of blank lines take no time.
_NASM_LINE = re.compile(
    r"^[ \t]*(?:section|segment|global|extern|bits|default|org|cpu)\s+[.\w\[]"
    r"|^[ \t]*(?:\w+:?[ \t]+)?(?:d[bwdqt]|res[bwdq])\s+\S"
    r"|^[ \t]*\w+[ \t]+equ\s|^[ \t]*(?:\w+:[ \t]*)?times\s"
    r"|^[ \t]*%(?:define|macro|include|assign|if\w*|rep)\b|^[ \t]*\[\s*(?:bits|section|global)\b"
    r"|\[\s*(?:rel|abs)\s|\b(?:byte|word|dword|qword)\s*\[",
    re.IGNORECASE | re.MULTILINE,
)
_GAS_LINE = re.compile(
    r"^[ \t]*(?:\w+:[ \t]*)?\.(?:global|globl|text|data|bss|section|intel_syntax|att_syntax|byte|word|long|quad|ascii"
    r"|asciz|string|equ|set|zero|skip|space|align|balign|p2align|type|size|rept|macro|incbin|include|fill|org|comm"
    r"|lcomm|int|short)\b"
    r"|%[re]?(?:[abcd]x|[sd]i|[sb]p)\b|%r(?:8|9|1[0-5])|,\s*\$\w|\bptr\s*\[|\boffset\s+\w|\[rip\s*\+|^[ \t]*#",
    re.IGNORECASE | re.MULTILINE,
)
_COMMENT = re.compile(r"(?:^|\s);.*$", re.MULTILINE)


def assembly_dialect(source: str, filename: str) -> Literal["gas", "nasm"]:
    """GNU as or NASM, whichever the text has more signs of; on a draw the file name decides, then GNU as."""
    code = _COMMENT.sub("", source[:65536])
    nasm = len(_NASM_LINE.findall(code))
    gas = len(_GAS_LINE.findall(code))
    if nasm != gas:
        return "nasm" if nasm > gas else "gas"
    return "nasm" if filename.lower().endswith((".asm", ".nasm")) else "gas"


def detect_language(filename: str, data: bytes) -> SourceLanguage:
    """The language of a file for `--lang auto`; "unknown" when neither name nor content tell."""
    if data[:4] == b"\x7fELF":
        return "elf"
    name = filename.lower()
    if name.endswith((".c", ".rs")):
        return "c" if name.endswith(".c") else "rust"
    if b"\0" in data[:4096]:
        return "unknown"
    if name.endswith((".s", ".asm", ".nasm")) or "." not in name.rpartition("/")[2]:
        return assembly_dialect(data.decode("utf-8", "replace"), filename)
    text = data.decode("utf-8", "replace")
    return assembly_dialect(text, filename) if _NASM_LINE.search(text) or _GAS_LINE.search(text) else "unknown"

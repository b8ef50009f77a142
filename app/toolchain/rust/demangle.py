"""Names of Rust functions as the source has them: both manglings, without hashes (RFC 2603)."""

from __future__ import annotations

import re

from .demangle_v0 import demangle_v0

_HASH = re.compile(r"17h[0-9a-f]{16}E(?:\.llvm\.[0-9A-F]+)?")
_LENGTH = re.compile(r"[1-9][0-9]{0,3}")
_ESCAPES = {
    "SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
}  # fmt: skip
_ESCAPE = re.compile(r"\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{1,6})\$")


def demangle(name: str) -> str:
    """The path of a Rust function; any other name as it is."""
    if name.startswith("_R"):
        return demangle_v0(name)
    if not name.startswith("_ZN"):
        return name
    parts = []
    position = 3
    while not _HASH.fullmatch(name, position):
        digits = _LENGTH.match(name, position)
        if digits is None:
            return name
        end = digits.end() + int(digits[0])
        if end > len(name):
            return name
        parts.append(_part(name[digits.end() : end]))
        position = end
    return "::".join(parts) or name


def _part(text: str) -> str:
    if text.startswith("_$"):
        text = text[1:]
    return _ESCAPE.sub(_escape, text).replace("..", "::")


def _escape(match: re.Match[str]) -> str:
    code = match[1]
    if code in _ESCAPES:
        return _ESCAPES[code]
    number = int(code[1:], 16)
    return chr(number) if 0x20 <= number < 0x7F else match[0]

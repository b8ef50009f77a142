"""Names of Rust functions: the legacy mangling, `_ZN4main4mainE`."""

from __future__ import annotations

import re

_LEGACY = re.compile(r"_ZN((?:\d+[A-Za-z0-9_.$]+)*?)17h[0-9a-f]{16}E(?:\.llvm\.[0-9A-F]+)?")
_ESCAPES = {
    "SP": "@", "BP": "*", "RF": "&", "LT": "<", "GT": ">", "LP": "(", "RP": ")", "C": ",",
}  # fmt: skip
_ESCAPE = re.compile(r"\$(SP|BP|RF|LT|GT|LP|RP|C|u[0-9a-f]{1,6})\$")


def demangle(name: str) -> str:
    """The path of a Rust function as its source has it, without the hash; any other name as it is."""
    if not name.startswith("_ZN"):
        return name
    match = _LEGACY.fullmatch(name)
    if match is None:
        return name
    parts = []
    rest = match[1]
    while rest:
        digits = re.match(r"\d+", rest)
        if digits is None:
            return name
        length = int(digits[0][:4])
        part = rest[digits.end() : digits.end() + length]
        if not length or len(part) < length:
            return name
        parts.append(_part(part))
        rest = rest[digits.end() + length :]
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

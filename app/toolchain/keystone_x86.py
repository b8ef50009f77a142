"""The door to Keystone for x86: one instruction as checked text in, bytes out.

Keystone hangs on a stray punctuation mark, reads files on `.incbin` and ends the whole process on some operand
combinations. So the text is built by `encoder_x86` from parsed operands, and its shape is checked once more here.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.toolchain.keystone import assemble

_MEMORY = (
    r"(?:[a-z]+ ptr )?(?:[c-g]s:|ss:)?"
    r"\[(?:[a-z][a-z0-9]*|0x[0-9a-f]+)(?:\*[1248])?(?:\+[a-z][a-z0-9]*\*[1248])?(?:[-+]0x[0-9a-f]+)?\]"
)
_OPERAND = rf"(?:[a-z][a-z0-9]*(?:\([0-7]\))?|-?0x[0-9a-f]+|{_MEMORY})"
_INSTRUCTION = re.compile(rf"[a-z][a-z0-9]*(?: {_OPERAND}(?:, {_OPERAND})*)?")


@lru_cache(maxsize=16384)
def keystone_bytes(text: str, bits: int) -> bytes | None:
    """The machine code of one Intel-syntax instruction without symbols; None when Keystone refuses it."""
    if _INSTRUCTION.fullmatch(text) is None:
        raise ValueError(f"not an instruction: {text!r}")
    return assemble("x86_64" if bits == 64 else "i386", text) or None

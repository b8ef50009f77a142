"""The only door to Keystone: one instruction as checked text in, bytes out.

Keystone hangs on a stray punctuation mark, reads files on `.incbin` and ends the whole process on some operand
combinations. So the text is built by `encoder_x86_64` from parsed operands, and its shape is checked once more here.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Any

_MEMORY = (
    r"(?:[a-z]+ ptr )?(?:[c-g]s:|ss:)?\[[a-z][a-z0-9]*(?:\*[1248])?(?:\+[a-z][a-z0-9]*\*[1248])?(?:[-+]0x[0-9a-f]+)?\]"
)
_OPERAND = rf"(?:[a-z][a-z0-9]*(?:\([0-7]\))?|-?0x[0-9a-f]+|{_MEMORY})"
_INSTRUCTION = re.compile(rf"[a-z][a-z0-9]*(?: {_OPERAND}(?:, {_OPERAND})*)?")


@cache
def _engine() -> Any:
    import keystone  # noqa: PLC0415  loading it takes longer than everything else here

    return keystone.Ks(keystone.KS_ARCH_X86, keystone.KS_MODE_64)


@lru_cache(maxsize=16384)
def keystone_bytes(text: str) -> bytes | None:
    """The machine code of one Intel-syntax instruction without symbols; None when Keystone refuses it."""
    import keystone  # noqa: PLC0415

    if _INSTRUCTION.fullmatch(text) is None:
        raise ValueError(f"not an instruction: {text!r}")
    try:
        data, _count = _engine().asm(text, 0, True)
    except keystone.KsError:
        return None
    return bytes(data) if data else None

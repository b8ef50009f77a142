"""The door to Keystone for ARM, Thumb and AArch64: one instruction as checked text in, bytes out.

Keystone hangs on stray punctuation, reads files on `.incbin` and ends the process on some operand combinations, so
callers build the text from parsed operands, and its shape is checked once more here. What crashes it all the same
(`ldrd`, `strd`, `movt`, and in its ARMv8 mode `sdiv` and `udiv`) never comes here: `arm_encodings` has it.
"""

from __future__ import annotations

import re
from functools import lru_cache

from app.toolchain.keystone import Mode, assemble

CRASHING = frozenset(["ldrd", "strd", "movt", "sdiv", "udiv"])
"""Beginnings of instructions for 32-bit ARM that can end the process."""

_NAME = r"[a-z][a-z0-9_]*(?:\.[0-9]*[a-z])?(?:\[[0-9]{1,2}\])?"
_NUMBER = r"#-?(?:0x[0-9a-f]{1,16}|[0-9]{1,4}\.[0-9]{1,12})"
_WORD = rf"(?:{_NAME}!?|{_NUMBER}|[0-9]{{1,2}}|[a-z]{{3,4}} (?:{_NUMBER}|[a-z][a-z0-9]*)|-[a-z][a-z0-9]*)"
_MEMORY = rf"\[{_WORD}(?::[0-9]{{2,3}})?(?:, {_WORD}){{0,2}}\]!?"
_LIST = rf"\{{{_NAME}(?:\[\])?(?:(?:, |-){_NAME}(?:\[\])?){{0,31}}\}}(?:\[[0-9]{{1,2}}\]|\^)?"
_OPERAND = rf"(?:{_WORD}|{_MEMORY}|{_LIST})"
_INSTRUCTION = re.compile(rf"[a-z][a-z0-9]*(?:\.[a-z0-9]+){{0,3}}(?: {_OPERAND}(?:, {_OPERAND}){{0,7}})?")
# Keystone ends the process on `vrint` with any other operands.
_ROUNDING = re.compile(r"vrint[a-z]+(?:\.f(?:32|64)){1,2} [sdq][0-9]+, [sdq][0-9]+")
_IT_BLOCK = re.compile(r"it [a-z]{2}\n")


@lru_cache(maxsize=16384)
def machine_code(mode: Mode, text: str) -> bytes | None:
    """The bytes of one instruction without symbols; None when Keystone refuses it or must not see it.

    In Thumb mode a conditional instruction may have the `it` that it needs before it, on a line of its own.
    """
    block = _IT_BLOCK.match(text)
    body = text[block.end() :] if block is not None and mode in ("thumb", "thumbv8") else text
    if _INSTRUCTION.fullmatch(body) is None or (mode != "aarch64" and body.startswith(tuple(CRASHING))):
        return None
    if body.startswith("vrint") and _ROUNDING.fullmatch(body) is None:
        return None
    return assemble(mode, text) or None

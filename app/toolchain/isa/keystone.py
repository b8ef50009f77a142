"""The door to Keystone for ARM, Thumb and AArch64: one instruction as checked text in, bytes out.

Keystone hangs on stray punctuation, reads files on `.incbin` and ends the process on some operand combinations, so
callers build the text from parsed operands, and its shape is checked once more here. What crashes it all the same
(`ldrd`, `strd`, `movt`, and in its ARMv8 mode `sdiv` and `udiv`) never comes here: `arm_own` encodes it.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal

Mode = Literal["arm", "armv8", "thumb", "thumbv8", "aarch64"]

# KS_ARCH_ARM is 1, KS_ARCH_ARM64 2; KS_MODE_ARM 1, KS_MODE_THUMB 16, KS_MODE_V8 64 (keystone.h).
_MODES: dict[Mode, tuple[int, int]] = {
    "arm": (1, 1),
    "armv8": (1, 65),
    "thumb": (1, 16),
    "thumbv8": (1, 80),
    "aarch64": (2, 0),
}
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


class _Keystone:
    """The library by ctypes: importing the stock binding takes longer than a small program takes to run."""

    def __init__(self, mode: Mode) -> None:
        spec = importlib.util.find_spec("keystone")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("the keystone-engine package is not installed", name="keystone")
        package = Path(spec.submodule_search_locations[0])
        found = [file for name in ("libkeystone.so", "libkeystone.dylib") if (file := package / name).is_file()]
        if not found:
            raise OSError("the keystone-engine package has no library for this host")
        self._library = ctypes.CDLL(str(found[0]))
        self._handle = ctypes.c_void_p()
        if self._library.ks_open(*_MODES[mode], ctypes.byref(self._handle)) != 0:
            raise OSError(f"Keystone does not know {mode}")

    def assemble(self, text: str) -> bytes:
        """The machine code of `text`; empty when Keystone refuses it."""
        code = ctypes.POINTER(ctypes.c_ubyte)()
        size, count = ctypes.c_size_t(), ctypes.c_size_t()
        source, address = text.encode("ascii"), ctypes.c_uint64(0)
        failed = self._library.ks_asm(
            self._handle, source, address, ctypes.byref(code), ctypes.byref(size), ctypes.byref(count)
        )
        try:
            return b"" if failed else ctypes.string_at(code, size.value)
        finally:
            self._library.ks_free(code)


@cache
def _open(mode: Mode) -> _Keystone:
    return _Keystone(mode)


def load() -> None:
    """Open the library; before a sandbox closes the file system. Raises OSError or ModuleNotFoundError."""
    for mode in _MODES:
        _open(mode)


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
    return _open(mode).assemble(text) or None

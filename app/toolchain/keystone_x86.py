"""The only door to Keystone: one instruction as checked text in, bytes out.

Keystone hangs on a stray punctuation mark, reads files on `.incbin` and ends the whole process on some operand
combinations. So the text is built by `encoder_x86` from parsed operands, and its shape is checked once more here.
"""

from __future__ import annotations

import ctypes
import importlib.util
import re
from functools import cache, lru_cache
from pathlib import Path

_ARCH_X86 = 4
_MODES = {32: 4, 64: 8}
"""`KS_ARCH_X86`, `KS_MODE_32` and `KS_MODE_64` of keystone.h."""

_MEMORY = (
    r"(?:[a-z]+ ptr )?(?:[c-g]s:|ss:)?"
    r"\[(?:[a-z][a-z0-9]*|0x[0-9a-f]+)(?:\*[1248])?(?:\+[a-z][a-z0-9]*\*[1248])?(?:[-+]0x[0-9a-f]+)?\]"
)
_OPERAND = rf"(?:[a-z][a-z0-9]*(?:\([0-7]\))?|-?0x[0-9a-f]+|{_MEMORY})"
_INSTRUCTION = re.compile(rf"[a-z][a-z0-9]*(?: {_OPERAND}(?:, {_OPERAND})*)?")


class _Keystone:
    """The library by ctypes: importing the stock binding takes longer than a small program takes to run."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("keystone")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("the keystone-engine package is not installed", name="keystone")
        package = Path(spec.submodule_search_locations[0])
        found = [file for name in ("libkeystone.so", "libkeystone.dylib") if (file := package / name).is_file()]
        if not found:
            raise OSError("the keystone-engine package has no library for this host")
        self._library = ctypes.CDLL(str(found[0]))
        self._handles: dict[int, ctypes.c_void_p] = {}
        for bits, mode in _MODES.items():
            handle = self._handles[bits] = ctypes.c_void_p()
            if self._library.ks_open(_ARCH_X86, mode, ctypes.byref(handle)) != 0:
                raise OSError(f"Keystone does not know {bits}-bit x86")

    def assemble(self, text: str, bits: int) -> bytes:
        """The machine code of `text` for 32 or 64 `bits`; empty when Keystone refuses it."""
        code = ctypes.POINTER(ctypes.c_ubyte)()
        size, count = ctypes.c_size_t(), ctypes.c_size_t()
        source, address = text.encode("ascii"), ctypes.c_uint64(0)
        failed = self._library.ks_asm(
            self._handles[bits], source, address, ctypes.byref(code), ctypes.byref(size), ctypes.byref(count)
        )
        try:
            return b"" if failed else ctypes.string_at(code, size.value)
        finally:
            self._library.ks_free(code)


@cache
def load() -> _Keystone:
    """Open the library, once; before a sandbox closes the file system. Raises OSError or ModuleNotFoundError."""
    return _Keystone()


@lru_cache(maxsize=16384)
def keystone_bytes(text: str, bits: int) -> bytes | None:
    """The machine code of one Intel-syntax instruction without symbols; None when Keystone refuses it."""
    if _INSTRUCTION.fullmatch(text) is None:
        raise ValueError(f"not an instruction: {text!r}")
    return load().assemble(text, bits) or None

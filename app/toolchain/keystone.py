"""The Keystone library by ctypes: importing the stock binding takes longer than a small program takes to run.

Nobody calls it with text of a visitor: it hangs on stray punctuation, reads files on `.incbin` and ends the process on
some operand combinations. Its two doors, `keystone_x86` and `isa.keystone_arm`, take one instruction each and check its
shape.
"""

from __future__ import annotations

import ctypes
import importlib.util
from functools import cache
from pathlib import Path
from typing import Literal

Mode = Literal["x86_64", "i386", "arm", "armv8", "thumb", "thumbv8", "aarch64"]

# Of keystone.h: KS_ARCH_ARM 1, KS_ARCH_ARM64 2, KS_ARCH_X86 4; KS_MODE_ARM 1, KS_MODE_32 4, KS_MODE_64 8,
# KS_MODE_THUMB 16, KS_MODE_V8 64.
_MODES: dict[Mode, tuple[int, int]] = {
    "x86_64": (4, 8),
    "i386": (4, 4),
    "arm": (1, 1),
    "armv8": (1, 65),
    "thumb": (1, 16),
    "thumbv8": (1, 80),
    "aarch64": (2, 0),
}


class _Keystone:
    """The library, with an assembler for each mode."""

    def __init__(self) -> None:
        spec = importlib.util.find_spec("keystone")
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError("the keystone-engine package is not installed", name="keystone")
        package = Path(spec.submodule_search_locations[0])
        found = [file for name in ("libkeystone.so", "libkeystone.dylib") if (file := package / name).is_file()]
        if not found:
            raise OSError("the keystone-engine package has no library for this host")
        self._library = ctypes.CDLL(str(found[0]))
        self._handles: dict[Mode, ctypes.c_void_p] = {}

    def _open(self, mode: Mode) -> ctypes.c_void_p:
        handle = self._handles.get(mode)
        if handle is None:
            handle = ctypes.c_void_p()
            if self._library.ks_open(*_MODES[mode], ctypes.byref(handle)) != 0:
                raise OSError(f"Keystone does not know {mode}")
            self._handles[mode] = handle
        return handle

    def assemble(self, mode: Mode, text: str) -> bytes:
        """The machine code of `text`; empty when Keystone refuses it."""
        code = ctypes.POINTER(ctypes.c_ubyte)()
        size, count = ctypes.c_size_t(), ctypes.c_size_t()
        source, address = text.encode("ascii"), ctypes.c_uint64(0)
        failed = self._library.ks_asm(
            self._open(mode), source, address, ctypes.byref(code), ctypes.byref(size), ctypes.byref(count)
        )
        try:
            return b"" if failed else ctypes.string_at(code, size.value)
        finally:
            self._library.ks_free(code)


@cache
def load() -> _Keystone:
    """Open the library, once; before a sandbox closes the file system. Raises OSError or ModuleNotFoundError."""
    return _Keystone()


def assemble(mode: Mode, text: str) -> bytes:
    """The machine code of one instruction that a door has checked; empty when Keystone refuses it."""
    return load().assemble(mode, text)

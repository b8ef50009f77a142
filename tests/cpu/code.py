"""Machine code for the tests, assembled by the GNU assembler of each architecture."""

from __future__ import annotations

import functools
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_TOOLS = {
    "x86_64": ("", ("--64", "-msyntax=intel", "-mnaked-reg")),
    "i386": ("", ("--32", "-msyntax=intel", "-mnaked-reg")),
    "arm": ("arm-linux-gnueabihf-", ("-march=armv7ve", "-mfpu=neon-vfpv4")),
    "aarch64": ("aarch64-linux-gnu-", ()),
    "riscv64": ("riscv64-linux-gnu-", ("-march=rv64gc",)),
}
_PREAMBLES = {"arm": ".syntax unified\n"}


@functools.cache
def assemble(arch: str, source: str) -> bytes:
    """The bytes of `source`, whose lines are separated by `;`. Skips the test where the assembler is missing."""
    prefix, options = _TOOLS[arch]
    if shutil.which(f"{prefix}as") is None or shutil.which(f"{prefix}objcopy") is None:
        pytest.skip(f"needs {prefix}as")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = _PREAMBLES.get(arch, "") + source.replace(";", "\n") + "\n"
        subprocess.run(
            [f"{prefix}as", *options, "-o", folder / "code.o", "-"], input=text, text=True, check=True, timeout=30
        )
        subprocess.run(
            [f"{prefix}objcopy", "-O", "binary", "-j", ".text", folder / "code.o", folder / "code"],
            check=True,
            timeout=30,
        )
        return (folder / "code").read_bytes()

"""The interpreter of `program.py` for the other architectures: a C program, built once with Trapgate's own compiler.

`thumb` is ARM with the other encoding of its instructions.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.kernel.abi import ABIS
from app.toolchain.c.targets import TARGETS
from app.toolchain.elf import load_elf
from app.toolchain.program import Program
from tests.conformance.build import cached

SOURCE = Path(__file__).with_name("interpreter.c")
_BASE = 0x40_0000
_END = 0x5EED_0BAD

NARROWED = {
    0xFFFF_8000_0000_0000: 0xFFFF_F000,
    0xFFFF_7FFF_FFFF_FFFF: 0xFFFF_EFFF,
    0x7FFF_FFFF_F000: 0xFFFF_E000,
    0x7FFF_FFFF_EFFF: 0xFFFF_E001,
    2**63: 2**31,
    2**63 - 1: 2**31 - 1,
    2**47: 0xC000_0000,
}
"""What numbers that matter to 64-bit machines become for those of 32 bits."""


@dataclass(frozen=True)
class Interpreter:
    """A program that carries out cases.

    `numbers` are those of its calls. The record after the last step begins with `end`. `index_in_kind` says where a
    Result has the number of its step. `code_bit` is set in the addresses of functions (Thumb).
    """

    code: Program
    word_size: int
    numbers: Mapping[str, int]
    end: int
    index_in_kind: bool
    code_bit: int = 0


def family(arch: str) -> str:
    """The architecture whose program it is."""
    return "arm" if arch == "thumb" else arch


def build_interpreter(arch: str) -> Interpreter:
    """Compile it, unless that has been done. Skips the test where there is no compiler."""
    pytest.importorskip("ziglang")

    def command(output: Path) -> list[str]:
        return [sys.executable, "-m", "tests.conformance.interpreters", arch, str(SOURCE), str(output)]

    code = load_elf(cached(SOURCE, sys.executable, command).read_bytes())
    abi = ABIS[family(arch)]
    numbers = {name: number for number, name in abi.names.items()}
    return Interpreter(code, abi.info.word_size, numbers, _END, True, int(arch == "thumb"))


def _compile(arch: str, source: str, output: str) -> int:
    """`python -m tests.conformance.interpreters ARCH SOURCE OUTPUT`; the exit status of the tool that failed, or 0."""
    import subprocess

    from app.toolchain.c.kit import find_kit

    zig = find_kit().zig
    target = TARGETS[family(arch)]
    flags = [*target.flags, "-mthumb"] if arch == "thumb" else [*target.flags]
    made = f"{output}.o"
    compiling = ["clang", f"--target={target.triple}", *flags, "-O1", "-ffreestanding", "-fno-pie", "-fno-builtin"]
    compiling += ["-fno-stack-protector", "-fomit-frame-pointer", "-fno-unwind-tables", "-c", source, "-o", made]
    linking = ["ld.lld", "-m", target.emulation, "-static", "-z", "noexecstack", "-z", "max-page-size=4096"]
    linking += [f"--image-base={_BASE:#x}", made, "-o", output]
    for words in (compiling, linking):
        status = subprocess.run([zig, *words], check=False).returncode
        if status:
            return status
    Path(made).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(_compile(*sys.argv[1:]))

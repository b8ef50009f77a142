"""Single lines of x86 assembly, in both syntaxes and for both architectures, against the real assembler."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from tests.toolchain.tools import disassembly, real_executable, require, section_bytes

LISTS = Path(__file__).parent / "instructions"


@pytest.mark.parametrize("arch", ["x86_64", "i386"])
@pytest.mark.parametrize("syntax", ["intel", "att", "nasm"])
def test_lines_make_what_the_real_assembler_makes(arch: str, syntax: str, tmp_path: Path) -> None:
    require("nasm" if syntax == "nasm" else "as", "ld", "objcopy", "objdump")
    head = ".intel_syntax noprefix\n" if syntax == "intel" else ""
    data = "\nsection .data\nx: dq 5\n" if syntax == "nasm" else ".data\nx: .quad 5\n"
    text = head + (LISTS / f"{arch}_{syntax}.txt").read_text() + data
    source = tmp_path / ("lines.asm" if syntax == "nasm" else "lines.s")
    source.write_text(text)
    program = assemble(text, language="nasm" if syntax == "nasm" else "gas", arch=arch)
    real = real_executable(source, program, tmp_path)
    ours = program.segments[0]
    expected = section_bytes(real, ".text", tmp_path)
    if ours.data != expected:
        assert len(ours.data) == len(expected)
        actual = disassembly(ours.data, ours.address, tmp_path, arch)
        assert actual == disassembly(expected, ours.address, tmp_path, arch)

"""Whole programs: what our front end makes must be what the real assemblers make."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.elf import load_elf, write_elf
from tests.toolchain.tools import (
    PROGRAMS,
    corpus,
    disassembly,
    real_executable,
    require,
    run,
    section_bytes,
)

SOURCES = corpus("gas_intel", "gas_att", "gas_i386_intel", "gas_i386_att", "nasm", "nasm_i386")
RUNNABLE = [path for path in SOURCES if "not run" not in path.read_text().splitlines()[0]]


def arch_of(source: Path) -> str:
    return "i386" if "i386" in source.parent.name else "x86_64"


def name(path: Path) -> str:
    return str(path.relative_to(PROGRAMS))


def require_tools(source: Path) -> None:
    require("nasm" if source.suffix == ".asm" else "as", "ld", "objcopy", "objdump")


@pytest.mark.parametrize("source", SOURCES, ids=name)
def test_sections_are_those_of_the_real_assembler(source: Path, tmp_path: Path) -> None:
    require_tools(source)
    program = assemble(source.read_text(), filename=source.name, arch=arch_of(source))
    assert program.language == ("nasm" if source.suffix == ".asm" else "gas")
    real = real_executable(source, program, tmp_path)
    for segment in program.segments:
        if segment.name == ".bss":
            continue
        expected = section_bytes(real, segment.name, tmp_path)
        ours = segment.data.ljust(segment.size, b"\0")
        if ours == expected:
            continue
        assert "x" in segment.perms, f"{segment.name}: {ours.hex()} instead of {expected.hex()}"
        assert len(ours) == len(expected), (
            disassembly(ours, segment.address, tmp_path, program.arch),
            disassembly(expected, segment.address, tmp_path, program.arch),
        )
        assert disassembly(ours, segment.address, tmp_path, program.arch) == disassembly(
            expected, segment.address, tmp_path, program.arch
        )


@pytest.mark.parametrize("source", RUNNABLE, ids=name)
def test_written_elf_runs_like_the_real_program(source: Path, tmp_path: Path) -> None:
    require_tools(source)
    program = assemble(source.read_text(), filename=source.name, arch=arch_of(source))
    ours = tmp_path / "ours"
    ours.write_bytes(write_elf(program))
    ours.chmod(0o755)
    real = real_executable(source, program, tmp_path)
    try:
        expected = run(real)
    except OSError:
        pytest.skip("this machine does not run 32-bit programs")
    actual = run(ours)
    assert expected.returncode >= 0, "the corpus program itself must end normally"
    assert (actual.returncode, actual.stdout) == (expected.returncode, expected.stdout)


@pytest.mark.parametrize("source", RUNNABLE, ids=name)
def test_written_elf_loads_again(source: Path) -> None:
    program = assemble(source.read_text(), filename=source.name, arch=arch_of(source))
    again = load_elf(write_elf(program))
    assert again.entry == program.entry
    assert [(s.address, s.data, s.size, s.perms) for s in again.segments] == [
        (s.address, s.data, s.size, s.perms) for s in program.segments
    ]

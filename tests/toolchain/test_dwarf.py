"""Symbols and lines of real programs, as binutils and pyelftools read them."""

from __future__ import annotations

import subprocess
from functools import cache
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import pytest
from elftools.elf.elffile import ELFFile

from app.toolchain.elf import load_elf
from app.toolchain.program import Program
from tests.toolchain.tools import build_program, require

SOURCE = """
static long inner(long n) { return n * 2; }
__attribute__((noinline)) long middle(long n)
{
    long sum = 0;
    for (long i = 0; i < n; i++)
        sum += inner(i);
    return sum;
}
void _start(void)
{
    volatile long result = middle(3);
    for (;;)
        result++;
}
"""

TARGETS = {
    "x86_64": "x86_64-linux-musl",
    "i386": "x86-linux-musl",
    "arm": "arm-linux-musleabihf",
    "aarch64": "aarch64-linux-musl",
    "riscv64": "riscv64-linux-musl",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the programs of these tests are built."""
    return tmp_path_factory.mktemp("dwarf")


def build(folder: Path, arch: str, *flags: str, source: str = SOURCE) -> bytes:
    """A program for `arch`, without any library."""
    return build_program(folder, TARGETS[arch], *flags, source=source)


@cache
def oracle_rows(image: bytes) -> list[tuple[int, int, str, int]]:
    """(start, end, file, line) of each row of the line table of program.c, by pyelftools."""
    rows = []
    for unit in ELFFile(BytesIO(image)).get_dwarf_info().iter_CUs():
        if not unit.get_top_DIE().attributes["DW_AT_name"].value.endswith(b"program.c"):
            continue
        program = unit.dwarfinfo.line_program_for_CU(unit)
        files = program["file_entry"]
        first = 0 if program["version"] >= 5 else 1
        states = [entry.state for entry in program.get_entries() if entry.state is not None]
        for state, after in pairwise(states):
            if not state.end_sequence and after.address > state.address:
                name = files[state.file - first].name.decode()
                rows.append((state.address, after.address, name.rpartition("/")[2], state.line))
    return rows


def check_lines(image: bytes, program: Program, least: int) -> None:
    rows = oracle_rows(image)
    assert len(rows) >= least
    assert program.debug is not None
    for start, end, name, line in rows:
        for address in (start, end - 1):
            found = program.debug.locate(address)
            if line == 0:
                assert found is None
            else:
                assert found is not None
                assert (found[0].rpartition("/")[2], found[1]) == (name, line)


@pytest.mark.parametrize(
    ("arch", "version"), [("x86_64", 2), ("arm", 3), *((arch, 4) for arch in TARGETS), ("i386", 5)]
)
def test_lines_are_those_of_pyelftools(folder: Path, arch: str, version: int) -> None:
    image = build(folder, arch, "-O1", f"-gdwarf-{version}")
    program = load_elf(image, language="c", source_name="program.c")
    assert program.arch == arch
    check_lines(image, program, 8)
    own = {line for _, _, name, line in oracle_rows(image) if name == "program.c" and line}
    assert {entry.line for entry in program.lines.entries} == own


@pytest.mark.parametrize("arch", TARGETS)
def test_functions_are_those_of_the_symbol_table(folder: Path, arch: str) -> None:
    image = build(folder, arch, "-O1", "-gdwarf-4")
    program = load_elf(image, language="c", source_name="program.c")
    table = ELFFile(BytesIO(image)).get_section_by_name(".symtab")
    wanted = {
        symbol.name: (symbol["st_value"] & (~1 if arch == "arm" else ~0), symbol["st_size"])
        for symbol in table.iter_symbols()
        if symbol["st_info"]["type"] == "STT_FUNC"
    }
    assert {function.name: (function.address, function.size) for function in program.functions} == wanted
    assert not any(function.library for function in program.functions)
    assert [function.address for function in program.functions] == sorted(place for place, _ in wanted.values())


def test_gcc_with_the_c_library(folder: Path) -> None:
    require("gcc", "addr2line", "nm")
    source = (
        '#include <stdio.h>\nint twice(int n) { return 2 * n; }\nint main(void)\n{\n    printf("%d", twice(4));\n}\n'
    )
    (folder / "hosted.c").write_text(source)
    subprocess.run(["gcc", "-g", "-O1", "-static", "hosted.c", "-o", "hosted"], check=True, cwd=folder, timeout=60)
    image = (folder / "hosted").read_bytes()
    program = load_elf(image, language="c", source_name="hosted.c")
    functions = {function.name: function for function in program.functions}
    assert not functions["main"].library
    assert not functions["twice"].library
    assert functions["printf"].library
    addresses = [
        address for entry in program.lines.entries for address in range(entry.address, entry.address + entry.size)
    ]
    asked = subprocess.run(
        ["addr2line", "-e", "hosted", *map(hex, addresses)], check=True, cwd=folder, capture_output=True, text=True
    )
    lines = [int(answer.split(":")[1].split()[0]) for answer in asked.stdout.splitlines()]
    assert lines == [program.lines.line_at(address) for address in addresses]
    names = subprocess.run(["nm", "hosted"], check=True, cwd=folder, capture_output=True, text=True).stdout
    by_address = {}
    for row in names.splitlines():
        address, kind, name = row.rsplit(maxsplit=2) if row.count(" ") > 1 else ("0", "U", row)
        if kind in "TtWi":
            by_address.setdefault(int(address, 16), set()).add(name)
    for function in program.functions:
        assert function.name in by_address[function.address]


def test_go_has_compressed_debug_information(folder: Path) -> None:
    require("go")
    (folder / "main.go").write_text('package main\n\nfunc main() {\n\tprintln("hi")\n}\n')
    subprocess.run(["go", "build", "-o", "gone", "main.go"], check=True, cwd=folder, timeout=300)
    image = (folder / "gone").read_bytes()
    program = load_elf(image)
    main = next(function for function in program.functions if function.name == "main.main")
    assert program.debug is not None
    found = program.debug.locate(main.address)
    assert found is not None
    assert (found[0].rpartition("/")[2], found[1]) == ("main.go", 3)


def test_without_a_symbol_table_there_is_nothing() -> None:
    busybox = Path("/bin/busybox")
    if not busybox.exists():
        pytest.skip("busybox-static is not installed")
    program = load_elf(busybox.read_bytes())
    assert (program.functions, program.symbols, program.debug) == ((), (), None)

"""Macros, conditions, repetitions and expressions of GNU as: small texts, compared with the real assembler."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.program import SourceError
from tests.toolchain.tools import real_executable, require, section_bytes

CASES = {
    name: text
    for block in (Path(__file__).parent / "macros.txt").read_text().split("=== ")[1:]
    for name, _, text in [block.partition("\n")]
}
CALLS = {"write": 1, "exit": 60}


def code(source: str, arch: str = "x86_64") -> bytes:
    program = assemble(source, language="gas", arch=arch, calls=CALLS)
    return next(segment.data for segment in program.segments if segment.name == ".text")


@pytest.mark.parametrize("name", CASES)
def test_text_makes_what_the_real_assembler_makes(name: str, tmp_path: Path) -> None:
    require("as", "ld", "objcopy")
    source = tmp_path / "case.s"
    source.write_text(CASES[name])
    program = assemble(CASES[name], language="gas")
    real = real_executable(source, program, tmp_path)
    for segment in program.segments:
        assert segment.data == section_bytes(real, segment.name, tmp_path)


def test_bytes_of_a_macro_belong_to_the_line_that_uses_it() -> None:
    source = ".macro two\n nop\n nop\n.endm\n ret\n two\n ret\n"
    program = assemble(source, language="gas")
    assert program.lines.addresses_of(6) == [(0x401001, 1), (0x401002, 1)]
    assert program.lines.addresses_of(2) == []


def test_bytes_of_a_repetition_belong_to_its_lines() -> None:
    program = assemble(".irp r, rax, rbx\n push %\\r\n.endr\n", language="gas")
    assert [size for _address, size in program.lines.addresses_of(2)] == [1, 1]


def test_names_of_the_c_preprocessor() -> None:
    source = """#include <sys/syscall.h>
#define STDOUT 1
#define NUMBER (STDOUT + 4)
#define TARGET %edi
    mov $SYS_write, %eax
    mov $STDOUT, TARGET
    mov $NUMBER, %edx
    mov $__NR_exit, %eax
#undef STDOUT
"""
    plain = "mov $1, %eax\nmov $1, %edi\nmov $5, %edx\nmov $60, %eax\n"
    assert code(source) == code(plain)


def test_defined_names_are_replaced_in_macros() -> None:
    source = "#define VALUE 4 + 5\n.macro put x\n.byte VALUE, \\x\n.endm\nput VALUE\n"
    assert code(source) == bytes([9, 9])


@pytest.mark.parametrize(
    ("source", "message", "hint"),
    [
        ('#include "secret.h"\nnop', "header is not available", "no file is read"),
        ("#define TWICE(x) ((x) * 2)\nnop", "with parameters", ".macro"),
        ("#ifdef LINUX\nnop\n#endif\n", "no C preprocessor", ".ifdef"),
    ],
)
def test_other_preprocessor_lines_are_explained(source: str, message: str, hint: str) -> None:
    with pytest.raises(SourceError) as caught:
        assemble(source, language="gas")
    first = caught.value.diagnostics[0]
    assert (first.line, message in first.message, hint in first.hint) == (1, True, True), first


@pytest.mark.parametrize("comment", ["# define the size", "#if this is zero, stop", "# include this", "#include"])
def test_comments_with_words_of_the_preprocessor_stay_comments(comment: str) -> None:
    assert code(f"nop\n{comment}\nnop {comment}\n") == b"\x90\x90"


def test_table_of_addresses_is_not_needed() -> None:
    through = "movq value@GOTPCREL(%rip), %rax\ncall f@PLT\nf: ret\n.data\nvalue: .quad 1\n"
    direct = "leaq value(%rip), %rax\ncall f\nf: ret\n.data\nvalue: .quad 1\n"
    assert code(through) == code(direct)

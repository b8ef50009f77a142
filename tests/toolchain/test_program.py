"""The Program that comes out: layout, entry, symbols, source map, comments, dialect choice, listing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.detect import detect_language
from app.toolchain.listing import listing
from app.toolchain.program import Program, SourceError

SOURCE = """\
.intel_syntax noprefix
.globl _start
value = 7
.text
        nop
_start: mov eax, 60
        xor edi, edi
        syscall
.section .rodata
text:   .ascii "twelve bytes", "!"
.data
number: .quad value
.bss
room:   .skip 100
"""


def code(source: str, language: str = "gas") -> bytes:
    return assemble(source, language=language).segments[0].data


def test_sections_lie_on_pages_of_their_own_like_ld_places_them() -> None:
    program = assemble(SOURCE)
    assert [(s.name, s.address, s.size, s.perms) for s in program.segments] == [
        (".text", 0x401000, 10, "r-x"),
        (".rodata", 0x402000, 13, "r--"),
        (".data", 0x403000, 8, "rw-"),
        (".bss", 0x404000, 100, "rw-"),
    ]
    assert program.segments[3].data == b""


def test_symbols_and_entry() -> None:
    program = assemble(SOURCE)
    assert program.entry == 0x401001
    assert {(s.name, s.address, s.section) for s in program.symbols} == {
        ("value", 7, ""),
        ("_start", 0x401001, ".text"),
        ("text", 0x402000, ".rodata"),
        ("number", 0x403000, ".data"),
        ("room", 0x404000, ".bss"),
    }


@pytest.mark.parametrize(
    ("source", "entry"),
    [("nop\nmain: nop\n", 0x401001), ("nop\nnop\n", 0x401000), ("nop\nmain: nop\n_start: nop", 0x401002)],
)
def test_entry_without_start(source: str, entry: int) -> None:
    assert assemble(source).entry == entry


def test_every_byte_knows_its_line() -> None:
    program = assemble(SOURCE)
    assert program.lines.line_at(0x401000) == 5
    assert program.lines.line_at(0x401005) == 6
    assert program.lines.line_at(0x401009) == 8
    assert program.lines.line_at(0x40200C) == 10
    assert program.lines.line_at(0x404063) == 14
    assert program.lines.line_at(0x404064) is None
    assert program.lines.addresses_of(6) == [(0x401001, 5)]


def test_program_contract_stays_cheap_to_import() -> None:
    probe = "import sys, app.toolchain.program, app.toolchain.assemble; sys.exit('keystone' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", probe], cwd=Path(__file__).parents[2], timeout=30, check=False)
    assert done.returncode == 0


@pytest.mark.parametrize(
    "comment",
    [
        "; stdout",
        "; don't move it to rax, it is used: later",
        "; call the kernel",
        "; exit",
        "# plain",
        "// plain",
        "/* plain */",
        "; é",
        "; note: the return value is in rax",
        "; call kernel",
    ],
)
def test_comments_after_intel_instructions(comment: str) -> None:
    assert code(f".intel_syntax noprefix\nmov edi, 1 {comment}\nnop") == bytes.fromhex("bf0100000090")


def test_line_that_starts_with_a_semicolon_is_a_comment_in_intel_syntax() -> None:
    assert code(".intel_syntax noprefix\n; mov rax, 1\nnop") == b"\x90"


@pytest.mark.parametrize("line", ["nop; nop", "nop ; .byte 0x90", "nop; lock; .byte 0x90", "nop; xor eax, eax"])
def test_semicolon_separates_statements_in_gas(line: str) -> None:
    assert len(code(f".intel_syntax noprefix\n{line}")) > 1


def test_mistake_in_a_statement_after_a_semicolon_is_no_comment() -> None:
    with pytest.raises(SourceError):
        code(".intel_syntax noprefix\nnop; movv rax, rbx")


@pytest.mark.parametrize(
    ("filename", "source", "language"),
    [
        ("program.s", "mov rax, 60\nsyscall", "gas"),
        ("program.asm", "mov rax, 60\nsyscall", "nasm"),
        ("program.s", "section .text\nglobal _start\n_start: mov rax, 60\nsyscall", "nasm"),
        ("program.asm", ".globl _start\n_start: mov $60, %rax\nsyscall", "gas"),
        ("program.s", "x: db 1 ; a comment with .data and %rax\nnop", "nasm"),
    ],
)
def test_auto_recognises_the_dialect(filename: str, source: str, language: str) -> None:
    assert assemble(source, filename=filename).language == language


@pytest.mark.parametrize(
    ("filename", "data", "language"),
    [
        ("a.c", b"int main;", "c"),
        ("a.rs", b"fn main() {}", "rust"),
        ("a.S", b"movq $1, %rax", "gas"),
        ("a.nasm", b"mov rax, 1", "nasm"),
        ("a.out", b"\x7fELF\x02\x01", "elf"),
        ("prog", b"\0\1\2", "unknown"),
        ("readme.txt", b"hello", "unknown"),
        ("lesson.txt", b"section .text\n", "nasm"),
    ],
)
def test_language_of_a_file(filename: str, data: bytes, language: str) -> None:
    assert detect_language(filename, data) == language


def test_listing_shows_address_bytes_and_source() -> None:
    rows = listing(SOURCE, assemble(SOURCE)).splitlines()
    assert rows[0].split() == ["1", ".intel_syntax", "noprefix"]
    assert rows[5].split() == ["6", "401001", "b83c000000", "_start:", "mov", "eax,", "60"]
    assert rows[9].split()[:3] == ["10", "402000", "7477656c76652062"]
    assert rows[10].split() == ["402008", "7974657321"]
    assert rows[-1].split() == ["14", "404000", "(100", "bytes)", "room:", ".skip", "100"]


def test_large_reservations_cost_no_memory() -> None:
    program: Program = assemble(".bss\nroom: .skip 60000000\n.text\nnop")
    assert program.segments[-1].size == 60_000_000
    assert program.segments[-1].data == b""


def test_a_repetition_may_follow_its_label() -> None:
    program = assemble("_start: nop\nthrice: .rept 3\n.byte 7\n.endr\n", language="gas")
    assert program.segments[0].data == b"\x90\x07\x07\x07"
    assert next(symbol.address for symbol in program.symbols if symbol.name == "thrice") == program.entry + 1

"""What an editor's gutter is told."""

from __future__ import annotations

from app.runner.code_lines import MAX_LINES, MAX_PIECES, code_lines
from app.runner.messages import CodeLine
from app.toolchain.assemble import assemble

START = "_start:\n nop\n"


def lines(source: str) -> list[CodeLine]:
    return code_lines(assemble(source, language="gas"))


def test_one_entry_for_each_line_that_became_something():
    assert lines("_start:\n\n nop; nop\n ret\n") == [
        CodeLine(3, 0x401000, 2, b"\x90\x90"),
        CodeLine(4, 0x401002, 1, b"\xc3"),
    ]


def test_long_data_is_counted_and_its_beginning_told():
    (_, data) = lines(START + ".data\n .fill 1000, 1, 7\n")
    assert (data.line, data.size, data.data) == (4, 1000, b"\x07" * 16)


def test_reserved_memory_has_no_bytes():
    (_, room) = lines(START + ".bss\n .skip 4096\n")
    assert (room.line, room.size, room.data) == (4, 4096, b"")


def test_a_repeated_block_is_told_a_few_times():
    told = lines("_start:\n .rept 5000\n nop\n ret\n .endr\n")
    assert [line.line for line in told].count(3) <= MAX_PIECES


def test_a_huge_source_is_told_in_part():
    told = lines("_start:\n" + " nop\n .byte 1\n" * (MAX_LINES // 2 + 5))
    assert len(told) == MAX_LINES

"""What the tools say becomes diagnostics. The texts are those of clang 19 and lld 19."""

from __future__ import annotations

from app.toolchain.c.diagnostics import MAX_DIAGNOSTICS, LineMap, clean, read_clang, read_linker
from app.toolchain.program import Diagnostic


def test_an_error_has_its_range_and_no_flag():
    (mistake,) = read_clang("program.c:4:9:{4:9-4:12}: error: use of undeclared identifier 'abc' [-Wsome-flag]\n")
    assert mistake == Diagnostic(4, 9, 12, "use of undeclared identifier 'abc'")


def test_a_range_that_lies_elsewhere_is_not_the_mistakes():
    text = "program.c:2:32:{2:23-2:25}: warning: format specifies type 'int' [-Wformat]\n"
    assert read_clang(text) == [Diagnostic(2, 32, 33, "format specifies type 'int'", "", "warning")]


def test_columns_count_characters():
    source = 'int a;\r\nchar *é = "✓😀", *b = c;\n'
    text = "program.c:2:28:{2:28-2:29}: error: use of undeclared identifier 'c'\n"
    (mistake,) = read_clang(text, source=source)
    assert (mistake.column, mistake.end_column) == (22, 23)
    assert source.splitlines()[1][21] == "c"


def test_a_byte_order_mark_has_no_column():
    (mistake,) = read_clang("program.c:1:8:{1:8-1:9}: error: e\n", source="\ufeffint é")
    assert (mistake.column, mistake.end_column) == (5, 6)


def test_a_column_outside_the_text_stays_in_order():
    (mistake,) = read_clang("program.c:1:90: error: e\nprogram.c:7:3: error: f\n", source="é")[:1]
    assert mistake.column < mistake.end_column


def test_what_clang_says_of_itself_is_no_mistake():
    text = "program.c:2:2: warning: careful [-W#warnings]\nfatal error: too many errors emitted, stopping now\n"
    assert read_clang(text) == [Diagnostic(2, 2, 3, "careful", "", "warning")]


def test_a_note_that_explains_becomes_the_hint():
    text = (
        "program.c:1:18: error: redefinition of 'main'\n"
        "program.c:1:5: note: previous definition is here\n"
        "program.c:3:1: error: other\n"
        "program.c:9:9: note: something of no use\n"
    )
    first, second = read_clang(text)
    assert first.hint == "previous definition is here, line 1"
    assert not second.hint


def test_a_mistake_in_a_header_stands_where_the_header_is_included():
    text = (
        "In file included from program.c:7:\n"
        "/opt/zig/lib/libc/include/generic-musl/stdio.h:60:7: error: expected identifier or '('\n"
    )
    (mistake,) = read_clang(text)
    assert (mistake.line, mistake.column) == (7, 1)
    assert "/opt" not in mistake.message


def test_a_mistake_in_inline_assembly_is_found_through_the_line_table():
    text = "program.s:40:2: error: invalid instruction mnemonic 'bogus'\n"
    (mistake,) = read_clang(text, lines=LineMap((10, 38, 50), (1, 5, 9)))
    assert mistake.line == 5


def test_headers_that_exist_and_that_do_not_are_refused_in_the_same_words():
    missing, closed = (
        read_clang(f"program.c:1:10: fatal error: {text}\n")[0]
        for text in ("'/etc/nothing' file not found", "cannot open file '/etc/passwd': Permission denied")
    )
    assert missing.message.replace("nothing", "passwd") == closed.message


def test_a_function_that_is_not_declared_is_looked_up():
    text = "program.c:1:12: error: call to undeclared function 'printf'; ISO C99 and later do not support it\n"
    (mistake,) = read_clang(text)
    assert mistake.hint == "write #include <stdio.h>"


def test_the_linker_says_which_line_needs_a_symbol():
    text = (
        "ld.lld: error: undefined symbol: puts\n"
        ">>> referenced by program.c:12 (./program.c:12)\n"
        ">>>               program.o:(main)\n"
        "ld.lld: error: undefined symbol: main\n"
        ">>> referenced by start.c:60 (trapgate/start.c:60)\n"
    )
    main, puts = read_linker(text)
    assert (puts.line, puts.hint) == (12, "it is in the C library: write #include <stdio.h>")
    assert (main.line, main.message) == (1, "the program has neither `main` nor `_start`")


def test_messages_are_short_printable_and_without_directories():
    text = clean("in /work/venv/lib/python3/site-packages/ziglang/zig: \x1b[31m" + "x" * 10_000)
    assert text.startswith("in zig: ")
    assert text.isprintable()
    assert len(text) < 500


def test_a_flood_of_warnings_does_not_hide_an_error():
    text = "program.c:1:1: warning: w\n" + "".join(f"program.c:{n}:1: warning: w\n" for n in range(2, 500))
    found = read_clang(text + "program.c:900:1: error: e\n")
    assert len(found) == MAX_DIAGNOSTICS
    assert found[-1].severity == "error"

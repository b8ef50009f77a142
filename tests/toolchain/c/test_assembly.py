"""The assembly that people see. Compiled by the real clang in `tests/runner/test_compiler.py`."""

from __future__ import annotations

from app.toolchain.c.assembly import MAX_TEXT, Line, read_assembly

CLANG = """\t.text
\t.file\t"program.c"
\t.globl\tmain                            # -- Begin function main
\t.p2align\t4, 0x90
\t.type\tmain,@function
main:                                   # @main
.Lfunc_begin0:
\t.file\t1 "." "program.c"
\t.file\t2 "trapgate/include" "syscall.h"
\t.loc\t1 4 0                           # program.c:4:0
\t.cfi_startproc
# %bb.0:
\tpushq\t%rbp
.Ltmp0:
\t.loc\t2 9 17 prologue_end             # syscall.h:9:17
\t#APP
\tsyscall
\t#NO_APP
.LBB0_1:                                # =>This Inner Loop
\t.loc\t1 0 17 is_stmt 0
\tjmp\t.LBB0_1
.Lfunc_end0:
\t.size\tmain, .Lfunc_end0-main
\t.section\t.rodata.str1.1,"aMS",@progbits,1
.L.str:
\t.asciz\t"a # b\\n"
\t.section\t.debug_info,"",@progbits
.Lcu_begin0:
\t.long\t5
\t.section\t".note.GNU-stack","",@progbits
"""


def test_instructions_labels_and_data_stay_with_the_line_of_the_visitors_own_file():
    assert read_assembly(CLANG).lines == (
        Line("main:", None),
        Line("    pushq %rbp", 4),
        Line("    syscall", None),
        Line(".LBB0_1:", None),
        Line("    jmp .LBB0_1", None),
        Line(".L.str:", None),
        Line('    .asciz "a # b\\n"', None),
    )


def test_the_map_leads_from_lines_of_the_file_to_lines_of_the_source():
    lines = read_assembly(CLANG).map
    assert lines.source(13) == 4


def test_a_long_constant_is_cut():
    (line,) = read_assembly('\t.data\n\t.asciz\t"' + "x" * 100_000 + '"\n').lines
    assert len(line.text) == MAX_TEXT


def test_a_huge_assembly_is_cut():
    assert len(read_assembly("\tnop\n" * 1_000_000).lines) < 50_000

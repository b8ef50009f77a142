"""What a mistake says and where: line, column and end column of the mark."""

from __future__ import annotations

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.errors import MAX_DIAGNOSTICS
from app.toolchain.program import Diagnostic, SourceError

INTEL = ".intel_syntax noprefix\n"

# language, source, line, marked text, words of the message, words of the hint
CASES = [
    ("gas", INTEL + "  movv rax, 1", 2, "movv", "unknown instruction `movv`", "did you mean `mov`"),
    ("gas", INTEL + "syscal", 2, "syscal", "unknown instruction", "`syscall`"),
    ("gas", INTEL + "mov rax, ebx", 2, "rax, ebx", "operand sizes differ", ""),
    ("gas", INTEL + "mov al, dword ptr [rbx]", 2, "al, dword ptr [rbx]", "operand sizes differ", ""),
    ("gas", INTEL + "mov [rax], [rbx]", 2, "[rbx]", "two memory operands", "register"),
    ("gas", INTEL + "mov [rax], 1", 2, "[rax]", "size of this memory operand is unknown", "byte"),
    ("gas", INTEL + "mov 5, rax", 2, "5", "a number can't be the destination", ""),
    ("gas", INTEL + "mov rax", 2, "mov rax", "needs two operands", ""),
    ("gas", INTEL + "mov rax,", 2, " ", "an operand is missing", ""),
    ("gas", INTEL + "mov rax, 1 2", 2, "2", "unexpected `2`", ""),
    ("gas", INTEL + "mov al, 300", 2, "300", "does not fit in -128 to 255", ""),
    ("gas", INTEL + "add rax, 0x123456789", 2, "0x123456789", "signed 32 bits", "register"),
    ("gas", INTEL + "mov ah, r8b", 2, "ah", "can't be used together", "REX"),
    ("gas", INTEL + "mov rax, [rax+rbx*3]", 2, "[rax+rbx*3]", "1, 2, 4 or 8", ""),
    ("gas", INTEL + "mov rax, [rbx-rcx]", 2, "rcx", "subtracted", ""),
    ("gas", INTEL + "mov byte [rax], 1", 2, "byte", "without `ptr`", "NASM"),
    ("gas", INTEL + "mov edx, len\n.data\nx: .byte 1\nlen = . - x", 2, "len", "reads memory at 1", "offset len"),
    ("gas", INTEL + "call printf", 2, "printf", "`printf` is not defined", "no C library"),
    ("gas", INTEL + "jmp nowhere", 2, "nowhere", "`nowhere` is not defined", "label"),
    ("gas", INTEL + "jmp 1f", 2, "1f", "no label `1:` after", ""),
    ("gas", INTEL + "jmp 1b", 2, "1b", "no label `1:` before", ""),
    ("gas", INTEL + "a:\na:", 3, "a", "already defined on line 2", ""),
    ("gas", INTEL + "lock mov [rax], ebx", 2, "lock", "can't be used", ""),
    ("gas", INTEL + "mov eax, é", 2, "é", "`é` (U+00E9)", ""),
    ("gas", INTEL + "mov\u00a0eax, 1", 2, "\u00a0", "U+00A0", "plain space"),
    ("gas", INTEL + 'mov eax, "', 2, '"', "not closed", ""),
    ("gas", INTEL + "mov eax, 12z", 2, "12z", "`12z` is not a number", "0x"),
    ("gas", INTEL + "syscall 5", 2, "5", "takes no operands", ""),
    ("gas", "mov rax, %rbx", 1, "rax", "a register is written `%rax`", ""),
    ("gas", "movl %eax, %rbx", 1, "%rbx", "works on 32 bits", ""),
    ("gas", "movq $1, %foo", 1, "%foo", "no register `%foo`", ""),
    ("gas", ".data\n.byte 1, 300", 2, "300", "does not fit in 1 byte", "-128 to 255"),
    ("gas", '.incbin "/etc/passwd"', 1, ".incbin", "not available", "read files"),
    ("gas", ".macro m\nnop", 1, ".macro", "no `.endm`", ""),
    ("gas", "nop\n.macro m\n nop\n movv %eax, %ebx\n.endm\n m", 6, "m", "`movv` (line 4 of the macro `m`)", "`mov`"),
    ("gas", ".macro m a:req\n.endm\n m", 3, "m", "needs a value for `a`", "m a"),
    ("gas", ".macro m a\n.endm\n m 1, 2", 3, "2", "too many arguments", "takes a"),
    ("gas", ".macro m\n m\n.endm\n m", 4, "m", "nested more than 100 deep", ".if"),
    ("gas", ".macro m\n.endm\n.macro m\n.endm", 3, "m", "exists already", ".purgem"),
    ("gas", "  svc #0", 1, "svc", "an instruction of ARM and AArch64, not of x86-64", "choose the architecture"),
    ("gas", "ecall", 1, "ecall", "an instruction of RISC-V", "choose the architecture"),
    ("gas", INTEL + "pusha", 2, "pusha", "does not exist in 64-bit code", "i386"),
    ("gas", ".if 1\nnop", 1, ".if", "no `.endif`", ""),
    ("gas", ".if x\nnop\n.endif\nx:", 1, "x", "the condition of `.if` must be a number", ""),
    ("gas", "nop\n.endif", 2, ".endif", "without `.if`", ""),
    ("gas", ".irp x,1,2\n  .byte 300\\x\n.endr", 2, ".byte 300\\x", "does not fit in 1 byte", ""),
    ("gas", ".globll x", 1, ".globll", "unknown directive", "`.globl`"),
    ("gas", "section .text", 1, "section", "NASM", "choose NASM"),
    ("gas", "msg db 1", 1, "db", "NASM", "choose NASM"),
    ("gas", ".bss\n.byte 1", 2, "1", "can't hold initialised data", ""),
    ("gas", ".ascii hello", 1, "hello", "a string is missing", ""),
    ("gas", '.ascii "a\\qb"', 1, '"a\\qb"', "unknown escape `\\q`", ""),
    ("gas", "a = b\nb = a\nmov $a, %eax", 1, "b", "defined by itself", ""),
    ("gas", ".quad x*2\nx:", 1, "x*2", "does not work on addresses", ""),
    ("gas", ".rept 100000000\nnop\n.endr", 1, ".rept", "more than 50000 statements", ""),
    ("gas", ".zero 2000000000", 1, "2000000000", "too many", "64 MiB"),
    ("nasm", "section .text\nmovv rax, 1", 2, "movv", "unknown instruction", "`mov`"),
    ("nasm", "syscal", 1, "syscal", "unknown instruction", "`syscall`"),
    ("nasm", "mov rax, [rip+x]", 1, "rip", "no `rip`", "[rel label]"),
    ("nasm", "mov byte ptr [rax], 1", 1, "ptr", "no `ptr`", "GNU as"),
    ("nasm", ".globl _start", 1, ".globl", "GNU as", "choose GNU as"),
    ("nasm", "mov rax, rbx, ", 1, " ", "an operand is missing", ""),
    ("nasm", "%macro m 0\nnop", 1, "%macro", "has no `%endmacro`", ""),
    ("nasm", "%macro m\nnop\n%endmacro", 1, "m", "number of arguments is missing", "%macro print 2"),
    ("nasm", "nop\n%macro m 1\n nop\n movv eax, %1\n%endmacro\n m 5", 6, "m 5", "(line 4 of the macro `m`)", "`mov`"),
    ("nasm", "%macro m 1\n mov eax, %1\n%endmacro\n m rxa", 4, "rxa", "`rxa` is not defined", ""),
    ("nasm", "%macro m 2-3\n%endmacro\n m 5", 3, "m", "takes 2 to 3 arguments, not 1", ""),
    ("nasm", "%rmacro m 0\n m\n%endmacro\n m", 4, "m", "nested more than 100 deep", "%if"),
    ("nasm", "%rep 2\nnop", 1, "%rep", "has no `%endrep`", ""),
    ("nasm", "%rep 3\n db 300\n%endrep", 2, "300", "does not fit in 1 byte", ""),
    ("nasm", "%if 1\nnop", 1, "%if", "no `%endif`", ""),
    ("nasm", "nop\n%endif", 2, "%endif", "without `%if`", ""),
    ("nasm", "%if later\n%endif\nlater equ 1", 1, "later", "the condition of `%if` must be a number", ""),
    ("nasm", "nop\n%error no such machine", 2, "%error", "no such machine", "program itself"),
    ("nasm", "%define f(x) x\nmov eax, f(1, 2)", 2, "f", "takes 1 argument, not 2", ""),
    ("nasm", "mov eax, %1", 1, "%1", "inside of a macro", ""),
    ("nasm", "%use masm", 1, "%use", "not available", ""),
    ("nasm", "nop\n%pop", 2, "%pop", "without `%push`", ""),
    ("nasm", "%foo", 1, "%foo", "no directive", ""),
    ("nasm", "db %!HOME", 1, "%!HOME", "environment variables", ""),
    ("nasm", "db __DATE__", 1, "__DATE__", "not available", "never depends on the time"),
    ("nasm", "movq %rax, %rbx", 1, "%rax", "AT&T", "choose GNU as"),
    ("nasm", "movl $1, %eax", 1, "%eax", "AT&T", "choose GNU as"),
    ("nasm", "mov rsi, offset msg\nmsg:", 1, "offset", "no `offset`", "the address"),
    ("nasm", "mov dword ptr [rax], 1", 1, "ptr", "no `ptr`", "GNU as"),
    ("nasm", "# a comment", 1, "#", "can't start with `#`", "`;`"),
    ("nasm", ".section .text", 1, ".section", "GNU as", "choose GNU as"),
    ("nasm", "org 0x7c00", 1, "org", "flat binary", "leave the line out"),
    ("nasm", "mov eax, seg x\nx:", 1, "seg", "not available", ""),
    ("nasm", "call x wrt ..plt\nx:", 1, "wrt", "not available", "shared libraries"),
    ("nasm", "jmp far [rax]", 1, "far", "not available", ""),
    ("nasm", "struc s\n.a resd 1", 1, "s", "no `endstruc`", ""),
    ("nasm", "struc s\n.a dd 1\nendstruc", 2, "dd", "can't stand here", "resd"),
    (
        "nasm",
        "struc s\n.a resb 1\n.b resb 1\nendstruc\nistruc s\nat .a, dw 1\nat .b, db 1\niend",
        7,
        ".b",
        "1 bytes",
        "",
    ),
    ("nasm", "at x, db 1", 1, "at", "without `istruc`", ""),
    ("nasm", "do 5", 1, "5", "can't be stored in 16 bytes", ""),
    ("nasm", "db 1.5", 1, "1.5", "no floating-point number of 1 byte", ""),
    ("nasm", "dd 1e400", 1, "1e400", "too large for 32 bits", ""),
    ("nasm", "times -1 db 0", 1, "-1", "can't be negative (-1)", ""),
    ("nasm", "main: nop\ntimes 5-($-main)-10 db 0", 2, "5-($-main)-10", "can't be negative (-6)", ""),
    ("nasm", "bits 32", 1, "32", "not available in a program for x86-64", "choose i386"),
    ("nasm", '%include "x"', 1, "%include", "not available", ""),
    ("nasm", 'incbin "/etc/passwd"', 1, "incbin", "not available", ""),
    ("nasm", "times 1000000000 nop", 1, "1000000000", "too many", ""),
    ("nasm", "x equ y\ny equ x", 1, "y", "defined by itself", ""),
    ("nasm", "call puts", 1, "puts", "not defined", "no C library"),
    ("nasm", "jmp .nowhere", 1, ".nowhere", "not defined", ""),
    ("nasm", "mov eax, 5 ; é is fine here\nmov eax, \u20135", 2, "\u2013", "U+2013", "plain minus"),
    ("nasm", "bits 16", 1, "16", "not available", "64-bit"),
]


I386_CASES = [
    ("gas", INTEL + "mov rax, 1", 2, "rax", "`rax` is a 64-bit register; this program is for i386", "`eax`"),
    ("gas", INTEL + "mov eax, [rbx]", 2, "[rbx]", "`rbx` is a 64-bit register", "`ebx`"),
    ("gas", INTEL + "mov r8d, 1", 2, "r8d", "`r8d` is an x86-64 register", "choose x86-64"),
    ("gas", INTEL + "mov sil, 1", 2, "sil", "`sil` is an x86-64 register", "choose x86-64"),
    ("gas", "push %rax", 1, "%rax", "`rax` is a 64-bit register", "`eax`"),
    ("gas", "movl %eax, msg(%rip)\nmsg:", 1, "msg(%rip)", "`rip` is a 64-bit register", ""),
    ("gas", "pushq $5", 1, "pushq", "works on 64 bits; this program is for i386", "`pushl`"),
    ("gas", INTEL + "cqo", 2, "cqo", "exists only in 64-bit code", "cdq"),
    ("gas", INTEL + "jrcxz x\nx:", 2, "jrcxz", "does not exist for i386", "jecxz"),
    ("gas", ".code64", 1, ".code64", "not available", "32-bit"),
    ("nasm", "mov rax, 1", 1, "rax", "`rax` is a 64-bit register", "`eax`"),
    ("nasm", "bits 64", 1, "64", "not available in a program for i386", "choose x86-64"),
]


def diagnostics(source: str, language: str, arch: str = "x86_64") -> list[Diagnostic]:
    with pytest.raises(SourceError) as caught:
        assemble(source, language=language, arch=arch)
    return caught.value.diagnostics


@pytest.mark.parametrize(("language", "source", "line", "marked", "message", "hint"), CASES)
def test_mistake_is_marked_and_explained(
    language: str, source: str, line: int, marked: str, message: str, hint: str
) -> None:
    check(diagnostics(source, language)[0], source, line, marked, message, hint)


@pytest.mark.parametrize(("language", "source", "line", "marked", "message", "hint"), I386_CASES)
def test_64_bit_code_is_explained_for_i386(
    language: str, source: str, line: int, marked: str, message: str, hint: str
) -> None:
    check(diagnostics(source, language, "i386")[0], source, line, marked, message, hint)


def check(first: Diagnostic, source: str, line: int, marked: str, message: str, hint: str) -> None:
    text = source.split("\n")[line - 1] + " "
    assert first.line == line
    assert text[first.column - 1 : first.end_column - 1] == marked
    assert message in first.message
    assert hint in first.hint


def test_every_mistake_is_reported_in_source_order() -> None:
    found = diagnostics("mov %eax, %bogus\nnop\nfoo\njmp nowhere2\n.byte 999", "gas")
    assert [d.line for d in found] == [1, 3, 5]


def test_number_of_diagnostics_is_bounded() -> None:
    assert len(diagnostics("bogus\n" * 1000, "gas")) == MAX_DIAGNOSTICS


def test_nul_byte_has_its_place() -> None:
    first = diagnostics("nop\nno\0p", "gas")[0]
    assert (first.line, first.column) == (2, 3)


def test_empty_program_is_a_mistake() -> None:
    assert "no instructions" in diagnostics("# nothing\n", "gas")[0].message


def test_unknown_language_and_architecture_are_refused() -> None:
    with pytest.raises(ValueError, match="language"):
        assemble("nop", language="masm")
    with pytest.raises(ValueError, match="architecture"):
        assemble("nop", arch="vax")

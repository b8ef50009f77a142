"""Text made to hang, crash or flood the assembler: each must end in a Program or a SourceError.

Keystone can hang for ever and can end the process, so everything runs in a child with a time limit.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain.tools import corpus, run_child

FOLDERS = ("gas_intel", "gas_att", "gas_i386_intel", "gas_i386_att", "nasm", "nasm_i386")
CHILD = """
import random, sys
from pathlib import Path
from app.toolchain.assemble import assemble
from app.toolchain.program import SourceError

def attempt(source, language, arch="x86_64"):
    try:
        program = assemble(source, language=language, arch=arch)
        assert sum(len(segment.data) for segment in program.segments) < 4 << 20
    except SourceError as error:
        assert error.diagnostics
        lines = source.split("\\n")
        for d in error.diagnostics:
            assert 1 <= d.line <= len(lines) and 1 <= d.column < d.end_column <= len(lines[d.line - 1]) + 3, d
"""

HOSTILE = {
    "comma": ",",
    "colon": ":",
    "bang": "!",
    "parenthesis": "(",
    "comma nop": ",nop",
    "nul": "\0",
    "nul inside": "nop\0nop",
    "long line": "a" * 1_000_000,
    "long expression": "mov eax, " + "1+" * 200_000 + "1",
    "read a file": '.incbin "/etc/passwd"\n.include "/etc/passwd"\nincbin "/etc/passwd"\n%include "/etc/passwd"',
    "repeat": ".rept 100000000\nnop\n.endr",
    "repeat nothing": ".rept 100000000\n.endr",
    "repeat bomb": ".rept 1000\n" * 12 + "nop\n" + ".endr\n" * 12,
    "repeated mistakes": ".rept 49000\nmvo eax, 1\n.endr\ntimes 49000 mvo eax, 1",
    "unclosed repeats": ".rept 2\n" * 5000,
    "define": "%define",
    "define itself": "%define x x\nmov eax, x",
    "define bomb": "\n".join(f"%define a{i + 1} a{i} a{i}" for i in range(60)) + "\nmov eax, a60",
    "zero": ".zero 2000000000",
    "zero in bss": ".bss\n.zero 2000000000",
    "origin": ".org 0x40000000",
    "parentheses": "mov eax, " + "(" * 10_000 + "1" + ")" * 10_000,
    "brackets": ".intel_syntax noprefix\nmov eax, " + "[" * 10_000 + "1" + "]" * 10_000,
    "minus signs": "mov eax, " + "-" * 10_000 + "1",
    "circle": "a = b\nb = a\n.intel_syntax noprefix\nmov eax, a",
    "equ circle": "a equ b\nb equ a\nmov eax, a",
    "doubling constants": "a0 = 1\n" + "\n".join(f"a{i + 1} = a{i}+a{i}" for i in range(3000)),
    "constants ahead": "\n".join(f"a{i} = a{i + 1}+1" for i in range(3000)) + "\nmov $a0, %eax",
    "shift": ".quad 1 << 0x7fffffffffffffff, 1 << -1",
    "times": "times 1000000000 nop\ntimes 1000000000 db 0\nresb 1000000000000",
    "aligned": ".align 0x40000000\n.p2align 30",
    "binary": bytes(range(1, 256)).decode("latin-1") * 50,
    "branches": "\n".join(f"jmp l{8000 - i}\nl{i}:" for i in range(1, 8000)),
    "growing branches": "\n".join(f"l{i}: jmp l{i + 60}" for i in range(8000))
    + "\n"
    + "\n".join(f"l{i}:" for i in range(8000, 8060)),
    "labels": "a:" * 30_000,
    "blank lines": "\n" * 500_000,
    "blanks": " " * 500_000,
    "prefixes": "lock rep " * 5000,
    "high byte": "mov ah, r8b\nmov ah, sil\nmovzx rax, ah\nmov [r8], ah",
    "string operands": "lodsb [rbx]\nxlatb [rbx+r9*4+8]\nmovsb [rax], [rbx]\nstosq [rdi], xmm0",
    "macro bomb": "\n".join(f".macro m{i}\n m{i + 1}\n m{i + 1}\n.endm" for i in range(60))
    + "\n.macro m60\nnop\n.endm\nm0",
    "empty macro bomb": "\n".join(f".macro m{i}\n m{i + 1}\n m{i + 1}\n.endm" for i in range(60)) + "\nm0",
    "macro calls itself": ".macro m\nm\nm\n.endm\nm",
    "growing argument": ".macro m a\nm \\a\\a\\a\\a\n.endm\nm aaaaaaaaaaaaaaaa",
    "growing text": ".macro m a:vararg\n.if 1\n m \\a, \\a\n m \\a\n.endif\n.endm\n m 1, 2, 3",
    "many arguments": ".macro m a:vararg\n.byte \\a\n.endm\n m " + "1," * 90_000 + "1",
    "many parameters": ".macro m " + ", ".join(f"a{i}" for i in range(30_000)) + "\nnop\n.endm\nm 1\n" * 3,
    "macros of macros": ".macro a\n.macro b\n.macro c\nnop\n.endm\n.endm\n.endm\na\nb\nc\n" * 2000,
    "macro that defines a macro": ".macro m n\n.macro m\\n\nm\\n\n.endm\nm\\n\n.endm\n.irpc x,0123456789\nm \\x\n.endr",
    "nested conditions": ".if 1\n" * 5000 + "nop\n" + ".endif\n" * 5000,
    "conditions in a macro": ".macro m\n.if 1\nm\n.else\nm\n.endif\n.endm\nm",
    "open conditions in a macro": ".macro m\n.if 1\n.if 0\n.endm\n" + "m\n" * 3000,
    "skipped repetitions": ".rept 50000\n.if 0\n" + "nop\n" * 2000 + ".endif\n.endr",
    "repeated blocks": ".rept 40000\n.rept 0\n" + "nop\n" * 40_000 + ".endr\n.endr",
    "irp bomb": ".irpc a,0123456789\n" * 12 + ".byte \\a\n" + ".endr\n" * 12,
    "irp of many": ".irp a," + "x," * 90_000 + "y\n.byte 1\n.endr",
    "exitm everywhere": ".exitm\n.macro m\n.exitm\nm\n.endm\n" + "m\n" * 5000 + ".rept 5\n.exitm\n.endr",
    "endm everywhere": ".endm\n.endr\n.endif\n.else\n.elseif 1\n" * 500,
    "unclosed macros": ".macro a\n" * 20_000,
    "labels in macros": ".macro m\nl\\@: jmp l\\@\n.endm\n" + "m\n" * 8000,
    "backslashes": ".macro m a\n" + "\\" * 50_000 + "a\n.endm\nm 1",
    "define circle": "#define a b\n#define b a\nmov $a, %eax",
    "c define bomb": "\n".join(f"#define a{i + 1} a{i} a{i}" for i in range(60)) + "\nmov $a60, %eax",
    "leb128 circle": "a: .uleb128 b - a\n.zero 127\nb:\n.sleb128 a - b, c\nc = c + 1",
    "separators": "nop;" * 24_000 + "\n" + ";" * 50_000,
    "nasm macro bomb": "\n".join(f"%macro m{i} 0\n m{i + 1}\n m{i + 1}\n%endmacro" for i in range(60))
    + "\n%macro m60 0\nnop\n%endmacro\nm0",
    "nasm empty macro bomb": "\n".join(f"%macro m{i} 0\n m{i + 1}\n m{i + 1}\n%endmacro" for i in range(60)) + "\nm0",
    "nasm macro calls itself": "%macro m 0\nm\nm\n%endmacro\nm\n%rmacro r 0\nr\nr\n%endmacro\nr",
    "nasm growing argument": "%rmacro m 1\nm %1%1%1%1\n%endmacro\nm aaaaaaaaaaaaaaaa",
    "nasm growing list": "%rmacro m 1-*\nm %{1:-1}, %{1:-1}\n%endmacro\nm 1, 2, 3",
    "nasm growing definition": "%define a 1\n%rep 60\n%xdefine a a + a\n%endrep\nmov eax, a",
    "nasm growing string": "%define a 'xxxxxxxx'\n%rep 60\n%strcat a a, a\n%endrep\ndb a",
    "nasm growing name": "%define a xxxxxxxx\n%rep 60\n%xdefine a a %+ a\n%endrep\ndb a",
    "nasm functions": "%define f(x) x, x, x, x\ndb " + "f(" * 60 + "1" + ")" * 60,
    "nasm functions of functions": "\n".join(f"%define f{i + 1}(x) f{i}(f{i}(x))" for i in range(60)) + "\ndb f60(1)",
    "nasm repeat": "%rep 100000000\nnop\n%endrep",
    "nasm repeat nothing": "%rep 100000000\n%endrep\n%rep 100000000\n\n%endrep\n%rep 100000000\n%if 0\n%endif\n%endrep",
    "nasm repeat bomb": "%rep 1000\n" * 12 + "nop\n" + "%endrep\n" * 12,
    "nasm repeated mistakes": "%rep 49000\nmvo eax, 1\n%endrep",
    "nasm skipped repetitions": "%rep 50000\n%if 0\n" + "nop\n" * 2000 + "%endif\n%endrep",
    "nasm repeated blocks": "%rep 40000\n%rep 0\n" + "nop\n" * 40_000 + "%endrep\n%endrep",
    "nasm unclosed": "%macro a 0\n" * 20_000 + "%rep 2\n" * 5000 + "%if 1\n" * 5000,
    "nasm ends": "%endmacro\n%endrep\n%endif\n%else\n%elif 1\n%exitrep\n%exitmacro\n%pop\n%rotate 1\n" * 300,
    "nasm nested conditions": "%if 1\n" * 5000 + "nop\n" + "%endif\n" * 5000,
    "nasm conditions in a macro": "%rmacro m 0\n%if 1\nm\n%else\nm\n%endif\n%endmacro\nm",
    "nasm open conditions": "%macro m 0\n%if 1\n%if 0\n%endmacro\n" + "m\n" * 3000,
    "nasm rotate": "%macro m 1-*\n%rotate 1 << 62\n%rotate -(1 << 62)\ndb %1\n%endmacro\nm 1, 2, 3\nm",
    "nasm labels in macros": "%macro m 0\n%%l: jmp %%l\n%endmacro\n" + "m\n" * 8000,
    "nasm contexts": "%push a\n" * 20_000 + "%$x: jmp %$$$$x\n",
    "nasm indirect": "db " + "%[" * 5000 + "1" + "]" * 5000 + "\n%define a %[a]\ndb %[a]%[%[a]]",
    "nasm braces": "%macro m 1\ndb %1\n%endmacro\nm " + "{" * 5000 + "1" + "}" * 5000 + "\nm %{1:2}",
    "nasm dup": "db 1000000000 dup (0)\ndb 1000 dup (1000 dup (1000 dup (1000 dup (1))))\ndb 9 dup (dup)\ndd 2 dup",
    "nasm dup labels": "a: dq 1000000 dup (a)\ndb " + "1 dup (" * 5000,
    "nasm floats": "dq 1e999999999, 1e-999999999, 0x1p999999, 1e20000, 1e-20000\ndt 1e5000, 1e-5000\ndw 1e9\ndb 1.0\n"
    + "dt 1."
    + "9" * 10_000,
    "nasm structures": "struc a\nresb 1 << 60\n.b resb -1\nresq 1 << 62\nalign 4096\nstruc c\nendstruc\nendstruc\n"
    "istruc a\nat a.b, times 5 db 0\nat nothing, db 1\niend\niend\nat x",
    "nasm times in a structure": "struc a\ntimes 100000000 resb 1\nendstruc",
    "nasm absolute": "absolute 1 << 62\nresb 1 << 30\na: resb 1\nnop\ndb 1\nabsolute -1\nalignb 4096\nb: resq 5",
    "nasm conditions": "db 1 ? " * 300 + "1" + " : 1" * 300,
    "nasm ternary circle": "a equ b ? a : 1\nb equ a\ndb a, b",
    "nasm continuation": "db 1, \\\n" * 5000 + "\\\n\\",
    "nasm strings": "%substr a 'abc' -5, 9\n%substr b 'abc' 1 << 62\n%strlen\n%substr\n%deftok t '%%'\ndb a, b, t",
    "nasm section": "section\nsegment .bss\nnop\n[section\n[]\n[section .text]]\ncommon a 1 << 60:3\ncommon b -5",
    "surrogate": 'nop # \ud800\n.ascii "\ud800"',
}


@pytest.mark.parametrize("case", HOSTILE)
@pytest.mark.parametrize("language", ["gas", "nasm"])
def test_hostile_text_ends_quickly(case: str, language: str, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(HOSTILE[case].encode("utf-8", "surrogatepass"))
    code = """
text = Path(sys.argv[1]).read_bytes().decode("utf-8", "surrogatepass")
for arch in ("x86_64", "i386"):
    attempt(text, sys.argv[2], arch)
"""
    run_child(CHILD + code, 20, str(source), language)


@pytest.mark.parametrize("text", ["\n", " ", " \n", " ;", "a ", "a:\n", "[ ", "%\n"])
def test_detection_of_the_language_ends_quickly(text: str) -> None:
    code = """
from app.toolchain.detect import detect_language
for name in ("program.s", "program.txt"):
    detect_language(name, sys.argv[1].encode() * 300_000)
"""
    run_child(CHILD + code, 20, text)


@pytest.mark.parametrize("seed", range(6))
def test_mutated_programs_end(seed: int) -> None:
    code = """
seed = int(sys.argv[1])
rng = random.Random(seed)
texts = [Path(p).read_text() for p in sys.argv[2:]]
pieces = [line for text in texts for line in text.splitlines()]
signs = list(",:!()[]{}%$#;*+-/\\\\\\"'`@&|<>=.?~^ \\t\\n0123456789") + ["rax", "ah", "r8b", "ptr", "rel", "\\0", "é",
    "byte ", "0x", "xmm1", "st(1)", "rip", "rep ", "lock ", "movsb ", ".rept 3\\n", "times 9 ", "ymm1", "fs:", "[rdi]",
    ".macro m a, b\\n", ".endm\\n", "\\nm 1, 2\\n", "\\\\a", "\\\\@", ".if 1\\n", ".endif\\n",
    ".irp x, 1, 2\\n",
    ".endr\\n", ".exitm\\n", "#define ", ".else\\n", "eax", "[esp+4]", "aam ", "pusha\\n",
    "%macro m 1-2\\n", "%endmacro\\n", "%1", "%%x", "%if 1\\n", "%endif\\n", "%rep 2\\n", "%endrep\\n", "%define x ",
    "%+",
    "%[x]", "%{1:2}", " dup ", "struc s\\n", "endstruc\\n", "istruc s\\n", "at ", "iend\\n", "__float32__(1.5)", "1.5"]
for number in range(500):
    lines = rng.sample(pieces, rng.randint(1, 12))
    text = "\\n".join(lines)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        end = at + rng.choice((0, 0, 1, 1, 4))
        text = text[:at] + rng.choice(signs) * rng.choice((1, 1, 1, 3)) + text[end:]
    attempt(text, rng.choice(("auto", "gas", "nasm")), rng.choice(("x86_64", "i386")))
"""
    run_child(CHILD + code, 120, str(seed), *map(str, corpus(*FOLDERS)))


def test_operands_of_every_kind_for_every_instruction_end() -> None:
    code = """
from app.toolchain.mnemonics import MNEMONICS
rng = random.Random(1)
registers = "rax eax ax al ah r9 sil xmm1 ymm2 mm1 st(1) st fs cr0 dr7 cl dx".split()
memory = ["[rbx]", "byte ptr [rbx]", "word ptr [r9]", "dword ptr [rbx]", "qword ptr [rbx]", "tbyte ptr [rax]",
    "xmmword ptr [rax]", "ymmword ptr [rax]", "[rip+x]", "[x]", "fs:[rsi]", "[edi]", "[rbx+r9*4+8]"]
numbers = ["5", "0x12345", "0x123456789ab", "x", "-1"]
every = registers + memory + numbers
for mnemonic in sorted(MNEMONICS) + ["vaddps", "vmovdqu", "vpxor", "vinsertf128", "vgatherdps", "vpinsrw"]:
    for count in (0, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3, 3):
        operands = ", ".join(rng.choice(every) for _ in range(count))
        attempt(f".intel_syntax noprefix\\nx: {mnemonic} {operands}\\n", "gas", rng.choice(("x86_64", "i386")))
"""
    run_child(CHILD + code, 120)

"""Text made to hang, crash or flood the assembler: each must end in a Program or a SourceError.

Keystone can hang for ever and can end the process, so everything runs in a child with a time limit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.tools import corpus

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
    "surrogate": 'nop # \ud800\n.ascii "\ud800"',
}


def run_child(code: str, seconds: int, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", CHILD + code, *arguments],
        capture_output=True,
        timeout=seconds,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]


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
    run_child(code, 20, str(source), language)


@pytest.mark.parametrize("text", ["\n", " ", " \n", " ;", "a ", "a:\n", "[ ", "%\n"])
def test_detection_of_the_language_ends_quickly(text: str) -> None:
    code = """
from app.toolchain.detect import detect_language
for name in ("program.s", "program.txt"):
    detect_language(name, sys.argv[1].encode() * 300_000)
"""
    run_child(code, 20, text)


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
    ".endr\\n", ".exitm\\n", "#define ", ".else\\n", "eax", "[esp+4]", "aam ", "pusha\\n"]
for number in range(500):
    lines = rng.sample(pieces, rng.randint(1, 12))
    text = "\\n".join(lines)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        end = at + rng.choice((0, 0, 1, 1, 4))
        text = text[:at] + rng.choice(signs) * rng.choice((1, 1, 1, 3)) + text[end:]
    attempt(text, rng.choice(("auto", "gas", "nasm")), rng.choice(("x86_64", "i386")))
"""
    run_child(code, 120, str(seed), *map(str, corpus(*FOLDERS)))


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
    run_child(code, 120)

"""Text made to hang, crash or flood the assembler: each must end in a Program or a SourceError.

Keystone can hang for ever and can end the process, so everything runs in a child with a time limit.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.toolchain.tools import corpus

CHILD = """
import random, sys
from pathlib import Path
from app.toolchain.assemble import assemble
from app.toolchain.program import SourceError

def attempt(source, language):
    try:
        program = assemble(source, language=language)
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
    "prefixes": "lock rep " * 5000,
    "high byte": "mov ah, r8b\nmov ah, sil\nmovzx rax, ah\nmov [r8], ah",
    "string operands": "lodsb [rbx]\nxlatb [rbx+r9*4+8]\nmovsb [rax], [rbx]\nstosq [rdi], xmm0",
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
    code = 'attempt(Path(sys.argv[1]).read_bytes().decode("utf-8", "surrogatepass"), sys.argv[2])'
    run_child(code, 20, str(source), language)


@pytest.mark.parametrize("seed", range(4))
def test_mutated_programs_end(seed: int) -> None:
    code = """
seed = int(sys.argv[1])
rng = random.Random(seed)
texts = [Path(p).read_text() for p in sys.argv[2:]]
pieces = [line for text in texts for line in text.splitlines()]
signs = list(",:!()[]{}%$#;*+-/\\\\\\"'`@&|<>=.?~^ \\t\\n0123456789") + ["rax", "ah", "r8b", "ptr", "rel", "\\0", "é",
    "byte ", "0x", "xmm1", "st(1)", "rip", "rep ", "lock ", "movsb ", ".rept 3\\n", "times 9 ", "ymm1", "fs:", "[rdi]"]
for number in range(500):
    lines = rng.sample(pieces, rng.randint(1, 12))
    text = "\\n".join(lines)
    for _ in range(rng.randint(1, 6)):
        at = rng.randrange(len(text) + 1)
        end = at + rng.choice((0, 0, 1, 1, 4))
        text = text[:at] + rng.choice(signs) * rng.choice((1, 1, 1, 3)) + text[end:]
    attempt(text, rng.choice(("auto", "gas", "nasm")))
"""
    run_child(code, 120, str(seed), *map(str, corpus("gas_intel", "gas_att", "nasm")))


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
        attempt(f".intel_syntax noprefix\\nx: {mnemonic} {operands}\\n", "gas")
"""
    run_child(code, 120)

"""Hostile ARM and AArch64 text: each ends in a Program or a SourceError, and Keystone never ends the process.

Keystone can crash or hang, so everything runs in a child with a time limit.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain.tools import corpus, run_child

CHILD = """
import random, re, sys
from pathlib import Path
from app.toolchain.assemble import assemble
from app.toolchain.program import SourceError

def attempt(source, arch):
    try:
        program = assemble(source, language="gas", arch=arch)
        assert sum(len(segment.data) for segment in program.segments) < 4 << 20
    except SourceError as error:
        assert error.diagnostics
        lines = source.split("\\n")
        for d in error.diagnostics:
            assert 1 <= d.line <= len(lines) and 1 <= d.column < d.end_column <= len(lines[d.line - 1]) + 3, d
"""

HOSTILE = {
    "comma": ",",
    "comma nop": ",nop",
    "lists": "push {r0-r3-r5}\npush {{r0}}\npush {}\nldm r0, {r0-}\nvpush {s0-d3}\nld1 {v0.4s-v1.8b}, [x0]",
    "brackets": "ldr r0, " + "[" * 10_000,
    "nested lanes": "vmov.32 r0, d0[" + "(" * 10_000,
    "parentheses": "ldr r0, =" + "(" * 10_000 + "1" + ")" * 10_000,
    "long expression": "ldr x0, =" + "1+" * 60_000 + "1",
    "many operands": "push " + "r0, " * 20_000 + "r0",
    "long list": "push {" + "r0, " * 20_000 + "r0}",
    "aliases": "\n".join(f"a{i + 9} .req a{i + 8}" for i in range(3000)),
    "alias of itself": "x .req x\ny .req y\nadd y, y, y",
    "pools": "\n".join(f"ldr r0, =0x{i:x}12345" for i in range(2500)),
    "pools of labels": "\n".join(f"ldr x0, =l{i}\nl{i}:" for i in range(2500)),
    "pool of itself": "x = x + 1\nldr r0, =x\nldr x0, =x",
    "circle": "a = b\nb = a\nldr r0, =a\n.word a\nmov x0, a",
    "thumb circle": ".thumb\n.thumb_set a, b\n.thumb_set b, a\n.word a\nbl a",
    "numbers": "mov r0, #0xffffffffffffffff\nmov x0, #-0x8000000000000000\nadd x0, x0, #0x7fffffffffffffff",
    "shifts": "mov r0, r1, lsl #-1\nadd x0, x0, x1, lsl #64\nmov r0, r1, lsl r2, lsl r3",
    "floats": "fmov d0, #1e300\nfmov d0, #1.23456789012345678901234567890\nvmov.f32 s0, #" + "9" * 400 + ".0",
    "blocks": ".syntax unified\n.thumb\n" + "it eq\n" * 100 + "itttt eq\nit al\nite al\nit",
    "branches": ".syntax unified\n.thumb\n" + "\n".join(f"l{i}: b l{i + 100}" for i in range(2000)),
    "labels": "b " * 5000 + "\n" + "a:" * 8_000,
    "directives": ".arch\n.cpu ,\n.code\n.code 64\n.syntax\n.thumb_set\n.inst\n.inst 1,,\n.unreq\n.align -1\n.align 9",
    "coprocessors": "mrc p99, 9, r0, c99, c1\nmcr p1, 0, r0, c, p\nmrc p15, 0, apsr_nzcv, c1, c1, 0\nmrs r0, $",
    "relocations": "add x0, x0, :lo12:\nldr x0, [:lo12:x]\nmovz x0, #:abs_g9:x\nmovw r0, #:lower16:\nadd x1, :lo12:x",
    "repeated mistakes": ".rept 9000\nmvo r0, r1\n.endr",
}


def test_hostile_text_ends_quickly(tmp_path: Path) -> None:
    for name, text in HOSTILE.items():
        (tmp_path / name).write_text(text)
    code = """
for path in sorted(Path(sys.argv[1]).iterdir()):
    for arch in ("arm", "aarch64"):
        attempt(path.read_text(), arch)
        attempt(".syntax unified\\n.thumb\\n" + path.read_text(), arch)
"""
    run_child(CHILD + code, 120, str(tmp_path))


@pytest.mark.parametrize("arch", ["arm", "aarch64"])
def test_mutated_programs_end(arch: str) -> None:
    code = """
rng = random.Random(1)
arch, paths = sys.argv[1], sys.argv[2:]
pieces = [line for path in paths for line in Path(path).read_text().splitlines()]
pattern = r"[A-Za-z_.][\\w.]*|#-?\\w+|\\[.*?\\]!?"
words = sorted({word for piece in pieces for word in re.findall(pattern, piece)})
signs = list(",:!()[]{}%$#;*+-/\\\\\\"'`@&|<>=.?~^ \\t\\n0123456789") + ["r15", "x31", ":lo12:", "it eq\\n",
    ".thumb\\n", ".arm\\n", ".syntax unified\\n", "lsl", "d31", "q16", "[]", "0f", "v0.4s", "#(1<<63)", "1.5e308", "é"]
for number in range(1200):
    text = "\\n".join(rng.sample(pieces, rng.randint(1, 10)))
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(text) + 1)
        new = rng.choice(words) if rng.random() < 0.5 else rng.choice(signs) * rng.choice((1, 1, 3))
        text = text[:at] + new + text[at + rng.choice((0, 0, 1, 4)) :]
    attempt(text, arch)
"""
    run_child(CHILD + code, 120, arch, *map(str, corpus(f"gas_{arch}")))


@pytest.mark.parametrize("arch", ["arm", "aarch64"])
def test_operands_of_every_kind_for_every_instruction_end(arch: str) -> None:
    code = """
arch = sys.argv[1]
if arch == "arm":
    from app.toolchain.isa.arm_mnemonics import NAMES
    operands = "r0 r8 sp pc s0 d3 d31 q15 cpsr p15 c7 sy be r1! d0[1] [r1] [r0:64]! {r0} {d0-d3} {s3} x =5 =x".split()
    operands += ["[r1, #4]!", "[r1, -r2, lsl #3]", "{r4-r11, lr}", "{r0, r1}^", "lsl #3", "asr r2", "{d0[], d1[]}"]
    suffixes = ["", "", "s", "eq", ".f32", ".f64", ".i32", ".u8", ".64", ".s32.f32", ".w", ".n"]
    heads = [".syntax unified\\n", ".syntax unified\\n.thumb\\n", ".thumb\\n", ".syntax unified\\n.thumb\\nit eq\\n"]
else:
    from app.toolchain.isa.aarch64_mnemonics import NAMES
    operands = "x0 x30 xzr sp w5 wsp b0 h1 s2 d3 q4 v1.16b v2.4h v5.4s v0.s[1] v0 eq ish [x1] {v0.16b}".split()
    operands += ["[x1, #8]!", "[x1, x2, lsl #3]", "[x1, w2, sxtw]", "{v0.4s-v3.4s}", "{v0.s}[1]", "lsl #12", "uxtw #2",
        "[w1]", "=5", "=x", ":lo12:x", "x"]
    suffixes, heads = [""], [""]
operands += ["#0", "#1", "#-1", "#4096", "#0xffffffff", "#-0x80000000", "#1.5", "#0.0", "#x", "#later"]
rng = random.Random(1)
for name in sorted(NAMES):
    for count in (0, 1, 2, 2, 3, 3, 4):
        text = name + rng.choice(suffixes) + " " + ", ".join(rng.choice(operands) for _ in range(count))
        attempt(rng.choice(heads) + "x: " + text + "\\nlater = 4\\n", arch)
"""
    run_child(CHILD + code, 120, arch)

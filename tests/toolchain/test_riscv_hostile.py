"""Hostile RISC-V text: each ends soon in a Program or a SourceError."""

from __future__ import annotations

from pathlib import Path

from tests.toolchain.test_arm_hostile import CHILD
from tests.toolchain.tools import corpus, run_child

HOSTILE = {
    "comma": ",",
    "comma nop": ",nop",
    "nothing": "add ,\nlw a0,\nlw a0, ()\nlw a0, (\nlw a0, 4(\nlw , , ,\n%\n%hi\nli\nla\ncall\njump\ntail",
    "percent": "lui a0, %\nlui a0, %hi\nlui a0, %hi(\nlui a0, %hi()\nlui a0, %hi(%hi(x))\naddi a0, a0, %lo(x",
    "parentheses": "lw a0, " + "(" * 10_000 + "1" + ")" * 10_000 + "(a0)",
    "long expression": "li a0, " + "1+" * 60_000 + "1",
    "many operands": "add " + "a0, " * 20_000 + "a0",
    "numbers": "li a0, 0xffffffffffffffff\nli a0, -0x8000000000000000\naddi a0, a0, 0x7fffffffffffffff",
    "far": "la a0, big\nbig = 1 << 40\nj big\nbeqz a0, big\ncall -1\nlui a0, %hi(1<<40)\nlw a0, big, a0",
    "circle": "a = b\nb = a\nla a0, a\nj a\nbeqz a0, b\n.dword a",
    "constant of itself": "x = x + 1\nli a0, x\nlw a0, x",
    "pcrel circle": "x: addi a0, a0, %pcrel_lo(x)\n1: auipc a0, %pcrel_hi(1b)\naddi a0, a0, %pcrel_lo(1b)",
    "options": ".option push\n" * 5_000 + ".option pop\n" * 6_000,
    "directives": ".option\n.option arch,\n.option arch, +\n.attribute\n.attribute arch\n.insn\n.insn 9, 9\n"
    ".align -1\n.align 64\n.balign 3\n.p2align x\n.align 1, 2, 3, 4\n.insn i 0x13, 0, a0, a1, 5\n",
    "branches": "\n".join(f"l{i}: bnez a0, l{(i + 60) % 3000}\nj l{(i + 400) % 3000}" for i in range(3000)),
    "branches at the edge": "\n".join(f"bnez a0, l{i + 120}\nl{i}:" for i in range(6000))
    + "\n"
    + "\n".join(f"l{i}:" for i in range(6000, 6120)),
    "alignments": ".align 2\nc.nop\nbeqz a0, end\n" * 3_000 + "end:",
    "labels": "\n".join(f"x{i}: j x{i}" for i in range(2000)),
    "repeated mistakes": ".rept 9000\nadi a0, a0\n.endr",
    "constants": ".rept 9000\nli a0, 0x123456789abcdef0\n.endr",
}
OPERANDS = [
    *[
        "a0",
        "x0",
        "sp",
        "s1",
        "t6",
        "fa0",
        "f31",
        "ft0",
        "rtz",
        "iorw",
        "w",
        "mstatus",
        "fcsr",
        "0",
        "1",
        "-1",
        "31",
        "32",
    ],
    *[
        "64",
        "4096",
        "-2048",
        "0x80000000",
        "(a0)",
        "(sp)",
        "8(sp)",
        "-8(a5)",
        "4(fa0)",
        "x(a0)",
        "x",
        "1b",
        "x+4",
        "later",
    ],
    *["%lo(x)", "%lo(x)(a0)", "%hi(x)", "%pcrel_hi(x)", "%pcrel_lo(x)(sp)", "(1)", "1-x", "-x", "0xffffffffffffffff"],
    *["%eax", "rax", "x@plt", "'a'", '"text"', "1.5"],
]


def test_hostile_text_ends_quickly(tmp_path: Path) -> None:
    for name, text in HOSTILE.items():
        (tmp_path / name).write_text(text)
    code = """
for path in sorted(Path(sys.argv[1]).iterdir()):
    attempt(path.read_text(), "riscv64")
    attempt(".option norvc\\n" + path.read_text(), "riscv64")
"""
    run_child(CHILD + code, 120, str(tmp_path))


def test_mutated_programs_end() -> None:
    code = """
rng = random.Random(1)
paths = sys.argv[1:]
pieces = [line for path in paths for line in Path(path).read_text().splitlines()]
words = sorted({word for piece in pieces for word in re.findall(r"[A-Za-z_.][\\w.]*|-?\\w+|%?\\w*\\(.*?\\)", piece)})
signs = list(",:!()[]{}%$#;*+-/\\\\\\"'`@&|<>=.?~^ \\t\\n0123456789") + ["x32", "%lo(", "%pcrel_lo(1b)", "rtz", "iorw",
    "0f", "1b", "(1<<63)", "1.5e308", "\\u00e9", ".option norvc\\n", ".align 3\\n"]
for number in range(1500):
    text = "\\n".join(rng.sample(pieces, rng.randint(1, 10)))
    for _ in range(rng.randint(1, 5)):
        at = rng.randrange(len(text) + 1)
        new = rng.choice(words) if rng.random() < 0.5 else rng.choice(signs) * rng.choice((1, 1, 3))
        text = text[:at] + new + text[at + rng.choice((0, 0, 1, 4)) :]
    attempt(text, "riscv64")
"""
    run_child(CHILD + code, 120, *map(str, corpus("gas_riscv64")))


def test_operands_of_every_kind_for_every_instruction_end() -> None:
    code = """
from app.toolchain.isa.riscv_pseudo import NAMES
operands = sys.argv[1:]
rng = random.Random(1)
for name in sorted(NAMES):
    for count in (0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 5):
        text = name + " " + ", ".join(rng.choice(operands) for _ in range(count))
        attempt(rng.choice(("", ".option norvc\\n")) + "1: x: " + text + "\\nlater = 4\\n", "riscv64")
"""
    run_child(CHILD + code, 120, *OPERANDS)

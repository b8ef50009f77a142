"""RISC-V: instructions and whole programs must be what the real cross assembler makes for RV64GC."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.program import Program, SourceError
from tests.toolchain.tools import corpus, require, run

INSTRUCTIONS = Path(__file__).parent / "instructions" / "riscv64.txt"
PREFIX = "riscv64-linux-gnu-"
# GNU as fills code at its end up to the largest alignment in it.
MOST_PADDING = 15


def real_sections(source: Path, program: Program, march: str, directory: Path) -> dict[str, bytes]:
    """What the real assembler and ld make of each section, at the addresses that `program` has."""
    require(*(PREFIX + tool for tool in ("as", "ld", "objcopy")))
    target, output, script = directory / "real.o", directory / "real", directory / "script.ld"
    done = run(PREFIX + "as", f"-march={march}", "-o", target, source)
    assert done.returncode == 0, done.stderr.decode()
    rows = []
    for segment in program.segments:
        inputs = f"*({segment.name})" + (" *(COMMON)" if segment.name == ".bss" else "")
        rows.append(f"{segment.name} {segment.address:#x} : {{ {inputs} }}")
    script.write_text("SECTIONS { " + "\n".join(rows) + "\n/DISCARD/ : { *(*) } }\n")
    done = run(PREFIX + "ld", "--no-relax", "-T", script, "-e", hex(program.entry), "-o", output, target)
    assert done.returncode == 0, done.stderr.decode()
    sections = {}
    for segment in program.segments:
        section = directory / "section.bin"
        section.unlink(missing_ok=True)
        run(PREFIX + "objcopy", "-O", "binary", f"--only-section={segment.name}", output, section)
        sections[segment.name] = section.read_bytes() if section.exists() else b""
    return sections


@pytest.mark.parametrize("source", corpus("gas_riscv64"), ids=lambda path: path.name)
def test_programs_are_those_of_the_real_assembler(source: Path, tmp_path: Path) -> None:
    program = assemble(source.read_text(), arch="riscv64", filename=source.name)
    assert (program.language, program.arch) == ("gas", "riscv64")
    real = real_sections(source, program, "rv64gc", tmp_path)
    for segment in program.segments:
        if segment.name == ".bss":
            continue
        expected = real[segment.name]
        ours = segment.data.ljust(segment.size, b"\0")
        assert ours == expected[: len(ours)], f"{segment.name}: {ours.hex(' ', 2)} instead of {expected.hex(' ', 2)}"
        assert len(expected) - len(ours) <= (MOST_PADDING if "x" in segment.perms else 0)


@pytest.mark.parametrize("march", ["rv64gc", "rv64g"])
def test_every_instruction_is_that_of_the_real_assembler(march: str, tmp_path: Path) -> None:
    lines = INSTRUCTIONS.read_text().splitlines()
    if march == "rv64g":
        lines = [line for line in lines if not line.startswith("c.")]
    source = tmp_path / "list.s"
    source.write_text(f'.attribute arch, "{march}"\n' + "\n".join(lines) + "\n")
    program = assemble(source.read_text(), arch="riscv64", language="gas")
    expected = real_sections(source, program, march, tmp_path)[".text"]
    text = program.segments[0]
    wrong = []
    for entry in program.lines.entries:
        at = entry.address - text.address
        ours, real = text.data[at : at + entry.size], expected[at : at + entry.size]
        if ours != real:
            wrong.append(f"{lines[entry.line - 2]}: {ours.hex()} instead of {real.hex()}")
    assert not wrong, "\n".join(wrong[:20])
    assert len(expected) == len(text.data)
    assert {entry.line for entry in program.lines.entries} == set(range(2, len(lines) + 2))


MISTAKES = [
    ("add a0, a1, rax", 13, "`rax` is a register of x86-64, and this is a RISC-V program", "switch the architecture?"),
    ("mov a0, 1", 1, "RISC-V has no `mov`", "li a0, 1"),
    ("mov rax, 1", 1, "RISC-V has no `mov`", "`rax` is a register of x86-64"),
    ("movl $1, %eax", 1, "RISC-V has no `movl`", "switch the architecture?"),
    ("ldr r0, =msg", 1, "RISC-V has no `ldr`", "`r0` is a register of ARM"),
    ("li %eax, 1", 4, "`%eax` means nothing here", "switch the architecture?"),
    ("syscall", 1, "RISC-V has no `syscall`", "`ecall`"),
    ("svc #0", 1, "RISC-V has no `svc`", "`ecall`"),
    ("mv x0, w1", 8, "`w1` is a register of AArch64", "switch the architecture?"),
    ("adi a0, a0, 1", 1, "unknown instruction `adi`", "did you mean"),
    ("addi a0, a0, 5000", 14, "5000 does not fit: `addi` takes a number from -2048 to 2047", "li t0, 5000"),
    ("slli a0, a0, 64", 14, "64 does not fit: `slli` takes a number from 0 to 63", ""),
    ("lui a0, 0x100000", 9, "does not fit: `lui` takes a number from 0 to 0xfffff", ""),
    ("lw a0, 3000(sp)", 8, "`lw` expects an address such as 8(sp), with an offset from -2048 to 2047", "lw a0, 8(sp)"),
    ("sw a0, x\nx:", 8, "`sw` with a label needs one more register", "sw a0, label, t0"),
    ("lw a0, later(sp)\nlater = 4", 8, "this is no number that is known at this line", "before this line"),
    ("lw a0, a1", 8, "`lw` expects an address", "`0(a1)`"),
    ("lw a0, [a1]", 8, "`[` can't begin an operand", "0(a0)"),
    ("sw a0, 4(5)", 10, "`5` can't hold an address", "`sp`"),
    ("add a0, a1", 5, "`add` takes 3 operands, not 2", "add a0, a1, a2"),
    ("beq a0, 1, x\nx:", 9, "`beq` expects an integer register", "li t0, 1"),
    ("mv a0, 5", 8, "`mv` expects an integer register such as a0 here, not a number", "li a0, 1"),
    ("mv a0, A1", 8, "`A1` is not a register", "`a1`"),
    ("fadd.d fa0, fa1, a0", 18, "`fadd.d` expects a floating-point register", ""),
    ("j t0", 3, "`j` expects a label here, not the register `t0`", "`jr`"),
    ("j missing", 3, "`missing` is not defined", ""),
    ("la a0", 4, "`la` does not take these operands", "la a0, label"),
    ("li a0, later\nlater = 4", 8, "needs a number that is known at this line", "before this line"),
    ("li a0, a1", 8, "`li` loads a number", "`mv`"),
    ("csrr a0, bogus", 10, "no control and status register `bogus`", ""),
    ("fence wr, r", 7, "what the fence orders", ""),
    ("clz a0, a1", 1, "`clz` is of the extension Zbb", "RV64GC"),
    ("vadd.vv v0, v1, v2", 1, "is of the extension V", "RV64GC"),
    (".option norvc\nc.nop", 1, "is a compressed instruction", ".option rvc"),
    (".option bogus", 9, "`.option bogus` is not known", "norvc"),
    (".option pop", 9, "without `.option push`", ""),
    ("addi a0, a0, %pcrel_lo(1f)\n1:", 24, "there is no `%pcrel_hi` at this label", "auipc"),
    ("lui a0, %lo(x)\nx:", 9, "`lui` expects a number from 0 to 0xfffff", ""),
    ("lui a0, %got_pcrel_hi(x)\nx:", 9, "is not available", "la"),
    ("jal far\n.fill 1000000\n.data\n.fill 60000\nfar:", 5, "too far away", "call"),
    ("j odd\n.byte 1\nodd:", 3, "odd address", ".align 1"),
    ("c.addi4spn a0, sp, 6", 20, "expects a multiple of 4 from 4 to 1020", ""),
    ("c.lw a6, 0(a0)", 6, "one of the registers s0, s1 and a0 to a5", ""),
    (".word a0", 7, "the register `a0` can't stand here", ""),
    ("rdcycleh a0", 1, "is only in RV32", "rdcycle"),
]


@pytest.mark.parametrize(("source", "column", "message", "hint"), MISTAKES, ids=[row[0] for row in MISTAKES])
def test_mistakes(source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(SourceError) as caught:
        assemble(source + "\n", arch="riscv64", language="gas")
    found = caught.value.diagnostics[0]
    assert message in found.message
    assert hint in found.hint
    assert found.column == column

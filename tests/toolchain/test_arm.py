"""ARM, Thumb and AArch64: instructions and whole programs must be what the real cross assemblers make."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.toolchain.assemble import assemble
from app.toolchain.program import SourceError
from tests.toolchain.cross import listing, real_executable, require_tools, section_bytes
from tests.toolchain.tools import PROGRAMS, corpus

SOURCES = [(arch, path) for arch in ("arm", "aarch64") for path in corpus(f"gas_{arch}")]
INSTRUCTIONS = Path(__file__).parent / "instructions"
HEADS = {
    "arm": ("arm", ".syntax unified\n.arch armv8-a\n.arch_extension crc\n.fpu neon-fp-armv8\n.arm\n"),
    "thumb": ("arm", ".syntax unified\n.arch armv8-a\n.fpu neon-fp-armv8\n.thumb\n"),
    "thumb_divided": ("arm", ".syntax divided\n.thumb\n"),
    "aarch64": ("aarch64", ".arch armv8.2-a+crypto+lse\n"),
}


@pytest.mark.parametrize(("arch", "source"), SOURCES, ids=[str(path.relative_to(PROGRAMS)) for _, path in SOURCES])
def test_programs_are_those_of_the_real_assembler(arch: str, source: Path, tmp_path: Path) -> None:
    require_tools(arch)
    program = assemble(source.read_text(), arch=arch, filename=source.name)
    assert (program.language, program.arch) == ("gas", arch)
    real = real_executable(source, program, tmp_path)
    for segment in program.segments:
        if segment.name == ".bss":
            continue
        expected = section_bytes(arch, real, segment.name, tmp_path)
        ours = segment.data.ljust(segment.size, b"\0")
        assert ours == expected[: len(ours)], f"{segment.name}: {ours.hex(' ', 4)} instead of {expected.hex(' ', 4)}"
        # GNU as fills code up to a multiple of 4 bytes at its end.
        assert len(expected) - len(ours) < (4 if "x" in segment.perms else 1)


@pytest.mark.parametrize("name", HEADS)
def test_every_instruction_is_that_of_the_real_assembler(name: str, tmp_path: Path) -> None:
    arch, head = HEADS[name]
    require_tools(arch)
    source = INSTRUCTIONS / f"{name}.txt"
    expected = listing(source, head, arch, tmp_path)
    lines = source.read_text().splitlines()
    program = assemble(head + source.read_text(), arch=arch, language="gas")
    text = program.segments[0]
    ours = {
        entry.line - head.count("\n") - 1: text.data[entry.address - text.address :][: entry.size]
        for entry in program.lines.entries
    }
    wrong = [
        f"{lines[number]}: {ours[number].hex()} instead of {data.hex()}"
        for number, data in expected.items()
        if ours[number] != data
    ]
    assert not wrong, "\n".join(wrong)
    assert len(ours) == len(expected) == len(lines)


MISTAKES = [
    ("arm", "add r0, r1, #0x101", 13, "can't be part of this `add`", "ldr r0, =257"),
    ("arm", "mov r0, rax", 9, "`rax` is a register of x86-64, and this is an ARM program", "switch the architecture?"),
    ("arm", "mov x0, #1", 5, "`x0` is a register of AArch64", "switch the architecture?"),
    ("arm", "syscall", 1, "ARM has no `syscall`", "svc #0"),
    ("arm", "mov r0, 1", 9, "a number needs `#` before it", ".syntax unified"),
    ("arm", "mvo r0, r1", 1, "unknown instruction `mvo`", "did you mean"),
    ("arm", "ldr r0, [r1", 9, "this `[` is not closed", "]"),
    ("arm", "push {r0, r1", 6, "this `{` is not closed", "}"),
    ("arm", "push {r0, 5}", 11, "expected a register in the list, found `5`", ""),
    ("arm", "ldr r0, [r1, #5000]", 14, "the offset 5000 is too large", "4095"),
    ("arm", "ldrd r1, r2, [r3]", 6, "needs an even register", "r0, r1"),
    ("arm", "b missing", 3, "`missing` is not defined", ""),
    ("arm", ".thumb\nmoveq r0, #1", 1, "needs an IT block", "it eq"),
    ("arm", ".syntax unified\n.thumb\nit eq\nmovne r0, #1", 1, "needs the condition `eq`", "moveq"),
    ("arm", "ldr r0, =msg\n.fill 5000\nmsg:", 10, "too far away", ".ltorg"),
    ("arm", "b far\n.fill 4\n.thumb_func\nfar: nop", 3, "can't go from ARM to Thumb", "bx"),
    ("arm", "adr r0, far\n.fill 5000, 1, 0\nfar:", 9, "`adr` can't reach", "ldr register, =label"),
    ("arm", "mov r0, #later\n.data\nlater: .word 1", 10, "the address of a label does not fit here", "adr"),
    ("aarch64", "mov x0, rax", 9, "`rax` is a register of x86-64", "switch the architecture?"),
    ("aarch64", "mov r0, #1", 5, "`r0` is a register of ARM", "switch the architecture?"),
    ("aarch64", "mov x0, #0x123456", 9, "can't be moved by one instruction", "ldr x0, ="),
    ("aarch64", "and x0, x1, #5", 13, "no bit mask", "ldr x0, =5"),
    ("aarch64", "add x0, x1, #5000", 13, "too large for `add`", "ldr x0, =5000"),
    ("aarch64", "add x0, x1, w2", 5, "mixes w (32-bit) and x (64-bit)", "one kind"),
    ("aarch64", "strb x0, [x1]", 6, "takes a w register", "w0"),
    ("aarch64", "push {x0}", 1, "AArch64 has no `push`", "stp"),
    ("aarch64", "ldr x0, [x1, :got:x]", 14, "`:got:` is not available", "lo12"),
    ("aarch64", "tbz x0, #64, 1f\n1:", 14, "has no bit 64", ""),
    ("aarch64", "tbz x0, #3, far\n.fill 40000\nfar:", 13, "too far away for `tbz`", "KiB"),
    ("aarch64", "ldr x0, [x1, :lo12:odd]\n.data\n.byte 1\nodd: .quad 1", 20, "not a multiple of 8", ".balign 8"),
    ("aarch64", "b.eq x0", 6, "takes one label", ""),
]


@pytest.mark.parametrize(("arch", "source", "column", "message", "hint"), MISTAKES, ids=[row[1] for row in MISTAKES])
def test_mistakes(arch: str, source: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(SourceError) as caught:
        assemble(source + "\n", arch=arch, language="gas")
    found = caught.value.diagnostics[0]
    assert message in found.message
    assert hint in found.hint
    assert found.column == column

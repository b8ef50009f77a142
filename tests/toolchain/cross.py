"""Build ARM and AArch64 sources with the real cross assembler and ld, to compare with."""

from __future__ import annotations

import re
from pathlib import Path

from app.toolchain.program import Program
from tests.toolchain.tools import require, run

PREFIXES = {"arm": "arm-linux-gnueabihf-", "aarch64": "aarch64-linux-gnu-", "riscv64": "riscv64-linux-gnu-"}
EMULATORS = {"arm": "qemu-arm", "aarch64": "qemu-aarch64"}


def require_tools(arch: str) -> None:
    """Skip the test when the cross binutils for `arch` are missing."""
    require(*(PREFIXES[arch] + tool for tool in ("as", "ld", "objcopy", "objdump")))


def real_executable(source: Path, program: Program, directory: Path) -> Path:
    """The real assembler's output, linked with every section where `program` has it."""
    prefix = PREFIXES[program.arch]
    target, output = directory / "real.o", directory / "real"
    done = run(prefix + "as", "-o", target, source)
    assert done.returncode == 0, done.stderr.decode()
    places = [f"--section-start={segment.name}={segment.address:#x}" for segment in program.segments]
    done = run(prefix + "ld", "-e", hex(program.entry), *places, "-o", output, target)
    assert done.returncode == 0, done.stderr.decode()
    return output


def section_bytes(arch: str, executable: Path, name: str, directory: Path) -> bytes:
    """What `executable` has in section `name`."""
    output = directory / "section.bin"
    output.unlink(missing_ok=True)
    prefix = PREFIXES[arch]
    done = run(prefix + "objcopy", "-O", "binary", f"--only-section={name}", executable, output)
    assert done.returncode == 0, done.stderr.decode()
    return output.read_bytes() if output.exists() else b""


def listing(source: Path, head: str, arch: str, directory: Path) -> dict[int, bytes]:
    """Bytes that the real assembler makes of each line of `source` with `head` before it; 0 is the first line."""
    patched = directory / "listed.s"
    patched.write_text(head + source.read_text())
    done = run(PREFIXES[arch] + "as", "-al", "-o", directory / "listed.o", patched)
    assert done.returncode == 0, done.stderr.decode()
    before = head.count("\n") + 1
    rows = re.finditer(r"^ *(\d+) [0-9a-f]{4} ([0-9A-F]+)", done.stdout.decode(), re.MULTILINE)
    return {int(row[1]) - before: bytes.fromhex(row[2]) for row in rows}

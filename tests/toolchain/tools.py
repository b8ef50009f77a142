"""Build the same source with the real GNU as or NASM and GNU ld, to compare with."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.toolchain.machines import MACHINES
from app.toolchain.program import Program

PROGRAMS = Path(__file__).parent / "programs"


def corpus(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (PROGRAMS / folder).iterdir())


def require(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"`{tool}` is not installed")


def run(*command: object, **options: object) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([str(part) for part in command], capture_output=True, timeout=30, check=False, **options)


def real_object(source: Path, program: Program, directory: Path) -> Path:
    """The object file that the real assembler makes of `source`."""
    output = directory / "real.o"
    bits = MACHINES[program.arch].bits
    if source.suffix == ".asm":
        done = run("nasm", "-f", f"elf{bits}", "-w-all", "-o", output, source)
    else:
        text = source.read_text()
        if "intel" in source.parent.name and ".intel_syntax" not in text:
            text = ".intel_syntax noprefix\n" + text
        patched = directory / "real.s"
        patched.write_text(text)
        done = run("as", f"--{bits}", "-o", output, patched)
    assert done.returncode == 0, done.stderr.decode()
    return output


def real_executable(source: Path, program: Program, directory: Path) -> Path:
    """The real assembler's output, linked by ld with every section where `program` has it."""
    output = directory / "real"
    script = directory / "script.ld"
    rows = []
    for segment in program.segments:
        inputs = f"*({segment.name})" + (" *(COMMON)" if segment.name == ".bss" else "")
        rows.append(f"{segment.name} {segment.address:#x} : {{ {inputs} }}")
    script.write_text("SECTIONS { " + "\n".join(rows) + "\n/DISCARD/ : { *(*) } }\n")
    model = "elf_i386" if program.arch == "i386" else "elf_x86_64"
    unit = real_object(source, program, directory)
    done = run("ld", "-m", model, "-T", script, "-e", hex(program.entry), "-o", output, unit)
    assert done.returncode == 0, done.stderr.decode()
    return output


def section_bytes(executable: Path, name: str, directory: Path) -> bytes:
    output = directory / "section.bin"
    done = run("objcopy", "-O", "binary", f"--only-section={name}", executable, output)
    assert done.returncode == 0, done.stderr.decode()
    return output.read_bytes() if output.exists() else b""


def disassembly(code: bytes, address: int, directory: Path, arch: str) -> list[str]:
    """Instructions without their addresses and bytes, branch targets kept."""
    raw = directory / "code.bin"
    raw.write_bytes(code)
    machine = "i386" if arch == "i386" else "i386:x86-64"
    done = run("objdump", "-D", "-b", "binary", "-m", machine, "-M", "intel", f"--adjust-vma={address:#x}", raw)
    rows = []
    for row in done.stdout.decode().splitlines():
        match = re.fullmatch(r"\s*[0-9a-f]+:\t[0-9a-f ]+\t(.*)", row)
        if match:
            rows.append(re.sub(r"\s+", " ", match[1]).strip())
    return rows


def build_program(folder: Path, target: str, *flags: str, source: str) -> bytes:
    """A C program for clang's `target` with frame pointers and without any library, whose source is program.c."""
    (folder / "program.c").write_text(source)
    zig = [sys.executable, "-m", "ziglang"]
    frames = ("-fno-omit-frame-pointer", "-mno-omit-leaf-frame-pointer", "-fno-unwind-tables", "-fno-stack-protector")
    for command in (
        [*zig, "cc", "-target", target, *frames, "-fno-sanitize=all", *flags, "-c", "program.c", "-o", "program.o"],
        [*zig, "ld.lld", "-static", "program.o", "-o", "program"],
    ):
        subprocess.run(command, check=True, cwd=folder, timeout=120)
    return (folder / "program").read_bytes()


def run_child(code: str, seconds: int, *arguments: str) -> None:
    """Run Python code in a process of its own, which must end well within the time."""
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        timeout=seconds,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace")[-2000:]

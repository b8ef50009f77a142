"""The commands that turn a Rust source into an ELF file for x86-64."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from app.toolchain.c.commands import Step

SOURCE_NAME = "program.rs"
"""What the visitor's file is called in messages and in DWARF."""

ASSEMBLY_NAME = "program.s"
PROGRAM_NAME = "program"
LIBC_NAME = "liblibc.rlib"
LIBC_SOURCE = str(Path(__file__).parent / "shim" / "libc.rs")
"""The part of the `libc` crate that is offered: the crate itself cannot be downloaded."""

ARCHES = ("x86_64",)
_MUSL, _GNU = "x86_64-unknown-linux-musl", "x86_64-unknown-linux-gnu"


class RustKit(Struct, frozen=True):
    """A Rust compiler: the program itself, its version, its directory, its targets, and the linker it is to use."""

    rustc: str
    version: str
    sysroot: str
    targets: tuple[str, ...]
    linker: str

    @property
    def target(self) -> str:
        """The target that programs are built for: with musl, where it is installed, they are smaller."""
        return _MUSL if _MUSL in self.targets else _GNU


def uses_libc(source: str) -> bool:
    """Whether the source may want the `libc` crate."""
    return "libc" in source


def compile_steps(kit: RustKit, *, optimize: int, link: bool, libc: bool) -> list[Step]:
    """From SOURCE_NAME to PROGRAM_NAME and ASSEMBLY_NAME, or without `link` only to ASSEMBLY_NAME."""
    common = (kit.rustc, "--target", kit.target, "--sysroot", kit.sysroot, "--edition=2021", "--error-format=json")
    steps = []
    if libc:
        steps.append(
            Step(
                "compile the libc crate for",
                (*common, "--crate-type=rlib", "--crate-name=libc", LIBC_SOURCE, "-o", LIBC_NAME),
                LIBC_NAME,
            )
        )
    program = (
        *common,
        *(SOURCE_NAME, "--crate-name=program", "--crate-type=bin", "--out-dir=."),
        *(("--extern", f"libc={LIBC_NAME}") if libc else ()),
    )
    code = (
        *(f"-Copt-level={optimize}", "-g", "-Cforce-frame-pointers=yes", "-Ccodegen-units=1"),
        *("-Ctarget-feature=+crt-static", "-Crelocation-model=static", f"-Clinker={kit.linker}"),
        f"--emit=asm={ASSEMBLY_NAME}" + (f",link={PROGRAM_NAME}" if link else ""),
    )
    return [*steps, Step("compile", (*program, *code), PROGRAM_NAME if link else ASSEMBLY_NAME)]

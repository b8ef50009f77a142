"""A compilation of Rust, inside of the compiler's box."""

from __future__ import annotations

import os
from collections.abc import Callable

from msgspec import Struct

from app.toolchain.c.commands import Step
from app.toolchain.program import Diagnostic
from app.toolchain.rust.commands import LIBC_NAME, RustKit, compile_steps, uses_libc
from app.toolchain.rust.diagnostics import read_rustc
from app.toolchain.rust.source import refusals


class RustResult(Struct):
    """What came of it: without a program, `mistakes` say why; with one, they are warnings."""

    made: bool
    mistakes: list[Diagnostic]


def compile_rust(kit: RustKit, source: str, *, optimize: int, link: bool, run: Callable[[Step], str]) -> RustResult:
    """Compile the file of `source` in this directory. `run` runs one step and returns what it said."""
    if refused := refusals(source):
        return RustResult(False, refused)
    mistakes: list[Diagnostic] = []
    for step in compile_steps(kit, optimize=optimize, link=link, libc=uses_libc(source)):
        found = read_rustc(run(step))
        if not os.path.exists(step.makes):
            return RustResult(False, found or [Diagnostic(1, 1, 2, f"rustc could not {step.what} this program")])
        if step.makes != LIBC_NAME:
            mistakes += found
    return RustResult(True, mistakes)

"""Compiling in the tests: one source to its answer, in the real box."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from app.runner import c_library
from app.runner.compilation import Compilers
from app.runner.compiler_box import BoxLimits, missing
from app.runner.messages import Action, Built, Limits, Rejected, RunSpec, WorkerFrame
from app.toolchain.c.kit import find_kit

_decoder: msgspec.msgpack.Decoder[WorkerFrame] = msgspec.msgpack.Decoder(WorkerFrame)

LIMITS = Limits(
    cpu_seconds=10,
    wall_seconds=60,
    memory_bytes=64 << 20,
    events=20_000,
    output_bytes=1 << 20,
    source_bytes=1 << 20,
)

needs_box = pytest.mark.skipif(bool(missing()), reason=f"C cannot be compiled here: {missing()}")


def c_spec(source: str, *, arch: str = "x86_64", optimize: int = 0, action: Action = "run") -> RunSpec:
    """A run of a C program."""
    return RunSpec(
        source=source.encode(), language="c", arch=arch, limits=LIMITS, optimize=optimize, action=action,
        filename="program.c",
    )  # fmt: skip


def compile_c(
    source: str, *, limits: BoxLimits | None = None, arch: str = "x86_64", optimize: int = 0, action: Action = "run"
) -> tuple[Built | Rejected, bytes]:
    """The answer, and the ELF file."""
    return compile_spec(c_spec(source, arch=arch, optimize=optimize, action=action), limits)


def compile_spec(spec: RunSpec, limits: BoxLimits | None = None) -> tuple[Built | Rejected, bytes]:
    """The same for any run of a compiled language."""
    job = Compilers(limits or BoxLimits()).start(spec)
    try:
        compiled = job.wait()
    finally:
        job.close()
    assert compiled is not None
    message = _decoder.decode(compiled.frame)
    assert isinstance(message, Built | Rejected), message
    return message, compiled.image


def program(source: str, path: Path, **options: object) -> Path:
    """Compile `source`, which has no mistakes, to an executable file."""
    message, image = compile_c(source, **options)  # type: ignore[arg-type]
    assert isinstance(message, Built), message
    path.write_bytes(image)
    path.chmod(0o755)
    return path


def provide_library(arch: str) -> None:
    """Build the C library of `arch` unless `make test` has."""
    c_library.build(find_kit(), arch, 2, lambda done, total: None)

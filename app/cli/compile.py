"""Programs in compiled languages on the command line: the compiler works before the command confines itself."""

from __future__ import annotations

from typing import NamedTuple

import click
import msgspec
from msgspec.structs import replace

from app.runner import c_library
from app.runner.compilation import Compilers, CompilerUnavailableError
from app.runner.compiler_box import BoxLimits
from app.runner.languages import compiled_language
from app.runner.messages import AssemblyLine, Built, RunSpec, SourceMistake, WorkerFrame
from app.toolchain.c.kit import KitError, find_kit
from app.toolchain.c.source import read_source
from app.toolchain.program import Diagnostic

from .libraries import build_libraries
from .source import report

# A command serves one person, who can interrupt it.
_LIMITS = BoxLimits(cpu_seconds=60, wall_seconds=120, memory_bytes=4 << 30, file_bytes=32 << 20)

_decoder: msgspec.msgpack.Decoder[WorkerFrame] = msgspec.msgpack.Decoder(WorkerFrame)


class CompiledSource(NamedTuple):
    """What a compiler made: the run as an engine takes it, and the assembly on the way."""

    spec: RunSpec
    assembly: list[AssemblyLine]


def compile_source(spec: RunSpec) -> CompiledSource:
    """Compile `spec`, warnings on standard error. Ends the command with its mistakes, or when that is impossible here.

    Builds the C library first, if the program wants it and it is missing.
    """
    _provide_library(spec)
    try:
        job = Compilers(_LIMITS).start(spec)
    except (CompilerUnavailableError, OSError) as error:
        raise click.ClickException(str(error)) from error
    try:
        answer = job.wait()
    finally:
        job.close()
    message = answer and _decoder.decode(answer.frame)
    if answer is None or not isinstance(message, Built):
        mistakes = getattr(message, "mistakes", None)
        if not mistakes:
            raise click.ClickException("the compiler ended without an answer")
        report(spec.filename, [_diagnostic(mistake) for mistake in mistakes])
    for mistake in message.mistakes:
        click.echo(_diagnostic(mistake).render(spec.filename), err=True)
    return CompiledSource(replace(spec, source=b"", image=answer.image), message.assembly)


def _provide_library(spec: RunSpec) -> None:
    if (
        compiled_language(spec) != "c"
        or spec.action != "run"
        or not read_source(spec.source.decode("utf-8", "replace")).wants_library
    ):
        return
    try:
        missing = c_library.find(find_kit(), spec.arch) is None
    except KitError:
        # The compilation says so.
        return
    if missing:
        build_libraries([spec.arch])


def _diagnostic(mistake: SourceMistake) -> Diagnostic:
    return msgspec.convert(mistake, Diagnostic, from_attributes=True)

"""`trapgate asm`: the listing of a program."""

from __future__ import annotations

import click

from app.runner.languages import compiled_language
from app.runner.messages import Limits, RunSpec
from app.toolchain.listing import listing
from app.toolchain.program import SourceError

from .source import ARCHITECTURES, SOURCE_LANGUAGES, language_option, optimize_option, read_file, report

MAX_SOURCE_BYTES = 16 << 20
_UNLIMITED = 1 << 62
_LIMITS = Limits(
    cpu_seconds=_UNLIMITED,
    wall_seconds=_UNLIMITED,
    memory_bytes=0,
    events=0,
    output_bytes=0,
    source_bytes=MAX_SOURCE_BYTES,
)


@click.command()
@click.option("--arch", type=ARCHITECTURES, default="x86_64", show_default=True, help="Architecture.")
@language_option(*SOURCE_LANGUAGES)
@optimize_option
@click.argument("file")
def asm(arch: str, lang: str, optimize: int, file: str) -> None:
    """Assemble FILE and print address, bytes and source line of everything in it.

    Of a C or Rust program: the assembly that the compiler makes, with the source lines it is for.
    """
    data = read_file(file, MAX_SOURCE_BYTES)
    spec = RunSpec(data, lang, arch, _LIMITS, filename=file, optimize=optimize, action="check")
    if compiled_language(spec):
        from .compile import compile_source  # noqa: PLC0415 - takes time to load

        for line in compile_source(spec).assembly:
            click.echo(f"{line.line or '':>5} {line.text}")
        return
    from app.runner.engine import build  # noqa: PLC0415 - takes time to load

    try:
        program = build(spec)
    except SourceError as error:
        report(file, error.diagnostics)
    if program.image:
        raise click.UsageError(f"{file} is a finished program; only a source has a listing")
    click.echo(listing(data.decode("utf-8", "replace"), program), nl=False)

"""`trapgate asm`: the listing of a program."""

from __future__ import annotations

import click

from app.runner import compiler
from app.runner.messages import Limits, RunSpec
from app.toolchain.assemble import assemble
from app.toolchain.listing import listing
from app.toolchain.program import SourceError

from .compiled import compiled
from .source import ARCHITECTURES, read_file, report

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
@click.option(
    "--lang",
    type=click.Choice(["auto", "gas", "nasm", "c", "rust"]),
    default="auto",
    show_default=True,
    help="Language.",
)
@click.option(
    "-O",
    "--optimize",
    type=click.IntRange(0, 2),
    default=0,
    show_default=True,
    metavar="LEVEL",
    help="For C and Rust: 0 to 2.",
)
@click.argument("file")
def asm(arch: str, lang: str, optimize: int, file: str) -> None:
    """Assemble FILE and print address, bytes and source line of everything in it.

    Of a C or Rust program: the assembly that the compiler makes, with the source lines it is for.
    """
    data = read_file(file, MAX_SOURCE_BYTES)
    spec = RunSpec(data, lang, arch, _LIMITS, filename=file, optimize=optimize, action="check")
    if compiler.language(spec):
        for line in compiled(spec).assembly:
            click.echo(f"{line.line or '':>5} {line.text}")
        return
    source = data.decode("utf-8", "surrogateescape")
    try:
        program = assemble(source, language=lang, arch=arch, filename=file)
    except SourceError as error:
        report(file, error.diagnostics)
    click.echo(listing(source, program), nl=False)

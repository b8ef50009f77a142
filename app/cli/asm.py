"""`trapgate asm`: the listing of a program."""

from __future__ import annotations

import click

from app.toolchain.assemble import assemble
from app.toolchain.listing import listing
from app.toolchain.program import SourceError

from .source import ARCHITECTURES, read_file, report

MAX_SOURCE_BYTES = 16 << 20


@click.command()
@click.option("--arch", type=ARCHITECTURES, default="x86_64", show_default=True, help="Architecture.")
@click.option(
    "--lang", type=click.Choice(["auto", "gas", "nasm"]), default="auto", show_default=True, help="Assembler dialect."
)
@click.argument("file")
def asm(arch: str, lang: str, file: str) -> None:
    """Assemble FILE and print address, bytes and source line of everything in it."""
    source = read_file(file, MAX_SOURCE_BYTES).decode("utf-8", "surrogateescape")
    try:
        program = assemble(source, language=lang, arch=arch, filename=file)
    except SourceError as error:
        report(file, error.diagnostics)
    click.echo(listing(source, program), nl=False)

"""What the commands that take a FILE share: reading it, and reporting its mistakes as compilers do."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click

from app.toolchain.elf import ElfError
from app.toolchain.elf.header import read_header
from app.toolchain.machines import ARCHES, MACHINES
from app.toolchain.program import Diagnostic

_Command = TypeVar("_Command", bound=Callable[..., Any])

EXIT_SOURCE = 2
"""Exit status for a mistake in the source, or in how the command was called."""

ARCHITECTURES = click.Choice(ARCHES)
SOURCE_LANGUAGES = ("auto", "gas", "nasm", "c", "rust")

optimize_option = click.option(
    "-O",
    "--optimize",
    type=click.IntRange(0, 2),
    default=0,
    show_default=True,
    metavar="LEVEL",
    help="How much a compiler optimizes, 0 to 2.",
)


def language_option(*languages: str) -> Callable[[_Command], _Command]:
    """The option `--lang`, which takes one of `languages`; the first is the default."""
    return click.option(
        "--lang",
        type=click.Choice(languages),
        default=languages[0],
        show_default=True,
        help="Language; auto goes by name and content.",
    )


def read_file(path: str, limit: int) -> bytes:
    """The contents of FILE. Ends the command with a message when it cannot be read or is larger than `limit` bytes."""
    try:
        with open(path, "rb") as file:
            # Not all of it: some files have no end.
            data = file.read(limit + 1)
    except OSError as error:
        raise click.UsageError(f"cannot read {path!r}: {error.strerror}") from error
    if len(data) > limit:
        raise click.UsageError(f"{path!r} has more than {limit} bytes, the most that are taken")
    return data


def architecture_of(data: bytes, wanted: str | None) -> str:
    """The architecture that the program of a FILE is for: `wanted`, or what an ELF file says, or the usual one.

    Ends the command when an ELF file is for another one than `wanted`. What is wrong with it else is found out later.
    """
    usual = ARCHES[0]
    if not data.startswith(b"\x7fELF"):
        return wanted or usual
    try:
        machine, _ = read_header(data)
    except ElfError:
        return wanted or usual
    if wanted not in (None, machine.name):
        raise click.UsageError(f"the program is for {machine.title}, not for {MACHINES[str(wanted)].title}")
    return machine.name


def report(path: str, diagnostics: list[Diagnostic]) -> NoReturn:
    """Print every mistake as `FILE:LINE:COL: error: ...` and exit with status 2."""
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(path), err=True)
    sys.exit(EXIT_SOURCE)

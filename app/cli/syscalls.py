"""`trapgate syscalls`: the reference table, from the kernel's own signatures and docstrings."""

from __future__ import annotations

import click

from app.kernel import syscalls as areas
from app.kernel.abi import ABIS, Abi
from app.kernel.abi.unserved import REASONS
from app.kernel.reference import Level, errors, page
from app.kernel.syscall import Syscall, served_as

from .source import ARCHITECTURES

WIDTH = 100
"""Columns of running text."""


@click.command()
@click.option("--arch", type=ARCHITECTURES, default="x86_64", show_default=True, help="Whose table.")
@click.argument("call", required=False, metavar="[NAME|NUMBER]")
def syscalls(arch: str, call: str | None) -> None:
    """Show the system call table, or everything about one call.

    The level says how much of a call is served: full, partial (the call's page says what is missing), or none.
    """
    areas.load()
    abi = ABIS[arch]
    if call is None:
        for number, name in sorted(abi.names.items()):
            found = served_as(abi, name)
            shown = found.signature if found else _with_reason(name)
            level = page(found.doc).level if found else Level.NONE
            click.echo(f"{number:>4}  {level.value:7}  {shown}")
        return
    number, name = _find(abi, call)
    found = served_as(abi, name)
    if found is not None:
        _show(abi, number, found)
    else:
        click.echo(f"{_with_reason(name)}\n\nNumber {number} on {arch}. Linux has it; Trapgate answers ENOSYS.")


def _with_reason(name: str) -> str:
    """A call that is not served, and why, if that is on purpose."""
    return f"{name} ({REASONS[name]})" if name in REASONS else name


def _show(abi: Abi, number: int, call: Syscall) -> None:
    """The page of one call."""
    reference = page(call.doc)
    click.echo(f"{call.signature}\n")
    for paragraph in reference.text:
        _paragraph(paragraph)
    found = errors(call)
    if found:
        click.echo("Errors:")
        for error in found:
            click.echo(click.wrap_text(str(error), WIDTH, initial_indent="  ", subsequent_indent="      "))
        click.echo()
    if reference.level is Level.PARTIAL:
        _paragraph(reference.missing)
    click.echo(f"level      {reference.level.value}")
    click.echo(f"number     {number} on {abi.info.name}, in {abi.info.number_register}")
    for argument, registers in call.places(abi.argument_registers):
        click.echo(f"{argument:10} in {' and '.join(registers)}")
    click.echo(f"result     in {abi.info.return_register}; -errno when refused")
    click.echo(f"man page   {', '.join(reference.manual)}")
    click.echo(f"source     {call.source}")


def _paragraph(text: str) -> None:
    click.echo(click.wrap_text(text, WIDTH) + "\n")


def _find(abi: Abi, call: str) -> tuple[int, str]:
    """The row that a number (any C notation) or a name means."""
    names = abi.names
    try:
        number = int(call, 0)
    except ValueError:
        for number, name in names.items():
            if name == call:
                return number, name
        elsewhere = [arch for arch, other in ABIS.items() if call in other.names.values()]
        hint = f"; on {', '.join(elsewhere)} one is" if elsewhere else ""
        raise click.UsageError(f"no system call of {abi.info.name} is named {call}{hint}") from None
    if number not in names:
        raise click.UsageError(f"the table has no row {number}")
    return number, names[number]

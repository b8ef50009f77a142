"""`trapgate syscalls`: the reference table, from the kernel's own signatures and docstrings."""

from __future__ import annotations

from collections.abc import Mapping

import click

from app.kernel import syscalls as areas
from app.kernel.abi import ABIS
from app.kernel.syscall import served

from .source import ARCHITECTURES


@click.command()
@click.option("--arch", type=ARCHITECTURES, default="x86_64", show_default=True, help="Whose table.")
@click.argument("call", required=False, metavar="[NAME|NUMBER]")
def syscalls(arch: str, call: str | None) -> None:
    """Show the system call table, or everything about one call."""
    areas.load()
    abi = ABIS[arch]
    rows = served()
    if call is None:
        for number, name in sorted(abi.names.items()):
            click.echo(f"{number:>4}  {rows[name].signature if name in rows else name + '  (not served yet: ENOSYS)'}")
        return
    number, name = _find(abi.names, call)
    if name not in rows:
        click.echo(
            f"{name} is number {number} on {arch}. Linux has it; Trapgate does not serve it yet and answers ENOSYS."
        )
        return
    row = rows[name]
    click.echo(f"{row.signature}\n")
    click.echo(f"number     {number} on {arch}, in {abi.info.number_register}")
    for parameter, register in zip(row.parameters, abi.argument_registers, strict=False):
        click.echo(f"{parameter.name:10} in {register}")
    click.echo(f"result     in {abi.info.return_register}; -errno when refused")
    click.echo(f"source     {row.source}\n\n{row.doc}")


def _find(names: Mapping[int, str], call: str) -> tuple[int, str]:
    """The row that a number (any C notation) or a name means."""
    try:
        number = int(call, 0)
    except ValueError:
        for number, name in names.items():
            if name == call:
                return number, name
        raise click.UsageError(f"no system call is named {call}") from None
    if number not in names:
        raise click.UsageError(f"the table has no row {number}")
    return number, names[number]

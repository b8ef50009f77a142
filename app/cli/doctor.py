"""`trapgate doctor`: what works on this machine, and what is missing; `--build` makes what can be made."""

from __future__ import annotations

import sys

import click

from app.runner.doctor import report

from .libraries import build_libraries
from .source import ARCHITECTURES


@click.command()
@click.option("--build", is_flag=True, help="Build the C library of each architecture first, where it is missing.")
@click.option("--arch", "arches", type=ARCHITECTURES, multiple=True, help="Build only for this one; repeatable.")
def doctor(build: bool, arches: tuple[str, ...]) -> None:
    """Say what is available here and what is missing; exit status 1 when something is."""
    if arches and not build:
        raise click.UsageError("--arch says what to --build")
    if build:
        build_libraries(arches)
    findings = report()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        click.echo(f"{finding.mark:7}  {finding.name:{width}}  {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)

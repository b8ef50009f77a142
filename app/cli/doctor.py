"""`trapgate doctor`: what works on this machine, and what is missing."""

from __future__ import annotations

import sys

import click

from app.runner.doctor import report


@click.command()
def doctor() -> None:
    """Say what is available here and what is missing; exit status 1 when something is."""
    findings = report()
    width = max(len(finding.name) for finding in findings)
    for finding in findings:
        click.echo(f"{'ok     ' if finding.ok else 'missing'}  {finding.name:{width}}  {finding.detail}")
    sys.exit(0 if all(finding.ok for finding in findings) else 1)

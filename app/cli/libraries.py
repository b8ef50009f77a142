"""Building C libraries in the foreground, with a progress bar on standard error."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import click

from app.runner import c_library
from app.toolchain.c.kit import Kit, KitError, find_kit
from app.toolchain.c.targets import TARGETS
from app.toolchain.machines import MACHINES


def build_libraries(arches: Sequence[str] = ()) -> None:
    """Build the libraries of `arches`, or all, where missing. Ends the command when one cannot be built."""
    try:
        kit = find_kit()
        for arch in arches or TARGETS:
            if c_library.find(kit, arch) is None:
                _build(kit, arch)
    except (KitError, c_library.LibraryError) as error:
        raise click.ClickException(str(error)) from error


def _build(kit: Kit, arch: str) -> None:
    title = MACHINES[arch].title
    jobs = len(os.sched_getaffinity(0))
    if not sys.stderr.isatty():
        click.echo(f"building the C library for {title} ...", err=True)
        c_library.build(kit, arch, jobs, lambda done, total: None)
        return
    with click.progressbar(length=1, label=f"C library for {title}", file=sys.stderr, show_pos=True) as bar:

        def progress(done: int, total: int) -> None:
            bar.length = total
            bar.update(done - bar.pos)

        c_library.build(kit, arch, jobs, progress)

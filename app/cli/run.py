"""`trapgate run`: a program under Trapgate as if it were run by the shell, with a trace if wanted."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import IO

import click

from app.runner import sandbox
from app.runner.local import execute
from app.runner.messages import Limits, RunSpec
from app.toolchain.program import SourceError
from app.trace import codec, strace
from app.trace.events import AnyEvent
from app.trace.recorder import Sink

from .source import ARCHITECTURES, LANGUAGES, read_file, report

MAX_PROGRAM_BYTES = 16 << 20
MEMORY_BYTES = 256 << 20
UNLIMITED = 1 << 62
EXIT_BROKEN_PIPE = 128 + signal.SIGPIPE


class HostConsole:
    """Standard input, output and error of the command itself."""

    def write(self, stream: int, data: bytes) -> None:
        """The terminal (0) is reached through standard output; 1 and 2 are the redirected streams."""
        view = memoryview(data)
        while view:
            view = view[os.write(stream or 1, view) :]

    def read(self, size: int) -> bytes | None:
        """What the shell gave as standard input."""
        return os.read(0, size)


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option("--arch", type=ARCHITECTURES, default="x86_64", show_default=True, help="Architecture.")
@click.option(
    "--lang", type=LANGUAGES, default="auto", show_default=True, help="Language; auto goes by name and content."
)
@click.option(
    "--trace", type=click.Choice(["none", "strace", "json"]), default="none", show_default=True, help="What to record."
)
@click.option("--trace-file", type=click.Path(dir_okay=False), help="Where the trace goes; standard error otherwise.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=10.0, show_default=True, help="CPU seconds; 0 means no limit."
)
@click.option("--root", is_flag=True, help="Run as uid 0 instead of 1000.")
@click.option("--cwd", default="/home/user", show_default=True, metavar="DIR", help="Working directory in the sandbox.")
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Environment of the program; repeatable.")
@click.option(
    "--file", "files", multiple=True, metavar="HOST[:GUEST]", help="Copy a file into the sandbox; repeatable."
)
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything random.")
@click.argument("program", metavar="FILE")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(
    arch: str,
    lang: str,
    trace: str,
    trace_file: str | None,
    timeout: float,
    root: bool,
    cwd: str,
    env: tuple[str, ...],
    files: tuple[str, ...],
    seed: int,
    program: str,
    args: tuple[str, ...],
) -> None:
    """Run FILE (assembly or a static ELF) with ARGS.

    Input, output and exit status are the program's own; 128 + n for a fatal signal n, 124 at a limit, 2 for a mistake
    in the source.
    """
    # The emulated CPU runs outside Python's reach: Ctrl-C has to end the process by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for setting in env:
        if "=" not in setting:
            raise click.UsageError(f"--env takes NAME=VALUE, not {setting!r}")
    interactive = [os.isatty(fd) for fd in range(3)]
    columns, rows = os.get_terminal_size(0) if interactive[0] else (80, 24)
    spec = RunSpec(
        source=read_file(program, MAX_PROGRAM_BYTES),
        language=lang,
        arch=arch,
        limits=Limits(
            cpu_seconds=timeout or UNLIMITED,
            wall_seconds=UNLIMITED,
            memory_bytes=MEMORY_BYTES,
            events=UNLIMITED,
            output_bytes=UNLIMITED,
            source_bytes=MAX_PROGRAM_BYTES,
        ),
        filename=program,
        argv=(program, *args),
        env=env,
        files=tuple(_guest_file(name, cwd) for name in files),
        cwd=cwd,
        root=root,
        seed=seed,
        columns=columns or 80,
        rows=rows or 24,
        streams=tuple("terminal" if tty else "stream" for tty in interactive),  # type: ignore[arg-type]
        echo=False,
    )
    out = _open_trace(trace_file) if trace_file else sys.stderr.buffer
    try:
        end = execute(spec, console=HostConsole(), sink=_sink(trace, out), confine=_confine)
    except SourceError as error:
        report(program, error.diagnostics)
    except BrokenPipeError:
        sys.exit(EXIT_BROKEN_PIPE)
    if end.reason not in ("exit", "signal"):
        click.echo(f"trapgate: {end.sentence}", err=True)
    sys.exit(end.exit_code)


def _confine(start_threads: Callable[[], None]) -> None:
    """Enter the sandbox, or say that there is none here."""
    try:
        sandbox.enter_in_place(start_threads=start_threads)
    except sandbox.SandboxUnavailableError as error:
        click.echo(f"trapgate: warning: the run is not sandboxed: {error}", err=True)


def _open_trace(path: str) -> IO[bytes]:
    """Open the trace file for writing."""
    try:
        return open(path, "wb")
    except OSError as error:
        raise click.UsageError(f"cannot write {path}: {error.strerror}") from error


def _guest_file(argument: str, cwd: str) -> tuple[str, bytes]:
    """`HOST[:GUEST]`: (absolute guest path, contents)."""
    host, _, guest = argument.partition(":")
    guest = guest or os.path.basename(host)
    return os.path.normpath(os.path.join(cwd, guest)), read_file(host, MAX_PROGRAM_BYTES)


def _sink(trace: str, out: IO[bytes]) -> Sink:
    """Where batches of events go."""

    def as_json(events: list[AnyEvent]) -> None:
        out.write(codec.encode_lines(events))
        out.flush()

    def as_strace(events: list[AnyEvent]) -> None:
        lines = [line for event in events if (line := strace.render(event)) is not None]
        if lines:
            out.write(("\n".join(lines) + "\n").encode("utf-8", "surrogateescape"))
            out.flush()

    def nowhere(events: list[AnyEvent]) -> None:
        pass

    return {"json": as_json, "strace": as_strace, "none": nowhere}[trace]

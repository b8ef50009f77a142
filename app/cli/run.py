"""`trapgate run`: a program under Trapgate as if it were run by the shell, with a trace if wanted."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence

import click

from app.runner import sandbox
from app.runner.execution import BadSpecError
from app.runner.languages import compiled_language
from app.runner.local import execute
from app.runner.messages import Limits, RunSpec
from app.toolchain.program import SourceError
from app.trace import codec, strace
from app.trace.events import AnyEvent
from app.trace.recorder import Sink

from . import host_terminal
from .console import HostConsole, write_all
from .guest_files import guest_files
from .source import (
    ARCHITECTURES,
    EXIT_SOURCE,
    SOURCE_LANGUAGES,
    architecture_of,
    language_option,
    optimize_option,
    read_file,
    report,
)

MAX_PROGRAM_BYTES = 16 << 20
MEMORY_BYTES = 256 << 20
UNLIMITED = 1 << 62
EXIT_BROKEN_PIPE = 128 + signal.SIGPIPE


@click.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
@click.option(
    "--arch", type=ARCHITECTURES, help="Architecture of a source; x86_64 unless given. An ELF file says its own."
)
@language_option(*SOURCE_LANGUAGES, "elf")
@click.option(
    "--trace", type=click.Choice(["none", "strace", "json"]), default="none", show_default=True, help="What to record."
)
@click.option("--trace-file", type=click.Path(dir_okay=False), help="Where the trace goes; standard error otherwise.")
@click.option(
    "--timeout", type=click.FloatRange(min=0), default=10.0, show_default=True, help="CPU seconds; 0 means no limit."
)
@click.option("--root", is_flag=True, help="Run as uid 0 instead of 1000.")
@click.option("--cwd", default="/home/user", show_default=True, metavar="DIR", help="Working directory in the sandbox.")
@click.option("--env", multiple=True, metavar="NAME=VALUE", help="Add to the environment; repeatable.")
@click.option(
    "--file",
    "files",
    multiple=True,
    metavar="HOST[:GUEST]",
    help="Copy a file or a directory into the sandbox; repeatable.",
)
@optimize_option
@click.option("--seed", type=int, default=0, show_default=True, help="Seed of everything random.")
@click.argument("program", metavar="FILE")
@click.argument("args", nargs=-1, type=click.UNPROCESSED)
def run(
    arch: str | None,
    lang: str,
    trace: str,
    trace_file: str | None,
    timeout: float,
    root: bool,
    cwd: str,
    env: tuple[str, ...],
    files: tuple[str, ...],
    optimize: int,
    seed: int,
    program: str,
    args: tuple[str, ...],
) -> None:
    """Run FILE (assembly, C, Rust or an ELF executable) with ARGS.

    At a terminal, Ctrl-C and Ctrl-Z are the program's; Ctrl-\\ ends trapgate itself.
    Input, output and exit status are the program's own; 128 + n for a fatal signal n, 124 at a limit, 2 for a mistake
    in the source.
    """
    # Until the program runs, and where it has no terminal: native code runs outside Python's reach, so that Ctrl-C has
    # to end the process by itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    _open_standard_streams()
    for setting in env:
        if "=" not in setting:
            raise click.UsageError(f"--env takes NAME=VALUE, not {setting!r}")
    interactive = [os.isatty(fd) for fd in range(3)]
    columns, rows = os.get_terminal_size(0) if interactive[0] else (80, 24)
    source = read_file(program, MAX_PROGRAM_BYTES)
    spec = RunSpec(
        source=source,
        language=lang,
        arch=architecture_of(source, arch),
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
        env=login_environment(root, cwd, env),
        files=tuple(file for argument in files for file in guest_files(argument, cwd)),
        cwd=cwd,
        root=root,
        seed=seed,
        columns=columns or 80,
        rows=rows or 24,
        streams=tuple("terminal" if tty else "stream" for tty in interactive),  # type: ignore[arg-type]
        echo=interactive[0] and interactive[1],
        optimize=optimize,
    )
    if compiled_language(spec):
        from .compile import compile_source  # noqa: PLC0415 - what most runs do not need takes time to load

        spec = compile_source(spec).spec
    raw = interactive[0] and interactive[1]
    trace_fd = _open_trace(trace_file) if trace_file else 2
    sink = _sink(trace, trace_fd, trace_file or "standard error", raw and not trace_file and interactive[2])
    if raw:
        host_terminal.hand_over()
    console = HostConsole()
    begin = console.take_keys if interactive[0] and not raw else _nothing_to_do
    try:
        end = execute(spec, console=console, sink=sink, confine=_confine, begin=begin)
    except SourceError as error:
        report(program, error.diagnostics)
    except BadSpecError as error:
        # Not a UsageError: click would import modules to show it, which the sandbox refuses.
        click.echo(f"Error: {error}", err=True)
        sys.exit(EXIT_SOURCE)
    except BrokenPipeError:
        sys.exit(EXIT_BROKEN_PIPE)
    except (OSError, MemoryError) as error:
        raise click.ClickException(f"the program cannot run: {error}") from error
    if end.reason not in ("exit", "signal"):
        click.echo(f"trapgate: {end.sentence}" + "\r" * raw, err=True)
    sys.exit(end.exit_code)


def login_environment(root: bool, cwd: str, settings: Sequence[str] = ()) -> tuple[str, ...]:
    """The environment that a login shell gives to its programs, with `settings` (NAME=VALUE) instead or besides."""
    user, home = ("root", "/root") if root else ("user", "/home/user")
    variables = {
        "HOME": home,
        "LANG": "C.UTF-8",
        "LOGNAME": user,
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "PWD": cwd,
        "SHELL": "/bin/sh",
        "TERM": os.environ.get("TERM") or "dumb",
        "USER": user,
        **dict(setting.split("=", 1) for setting in settings),
    }
    return tuple(f"{name}={value}" for name, value in variables.items())


def _nothing_to_do() -> None:
    """Without a terminal no key becomes a signal of the program's."""


def _confine(start_threads: Callable[[], None]) -> None:
    """Enter the sandbox, or say that there is none here."""
    try:
        sandbox.enter_in_place(start_threads=start_threads)
    except sandbox.SandboxUnavailableError as error:
        click.echo(f"trapgate: warning: the run is not sandboxed: {error}", err=True)


def _open_standard_streams() -> None:
    """Open those that the caller has closed, lest a file that is opened next takes the place of one."""
    while (fd := os.open(os.devnull, os.O_RDWR)) <= 2:
        pass
    os.close(fd)


def _open_trace(path: str) -> int:
    """Open the trace file for writing; returns its descriptor."""
    try:
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    except OSError as error:
        raise click.UsageError(f"cannot write {path!r}: {error.strerror}") from error


def _sink(trace: str, fd: int, name: str, raw: bool) -> Sink:
    """Where batches of events go: as text to the descriptor `fd`, which messages call `name`.

    In a `raw` terminal a new line has to begin with a carriage return.
    """

    def put(text: bytes) -> None:
        write_all(fd, text.replace(b"\n", b"\r\n") if raw else text, name)

    def as_json(events: list[AnyEvent]) -> None:
        put(codec.encode_lines(events))

    log = strace.StraceLog()

    def as_strace(events: list[AnyEvent]) -> None:
        lines = [line + "\n" for event in events for line in log.lines(event)]
        put("".join(lines).encode("utf-8", "surrogateescape"))

    def nowhere(events: list[AnyEvent]) -> None:
        pass

    return {"json": as_json, "strace": as_strace, "none": nowhere}[trace]

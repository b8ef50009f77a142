"""What web process, runner process and worker say to each other: length-prefixed msgpack frames of these structs.

A worker is untrusted: whatever it sends is decoded against these types, with unknown fields refused and sizes capped.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from app.trace.events import AnyEvent, EndReason

Stream = Literal["terminal", "stream"]
Action = Literal["run", "check"]


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one run may use. Defaults and meanings: `app/settings.py`."""

    cpu_seconds: float
    wall_seconds: float
    memory_bytes: int
    events: int
    output_bytes: int
    source_bytes: int


class RunSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a run depends on besides its input.

    `files` are (guest path, contents, st_mode), as `app.kernel.config.GuestFile` has them.
    `streams` says what standard input, output and error are: the terminal, or a plain stream of bytes (a redirection
    on the command line). `echo` is whether the terminal shows what is typed. `action` "check" only makes the program
    and tells what came of it. `optimize` is the level of a compiler, 0 to 2. `image` is the ELF file that a compiler
    has made of the source, when it has been at work.
    """

    source: bytes
    language: str
    arch: str
    limits: Limits
    filename: str = "program.s"
    argv: tuple[str, ...] = ("program",)
    env: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes, int], ...] = ()
    cwd: str = "/home/user"
    root: bool = False
    seed: int = 0
    columns: int = 80
    rows: int = 24
    streams: tuple[Stream, Stream, Stream] = ("terminal", "terminal", "terminal")
    echo: bool = True
    action: Action = "run"
    optimize: Annotated[int, Meta(ge=0, le=2)] = 0
    image: bytes = b""


class SourceMistake(Struct, frozen=True, forbid_unknown_fields=True):
    """One diagnostic, as `app.toolchain.program.Diagnostic` defines it."""

    line: int
    column: int
    end_column: int
    message: str
    hint: str
    severity: Literal["error", "warning"]


class Events(Struct, frozen=True, tag="events", forbid_unknown_fields=True):
    """Worker -> web: a batch of events, in order."""

    events: list[AnyEvent]


class CodeLine(Struct, frozen=True, forbid_unknown_fields=True):
    """What source line `line` became: `size` bytes at `address`. A line may have several.

    `data` are the first of them, at most `app.runner.code_lines.SHOWN_BYTES`; less where only room is reserved.
    """

    line: int
    address: int
    size: int
    data: bytes


class AssemblyLine(Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the assembly that a compiler made, and the source line it is for, if any."""

    text: str
    line: int | None


class Built(Struct, frozen=True, tag="built", forbid_unknown_fields=True):
    """Worker -> web: the source has become a program.

    `language` is what it turned out to be written in, `mistakes` are warnings. `lines` is for assembly, `assembly` for
    compiled languages. The last message of a check; in a run of a compiled language it comes before the first event.
    """

    language: str
    mistakes: list[SourceMistake]
    lines: list[CodeLine]
    assembly: list[AssemblyLine]


class Rejected(Struct, frozen=True, tag="rejected", forbid_unknown_fields=True):
    """Worker -> web: the source has mistakes; nothing ran. The last message of the run."""

    mistakes: list[SourceMistake]


class Killed(Struct, frozen=True, tag="killed", forbid_unknown_fields=True):
    """Runner -> web: the worker ended without a `run.end` event. The last message."""

    reason: EndReason
    sentence: str


class Done(Struct, frozen=True, tag="done", forbid_unknown_fields=True):
    """Worker -> web: `run.end` has been sent. The last message of the run."""


FromWorker = Events | Built | Rejected | Killed | Done


class Keyboard(Struct, frozen=True, tag="input", forbid_unknown_fields=True):
    """Web -> worker: bytes typed by the visitor; `eof` closes the input."""

    data: bytes
    eof: bool = False


class Stop(Struct, frozen=True, tag="stop", forbid_unknown_fields=True):
    """Web -> worker: the visitor pressed Stop. Output so far is kept; `run.end` says `stopped`."""


ToWorker = Keyboard | Stop


class Crashed(Struct, frozen=True, tag="crashed", forbid_unknown_fields=True):
    """Worker -> web: the worker gives up. `detail` is for the log, never for the visitor. The last message."""

    reason: Literal["time-limit", "memory-limit", "internal-error"]
    detail: str


WorkerFrame = Events | Built | Rejected | Done | Crashed
"""What a worker may send. It can't send `Killed`: that is the runner's word about it."""


class LanguageState(Struct, frozen=True, forbid_unknown_fields=True):
    """A language of the visitor's, and the architectures it works for here. `reason` says why not for the others."""

    name: Literal["gas", "nasm", "c", "rust", "elf"]
    arches: tuple[str, ...]
    reason: str = ""


class LibraryState(Struct, frozen=True, forbid_unknown_fields=True):
    """The C library of one architecture: built in the background, `done` files of `total`."""

    arch: str
    state: Literal["missing", "building", "ready", "failed"]
    done: int = 0
    total: int = 0


class Toolchain(Struct, frozen=True, forbid_unknown_fields=True):
    """What can be made into a program on this server now."""

    languages: tuple[LanguageState, ...]
    libraries: tuple[LibraryState, ...] = ()


class Submit(Struct, frozen=True, tag="submit", forbid_unknown_fields=True):
    """Web -> runner: start a run. `credit` is how many frames may be forwarded before the first `Grant`."""

    run: int
    spec: RunSpec
    credit: int


class ToRun(Struct, frozen=True, tag="to-run", forbid_unknown_fields=True):
    """Web -> runner: pass `message` on to the run's worker."""

    run: int
    message: ToWorker


class Grant(Struct, frozen=True, tag="grant", forbid_unknown_fields=True):
    """Web -> runner: `frames` more frames of this run may be forwarded."""

    run: int
    frames: int


class Cancel(Struct, frozen=True, tag="cancel", forbid_unknown_fields=True):
    """Web -> runner: kill the run's worker and drop what it has not delivered."""

    run: int


ToRunner = Submit | ToRun | Grant | Cancel


class Ready(Struct, frozen=True, tag="ready", forbid_unknown_fields=True):
    """Runner -> web: engines are warm; `layers` names the sandbox layers that hold on this host."""

    layers: tuple[str, ...]


class Unfit(Struct, frozen=True, tag="unfit", forbid_unknown_fields=True):
    """Runner -> web: no run is possible here, and why."""

    reason: str


class Forward(Struct, frozen=True, tag="forward", forbid_unknown_fields=True):
    """Runner -> web: one frame as the worker sent it, not looked into (a `WorkerFrame` if the worker is honest)."""

    run: int
    frame: bytes


class Ended(Struct, frozen=True, tag="ended", forbid_unknown_fields=True):
    """Runner -> web: the worker is dead and everything it sent has been forwarded.

    `reason` and `sentence` say why it died; they matter when its own last message is missing.
    """

    run: int
    reason: EndReason
    sentence: str


FromRunner = Ready | Unfit | Forward | Ended

"""What web process, runner process and worker say to each other: length-prefixed msgpack frames of these structs.

A worker is untrusted: whatever it sends is decoded against these types, with unknown fields refused and sizes capped.
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from app.trace.events import AnyEvent


class Limits(Struct, frozen=True, forbid_unknown_fields=True):
    """What one run may use. Defaults and meanings: `app/settings.py`."""

    cpu_seconds: float
    wall_seconds: float
    memory_bytes: int
    events: int
    output_bytes: int
    source_bytes: int


class RunSpec(Struct, frozen=True, forbid_unknown_fields=True):
    """Everything a run depends on besides its input."""

    source: bytes
    language: str
    arch: str
    limits: Limits
    filename: str = "program.s"
    argv: tuple[str, ...] = ("program",)
    env: tuple[str, ...] = ()
    files: tuple[tuple[str, bytes], ...] = ()
    cwd: str = "/home/user"
    root: bool = False
    seed: int = 0
    columns: int = 80
    rows: int = 24


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


class Rejected(Struct, frozen=True, tag="rejected", forbid_unknown_fields=True):
    """Worker -> web: the source has mistakes; nothing ran. The last message of the run."""

    mistakes: list[SourceMistake]


class Killed(Struct, frozen=True, tag="killed", forbid_unknown_fields=True):
    """Runner -> web: the worker ended without a `run.end` event. `reason` is an `EndReason`. The last message."""

    reason: str
    sentence: str


class Done(Struct, frozen=True, tag="done", forbid_unknown_fields=True):
    """Worker -> web: `run.end` has been sent. The last message of the run."""


FromWorker = Events | Rejected | Killed | Done


class Keyboard(Struct, frozen=True, tag="input", forbid_unknown_fields=True):
    """Web -> worker: bytes typed by the visitor; `eof` closes the input."""

    data: bytes
    eof: bool = False


class Stop(Struct, frozen=True, tag="stop", forbid_unknown_fields=True):
    """Web -> worker: the visitor pressed Stop. Output so far is kept; `run.end` says `stopped`."""


ToWorker = Keyboard | Stop

"""What a run's kernel is started with."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

StreamKind = Literal["terminal", "stream"]


class GuestFile(Struct, frozen=True):
    """A file that the run begins with, at a path of the guest; relative ones start in the working directory.

    `mode` is an `st_mode`: a regular file with its permissions, a directory, or a symbolic link, whose target is
    `contents`.
    """

    path: str
    contents: bytes = b""
    mode: int = 0o100644


class KernelConfig(Struct, frozen=True):
    """The run's parameters; with the Program and the input they determine everything that happens.

    `files` are put into the root file system. `streams` says, for descriptors 0, 1 and
    2, whether each is the terminal or a plain stream (a redirected standard stream of `trapgate run`). `echo` is
    False when the host's own terminal already echoes what is typed. Sizes are bytes; `columns` and `rows` are the
    terminal's.
    """

    argv: tuple[str, ...] = ("program",)
    env: tuple[str, ...] = ()
    cwd: str = "/home/user"
    files: tuple[GuestFile, ...] = ()
    root: bool = False
    seed: int = 0
    memory_bytes: int = 64 << 20
    max_events: int | None = None
    max_output_bytes: int | None = None
    columns: int = 80
    rows: int = 24
    streams: tuple[StreamKind, StreamKind, StreamKind] = ("terminal", "terminal", "terminal")
    echo: bool = True

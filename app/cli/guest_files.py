"""Files of the host that a run is given copies of: `--file HOST[:GUEST]`."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator

import click

from .source import read_file

MAX_FILE_BYTES = 16 << 20
MAX_FILES = 2048
"""Files that one directory may bring."""

GuestFile = tuple[str, bytes, int]
"""(guest path, contents or target, st_mode), as `app.kernel.config.GuestFile` has them."""

_EXECUTABLE = 0o111


def guest_files(argument: str, cwd: str) -> Iterator[GuestFile]:
    """What `HOST[:GUEST]` brings: a file, or a directory with all that is in it.

    A file that the host may execute can be executed; symbolic links inside a directory stay links. Raises UsageError.
    """
    host, _, guest = argument.partition(":")
    path = os.path.normpath(os.path.join(cwd, guest or os.path.basename(host.rstrip("/"))))
    if not os.path.isdir(host):
        yield _regular(host, path)
        return
    count = 0
    for folder, directories, names in os.walk(host):
        directories.sort()
        inside = os.path.normpath(os.path.join(path, os.path.relpath(folder, host)))
        yield inside, b"", stat.S_IFDIR | 0o755
        for name in sorted([*names, *(name for name in directories if os.path.islink(os.path.join(folder, name)))]):
            count += 1
            if count > MAX_FILES:
                raise click.UsageError(f"{host!r} holds more than {MAX_FILES} files")
            source, target = os.path.join(folder, name), os.path.join(inside, name)
            if os.path.islink(source):
                yield target, os.fsencode(os.readlink(source)), stat.S_IFLNK | 0o777
            elif os.path.isfile(source):
                yield _regular(source, target)


def _regular(host: str, path: str) -> GuestFile:
    """A copy of one file, with the permissions to be executed or not."""
    contents = read_file(host, MAX_FILE_BYTES)
    executable = os.stat(host).st_mode & _EXECUTABLE
    return path, contents, stat.S_IFREG | (0o755 if executable else 0o644)

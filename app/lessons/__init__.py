"""The example programs: files whose first comment lines say their title and what they show."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

_FOLDER = Path(__file__).parent / "examples"
_LANGUAGES: dict[str, Literal["gas", "nasm", "c", "rust"]] = {".s": "gas", ".asm": "nasm", ".c": "c", ".rs": "rust"}
_FRONT_MATTER = re.compile(r"^(?:[#;@]|//)\s*(title|about|arch):\s*(.+?)\s*$")


class Example(Struct, frozen=True):
    """One example program; `source` is shown without the front matter.

    `arches` are the architectures that it can be made for, the one it is meant for first. Examples with the same slug
    are one program, written for each of several architectures.
    """

    slug: str
    title: str
    about: str
    language: Literal["gas", "nasm", "c", "rust"]
    source: str
    arches: tuple[str, ...] = ("x86_64",)


@cache
def examples() -> list[Example]:
    """All examples in the order of their numbers; a new visitor sees the first.

    An example is a file, such as `NN-slug.c`, or a folder, `NN-slug`, of files named after their architectures, such
    as `x86_64.s`. The front matter says `title`, `about` and, for a file outside a folder, `arch`: one or more names,
    `x86_64` unless given. In a folder one file has the title, and comes first; the others may have an `about` of
    their own.
    """
    return load(_FOLDER)


def load(folder: Path) -> list[Example]:
    """The examples in `folder`. Raises `ValueError` naming a file that lacks a title or an about line."""
    found: list[Example] = []
    for path in sorted(folder.glob("[0-9]*-*")):
        if path.is_dir():
            found += _siblings(path)
        elif path.suffix in _LANGUAGES:
            fields, source = _read(path)
            arches = tuple(fields.pop("arch", "x86_64").replace(",", " ").split())
            found.append(_example(path, path.stem, fields, source, arches))
    return found


def _siblings(folder: Path) -> list[Example]:
    """One example for several architectures, the one with the title first."""
    read = [(path, *_read(path)) for path in sorted(folder.iterdir()) if path.suffix in _LANGUAGES]
    read.sort(key=lambda item: "title" not in item[1])
    shared = read[0][1] if read else {}
    return [_example(path, folder.name, shared | fields, source, (path.stem,)) for path, fields, source in read]


def _read(path: Path) -> tuple[dict[str, str], str]:
    """The front matter of a file, and the rest of it."""
    lines = path.read_text(encoding="utf-8").splitlines()
    fields: dict[str, str] = {}
    while lines and (match := _FRONT_MATTER.match(lines[0])):
        fields[match[1]] = match[2]
        lines.pop(0)
    return fields, "\n".join(lines).strip("\n") + "\n"


def _example(path: Path, name: str, fields: dict[str, str], source: str, arches: tuple[str, ...]) -> Example:
    missing = {"title", "about"} - fields.keys()
    if missing:
        raise ValueError(f"{path}: no `{min(missing)}:` in the first comment lines")
    return Example(
        slug=name.partition("-")[2],
        title=fields["title"],
        about=fields["about"],
        language=_LANGUAGES[path.suffix],
        source=source,
        arches=arches,
    )

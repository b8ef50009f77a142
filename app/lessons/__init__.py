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

    `arches` are the architectures that it can be made for, the one it is meant for first.
    """

    slug: str
    title: str
    about: str
    language: Literal["gas", "nasm", "c", "rust"]
    source: str
    arches: tuple[str, ...] = ("x86_64",)


@cache
def examples() -> list[Example]:
    """All examples, such as `NN-slug.s`, in the order of their numbers; a new visitor sees the first.

    The front matter says `title`, `about`, and `arch`, one or more names, for what is not for x86-64 alone.
    """
    return load(_FOLDER)


def load(folder: Path) -> list[Example]:
    """The examples in `folder`. Raises `ValueError` naming a file that lacks a title or an about line."""
    files = sorted(path for path in folder.glob("[0-9]*-*") if path.suffix in _LANGUAGES)
    return [_parse(path) for path in files]


def _parse(path: Path) -> Example:
    lines = path.read_text(encoding="utf-8").splitlines()
    found: dict[str, str] = {}
    while lines and (match := _FRONT_MATTER.match(lines[0])):
        found[match[1]] = match[2]
        lines.pop(0)
    missing = {"title", "about"} - found.keys()
    if missing:
        raise ValueError(f"{path}: no `{min(missing)}:` in the first comment lines")
    return Example(
        slug=path.stem.partition("-")[2],
        title=found["title"],
        about=found["about"],
        language=_LANGUAGES[path.suffix],
        source="\n".join(lines).strip("\n") + "\n",
        arches=tuple(found.get("arch", "x86_64").replace(",", " ").split()),
    )

"""Where the page's built files are, and which of them the page loads: Vite's manifest."""

from __future__ import annotations

from pathlib import Path

import msgspec
from msgspec import Struct

_PACKAGE = Path(__file__).resolve().parent.parent


class PageNotBuiltError(Exception):
    """The browser's side has not been built; the message says what to do."""


class Chunk(Struct, frozen=True, rename="camel"):
    """One entry of Vite's manifest, as far as the page needs it."""

    file: str
    css: tuple[str, ...] = ()
    imports: tuple[str, ...] = ()
    is_entry: bool = False


class Page(Struct, frozen=True):
    """What the page loads, as paths below the folder of built files."""

    entry_js: str
    entry_css: list[str]
    preload: list[str]


class Assets:
    """The built files in `dist` and the templates beside them."""

    def __init__(self, dist: Path, templates: Path) -> None:
        self.dist = dist
        self.templates = templates

    @classmethod
    def installed(cls) -> Assets:
        """In a wheel they are part of the package, in a checkout they stand beside it."""
        if (_PACKAGE / "static").is_dir():
            return cls(_PACKAGE / "static", _PACKAGE / "templates")
        return cls(_PACKAGE.parent / "static" / "dist", _PACKAGE.parent / "templates")

    def page(self) -> Page:
        """Read the manifest; raises `PageNotBuiltError` when there is none, or none that Vite would write."""
        manifest = self.dist / "manifest.json"
        try:
            chunks = msgspec.json.decode(manifest.read_bytes(), type=dict[str, Chunk])
        except FileNotFoundError:
            raise PageNotBuiltError("There is no manifest.json: run `make build`.") from None
        except msgspec.DecodeError as error:
            raise PageNotBuiltError(f"manifest.json is not Vite's ({error}): run `make build`.") from None
        entry = next((chunk for chunk in chunks.values() if chunk.is_entry), None)
        if entry is None:
            raise PageNotBuiltError("manifest.json names no entry: run `make build`.")
        imported = _imported(chunks, entry)
        css = dict.fromkeys(name for chunk in (*imported, entry) for name in chunk.css)
        return Page(entry.file, list(css), [chunk.file for chunk in imported])


def _imported(chunks: dict[str, Chunk], entry: Chunk) -> list[Chunk]:
    """All chunks that `entry` loads at once, directly or not, each once."""
    found: dict[str, Chunk] = {}
    waiting = list(entry.imports)
    while waiting:
        name = waiting.pop(0)
        if name not in found and name in chunks:
            found[name] = chunks[name]
            waiting.extend(chunks[name].imports)
    return list(found.values())

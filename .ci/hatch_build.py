"""Puts the built page and the templates into the wheel."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):
    """A hook, because a plain `force-include` would make an editable install need the built page."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files; raises `FileNotFoundError` when the page has not been built."""
        if version == "editable":
            return
        dist = Path(self.root, "static", "dist")
        if not (dist / "manifest.json").is_file():
            raise FileNotFoundError(f"{dist}/manifest.json does not exist: run `make build` first")
        build_data["force_include"][str(dist)] = "app/static"
        build_data["force_include"][str(Path(self.root, "templates"))] = "app/templates"

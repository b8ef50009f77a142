"""The HTTP side: the page, its files and the health check."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

import app
from app.lessons import examples
from app.runner.backend import RunBackend
from app.settings import Settings

from .assets import Assets, PageNotBuiltError

HASHED_FILES = "assets/"
"""Folder of the built files whose names change with their content."""


def create_pages(assets: Assets, backend: RunBackend, settings: Settings) -> Blueprint:
    """The routes `/` and `/healthz`."""
    pages = Blueprint("pages", __name__)

    @pages.get("/")
    def index() -> Response | tuple[str, int, dict[str, str]]:
        try:
            page = assets.page()
        except PageNotBuiltError as error:
            return f"The page is not built.\n{error}\n", 503, {"Content-Type": "text/plain; charset=utf-8"}
        text = render_template(
            "index.html",
            entry_js=_url(page.entry_js),
            entry_css=[_url(name) for name in page.entry_css],
            preload=[_url(name) for name in page.preload],
            config=_config(settings),
        )
        return Response(text, headers={"Cache-Control": "no-cache"})

    @pages.get("/healthz")
    def health() -> Response:
        status = jsonify(status="ok", version=app.__version__, runner=backend.status())
        status.headers["Cache-Control"] = "no-store"
        return status

    return pages


def cache_hashed_files(response: Response) -> Response:
    """Let browsers keep built files for ever, and ask again for all others."""
    if request.endpoint == "static":
        name = (request.view_args or {}).get("filename", "")
        hashed = name.startswith(HASHED_FILES) and response.status_code in (200, 304)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if hashed else "no-cache"
    return response


def _url(name: str) -> str:
    return url_for("static", filename=name)


def _config(settings: Settings) -> dict[str, Any]:
    """What the page's script needs to know from the server."""
    return {
        "version": app.__version__,
        "max_source_bytes": settings.max_source_bytes,
        "max_elf_bytes": settings.max_elf_bytes,
        "examples": [
            {
                "slug": example.slug,
                "title": example.title,
                "about": example.about,
                "language": example.language,
                "arches": example.arches,
                "source": example.source,
            }
            for example in examples()
        ],
    }

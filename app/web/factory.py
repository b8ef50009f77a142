"""Putting the web application together."""

from __future__ import annotations

from flask import Flask

from app.runner.backend import RunBackend
from app.settings import Settings

from .assets import Assets
from .headers import secure
from .pages import cache_hashed_files, create_pages
from .sockets import attach, create_socketio


def create_app(
    settings: Settings | None = None, backend: RunBackend | None = None, assets: Assets | None = None
) -> Flask:
    """The application; its Socket.IO server is `app.extensions["socketio"]`, its backend `app.extensions["runs"]`.

    Without `settings` they come from the environment, without `backend` runs happen in processes on this machine.
    Whoever created the application closes the backend.
    """
    settings = settings or Settings()
    backend = backend or _local_backend(settings)
    assets = assets or Assets.installed()
    app = Flask("app", static_folder=str(assets.dist), static_url_path="/static", template_folder=str(assets.templates))
    app.extensions["runs"] = backend
    app.register_blueprint(create_pages(assets, backend, settings))
    app.after_request(cache_hashed_files)
    app.after_request(secure)
    attach(create_socketio(backend, settings), app)
    return app


def _local_backend(settings: Settings) -> RunBackend:
    from app.runner.backend import LocalBackend  # noqa: PLC0415 - a process that brings its own backend needs none

    return LocalBackend(settings)

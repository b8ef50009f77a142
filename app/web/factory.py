"""Putting the web application together."""

from __future__ import annotations

import logging

from flask import Flask

from app.runner.backend import LocalBackend, RunBackend, Unavailable
from app.settings import Settings

from .assets import Assets
from .headers import secure
from .pages import cache_hashed_files, create_pages
from .sockets import attach, create_socketio

log = logging.getLogger(__name__)


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
    backend = LocalBackend(settings)
    try:
        # Now, so that the first visitor need not wait for it.
        backend.start()
    except Unavailable as error:
        log.error("no run is possible: %s", error)
    return backend

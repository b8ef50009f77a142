"""`trapgate serve`: the web playground, with everything it needs in one command."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from flask import Flask

    from app.settings import Settings


@click.command()
@click.option("--host", help="Address to listen on.  [default: 127.0.0.1, or TRAPGATE_HOST]")
@click.option("--port", type=click.IntRange(0, 65535), help="Port; 0 picks one.  [default: 8000, or TRAPGATE_PORT]")
def serve(host: str | None, port: int | None) -> None:
    """Serve the playground to browsers until Ctrl-C."""
    from app.cli import server  # noqa: PLC0415

    settings = _settings(host, port)
    try:
        listener = server.listen(settings.host, settings.port)
    except OSError as error:
        # Python adds the address to the text of an errno, which names it twice.
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise click.ClickException(f"cannot listen on {settings.host}:{settings.port}: {reason}") from None

    url = server.url(listener)

    def ready() -> None:
        click.echo(f"Trapgate is ready: {url}  (Ctrl-C ends it)")

    def create() -> Flask:
        from app.web import create_app  # noqa: PLC0415

        return create_app(settings)

    click.echo("Trapgate is starting ...")
    server.serve(create, listener, settings, ready)


def _settings(host: str | None, port: int | None) -> Settings:
    """Settings from the environment, with what the command line says instead."""
    from pydantic import ValidationError  # noqa: PLC0415

    from app.settings import Settings  # noqa: PLC0415

    given: dict[str, Any] = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise click.ClickException(f"TRAPGATE_{name}: {first['msg']}") from None

"""The web server on the fake backend: `python -m tests.web.fake_server`. Prints the URL once it answers."""

from __future__ import annotations

from app.cli import server
from app.settings import Settings


def main() -> None:
    settings = Settings()
    listener = server.listen("127.0.0.1", 0)
    url = server.url(listener)

    def create():
        from app.web import create_app
        from tests.web.fake_backend import FakeBackend

        return create_app(settings, FakeBackend())

    server.serve(create, listener, settings, lambda: print(url, flush=True))


if __name__ == "__main__":
    main()

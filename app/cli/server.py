"""The web server: gunicorn with one gevent worker, embedded."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from gunicorn.app.base import BaseApplication

from app.settings import Settings

if TYPE_CHECKING:
    from flask import Flask
    from gunicorn.arbiter import Arbiter
    from gunicorn.workers.base import Worker

SHUTDOWN_SECONDS = 3
"""How long connections may linger when the server is asked to end."""


class Server(BaseApplication):  # type: ignore[misc]
    """Serves the application that `create` makes, on a socket that already listens.

    `create` is called in the worker process, after gevent has replaced the blocking parts of the standard library.
    One worker, because a Socket.IO session must stay in one process.
    """

    def __init__(
        self, create: Callable[[], Flask], listener: socket.socket, settings: Settings, ready: Callable[[], None]
    ) -> None:
        self._create = create
        self._listener = listener
        self._settings = settings
        self._ready = ready
        super().__init__()

    def load_config(self) -> None:
        """gunicorn's settings."""
        options: dict[str, Any] = {
            "bind": f"fd://{self._listener.detach()}",
            "worker_class": "gevent",
            "workers": 1,
            "worker_connections": self._settings.max_connections,
            "graceful_timeout": SHUTDOWN_SECONDS,
            "loglevel": "warning",
            "post_worker_init": self._worker_is_ready,
            "worker_exit": self._worker_exits,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            # Releases differ: the control socket came after 23.
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """The WSGI application, in the worker."""
        return self._create()

    def _worker_is_ready(self, worker: Worker) -> None:
        # Ctrl-C reaches the whole process group; gunicorn's parent process passes it on in its own way.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if worker.age == 1:
            self._ready()

    def _worker_exits(self, _arbiter: Arbiter, _worker: Worker) -> None:
        if self.callable is not None:
            self.callable.extensions["runs"].close()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 picks a free one. Raises `OSError` when the address is taken or not ours."""
    family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    return socket.create_server((str(address[0]), int(address[1])), family=family, backlog=2048)


def url(listener: socket.socket) -> str:
    """Where a browser on this machine finds the server."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def serve(create: Callable[[], Flask], listener: socket.socket, settings: Settings, ready: Callable[[], None]) -> None:
    """Serve until interrupted, then raise `SystemExit`. Takes `listener` over; calls `ready` in the worker at first."""
    Server(create, listener, settings, ready).run()

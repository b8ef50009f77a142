"""The Socket.IO handlers: each message of `docs/protocol.md` to the connection it came from."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from flask import Flask
from flask_socketio import Namespace, SocketIO

from app.runner.backend import RunBackend
from app.runner.messages import Toolchain
from app.settings import Settings

from .messages import CheckRequest, InputRequest, MessageError, RunRequest, StopRequest, decode
from .polling import PollingGuard
from .sessions import Connection
from .websocket import WebSocket
from .wire import BoundedPacket

MAX_WAITING_PACKETS = 256
"""Answers a client may leave unread before its connection is closed."""

log = logging.getLogger(__name__)

_Handler = Callable[[Connection, object], dict[str, Any]]

HANDLERS: dict[str, _Handler] = {
    "run": lambda connection, payload: connection.run(decode(RunRequest, payload)),
    "check": lambda connection, payload: connection.check(decode(CheckRequest, payload)),
    "input": lambda connection, payload: connection.input(decode(InputRequest, payload)),
    "stop": lambda connection, payload: connection.stop(decode(StopRequest, payload)),
}


class Playground(Namespace):  # type: ignore[misc]
    """Namespace `/`: keeps one `Connection` for each client."""

    def __init__(self, backend: RunBackend, settings: Settings) -> None:
        super().__init__("/")
        self._backend = backend
        self._settings = settings
        self._connections: dict[str, Connection] = {}
        backend.on_toolchain(self._announce)

    def trigger_event(self, event: object, sid: str, *args: object) -> dict[str, Any] | None:
        """Take any event Socket.IO or the client brings; a dict is the acknowledgement."""
        connection = self._connections.get(sid)
        if connection is None:
            if event == "connect":
                emit = self._emitter(sid)
                self._connections[sid] = Connection(self._backend, self._settings, emit, self._spawn)
                emit("toolchain", _toolchain(self._backend.toolchain()))
            return None
        if event == "disconnect" and not self.socketio.server.manager.is_connected(sid, "/"):
            del self._connections[sid]
            connection.close()
            return None
        if self._is_flooded(sid):
            return None
        return self._answer(connection, event, args)

    def _answer(self, connection: Connection, event: object, args: tuple[object, ...]) -> dict[str, Any]:
        try:
            handler = HANDLERS.get(event) if isinstance(event, str) else None
            if handler is None:
                raise MessageError("bad-message", f"There is no message `{str(event)[:64]}`.")
            if len(args) != 1:
                raise MessageError("bad-message", f"`{event}` takes one object, not {len(args)} values.")
            return handler(connection, args[0])
        except MessageError as error:
            return error.answer
        except Exception:
            log.exception("message %r", event)
            return MessageError("unavailable", "The server could not serve this message.").answer

    def _emitter(self, sid: str) -> Callable[..., None]:
        def emit(event: str, payload: dict[str, Any], acknowledged: Callable[..., None] | None = None) -> None:
            self.socketio.server.emit(event, payload, to=sid, namespace="/", callback=acknowledged)

        return emit

    def _spawn(self, work: Callable[..., None], *arguments: object) -> object:
        return self.socketio.start_background_task(work, *arguments)

    def _announce(self, toolchain: Toolchain) -> None:
        self.socketio.server.emit("toolchain", _toolchain(toolchain), namespace="/")

    def _is_flooded(self, sid: str) -> bool:
        """Close the connection of a client that asks and never reads."""
        server = self.socketio.server
        socket = server.eio.sockets.get(server.manager.eio_sid_from_sid(sid, "/"))
        if socket is None or socket.queue.qsize() <= MAX_WAITING_PACKETS:
            return False
        # A burst is no flood: let the writer send what it can.
        self.socketio.sleep(0)
        if socket.queue.qsize() <= MAX_WAITING_PACKETS:
            return False
        log.warning("closing a connection with %d unread answers", socket.queue.qsize())
        socket.close(wait=False, abort=True)
        return True


def _toolchain(toolchain: Toolchain) -> dict[str, Any]:
    return {"languages": toolchain.languages, "libraries": toolchain.libraries}


def largest_message(settings: Settings) -> int:
    """Bytes of the largest inbound message.

    JSON makes a source longer: a quote or newline twice (`\\n`), a letter such as `é`, two bytes of UTF-8, three times
    (`\\u00e9`). An ELF file may come in base64, four characters for three bytes. The rest is for the other fields.
    """
    return max(3 * settings.max_source_bytes, 4 * (settings.max_elf_bytes + 2) // 3) + 16384


def create_socketio(backend: RunBackend, settings: Settings) -> SocketIO:
    """The Socket.IO server of one application; `init_app` attaches it. Same origin only."""
    quiet = logging.getLogger("app.web.socketio")
    # Both libraries report each malformed packet with a traceback: visitors could fill the log. Ours report faults.
    quiet.setLevel(logging.CRITICAL)
    socketio = SocketIO(
        async_mode="gevent",
        # In order, and a client that floods waits for itself.
        async_handlers=False,
        manage_session=False,
        # A client may be told something as soon as it is connected.
        always_connect=True,
        serializer=BoundedPacket,
        json=BoundedPacket.json,
        max_http_buffer_size=largest_message(settings),
        logger=quiet,
        engineio_logger=quiet,
    )
    socketio.on_namespace(Playground(backend, settings))
    return socketio


def attach(socketio: SocketIO, app: Flask) -> None:
    """Serve `socketio` from `app`, over the bounded WebSocket and the guarded long polling."""
    socketio.init_app(app)
    engine = socketio.server.eio
    app.wsgi_app = PollingGuard(app.wsgi_app, "/socket.io/", engine.max_http_buffer_size)  # type: ignore[method-assign]
    # A copy: the table is the driver module's own and shared by every server of the process.
    engine._async = {**engine._async, "websocket": WebSocket}

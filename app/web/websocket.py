"""The WebSocket below Engine.IO, with the bounds that python-engineio and simple-websocket leave open.

- A message is refused while it arrives, not after it was put together in memory.
- Nothing more is read while `MAX_WAITING_MESSAGES` have not been handled.
- A message is written whole (`send` of a gevent socket may write a part), one at a time.
- A peer that does not read for `SEND_TIMEOUT_SECONDS` is dropped.
- A broken frame ends the connection, also for those who wait for its next message.
"""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Callable
from typing import Any, NoReturn

import engineio
import gevent
import gevent.event
import gevent.lock
import gevent.selectors
import simple_websocket
from wsproto.utilities import ProtocolError

SEND_TIMEOUT_SECONDS = 30
MAX_WAITING_MESSAGES = 16
PACKET_TYPES = tuple("0123456")


class _Thread(gevent.Greenlet):  # type: ignore[misc]
    """A greenlet with the constructor of `threading.Thread`, as simple-websocket calls it."""

    def __init__(self, target: Callable[[], None]) -> None:
        super().__init__(target)
        self.name = "websocket"


class _WholeMessages:
    """A socket whose `send` writes everything or fails, and never mixes two messages."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = gevent.lock.RLock()

    def send(self, data: bytes) -> int:
        """Write all of `data`; raises `OSError` when the peer is gone or does not read."""
        try:
            with gevent.Timeout(SEND_TIMEOUT_SECONDS, TimeoutError("the peer does not read")), self._lock:
                self._sock.sendall(data)
        except OSError:
            self.shutdown()
            raise
        return len(data)

    def recv(self, size: int) -> bytes:
        """Read at most `size` bytes."""
        return self._sock.recv(size)

    def shutdown(self) -> None:
        """Wake whoever reads or writes; both find the connection closed."""
        with contextlib.suppress(OSError):
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Release the socket."""
        self._sock.close()


class _Server(simple_websocket.Server):  # type: ignore[misc]
    """A WebSocket server connection on a gunicorn socket."""

    connected: bool
    input_buffer: list[str | bytes]

    def handshake(self) -> None:
        self.sock: _WholeMessages = _WholeMessages(self.environ["gunicorn.socket"])
        self._room = gevent.event.Event()
        self._room.set()
        super().handshake()

    def receive(self, timeout: float | None = None) -> str | bytes:
        """Take the oldest message; makes room for another."""
        message: str | bytes = super().receive(timeout)
        if len(self.input_buffer) < MAX_WAITING_MESSAGES:
            self._room.set()
        return message

    def abandon(self) -> None:
        """End the connection without ceremony, and wake whoever waits for it."""
        self.connected = False
        self.sock.shutdown()
        self._room.set()
        self.event.set()

    def _handle_events(self) -> bool:
        keep_going: bool = super()._handle_events()
        if len(self.input_buffer) >= MAX_WAITING_MESSAGES:
            self._room.clear()
            self._room.wait()
            return keep_going and self.connected
        return keep_going

    def _thread(self) -> None:
        try:
            with contextlib.suppress(ProtocolError, UnicodeDecodeError):
                super()._thread()
        finally:
            self.abandon()


class WebSocket:
    """What Engine.IO's async drivers call `websocket`: a WSGI application for one upgraded request."""

    def __init__(self, handler: Callable[[WebSocket], object], server: engineio.Server) -> None:
        """`handler` is the method of an Engine.IO session that serves this connection."""
        self._handler = handler
        self._session: engineio.Socket = handler.__self__  # type: ignore[attr-defined]
        self._max_message_size = server.max_http_buffer_size
        self._ws: _Server

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> NoReturn:
        """Serve the connection until it ends, which gunicorn is told by `StopIteration`."""
        try:
            self._ws = _Server(
                environ,
                max_message_size=self._max_message_size,
                thread_class=_Thread,
                event_class=gevent.event.Event,
                selector_class=gevent.selectors.DefaultSelector,
            )
        except (simple_websocket.ConnectionError, ProtocolError):
            # Not a WebSocket handshake after all: hang up.
            raise StopIteration from None
        self._handler(self)
        raise StopIteration

    def close(self) -> None:
        """Say goodbye and wake the reader."""
        with contextlib.suppress(OSError, simple_websocket.ConnectionClosed):
            self._ws.close()
        self._ws.abandon()

    def send(self, message: str | bytes) -> None:
        """Write one message; raises `OSError` when the connection is gone."""
        try:
            self._ws.send(message)
        except simple_websocket.ConnectionClosed as error:
            raise OSError("connection closed") from error

    def wait(self) -> str | bytes | None:
        """Return the next message, or None when the connection has ended or Engine.IO has given the client up."""
        try:
            message: str | bytes = self._ws.receive()
        except simple_websocket.ConnectionClosed:
            return None
        # Engine.IO's packets of text begin with their type. Its own reader gives anything else a traceback in the
        # log, and leaves the session open.
        if self._session.closed or not (isinstance(message, bytes) or message.startswith(PACKET_TYPES)):
            self._ws.abandon()
            return None
        return message

"""A guard before Engine.IO's long polling, which trusts what is posted to it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

import gevent

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

READ_TIMEOUT_SECONDS = 10
"""How long a posted body may take to arrive."""

MAX_PACKETS = 16
"""Packets of one body that Engine.IO takes."""

_SEPARATOR = b"\x1e"
# What a client may post: close, pong and message. Anything else makes Engine.IO wait, possibly for ever, until the
# client has fetched all its answers.
_PACKET_TYPES = (b"1", b"3", b"4")
_BINARY = re.compile(rb"b(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class PollingGuard:
    """WSGI middleware: answers 400 to a post below `path` that Engine.IO would not survive unharmed."""

    def __init__(self, app: WSGIApplication, path: str, max_body_bytes: int) -> None:
        self._app = app
        self._path = path
        self._max_body_bytes = max_body_bytes

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Pass on what is in order."""
        if environ["REQUEST_METHOD"] != "POST" or not environ["PATH_INFO"].startswith(self._path):
            return self._app(environ, start_response)
        body = self._read(environ)
        if body is None or not _is_payload(body):
            return _refuse(start_response)
        try:
            return self._app({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
        except KeyError:
            # Engine.IO's word for a session that is over but not yet forgotten.
            return _refuse(start_response)

    def _read(self, environ: WSGIEnvironment) -> bytes | None:
        """The body; None when it is too large or does not arrive."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > self._max_body_bytes:
            return None
        with gevent.Timeout(READ_TIMEOUT_SECONDS, False):
            body: bytes = environ["wsgi.input"].read(length)
            return body if len(body) == length else None
        return None


def _is_payload(body: bytes) -> bool:
    """Whether `body` is a list of packets that a client may send."""
    packets = body.split(_SEPARATOR, MAX_PACKETS)
    return len(packets) <= MAX_PACKETS and all(_is_packet(packet) for packet in packets)


def _is_packet(packet: bytes) -> bool:
    return packet.startswith(_PACKET_TYPES) or _BINARY.fullmatch(packet) is not None


def _refuse(start_response: StartResponse) -> Iterable[bytes]:
    start_response("400 BAD REQUEST", [("Content-Type", "text/plain"), ("Connection", "close")])
    return [b"This is no message of Engine.IO, or its session is over.\n"]

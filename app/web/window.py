"""The acknowledgement window: how many messages may be on their way to one browser."""

from __future__ import annotations

import threading


class Window:
    """Counts messages sent and not yet acknowledged. Belongs to a connection, so that its runs share it."""

    def __init__(self, size: int, timeout: float) -> None:
        self._size = size
        self._timeout = timeout
        self._in_flight = 0
        self._closed = False
        self._changed = threading.Condition()

    def wait(self) -> bool:
        """Block until a message may be sent. False: the client was silent for `timeout` seconds, or is gone."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._in_flight < self._size, self._timeout)
            return not self._closed and self._in_flight < self._size

    def sent(self) -> None:
        """A message is on its way."""
        with self._changed:
            self._in_flight += 1

    def acknowledged(self, *_values: object) -> None:
        """The client has acknowledged a message; whatever it says with it is ignored."""
        with self._changed:
            self._in_flight -= 1
            self._changed.notify_all()

    def close(self) -> None:
        """The client is gone: wake whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

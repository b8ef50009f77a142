"""A Socket.IO client that knows nothing but `docs/protocol.md`."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import socketio

from .live import PATIENCE


class Client:
    """A Socket.IO client that notes what it is told, and acknowledges it unless it is told not to."""

    def __init__(self, url: str, acknowledge: bool = True, **options: Any) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.changed = threading.Condition()
        self.io = socketio.Client(reconnection=False)
        self.acknowledge = acknowledge
        for name in ("events", "rejected", "ended", "built", "checked", "toolchain"):
            self.io.on(name, self._noting(name))
        self.io.connect(url, **{"transports": ["websocket"], **options})
        if not acknowledge:
            self.io._send_packet = self._without_acknowledgements(self.io._send_packet)

    def _noting(self, name: str) -> Callable[[dict[str, Any]], str]:
        def note(payload: dict[str, Any]) -> str:
            with self.changed:
                self.messages.append((name, payload))
                self.changed.notify_all()
            return "seen"

        return note

    @staticmethod
    def _without_acknowledgements(send: Callable[[Any], None]) -> Callable[[Any], None]:
        def send_others(packet: Any) -> None:
            if packet.packet_type != socketio.packet.ACK:
                send(packet)

        return send_others

    def call(self, name: str, *payload: Any) -> Any:
        return self.io.call(name, payload or None, timeout=PATIENCE)

    def run(self, source: str, **fields: Any) -> str:
        answer = self.call("run", {"source": source, **fields})
        assert answer["ok"], answer
        return answer["run"]

    def until(self, condition: Callable[[], Any]) -> Any:
        """Wait for the messages to fulfil `condition`, and return what it gives."""
        with self.changed:
            assert self.changed.wait_for(condition, PATIENCE), f"only {self.messages[-5:]}"
            return condition()

    def ended(self, run: str) -> bool:
        return ("ended", {"run": run}) in self.messages

    def events(self, run: str) -> list[dict[str, Any]]:
        return [
            event
            for name, payload in self.messages
            if name == "events" and payload["run"] == run
            for event in payload["events"]
        ]

    def finish(self, run: str) -> list[dict[str, Any]]:
        """Wait until the run is over, and return its events."""
        self.until(lambda: self.ended(run))
        return self.events(run)

    def close(self) -> None:
        self.io.disconnect()

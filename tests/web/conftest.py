"""Fixtures: a live server on the fake backend, and clients that know nothing but `docs/protocol.md`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio

PATIENCE = 20
"""Seconds to wait for something that must come; only a broken server makes a test wait this long."""

REPOSITORY = Path(__file__).parents[2]


class LiveServer:
    """A server process and its URL."""

    def __init__(self, command: list[str], **settings: str) -> None:
        environment = {**os.environ, **{f"TRAPGATE_{name.upper()}": value for name, value in settings.items()}}
        self.process = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)
        self.url = next((word for line in self.process.stdout for word in line.split() if word.startswith("http")), "")
        if not self.url:
            raise RuntimeError(f"the server ended with {self.process.wait(PATIENCE)}")

    def health(self) -> dict[str, Any]:
        with urllib.request.urlopen(self.url + "/healthz", timeout=PATIENCE) as response:
            return json.load(response)

    def fake_run(self, run: str) -> dict[str, Any]:
        """What the fake backend knows of a run."""
        return self.health()["runner"]["runs"][run]

    def memory(self) -> int:
        """Resident bytes of the server's processes."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


class Client:
    """A Socket.IO client that notes what it is told, and acknowledges it unless it is told not to."""

    def __init__(self, url: str, acknowledge: bool = True, **options: Any) -> None:
        self.messages: list[tuple[str, dict[str, Any]]] = []
        self.changed = threading.Condition()
        self.io = socketio.Client(reconnection=False)
        self.acknowledge = acknowledge
        for name in ("events", "rejected", "ended"):
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


@pytest.fixture(scope="session")
def server() -> Iterator[LiveServer]:
    live = LiveServer(
        [sys.executable, "-m", "tests.web.fake_server"], max_source_bytes="65536", acknowledge_timeout_seconds="30"
    )
    yield live
    live.close()


@pytest.fixture
def connect(server: LiveServer) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def connect_one(**options: Any) -> Client:
        clients.append(Client(server.url, **options))
        return clients[-1]

    yield connect_one
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[..., Client]) -> Client:
    return connect()

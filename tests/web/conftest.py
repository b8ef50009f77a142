"""Fixtures: a live server on the fake backend, and clients that know nothing but `docs/protocol.md`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.live import LiveServer


@pytest.fixture(scope="session")
def server() -> Iterator[LiveServer]:
    live = LiveServer(
        [sys.executable, "-m", "tests.web.fake_server"],
        max_source_bytes="65536",
        max_elf_bytes="131072",
        acknowledge_timeout_seconds="30",
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

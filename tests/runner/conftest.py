from __future__ import annotations

import platform
from collections.abc import Iterator

import pytest

from app.runner import seccomp
from tests.runner.support import FakeBackend


@pytest.fixture
def sandbox_host() -> None:
    """Skips where no worker can be confined."""
    if not seccomp.supported():
        pytest.skip(f"there is no sandbox for {platform.system()} on {platform.machine()}")


@pytest.fixture
def backend(sandbox_host: None) -> Iterator[FakeBackend]:
    backend = FakeBackend()
    yield backend
    backend.close()

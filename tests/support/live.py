"""A server process for tests that talk to it from outside."""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from pathlib import Path
from typing import IO, Any

PATIENCE = 20
"""Seconds to wait for something that must come; only a broken server makes a test wait this long."""

REPOSITORY = Path(__file__).parents[2]


class LiveServer:
    """A server process and its URL."""

    def __init__(self, command: list[str], stderr: IO[str] | None = None, **settings: str) -> None:
        environment = {**os.environ, **{f"TRAPGATE_{name.upper()}": value for name, value in settings.items()}}
        self.process = subprocess.Popen(
            command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, stderr=stderr, text=True
        )
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
        pids = [self.process.pid, *children(self.process.pid)]
        return sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids) * os.sysconf("SC_PAGE_SIZE")

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(PATIENCE)
        self.process.stdout.close()


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

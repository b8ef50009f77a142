"""What the runner's tests share."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable, Iterable

from app.runner.backend import LocalBackend, Run
from app.runner.messages import Action, Done, Events, FromWorker, Limits, RunSpec
from app.settings import Settings
from app.trace.events import AnyEvent, Output, RunEnd

PATIENCE_SECONDS = 20.0


class FakeBackend(LocalBackend):
    """A real runner with real sandboxed workers around the fake engine."""

    runner_module = "tests.runner.fake_server"

    def __init__(self, max_runs: int = 8, warm_workers: int = 1) -> None:
        super().__init__(Settings(max_runs=max_runs, max_checks=2, warm_workers=warm_workers, build_c_library=False))


def spec(
    behaviour: str, *, cpu_seconds: float = 5, wall_seconds: float = 60, events: int = 20000, action: Action = "run"
) -> RunSpec:
    """A run of one of the fake engine's behaviours."""
    limits = Limits(
        cpu_seconds=cpu_seconds,
        wall_seconds=wall_seconds,
        memory_bytes=64 << 20,
        events=events,
        output_bytes=1 << 20,
        source_bytes=65536,
    )
    return RunSpec(source=behaviour.encode(), language="gas", arch="x86_64", limits=limits, action=action)


def split(messages: Iterable[FromWorker]) -> tuple[list[AnyEvent], FromWorker | None]:
    """All events, and the last message when it is not one of them."""
    events: list[AnyEvent] = []
    last: FromWorker | None = None
    for message in messages:
        assert last is None, f"{message} after the last message {last}"
        if isinstance(message, Events):
            events += message.events
        else:
            last = message
    return events, last


def printed(events: Iterable[AnyEvent]) -> bytes:
    return b"".join(event.data for event in events if isinstance(event, Output))


def completed(run: Run) -> tuple[bytes, RunEnd]:
    """Output and end of a run that must end by itself."""
    events, last = split(run.frames())
    assert last == Done()
    assert isinstance(events[-1], RunEnd)
    return printed(events), events[-1]


def is_dead(pid: int) -> bool:
    """Wait until process `pid` has ended; False when it does not."""
    try:
        pidfd = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([pidfd], [], [], PATIENCE_SECONDS)[0])
    finally:
        os.close(pidfd)


def becomes_true(condition: Callable[[], bool]) -> bool:
    """Wait until `condition` holds, asking less and less often; False when it does not."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    pause = 0.005
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(pause)
        pause = min(pause * 2, 0.5)
    return True

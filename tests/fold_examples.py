"""Real runs of the examples with what the reference fold makes of them, for the page's fold to agree with.

`python -m tests.fold_examples [--check]` writes the fixture that `static/tests/examples.test.ts` reads.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from app import lessons
from app.runner.engine import TrapgateEngine
from app.runner.messages import Limits, RunSpec
from app.trace import codec, generated
from app.trace.events import AnyEvent
from app.trace.fold import VisibleState, fold
from app.trace.recorder import Recorder

FIXTURE = "static/tests/fixtures/examples.json"
ENDLESS = {"loop"}
"""Examples that only a time limit ends, so that no two runs of them are alike."""

EVERY = 5
TYPED = [b"Ada\n", b""]


class Typist:
    """A visitor who types one line, and then nothing more."""

    def __init__(self) -> None:
        self._lines = list(TYPED)

    def write(self, stream: int, data: bytes) -> None:
        """The events hold the output."""

    def poll(self, seconds: float) -> bool:
        return True

    def read(self, size: int) -> bytes | None:
        """The next line."""
        return self._lines.pop(0) if self._lines else b""


def record(example: lessons.Example) -> list[AnyEvent]:
    """The events of one run."""
    events: list[AnyEvent] = []
    limits = Limits(
        cpu_seconds=10,
        wall_seconds=10,
        memory_bytes=64 << 20,
        events=20_000,
        output_bytes=1 << 18,
        source_bytes=1 << 16,
    )
    spec = RunSpec(source=example.source.encode(), language=example.language, arch=example.arches[0], limits=limits)
    recorder = Recorder(events.extend)
    TrapgateEngine().run(spec, recorder, Typist(), lambda run: None)
    recorder.flush()
    return events


def visible(state: VisibleState) -> dict[str, Any]:
    """The parts of a state that both folds know, in JSON's types."""
    return {
        "index": state.seq,
        "mode": state.mode,
        "line": state.line,
        "memory": [[region.start, region.end, region.perms, region.name] for region in state.memory],
        "descriptors": {str(number): entry.path for number, entry in sorted(state.descriptors.items())},
        "tasks": {str(task.pid): [task.process, task.state] for task in state.tasks.values() if task.name},
        "printed": sum(map(len, state.output.values())),
        "strace": list(state.strace),
        "waiting": state.status == "waiting",
        "ended": state.ending.reason if state.ending else None,
    }


def fixture() -> str:
    """The file's text."""
    runs: list[dict[str, Any]] = []
    for example in lessons.examples():
        # Those of compiled languages depend on the compiler at hand.
        if example.slug in ENDLESS or example.language not in ("gas", "nasm") or "x86_64" not in example.arches:
            continue
        # The same program for another architecture tells the folds nothing new.
        if any(run["name"] == example.slug for run in runs):
            continue
        events = record(example)
        state = VisibleState()
        states = []
        for event in events:
            fold(state, event)
            if event.seq % EVERY == 0 or event is events[-1]:
                states.append(visible(state))
        runs.append(
            {
                "name": example.slug,
                "events": json.loads(b"[" + b",".join(map(codec.encode, events)) + b"]"),
                "states": states,
            }
        )
    return json.dumps(runs, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.exit(generated.main("tests.fold_examples", {FIXTURE: fixture()}))

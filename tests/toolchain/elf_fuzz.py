"""Damaged ELF files, through the loader and through whole runs: each is refused with a reason, or runs and ends.

`python -m tests.toolchain.elf_fuzz --seed 1 --count 100000 --run FILE...` damages copies of FILEs and prints what goes
wrong.
"""

from __future__ import annotations

import argparse
import random
import struct
import sys
import threading
import time
import traceback
from pathlib import Path

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.elf import ElfError, load_elf
from app.toolchain.program import Program
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder

MAX_SECONDS = 5.0
"""A file that takes longer to load is a finding."""

RUN_SECONDS = 0.3
"""A run without an end of its own is ended."""

MAX_EVENTS = 3000
MEMORY_BYTES = 16 << 20
_EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFF0, 0xFFFF_FFFF, 1 << 40, (1 << 64) - 1)


class Silent:
    """A terminal that nobody sits at."""

    def write(self, stream: int, data: bytes) -> None:
        """Nobody reads it."""

    def poll(self, seconds: float) -> bool:
        """The input has ended."""
        return True

    def read(self, size: int) -> bytes | None:
        """There is none."""
        return b""


def damaged(rng: random.Random, image: bytes) -> bytes:
    """A copy with a few changes: in the headers, in the tables about the program, or anywhere; maybe cut off."""
    data = bytearray(image)
    is_64 = data[4] == 2
    word, shoff = ("<Q", 40) if is_64 else ("<I", 32)
    (sections,) = struct.unpack_from(word, data, shoff)
    for _ in range(rng.choice((1, 1, 2, 4, 16))):
        low, high = rng.choice(
            ((0, 64), (64, 400), (min(sections, len(data) - 1), len(data)), (len(data) // 3, len(data)), (0, len(data)))
        )
        place = rng.randrange(low, max(high, low + 1)) % len(data)
        if rng.random() < 0.5:
            data[place] = rng.randrange(256)
        else:
            size = rng.choice((1, 2, 4, 8))
            value = rng.choice(_EDGES) & ((1 << 8 * size) - 1)
            data[place : place + size] = value.to_bytes(size, "little")[: len(data) - place]
    return bytes(data[: rng.randrange(len(data))] if rng.random() < 0.1 else data)


def examine(program: Program, rng: random.Random) -> None:
    """Ask for what is known of its code."""
    for function in rng.sample(program.functions, min(20, len(program.functions))):
        if program.debug is not None:
            program.debug.locate(function.address)
    for segment in program.segments:
        program.lines.line_at(segment.address)


def run(program: Program) -> RunEnd:
    """A run that is ended after MAX_EVENTS events."""
    last: list[AnyEvent] = []

    def sink(events: list[AnyEvent]) -> None:
        last[:] = events[-1:]
        if events[-1].seq > MAX_EVENTS:
            kernel.stop("stopped", "enough")

    config = KernelConfig(argv=("./program",), env=(), memory_bytes=MEMORY_BYTES, max_events=2 * MAX_EVENTS)
    kernel = Kernel(program, Recorder(sink), Silent(), config)
    timer = threading.Timer(RUN_SECONDS, kernel.stop, ("stopped", "enough"))
    timer.start()
    kernel.run()
    timer.cancel()
    end = last[-1]
    assert isinstance(end, RunEnd)
    return end


def once(seed: int, images: list[bytes], runs: bool) -> str:
    """One damaged file; says what became of it. Raises whatever goes wrong."""
    rng = random.Random(seed)
    data = damaged(rng, rng.choice(images))
    begin = time.process_time()
    try:
        program = load_elf(data, language="c", source_name=rng.choice((None, "program.c")))
        examine(program, rng)
    except ElfError as error:
        assert str(error)
        return "refused"
    if time.process_time() - begin > MAX_SECONDS:
        raise TimeoutError("loading took too long")
    return run(program).reason if runs else "loaded"


def main() -> int:
    """Look for seeds that go wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--run", action="store_true", help="run what can be loaded")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    images = [path.read_bytes() for path in arguments.files]
    outcomes: dict[str, int] = {}
    for seed in range(arguments.seed, arguments.seed + arguments.count):
        try:
            outcome = once(seed, images, arguments.run)
        except Exception:
            outcome = "WRONG"
            print(f"seed {seed}:", flush=True)
            traceback.print_exc()
        outcomes[outcome] = outcomes.get(outcome, 0) + 1
    print(outcomes)
    return 1 if "WRONG" in outcomes else 0


if __name__ == "__main__":
    sys.exit(main())

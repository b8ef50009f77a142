"""A run is a pure function of its input: neither a second run nor another hash seed of the host changes one byte."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.conformance.build import PROGRAMS, build

EVERY = 4
"""One program in so many: that two runs are the same is tested with all of them elsewhere."""

REPOSITORY = Path(__file__).parents[2]
WILD = range(900, 912)

DIGESTS = """
import sys
from app.trace.codec import encode_lines
from hashlib import sha256
from pathlib import Path
from tests.conformance import native
from tests.conformance.fuzz import run_fuzzed
from tests.conformance.fuzz_wild import wild
for name in sys.argv[1].split():
    print(Path(name).name, sha256(encode_lines(native.run_here(Path(name)).events)).hexdigest())
for seed in map(int, sys.argv[2].split()):
    print(seed, sha256(encode_lines(run_fuzzed(wild(seed), max_events=5000)[0].events)).hexdigest())
"""


def digests(programs: list[Path], seeds: list[int], hash_seed: int) -> list[str]:
    """A line for each run, from a process with that hash seed."""
    done = subprocess.run(
        [sys.executable, "-c", DIGESTS, " ".join(map(str, programs)), " ".join(map(str, seeds))],
        check=True,
        cwd=REPOSITORY,
        env={**os.environ, "PYTHONHASHSEED": str(hash_seed)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    return done.stdout.splitlines()


def test_the_hash_seed_of_the_host_does_not_matter() -> None:
    programs = [build(path, "gcc") for path in sorted(PROGRAMS.glob("*.c"))[::EVERY]]
    first, second = (digests(programs, list(WILD), hash_seed) for hash_seed in (1, 2))
    assert len(first) == len(programs) + len(WILD)
    assert first == second

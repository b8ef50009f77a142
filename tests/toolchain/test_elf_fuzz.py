"""A fixed few damaged ELF files of every architecture."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.toolchain import elf_fuzz
from tests.toolchain.test_dwarf import SOURCE, TARGETS
from tests.toolchain.tools import build_program

LOADED = 150
RUN = 12


@pytest.mark.parametrize("arch", TARGETS)
def test_damaged_files_are_refused_or_end(tmp_path: Path, arch: str) -> None:
    image = build_program(tmp_path, TARGETS[arch], "-O0", "-gdwarf-4", source=SOURCE)
    outcomes = {elf_fuzz.once(seed, [image], runs=False) for seed in range(LOADED)}
    assert outcomes == {"refused", "loaded"}
    assert {elf_fuzz.once(seed, [image], runs=True) for seed in range(RUN)} <= {
        *("refused", "exit", "signal", "stopped", "unsupported", "memory-limit", "event-limit", "deadlock"),
    }

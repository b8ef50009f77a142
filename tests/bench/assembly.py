"""How long the assemblers take for a program of about a hundred lines."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

from app.toolchain import keystone_x86
from app.toolchain.assemble import assemble
from app.toolchain.isa import keystone_arm

REPEAT = 31
LINES = 100
_PROGRAMS = Path(__file__).parents[1] / "toolchain" / "programs"
_DIALECTS = {
    "gas_intel": "x86_64",
    "gas_att": "x86_64",
    "nasm": "x86_64",
    "nasm_i386": "i386",
    "gas_arm": "arm",
    "gas_aarch64": "aarch64",
    "gas_riscv64": "riscv64",
}
"""Folder of the corpus -> architecture."""


def assemble_hundred_lines() -> None:
    """Print the median time for each dialect: the process is warm, but has not seen these instructions before."""
    print(f"{'assembling, median':22}{'lines':>10}{'time':>13}")
    for dialect, arch in _DIALECTS.items():
        sources = [path.read_text() for path in sorted((_PROGRAMS / dialect).iterdir())]
        source = min(sources, key=lambda text: abs(text.count("\n") - LINES))
        language = "nasm" if dialect.startswith("nasm") else "gas"
        times = []
        for _ in range(REPEAT):
            keystone_x86.keystone_bytes.cache_clear()
            keystone_arm.machine_code.cache_clear()
            start = time.perf_counter()
            assemble(source, language=language, arch=arch)
            times.append(time.perf_counter() - start)
        line_count = source.count("\n")
        print(f"{dialect:22}{line_count:10}{statistics.median(times) * 1000:10.1f} ms", flush=True)
    print()

"""Many runs in one process: nothing of a run stays behind when it is over."""

from __future__ import annotations

import gc
from collections import Counter
from pathlib import Path

import pytest

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.toolchain.elf import load_elf
from app.trace.recorder import Recorder
from tests.conformance.build import PROGRAMS, build
from tests.conformance.harness import FedConsole

NAMES = ["fork_wait", "exec_self", "pipes", "unix_sockets", "memory_regions", "threads", "timers", "epoll", "passing"]
ROUNDS = 3
ALLOWED_KIB = 49152
"""What the allocators of Python and of the emulator may keep for later."""


def resident_kib() -> int:
    """Memory of this process that is in use."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def run_all() -> None:
    for name in NAMES:
        program = load_elf(build(PROGRAMS / f"{name}.c", "gcc").read_bytes())
        config = KernelConfig(streams=("stream", "stream", "stream"))
        Kernel(program, Recorder(lambda events: None), FedConsole([]), config).run()


def kernel_objects() -> Counter[str]:
    """Living objects of the kernel's classes by name."""
    gc.collect()
    return Counter(
        type(thing).__name__
        for thing in gc.get_objects()
        if str(type(thing).__module__).startswith(("app.kernel", "app.cpu"))
    )


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="needs /proc")
def test_nothing_stays_behind() -> None:
    run_all()
    before, size = kernel_objects(), resident_kib()
    for _ in range(ROUNDS):
        run_all()
    after = kernel_objects()
    assert after - before == Counter()
    assert resident_kib() - size < ALLOWED_KIB

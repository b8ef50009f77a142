"""Random machine code through the whole kernel: whatever it is, the run ends and its events keep the rules."""

from __future__ import annotations

import random

from app.kernel.abi import ABIS
from app.kernel.config import KernelConfig
from app.toolchain.program import Program, Segment
from app.trace.events import AnyEvent, RunEnd
from app.trace.recorder import Recorder
from tests.conformance.event_rules import check_events, check_released
from tests.conformance.fuzz import stopped_after
from tests.conformance.harness import FedConsole, WatchedKernel
from tests.conformance.interpreters import family

_CODE = 0x40_0000
_SIZE = 4096
_TRAPS = {
    "i386": bytes.fromhex("cd80"),
    "arm": bytes.fromhex("000000ef"),
    "thumb": bytes.fromhex("00df"),
    "aarch64": bytes.fromhex("010000d4"),
    "riscv64": bytes.fromhex("73000000"),
}
_EVENTS = 3000
_SECONDS = 0.3
"""After so long an endless loop is asked to stop."""


def _number(arch: str, chosen: random.Random) -> bytes:
    """An instruction that puts the number of some call into its register."""
    number = chosen.choice(sorted(ABIS[family(arch)].names))
    match arch:
        case "i386":
            return b"\xb8" + number.to_bytes(4, "little")
        case "arm":
            return (0xE300_7000 | (number & 0xF000) << 4 | number & 0xFFF).to_bytes(4, "little")
        case "thumb":
            return (0x2700 | number & 0xFF).to_bytes(2, "little")
        case "aarch64":
            return (0xD280_0008 | number << 5).to_bytes(4, "little")
        case _:
            return (0x0000_0893 | number << 20).to_bytes(4, "little")


def random_program(seed: int, arch: str) -> Program:
    """Random bytes, with system calls among them, in memory that can be written too."""
    chosen = random.Random(seed)
    code = b""
    while len(code) < _SIZE // 2:
        if chosen.random() < 0.5:
            code += chosen.randbytes(chosen.choice((2, 4, 4, 8)) if arch in ("i386", "thumb") else 4)
        else:
            code += _number(arch, chosen) + _TRAPS[arch]
    segments = (Segment("code", _CODE, code, _SIZE, "rwx"),)
    return Program(family(arch), "elf", segments, _CODE | (arch == "thumb"))


def find_code_fault(seed: int, arch: str) -> str | None:
    """Run it under this kernel; what went wrong, or None."""
    events: list[AnyEvent] = []
    config = KernelConfig(memory_bytes=32 << 20, max_events=_EVENTS)
    kernel = WatchedKernel(random_program(seed, arch), Recorder(events.extend), FedConsole([]), config)
    try:
        with stopped_after(kernel, _SECONDS):
            kernel.run()
        check_events(kernel.last, events)
        check_released(kernel)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    end = events[-1]
    return None if isinstance(end, RunEnd) else f"ends with {end}"

"""AArch64: EL0, its exceptions, and the system registers that Linux shows to user mode.

The emulated processor is a Cortex-A72 (ARMv8.0): no LSE atomics, no pointer authentication, no SVE.

| vector | exception class (Arm ARM, D17.2.37) | what happened |
| --- | --- | --- |
| `undef` | 0x00 unknown reason, 0x18 trapped system instruction | undefined or privileged instruction |
| `iabt` | 0x20 instruction abort | page fault of a fetch |
| `dabt` | 0x24 data abort | page fault of a load or store |
| `align` | 0x24 data abort, alignment fault | exclusive access or acquire and release that is not aligned |
| `pcalign` | 0x22 PC alignment fault | branch to an address that is no multiple of 4 |
| `brk` | 0x3c BRK instruction | `brk`; the program counter stays at it |

Where it is not a real one: the stack pointer's alignment is not checked.
"""

from __future__ import annotations

import struct
from typing import Any, ClassVar

from app.cpu.arch import Architecture
from app.cpu.exits import Exit, FaultExit, TrapExit
from app.cpu.mmu import PAGE_SIZE, PhysicalMemory
from app.cpu.unicorn_calls import uc_const
from app.cpu.unicorn_library import constants
from app.cpu.unicorn_raw import Engine

arm64 = constants("arm64_const")

_GENERAL = (*(f"x{i}" for i in range(31)), "sp")
_UNDEFINED, _SUPERVISOR_CALL, _PREFETCH_ABORT, _DATA_ABORT, _BREAKPOINT = 1, 2, 3, 4, 7

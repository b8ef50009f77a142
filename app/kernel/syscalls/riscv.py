"""Calls that only RISC-V has: what the processor can do, and instructions that were stored as data."""

from __future__ import annotations

from typing import Any

from app.kernel.arguments import Address, Int, Long, Size
from app.kernel.arguments.integers import Unsigned
from app.kernel.arguments.structs import StructByRequest
from app.kernel.call import Call
from app.kernel.errno import Errno
from app.kernel.syscall import syscall

_LOCAL = 1
"""SYS_RISCV_FLUSH_ICACHE_LOCAL: only for this thread."""

_BASE_IMA = 1
_FLOATING_POINT, _COMPRESSED = 1, 2
_MISALIGNED_FAST = 3
_COUNTER_FREQUENCY = 1_000_000_000
_UNKNOWN_KEY = -1


def _values(call: Call) -> dict[int, int]:
    """Key -> value (Documentation/arch/riscv/hwprobe.rst of Linux)."""
    vendor, architecture, implementation = 0, 0, 0
    return {
        0: vendor,
        1: architecture,
        2: implementation,
        3: _BASE_IMA,
        4: _FLOATING_POINT | _COMPRESSED,
        5: _MISALIGNED_FAST,
        7: call.abi.address_limit - 1,
        8: _COUNTER_FREQUENCY,
    }


@syscall
def riscv_hwprobe(
    call: Call, pairs: StructByRequest, pair_count: Size, cpusetsize: Size, cpus: Address, flags: Unsigned
) -> Int:
    """Tell what the processor can do: the program gives keys, the kernel adds a value to each.

    A key that the kernel does not know becomes -1. EINVAL: flags. EFAULT: `pairs` is not readable and writable memory.
    See syscalls(2).

    Not served: asking which processors have given values.
    """
    if flags:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "This kernel knows no flags here.")
    known = _values(call)
    layout = call.abi.structs["riscv_hwprobe"]
    for index in range(int(pair_count)):
        place = StructByRequest(call, "pairs", pairs.address + index * layout.size, "")
        fields: dict[str, Any] = place.read_struct(layout.name)
        key = fields["key"] if fields["key"] in known else _UNKNOWN_KEY
        place.write_struct(layout.name, key=key, value=known.get(key, 0))
    return Int(0)


@syscall
def riscv_flush_icache(call: Call, start: Address, end: Address, flags: Long) -> Int:
    """Have instructions that were stored as data executed: `fence.i` on every processor.

    Here the processor notices such stores itself. EINVAL: unknown flags. See syscalls(2).
    """
    if flags & ~_LOCAL:
        raise call.refuse(Errno.EINVAL, "flags", "flags", hex(flags), "The only flag is SYS_RISCV_FLUSH_ICACHE_LOCAL.")
    return Int(0)

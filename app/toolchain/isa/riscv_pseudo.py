"""Pseudo-instructions of RISC-V that become several instructions."""

from __future__ import annotations

from collections.abc import Iterator

from app.toolchain.isa.riscv_encoder import TABLE

EXTENSIONS = {"sext.b": (56, "srai"), "sext.h": (48, "srai"), "zext.h": (48, "srli"), "zext.w": (32, "srli")}
"""How far each shifts up, and what shifts down again."""
NAMES = frozenset([*TABLE, *EXTENSIONS, "la", "lla", "call", "tail", "jump"])
"""Every instruction."""


def load_constant(value: int, zero: bool) -> Iterator[tuple[str, bool | None, int]]:
    """How GNU as loads a signed 64-bit number when one `addi` is not enough: steps of name, source and number.

    `zero` says that it goes into the register zero, which GNU as takes for "nothing loaded yet".
    The source is True for the register itself, False for zero and None when the instruction has none.
    """
    low = ((value & 0xFFF) ^ 0x800) - 0x800
    upper = value - low
    if not -(1 << 31) <= value < 1 << 31:
        shift = 12
        upper = (upper + (1 << 63) & (1 << 64) - 1) - (1 << 63)
        while not upper >> shift & 1:
            shift += 1
        yield from load_constant(upper >> shift, zero)
        yield "slli", True, shift
        if low:
            yield "addi", True, low
        return
    if upper:
        yield "lui", None, upper >> 12 & 0xFFFFF
    if low or not upper or zero:
        yield "addiw", bool(upper), low

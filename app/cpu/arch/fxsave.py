"""The FXSAVE image: how x86 processors lay x87 and SSE registers out in memory (Intel SDM, volume 1, 10.5.1)."""

from __future__ import annotations

import struct

REGISTERS = (
    *("fpcw", "fpsw", "fptag", "fop", "fip", "fdp", "mxcsr"),
    *(f"fp{i}" for i in range(8)),
    *(f"xmm{i}" for i in range(16)),
)
"""What the image holds, in the order in which `image` and `registers` take and give them, 16 bytes each.

The last eight exist in 64-bit mode only: outside of it, `REGISTERS_32` is what there is, and their place is zero.
`fp0` to `fp7` are the x87 registers by their place in the register file, not by their place on its stack.
"""

REGISTERS_32 = REGISTERS[:-8]

SIZE = 512
MXCSR_MASK = 0xFFFF
"""The bits of MXCSR that exist; setting others is a fault."""

_HEADER = struct.Struct("<HHBxHQQII")
_SLOT = 16
_CONTROL_REGISTERS = 7
_X87_START = 32
_XMM_START = 160
_XMM_END = 416
_X87_INITIAL_CONTROL = 0x37F
_MXCSR_INITIAL = 0x1F80
_EMPTY = 3

INITIAL = _HEADER.pack(_X87_INITIAL_CONTROL, 0, 0, 0, 0, 0, _MXCSR_INITIAL, MXCSR_MASK) + bytes(SIZE - _HEADER.size)
"""The state at the start of a program: every exception masked, every register empty or zero."""


def image(values: bytes) -> bytes:
    """The image of `REGISTERS` or `REGISTERS_32`, 512 bytes; those that the processor leaves alone are zero."""
    control, status, tags, opcode, instruction, operand, mxcsr = (
        int.from_bytes(values[i * _SLOT : i * _SLOT + 8], "little") for i in range(_CONTROL_REGISTERS)
    )
    present = sum(1 << i for i in range(8) if tags >> 2 * i & 3 != _EMPTY)
    header = _HEADER.pack(control, status, present, opcode, instruction, operand, mxcsr, MXCSR_MASK)
    file_start = _CONTROL_REGISTERS * _SLOT
    top = status >> 11 & 7
    x87 = values[file_start : file_start + 8 * _SLOT]
    x87 = x87[top * _SLOT :] + x87[: top * _SLOT]
    return (header + x87 + values[file_start + 8 * _SLOT :]).ljust(SIZE, b"\0")


def registers(image: bytes) -> bytes:
    """The values of `REGISTERS` that `image` holds; those of `REGISTERS_32` are the first of them."""
    control, status, present, opcode, instruction, operand, mxcsr, _ = _HEADER.unpack_from(image)
    tags = sum(_EMPTY << 2 * i for i in range(8) if not present >> i & 1)
    words = (control, status, tags, opcode, instruction, operand, mxcsr & MXCSR_MASK)
    top = status >> 11 & 7
    x87 = image[_X87_START:_XMM_START]
    x87 = x87[(8 - top) * _SLOT :] + x87[: (8 - top) * _SLOT]
    return b"".join(word.to_bytes(_SLOT, "little") for word in words) + x87 + image[_XMM_START:_XMM_END]

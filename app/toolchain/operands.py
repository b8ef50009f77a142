"""What an instruction works on, independent of the dialect it was written in; and the registers of x86-64."""

from __future__ import annotations

from typing import NamedTuple

from msgspec import Struct

from app.toolchain.errors import Span
from app.toolchain.expression import Expression


class RegisterInfo(NamedTuple):
    """`size` in bytes (0: control, debug); `kind` is gpr, segment, vector, mask, mmx, x87, control, debug, bound or ip.

    `extended` says that it needs a REX prefix, `high` that it can't live with one (ah, bh, ch, dh).
    """

    size: int
    kind: str
    extended: bool = False
    high: bool = False


def _registers() -> dict[str, RegisterInfo]:
    table: dict[str, RegisterInfo] = {}
    for name in ("ax", "bx", "cx", "dx", "si", "di", "bp", "sp"):
        table["r" + name] = RegisterInfo(8, "gpr")
        table["e" + name] = RegisterInfo(4, "gpr")
        table[name] = RegisterInfo(2, "gpr")
    for letter in "abcd":
        table[letter + "l"] = RegisterInfo(1, "gpr")
        table[letter + "h"] = RegisterInfo(1, "gpr", high=True)
    for name in ("sil", "dil", "bpl", "spl"):
        table[name] = RegisterInfo(1, "gpr", extended=True)
    for number in range(8, 16):
        for suffix, size in (("", 8), ("d", 4), ("w", 2), ("b", 1)):
            table[f"r{number}{suffix}"] = RegisterInfo(size, "gpr", extended=True)
    for number in range(16):
        table[f"xmm{number}"] = RegisterInfo(16, "vector")
        table[f"ymm{number}"] = RegisterInfo(32, "vector")
    for number in range(8):
        table[f"mm{number}"] = RegisterInfo(8, "mmx")
        table[f"st({number})"] = RegisterInfo(10, "x87")
    for number in (0, 2, 3, 4, 8):
        table[f"cr{number}"] = RegisterInfo(8, "control")
    for number in (0, 1, 2, 3, 6, 7):
        table[f"dr{number}"] = RegisterInfo(8, "debug")
    for letter in "cdefgs":
        table[letter + "s"] = RegisterInfo(2, "segment")
    table["st"] = RegisterInfo(10, "x87")
    table["rip"] = RegisterInfo(8, "ip")
    return table


REGISTERS = _registers()

WIDE_REGISTERS = frozenset(
    name
    for name, info in REGISTERS.items()
    if (info.kind in ("gpr", "ip") and (info.extended or info.size == 8))
    or (info.kind == "vector" and int(name[3:]) > 7)
    or name == "cr8"
)
"""Registers that only 64-bit code has."""

SIZE_NAMES = {
    1: "byte",
    2: "word",
    4: "dword",
    6: "fword",
    8: "qword",
    10: "tbyte",
    16: "xmmword",
    32: "ymmword",
}


class Register(Struct):
    name: str
    span: Span

    @property
    def info(self) -> RegisterInfo:
        return REGISTERS[self.name]


class Immediate(Struct):
    """`size` is what the source asks for (NASM `qword 5`), 0 when it does not; `distance` is "short", "near" or "".

    `strict` (NASM) wants a field of that size even where a shorter one would do.
    """

    expression: Expression
    span: Span
    size: int = 0
    distance: str = ""
    strict: bool = False


class Memory(Struct):
    """`[segment: base + index*scale + displacement]` of `size` bytes (0 when the source does not say).

    With `relative`, `displacement` is a target address that the instruction reaches through rip; base "rip" is the
    plain distance instead. `wide` asks for a displacement of full width, 64 bits when it stands alone as a `qword`.
    `through_table` says that the operand is an entry in a table of addresses.
    """

    span: Span
    size: int = 0
    segment: str = ""
    base: str = ""
    index: str = ""
    scale: int = 1
    displacement: Expression | None = None
    relative: bool = False
    through_table: bool = False
    wide: int = 0


Operand = Register | Immediate | Memory


def describe_operand(operand: Operand) -> str:
    """Words for an error message."""
    if isinstance(operand, Immediate):
        return "a number"
    if isinstance(operand, Memory):
        return f"{8 * operand.size}-bit memory" if operand.size else "memory"
    info = operand.info
    if info.kind == "gpr":
        return f"the {8 * info.size}-bit register {operand.name}"
    return f"the register {operand.name}"

"""Call instructions: whether an address is one that a call returns to."""

from __future__ import annotations

from collections.abc import Callable

LONGEST = 7
"""Bytes before a return address that say whether there is a call."""


def _x86(code: bytes, address: int) -> tuple[bool, int | None]:
    if code[-5:-4] == b"\xe8":
        return True, address + int.from_bytes(code[-4:], "little", signed=True)
    for length in (2, 3, 4, 6, 7):
        if len(code) < length or code[-length] != 0xFF:
            continue
        mod, extension, rm = code[1 - length] >> 6, code[1 - length] >> 3 & 7, code[1 - length] & 7
        displacement = {0: 4 if rm == 5 else 0, 1: 1, 2: 4, 3: 0}[mod]
        if extension == 2 and length == 2 + (rm == 4 and mod != 3) + displacement:
            return True, None
    return False, None


def _arm(code: bytes, address: int) -> tuple[bool, int | None]:
    if address & 1:
        first, second = int.from_bytes(code[-4:-2], "little"), int.from_bytes(code[-2:], "little")
        return (first & 0xF800 == 0xF000 and second & 0xC000 == 0xC000) or second & 0xFF87 == 0x4780, None
    word = int.from_bytes(code[-4:], "little")
    if word >> 24 & 0xF == 0xB and word >> 28 != 0xF:
        offset = (word & 0xFF_FFFF) << 2
        return True, address + 4 + (offset - (1 << 26) if offset >> 25 else offset)
    return word >> 25 == 0x7D or word & 0x0FFF_FFF0 == 0x012F_FF30, None


def _aarch64(code: bytes, address: int) -> tuple[bool, int | None]:
    word = int.from_bytes(code[-4:], "little")
    if word >> 26 == 0b100101:
        offset = (word & 0x3FF_FFFF) << 2
        return True, address - 4 + (offset - (1 << 28) if offset >> 27 else offset)
    return word & 0xFFFF_FC1F == 0xD63F_0000, None


def _riscv64(code: bytes, address: int) -> tuple[bool, int | None]:
    word, half = int.from_bytes(code[-4:], "little"), int.from_bytes(code[-2:], "little")
    links = word & 0xFFF == 0x0EF or word & 0x7FFF == 0x00E7
    return links or (half & 0xF07F == 0x9002 and half & 0x0F80 != 0), None


_CALLS: dict[str, Callable[[bytes, int], tuple[bool, int | None]]] = {
    "x86_64": _x86,
    "i386": _x86,
    "arm": _arm,
    "aarch64": _aarch64,
    "riscv64": _riscv64,
}


def call_before(arch: str, code: bytes, address: int) -> tuple[bool, int | None]:
    """Whether `code`, the bytes before `address`, ends with a call; and where it goes to, if the instruction says so.

    On ARM bit 0 of the address says that it is Thumb code.
    """
    return _CALLS[arch](code, address) if len(code) >= 4 else (False, None)

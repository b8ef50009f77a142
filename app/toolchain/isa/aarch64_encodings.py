"""AArch64 encodings of our own: what holds addresses, and what Keystone does not know.

After the Arm Architecture Reference Manual for A-profile (DDI 0487). `OutOfRange` is for numbers that don't fit.
"""

from __future__ import annotations

from app.toolchain.isa.aarch64_mnemonics import ATOMICS, CRYPTO
from app.toolchain.isa.arm_encodings import OutOfRange

_LITERAL_LOADS = {"w": 0x18000000, "x": 0x58000000, "s": 0x1C000000, "d": 0x5C000000, "q": 0x9C000000}
LITERAL_SIZES = {"w": 4, "s": 4, "x": 8, "d": 8, "q": 16}


def word(value: int) -> bytes:
    """An instruction as bytes."""
    return value.to_bytes(4, "little")


def register_number(name: str) -> int:
    """The 5-bit number of a register by its canonical name."""
    plain = name.partition(".")[0]
    return 31 if plain in ("sp", "wsp", "xzr", "wzr") else int(plain[1:])


def _field(distance: int, bits: int, unit: int, what: str) -> int:
    if distance % unit:
        raise OutOfRange(f"the target of {what} is not at a multiple of {unit}", "align it with `.balign 4`")
    limit = 1 << (bits - 1)
    if not -limit <= distance // unit < limit:
        reach = limit * unit
        size = f"{reach >> 20} MiB" if reach >= 1 << 20 else f"{reach >> 10} KiB"
        raise OutOfRange(f"the target is too far away for {what}: {distance} bytes", f"it reaches {size}")
    return distance // unit & ((1 << bits) - 1)


def branch(link: bool, distance: int) -> bytes:
    """`b` or `bl`."""
    return word((0x94000000 if link else 0x14000000) | _field(distance, 26, 4, "`bl`" if link else "`b`"))


def conditional_branch(condition: int, distance: int) -> bytes:
    """`b.cond`."""
    return word(0x54000000 | _field(distance, 19, 4, "a conditional branch") << 5 | condition)


def compare_and_branch(name: str, register: str, distance: int) -> bytes:
    """`cbz` or `cbnz`."""
    opcode = 0x34000000 | (name == "cbnz") << 24 | (register[0] == "x") << 31
    return word(opcode | _field(distance, 19, 4, f"`{name}`") << 5 | register_number(register))


def test_and_branch(name: str, register: str, bit: int, distance: int) -> bytes:
    """`tbz` or `tbnz`."""
    if not 0 <= bit < (64 if register[0] == "x" else 32):
        raise OutOfRange(f"{register} has no bit {bit}")
    opcode = 0x36000000 | (name == "tbnz") << 24 | (bit >> 5) << 31 | (bit & 31) << 19
    return word(opcode | _field(distance, 14, 4, f"`{name}`") << 5 | register_number(register))


def address_of(register: str, distance: int) -> bytes:
    """`adr`."""
    field = _field(distance, 21, 1, "`adr`")
    return word(0x10000000 | (field & 3) << 29 | (field >> 2) << 5 | register_number(register))


def page_of(register: str, address: int, target: int) -> bytes:
    """`adrp`."""
    field = _field((target >> 12) - (address >> 12), 21, 1, "`adrp`")
    return word(0x90000000 | (field & 3) << 29 | (field >> 2) << 5 | register_number(register))


def load_literal(name: str, register: str, distance: int) -> bytes:
    """`ldr` or `ldrsw` of a value near to the code."""
    opcode = 0x98000000 if name == "ldrsw" else _LITERAL_LOADS[register[0]]
    return word(opcode | _field(distance, 19, 4, f"`{name}`") << 5 | register_number(register))


def with_low_bits(code: bytes, number: int) -> bytes:
    """`add` or a load or store, encoded with the offset 0, with the low 12 bits of an address put in."""
    value = int.from_bytes(code, "little")
    low = number & 0xFFF
    if value >> 24 & 0x3B == 0x39:
        scale = value >> 30
        if value >> 26 & 1 and value >> 23 & 1:
            scale = 4
        if low % (1 << scale):
            raise OutOfRange(f"the address is not a multiple of {1 << scale}", f"put `.balign {1 << scale}` before it")
        low >>= scale
    return word(value | low << 10)


def with_half(code: bytes, number: int, part: int, checked: bool) -> bytes:
    """`movz` or `movk`, encoded with 0, with 16 bits of an address put in."""
    value = number >> 16 * part
    if checked and value > 0xFFFF:
        raise OutOfRange(f"the value {number:#x} needs more bits than this part has", "use the form with `_nc`")
    return word(int.from_bytes(code, "little") & ~(3 << 21) | part << 21 | (value & 0xFFFF) << 5)


def atomic(name: str, registers: list[str], base: str) -> bytes | None:
    """`ldadd`, `swp`, `cas` and so on; None when the registers don't fit."""
    opcode, size = ATOMICS[name]
    if {register[0] for register in registers} - {"w", "x"} or base[0] == "w" or base == "xzr":
        return None
    if "sp" in registers or "wsp" in registers or len({register[0] for register in registers}) != 1:
        return None
    wide = registers[0][0] == "x"
    numbers = [register_number(register) for register in registers]
    if name.startswith("casp"):
        if len(numbers) != 4 or numbers[0] % 2 or numbers[2] % 2:
            return None
        if numbers[1] != numbers[0] + 1 or numbers[3] != numbers[2] + 1:
            return None
        return word(opcode | wide << 30 | numbers[0] << 16 | register_number(base) << 5 | numbers[2])
    if name.startswith("st"):
        numbers.append(31)
    if len(numbers) != 2 or (wide and size != 2):
        return None
    width = size + wide if size == 2 else size
    return word(opcode | width << 30 | numbers[0] << 16 | register_number(base) << 5 | numbers[1])


def crypto(name: str, registers: list[str]) -> bytes | None:
    """AES and SHA; None when the registers don't fit."""
    opcode, kinds = CRYPTO[name]
    if "".join(register[0] for register in registers) != kinds:
        return None
    numbers = [register_number(register) for register in registers]
    third = numbers[2] << 16 if len(numbers) == 3 else 0
    return word(opcode | third | numbers[1] << 5 | numbers[0])


def hint(number: int) -> bytes:
    """`nop` and its kin."""
    return word(0xD503201F | number << 5)


def padding(size: int) -> bytes:
    """`size` bytes of NOPs."""
    return bytes(size % 4) + hint(0) * (size // 4)

"""ARM and Thumb encodings of our own: what holds addresses, and what Keystone lacks, gets wrong or crashes on.

Pure functions from numbers to bytes, after the Arm Architecture Reference Manual (DDI 0406C). They return None or raise
`OutOfRange` when the number does not fit.
"""

from __future__ import annotations

REGISTER_NUMBERS = {f"r{number}": number for number in range(13)} | {"sp": 13, "lr": 14, "pc": 15}
REGISTER_NAMES = tuple(REGISTER_NUMBERS)
_MASK = 0xFFFFFFFF


class OutOfRange(Exception):
    """A distance or number has no encoding; the arguments are what a person should read, and a hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def arm(word: int) -> bytes:
    """An ARM instruction as bytes."""
    return (word & _MASK).to_bytes(4, "little")


def thumb(*halves: int) -> bytes:
    """A Thumb instruction of one or two halfwords as bytes."""
    return b"".join((half & 0xFFFF).to_bytes(2, "little") for half in halves)


def modified_immediate(value: int) -> int | None:
    """The 12-bit field of an ARM data-processing immediate: 8 bits rotated by an even count."""
    value &= _MASK
    for rotation in range(16):
        rotated = (value << 2 * rotation | value >> (32 - 2 * rotation)) & _MASK
        if rotated < 256:
            return rotation << 8 | rotated
    return None


def thumb_modified_immediate(value: int) -> int | None:
    """The 12-bit field i:imm3:imm8 of a Thumb-2 data-processing immediate."""
    value &= _MASK
    low = value & 0xFF
    if value == low:
        return low
    if value == low * 0x00010001:
        return 0x100 | low
    if value == low * 0x01010101:
        return 0x300 | low
    high = value >> 8 & 0xFF
    if value == high * 0x01000100:
        return 0x200 | high
    for rotation in range(8, 32):
        rotated = (value << rotation | value >> (32 - rotation)) & _MASK
        if 128 <= rotated < 256:
            return rotation << 7 | rotated & 0x7F
    return None


def _thumb_field(field: int) -> tuple[int, int]:
    """Where i:imm3:imm8 goes in the two halfwords."""
    return (field >> 11) << 10, (field >> 8 & 7) << 12 | field & 0xFF


def move_constant(condition: int, register: int, value: int) -> bytes | None:
    """`mov` or `mvn` (ARM) that loads `value`; None when there is none."""
    for opcode, number in ((0x03A00000, value), (0x03E00000, ~value)):
        field = modified_immediate(number)
        if field is not None:
            return arm(condition << 28 | opcode | register << 12 | field)
    return None


def thumb_move_constant(register: int, value: int, flags: bool = False) -> bytes | None:
    """`mov.w`, `mvn.w` or `movw` that loads `value`; None when there is none."""
    for first, number in ((0xF04F, value), (0xF06F, ~value)):
        field = thumb_modified_immediate(number)
        if field is not None:
            upper, lower = _thumb_field(field)
            return thumb(first | flags << 4 | upper, register << 8 | lower)
    return None if flags else move_half("movw", True, 14, register, value)


def move_half(name: str, is_thumb: bool, condition: int, register: int, value: int) -> bytes | None:
    """`movw` or `movt`; None when `value` has more than 16 bits."""
    if not 0 <= value <= 0xFFFF:
        return None
    top = name == "movt"
    if is_thumb:
        upper, lower = _thumb_field(value & 0xFFF)
        return thumb((0xF2C0 if top else 0xF240) | upper | value >> 12, lower | register << 8)
    opcode = 0x03400000 if top else 0x03000000
    return arm(condition << 28 | opcode | (value >> 12) << 16 | register << 12 | value & 0xFFF)


def _check(distance: int, bits: int, unit: int, what: str) -> int:
    """`distance` as a field of `bits` bits in units of `unit` bytes."""
    if distance % unit:
        raise OutOfRange(f"the target of {what} is not at a multiple of {unit}", "align it with `.balign`")
    limit = 1 << (bits - 1)
    if not -limit <= distance // unit < limit:
        reach = limit * unit
        size = f"{reach >> 20} MiB" if reach >= 1 << 20 else f"{reach} bytes"
        raise OutOfRange(f"the target is too far away for {what}: {distance} bytes", f"it reaches about {size}")
    return distance // unit & ((1 << bits) - 1)


def branch(name: str, condition: int, distance: int) -> bytes:
    """ARM `b`, `bl` or `blx` to a label; `distance` from the instruction. Raises OutOfRange."""
    offset = distance - 8
    if name == "blx":
        field = _check(offset, 25, 2, "`blx`")
        return arm(0xFA000000 | (field & 1) << 24 | field >> 1)
    return arm(condition << 28 | (0x0B000000 if name == "bl" else 0x0A000000) | _check(offset, 24, 4, f"`{name}`"))


def thumb_branch_fits(condition: int, distance: int) -> bool:
    """Whether the 2-byte form of `b` reaches."""
    limit = 2048 if condition == 14 else 256
    return -limit <= distance - 4 < limit


def thumb_branch(condition: int, distance: int, wide: bool) -> bytes:
    """Thumb `b` to a label. Raises OutOfRange."""
    offset = distance - 4
    if not wide:
        if condition == 14:
            return thumb(0xE000 | _check(offset, 11, 2, "`b.n`"))
        return thumb(0xD000 | condition << 8 | _check(offset, 8, 2, "this 2-byte branch"))
    if condition == 14:
        return _long_branch(0x9000, _check(offset, 24, 2, "`b`"))
    field = _check(offset, 20, 2, "a conditional branch")
    sign, j2, j1 = field >> 19, field >> 18 & 1, field >> 17 & 1
    return thumb(
        0xF000 | sign << 10 | condition << 6 | field >> 11 & 0x3F, 0x8000 | j1 << 13 | j2 << 11 | field & 0x7FF
    )


def _long_branch(second: int, field: int) -> bytes:
    """The shape of `b.w`, `bl` and `blx`; `field` is the distance in halfwords, 24 bits."""
    sign = field >> 23
    j1, j2 = ~(field >> 22 ^ sign) & 1, ~(field >> 21 ^ sign) & 1
    return thumb(0xF000 | sign << 10 | field >> 11 & 0x3FF, second | j1 << 13 | j2 << 11 | field & 0x7FF)


def thumb_call(exchange: bool, address: int, target: int) -> bytes:
    """Thumb `bl`, or `blx` to ARM code. Raises OutOfRange."""
    if exchange:
        return _long_branch(0xC000, _check((target - (address + 4 & ~3)) // 4 * 4, 24, 2, "`blx`"))
    return _long_branch(0xD000, _check(target - address - 4, 24, 2, "`bl`"))


def compare_and_branch(name: str, register: int, distance: int) -> bytes:
    """`cbz` or `cbnz`. Raises OutOfRange."""
    offset = distance - 4
    if register > 7:
        raise OutOfRange(f"`{name}` takes only r0 to r7")
    if not 0 <= offset <= 126 or offset & 1:
        raise OutOfRange(f"`{name}` reaches only forward, at most 126 bytes", "compare with 0 and use `beq` or `bne`")
    return thumb(0xB100 | (0x800 if name == "cbnz" else 0) | (offset >> 6) << 9 | (offset >> 1 & 31) << 3 | register)


def address_of(condition: int, register: int, offset: int) -> bytes:
    """ARM `adr`: `offset` from pc (8 bytes ahead). Raises OutOfRange."""
    opcode = 0x028F0000 if offset >= 0 else 0x024F0000
    field = modified_immediate(abs(offset))
    if field is None:
        raise OutOfRange(f"`adr` can't reach this address ({offset} bytes)", "use `ldr register, =label` or `adrl`")
    return arm(condition << 28 | opcode | register << 12 | field)


def long_address_of(condition: int, register: int, offset: int) -> bytes:
    """ARM `adrl`: two instructions. Raises OutOfRange."""
    number = abs(offset)
    opcode = 0x02800000 if offset >= 0 else 0x02400000
    one = modified_immediate(number)
    if one is not None:
        return arm(condition << 28 | opcode | 15 << 16 | register << 12 | one) + arm(0xE1A00000)
    for shift in range(0, 32, 2):
        low = number & (0xFF << shift)
        first, second = modified_immediate(low), modified_immediate(number - low)
        if low and first is not None and second is not None:
            start = arm(condition << 28 | opcode | 15 << 16 | register << 12 | first)
            return start + arm(condition << 28 | opcode | register << 16 | register << 12 | second)
    raise OutOfRange(f"`adrl` can't reach this address ({offset} bytes)", "use `ldr register, =label`")


def thumb_address_of(register: int, offset: int, wide: bool) -> bytes:
    """Thumb `adr`: `offset` from pc (4 bytes ahead, rounded down to a multiple of 4). Raises OutOfRange."""
    if not wide:
        if register > 7 or not 0 <= offset <= 1020 or offset % 4:
            raise OutOfRange("the 2-byte `adr` needs r0 to r7 and a word at most 1020 bytes ahead")
        return thumb(0xA000 | register << 8 | offset >> 2)
    number = abs(offset)
    if number > 4095:
        raise OutOfRange(f"`adr` can't reach this address ({offset} bytes)", "use `ldr register, =label`")
    upper, lower = _thumb_field(number)
    return thumb((0xF20F if offset >= 0 else 0xF2AF) | upper, register << 8 | lower)


def thumb_load_literal(register: int, offset: int, wide: bool) -> bytes:
    """Thumb `ldr` from `offset` bytes behind pc (as for `adr`). Raises OutOfRange."""
    if not wide:
        if register > 7 or not 0 <= offset <= 1020 or offset % 4:
            raise OutOfRange("the 2-byte `ldr` needs r0 to r7 and a word at most 1020 bytes ahead")
        return thumb(0x4800 | register << 8 | offset >> 2)
    if abs(offset) > 4095:
        raise OutOfRange(
            f"the value is too far away for `ldr` ({offset} bytes)", "put `.ltorg` closer, behind a branch"
        )
    return thumb(0xF8DF if offset >= 0 else 0xF85F, register << 12 | abs(offset))


def narrow_literal_fits(register: int, offset: int) -> bool:
    """Whether the 2-byte `ldr` or `adr` reaches `offset`."""
    return register <= 7 and 0 <= offset <= 1020 and offset % 4 == 0


def divide(name: str, is_thumb: bool, condition: int, result: int, left: int, right: int) -> bytes:
    """`sdiv` or `udiv`."""
    unsigned = name == "udiv"
    if is_thumb:
        return thumb(0xFB90 | unsigned << 5 | left, 0xF0F0 | result << 8 | right)
    return arm(condition << 28 | (0x0730F010 if unsigned else 0x0710F010) | result << 16 | right << 8 | left)


def double_transfer(
    load: bool, condition: int, first: int, base: int, offset: int | None, index: int, up: bool, pre: bool, write: bool
) -> bytes | None:
    """ARM `ldrd` or `strd`: an immediate `offset`, or None for the register `index`."""
    word = condition << 28 | (0xD0 if load else 0xF0) | base << 16 | first << 12
    word |= pre << 24 | up << 23 | (write and pre) << 21
    if offset is None:
        return arm(word | index)
    if not 0 <= offset <= 255:
        return None
    return arm(word | 1 << 22 | (offset >> 4) << 8 | offset & 15)


def thumb_double_transfer(
    load: bool, first: int, second: int, base: int, offset: int, up: bool, pre: bool, write: bool
) -> bytes | None:
    """Thumb `ldrd` or `strd` with an immediate `offset`."""
    if not 0 <= offset <= 1020 or offset % 4:
        return None
    upper = 0xE840 | load << 4 | base | pre << 8 | up << 7 | (write or not pre) << 5
    return thumb(upper, first << 12 | second << 8 | offset >> 2)


def push_pop(push: bool, condition: int, mask: int) -> bytes:
    """ARM `push` or `pop`; of one register it is a store or load."""
    if mask & (mask - 1) == 0 and mask != 1 << 13:
        return arm(condition << 28 | (0x052D0004 if push else 0x049D0004) | (mask.bit_length() - 1) << 12)
    return arm(condition << 28 | (0x092D0000 if push else 0x08BD0000) | mask)


def multiple_transfer(name: str, condition: int, base: int, write: bool, mask: int, user: bool) -> bytes:
    """ARM `ldmia` ... `stmdb`."""
    pre, up = name[3:] in ("ib", "db"), name[3:] in ("ia", "ib")
    word = 0x08000000 | pre << 24 | up << 23 | user << 22 | write << 21 | (name[0] == "l") << 20 | base << 16 | mask
    return arm(condition << 28 | word)


def vector_constant(value: int, bits: str) -> bool:
    """Whether `vmov.i` of elements of `bits` bits can load `value`."""
    if bits == "64":
        return all(byte in (0, 255) for byte in (value & (1 << 64) - 1).to_bytes(8, "little"))
    value &= (1 << int(bits)) - 1 if bits in ("8", "16", "32") else 0
    ones = bits == "32" and (value & ~0xFF00 == 0xFF or value & ~0xFF0000 == 0xFFFF)
    return ones or any(value & ~(0xFF << shift) == 0 for shift in (0, 8, 16, 24))


def coprocessor_move(
    name: str, is_thumb: bool, condition: int, numbers: tuple[int, int, int, int, int, int]
) -> bytes | None:
    """`mrc`, `mcr`, `mrc2`, `mcr2`; `numbers` are coprocessor, opc1, register, CRn, CRm, opc2."""
    coprocessor, opcode1, register, crn, crm, opcode2 = numbers
    if not (0 <= coprocessor <= 15 and 0 <= opcode1 <= 7 and 0 <= opcode2 <= 7):
        return None
    word = 0x0E000010 | opcode1 << 21 | name.startswith("mrc") << 20 | crn << 16 | register << 12
    word |= coprocessor << 8 | opcode2 << 5 | crm
    first = 15 if name.endswith("2") else 14 if is_thumb else condition
    word |= first << 28
    return thumb(word >> 16, word) if is_thumb else arm(word)


def it_block(condition: int, pattern: str) -> bytes:
    """`it` with its further `t` and `e`."""
    mask = 0
    for letter in pattern:
        mask = mask << 1 | (condition & 1 if letter == "t" else ~condition & 1)
    mask = (mask << 1 | 1) << (3 - len(pattern))
    return thumb(0xBF00 | condition << 4 | mask)


def thumb_padding(size: int, wide: bool, hint: bool) -> bytes:
    """`size` bytes of Thumb NOPs: `hint` for the architected one, `wide` for 4-byte ones where possible."""
    out = bytes(size % 2)
    size -= size % 2
    narrow = b"\x00\xbf" if hint else b"\xc0\x46"
    if wide:
        out += narrow * (size // 2 % 2) + b"\xaf\xf3\x00\x80" * (size // 4)
    else:
        out += narrow * (size // 2)
    return out


def arm_padding(size: int, hint: bool) -> bytes:
    """`size` bytes of ARM NOPs."""
    return bytes(size % 4) + (b"\x00\xf0\x20\xe3" if hint else b"\x00\x00\xa0\xe1") * (size // 4)

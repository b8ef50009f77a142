"""One ARM or Thumb instruction, its numbers known, to bytes."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression
from app.toolchain.expression import Number as Constant
from app.toolchain.isa import arm_encodings as own
from app.toolchain.isa.arm_encodings import REGISTER_NAMES, REGISTER_NUMBERS
from app.toolchain.isa.arm_mistakes import explain
from app.toolchain.isa.arm_mnemonics import MULTIPLE, Mnemonic, words
from app.toolchain.isa.arm_operands import Immediate, Memory, Numbers, Operand, Register, RegisterList, Word, render
from app.toolchain.isa.arm_thumb import modern, move_low
from app.toolchain.isa.keystone_arm import machine_code
from app.toolchain.keystone import Mode

_OPPOSITES = {
    "add": "sub",
    "sub": "add",
    "cmp": "cmn",
    "cmn": "cmp",
    "and": "bic",
    "bic": "and",
    "mov": "mvn",
    "mvn": "mov",
    "adc": "sbc",
    "sbc": "adc",
}
_NEGATED = frozenset(["add", "sub", "cmp", "cmn"])
_VERSION_8 = words("""
    lda ldab ldah stl stlb stlh ldaex stlex crc32b crc32h crc32w crc32cb crc32ch crc32cw hlt vfma vfms vfnma vfnms
    vcvta vcvtn vcvtp vcvtm vrintz vrintx vrintr vrinta vrintn vrintp vrintm vmaxnm vminnm vseleq vselge vselgt vselvs
    """)
_THREE_OPERANDS = words("add sub adc sbc and orr eor bic lsl lsr asr ror")
_WITH_LIST = frozenset(["push", "pop", *MULTIPLE])
_VECTOR_LISTS = ("vld", "vst", "vpush", "vpop", "vtb")
_FLOATS = frozenset(["vmov", "vcmp", "vcmpe"])


class Setting(Struct, frozen=True):
    """Where an instruction stands: in Thumb code, in the older (divided) syntax, in an IT block of `condition`."""

    thumb: bool = False
    divided: bool = False
    condition: str = ""
    modern_nop: bool = False
    thumb_nop: bool = False


def encode(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, setting: Setting, span: Span) -> bytes:
    """Machine code; `number` gives the value of an expression. Raises Mistake when there is no such instruction."""
    if setting.thumb and setting.divided:
        moved = move_low(mnemonic, operands)
        if moved is not None:
            return moved
        mnemonic, operands = modern(mnemonic, operands, number)
    values = _Values(number)
    data = _own(mnemonic, operands, values, setting, span)
    if data is None:
        data = _by_keystone(mnemonic, operands, values, setting)
    if data is None:
        raise explain(mnemonic, operands, values, setting.thumb, span)
    return data


class _Values:
    """Numbers as 32 bits hold them."""

    def __init__(self, number: Numbers) -> None:
        self._number = number

    def __call__(self, expression: Expression) -> int:
        value = self._number(expression)
        if value >= (1 << 64) - (1 << 31):
            value -= 1 << 64
        if not -(1 << 31) <= value < 1 << 32:
            raise Mistake(expression.span, f"the number {value:#x} does not fit in 32 bits")
        return value


def _by_keystone(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, setting: Setting) -> bytes | None:
    name = MULTIPLE.get(mnemonic.name, mnemonic.name)
    if not _is_plausible(name, operands):
        return None
    _check_numbers(mnemonic, operands, number, setting.thumb)
    condition = "" if mnemonic.condition == "al" else mnemonic.condition
    width = "." + mnemonic.width if mnemonic.width else ""
    as_float = name in _FLOATS and mnemonic.types[:2] == ".f"
    operands = _as_keystone_wants(mnemonic, operands, setting.thumb)
    texts = ", ".join(render(operand, number, as_float) for operand in operands)
    text = f"{name}{'s' * mnemonic.flags}{condition}{mnemonic.types}{width}{' ' * bool(texts)}{texts}"
    if setting.thumb:
        thumb_mode: Mode = "thumbv8" if name in _VERSION_8 else "thumb"
        if condition:
            data = machine_code(thumb_mode, f"it {condition}\n{text}")
            return data and data[2:]
        return machine_code(thumb_mode, text)
    mode: Mode = "armv8" if name in _VERSION_8 else "arm"
    data = machine_code(mode, text)
    if data is None and name in _OPPOSITES and operands and isinstance(operands[-1], Immediate):
        opposite = replace(mnemonic, name=_OPPOSITES[name])
        value = number(operands[-1].expression)
        value = (-value if name in _NEGATED else ~value) & 0xFFFFFFFF
        immediate = replace(operands[-1], expression=Constant(value, operands[-1].span))
        texts = ", ".join(render(operand, number) for operand in [*operands[:-1], immediate])
        data = machine_code("arm", f"{opposite.name}{'s' * mnemonic.flags}{condition} {texts}")
    return data


def _check_numbers(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, thumb: bool) -> None:
    """Numbers of which Keystone would silently take the low bits. Raises Mistake."""
    name, last = mnemonic.name, operands[-1] if operands else None
    limit = None
    if isinstance(last, Immediate) and name.startswith(("ldr", "str")) and len(operands) > 2:
        limit = 255 if thumb or name[3:] not in ("", "b", "t", "bt") else 4095
    elif isinstance(last, Memory) and last.writeback and thumb and isinstance(last.parts[-1], Immediate):
        last, limit = last.parts[-1], 255
    elif isinstance(last, Immediate) and name.startswith(
        ("vsh", "vrsh", "vqsh", "vqrsh", "vsra", "vrsra", "vsli", "vsri")
    ):
        limit = int("0" + "".join(letter for letter in mnemonic.types if letter.isdigit())[:2]) or 64
    elements = mnemonic.types[2:] if mnemonic.types[:2] == ".i" and name in ("vmov", "vmvn") else ""
    if elements and isinstance(last, Immediate) and not own.vector_constant(number(last.expression), elements):
        hint = "one byte of each element may differ from 0"
        raise Mistake(last.span, f"the number {number(last.expression):#x} has no encoding in `{name}`", hint)
    if limit is not None and isinstance(last, Immediate) and abs(number(last.expression)) > limit:
        value = number(last.expression)
        raise Mistake(last.span, f"the number {value} is too large for this `{name}`", f"{limit} is the largest")


def _is_plausible(name: str, operands: list[Operand]) -> bool:
    """Whether the kinds of operands make sense at all: Keystone can crash where they don't."""
    lists = [operand for operand in operands if isinstance(operand, RegisterList)]
    if lists:
        kinds = {register.name[0] for part in lists[0].parts for register in part if register is not None}
        vectors = len(kinds) == 1 and kinds < {"s", "d", "q"} and "sp" not in {part[0].name for part in lists[0].parts}
        if len(lists) > 1 or (name not in _WITH_LIST and not (vectors and name.startswith(_VECTOR_LISTS))):
            return False
    if name.startswith(("ldr", "str", "lda", "stl")):
        return len(operands) >= 2 and isinstance(operands[0], Register)
    return True


def _as_keystone_wants(mnemonic: Mnemonic, operands: list[Operand], thumb: bool) -> list[Operand]:
    if mnemonic.name == "mul" and len(operands) == 2:
        return [operands[0], operands[1], operands[0]]
    if thumb and len(operands) == 2 and mnemonic.name in _THREE_OPERANDS:
        high = any(isinstance(o, Register) and REGISTER_NUMBERS.get(o.name, 0) > 7 for o in operands)
        if mnemonic.flags and (mnemonic.name in ("add", "sub") or high):
            return [operands[0], *operands]
    return operands


def _number_of(operand: Operand) -> int | None:
    """The number of a plain core register."""
    if isinstance(operand, Register) and not (operand.writeback or operand.lane or operand.negative):
        return REGISTER_NUMBERS.get(operand.name)
    return None


def _own(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, setting: Setting, span: Span) -> bytes | None:
    name = mnemonic.name
    registers = [_number_of(operand) for operand in operands]
    first = registers[0] if registers else None
    if name in ("movw", "movt"):
        if len(operands) != 2 or first is None or not isinstance(operands[1], Immediate):
            raise Mistake(span, f"`{name}` needs a register and a number of 16 bits", f"such as `{name} r0, #0x1234`")
        value = number(operands[1].expression)
        data = own.move_half(name, setting.thumb, mnemonic.code, first, value)
        if data is None:
            raise Mistake(operands[1].span, f"the number {value:#x} does not fit in 16 bits")
        return data
    if name in ("sdiv", "udiv"):
        if len(registers) == 2:
            registers.insert(0, first)
        if len(registers) != 3 or None in registers or 15 in registers:
            raise Mistake(span, f"`{name}` needs three registers", f"such as `{name} r0, r1, r2`")
        result, left, right = (register or 0 for register in registers)
        return own.divide(name, setting.thumb, mnemonic.code, result, left, right)
    if name in ("ldrd", "strd"):
        return _double(mnemonic, operands, number, setting, span)
    if name in ("mrc", "mcr", "mrc2", "mcr2"):
        return _coprocessor(mnemonic, operands, number, setting, span)
    if name == "nop" and not operands and mnemonic.width != "w":
        if setting.thumb:
            return own.thumb(0xBF00 if setting.thumb_nop and not setting.divided else 0x46C0)
        return own.arm(mnemonic.code << 28 | (0x0320F000 if setting.modern_nop else 0x01A00000))
    if name == "udf" and setting.thumb and len(operands) == 1 and isinstance(operands[0], Immediate):
        value = number(operands[0].expression)
        if value > 255 or mnemonic.width == "w":
            return own.thumb(0xF7F0 | value >> 12, 0xA000 | value & 0xFFF) if 0 <= value <= 0xFFFF else None
    if name == "setend":
        word = operands[0].name if len(operands) == 1 and isinstance(operands[0], Word) else ""
        if word not in ("be", "le"):
            raise Mistake(span, "`setend` needs `be` or `le`")
        big = word == "be"
        return own.thumb(0xB650 | big << 3) if setting.thumb else own.arm(0xF1010000 | big << 9)
    if operands and isinstance(operands[-1], RegisterList) and name in _WITH_LIST:
        return _multiple(mnemonic, operands, setting, span)
    if name == "pkhbt" and setting.thumb and len(registers) == 3 and not {None, 13, 15} & set(registers):
        return own.thumb(0xEAC0 | (registers[1] or 0), (first or 0) << 8 | (registers[2] or 0))
    if setting.thumb and len(operands) >= 2 and first is not None:
        return _own_thumb(mnemonic, operands, number, first)
    return None


def _multiple(mnemonic: Mnemonic, operands: list[Operand], setting: Setting, span: Span) -> bytes | None:
    """`ldm`, `stm`, `push` and `pop`."""
    listed, name = operands[-1], mnemonic.name
    assert isinstance(listed, RegisterList)  # noqa: S101
    mask = _list_mask(listed)
    stack = name in ("push", "pop")
    base = operands[0]
    if len(operands) != 2 - stack or (not stack and not isinstance(base, Register)) or listed.lane:
        return None
    if setting.thumb:
        _check_thumb_list(name, mask, listed)
        popped = isinstance(base, Register) and base.name == "sp" and base.writeback and mnemonic.width != "w"
        if popped and MULTIPLE.get(mnemonic.name) == "ldmia" and mask < 256:
            return own.thumb(0xBC00 | mask)
        single = _single_transfer(mnemonic, base, mask) if not stack else None
        if single is not None:
            return _by_keystone(*single, lambda expression: getattr(expression, "value", 0), setting)
        ascending = RegisterList(
            [(Register(REGISTER_NAMES[n], span), None) for n in range(16) if mask >> n & 1], listed.span
        )
        return None if listed.user else _by_keystone(mnemonic, [*operands[:-1], ascending], _no_number, setting)
    if stack:
        return own.push_pop(name == "push", mnemonic.code, mask) if not listed.user else None
    assert isinstance(base, Register)  # noqa: S101
    number = REGISTER_NUMBERS.get(base.name, 16)
    if number > 14 or base.lane or base.negative:
        raise Mistake(base.span, f"`{base.name}` can't be the base of `{name}`")
    return own.multiple_transfer(MULTIPLE[name], mnemonic.code, number, base.writeback, mask, listed.user)


def _single_transfer(mnemonic: Mnemonic, base: Operand, mask: int) -> tuple[Mnemonic, list[Operand]] | None:
    """Thumb `ldm` or `stm` of one register as the load or store that GNU as makes of it; None where it does not."""
    if mask & (mask - 1) or not isinstance(base, Register):
        return None
    name, number, register = MULTIPLE[mnemonic.name], REGISTER_NUMBERS.get(base.name, 16), mask.bit_length() - 1
    after = name.endswith("ia")
    if after and base.writeback and number < 8 and register < 8 and mnemonic.width != "w":
        return None
    step = Immediate(Constant(4 if after else -4, base.span), base.span, True)
    plain = Register(base.name, base.span)
    memory: list[Operand] = [Memory([plain] if after else [plain, step], base.span, base.writeback and not after)]
    if after and base.writeback:
        memory.append(step)
    load = replace(mnemonic, name="ldr" if name[0] == "l" else "str")
    return load, [Register(REGISTER_NAMES[register], base.span), *memory]


def _list_mask(listed: RegisterList) -> int:
    mask = 0
    for first, last in listed.parts:
        low = REGISTER_NUMBERS.get(first.name)
        high = low if last is None else REGISTER_NUMBERS.get(last.name)
        if low is None or high is None or first.lane or first.writeback:
            raise Mistake(first.span, f"`{first.name}` can't stand in this list", "it takes r0 to r12, sp, lr and pc")
        if high < low:
            raise Mistake(first.span, f"the range {first.name}-{REGISTER_NAMES[high]} goes backwards")
        mask |= (2 << high) - (1 << low)
    return mask


def _check_thumb_list(name: str, mask: int, listed: RegisterList) -> None:
    store = name == "push" or name.startswith("stm")
    if mask >> 13 & 1 or (store and mask >> 15) or mask >> 14 == 3:
        raise Mistake(
            listed.span, f"Thumb `{name}` can't have these registers in its list", "sp, or lr and pc together"
        )


def _no_number(expression: Expression) -> int:
    raise Mistake(expression.span, "a number can't stand here")


def _own_thumb(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, first: int) -> bytes | None:
    last = operands[-1]
    if not isinstance(last, Immediate):
        return None
    if mnemonic.name == "mov" and len(operands) == 2:
        value = number(last.expression)
        sets = mnemonic.flags != bool(mnemonic.condition)
        if first < 8 and 0 <= value <= 255 and sets and mnemonic.width != "w":
            return own.thumb(0x2000 | first << 8 | value)
        return own.thumb_move_constant(first, value, mnemonic.flags)
    if mnemonic.name in ("add", "sub") and mnemonic.flags != bool(mnemonic.condition) and mnemonic.width != "w":
        base = _number_of(operands[-2])
        value = number(last.expression)
        subtract = mnemonic.name == "sub"
        if first < 8 and base == first and 0 <= value <= 255:
            return own.thumb(0x3000 | subtract << 11 | first << 8 | value)
    if mnemonic.name == "add" and len(operands) == 3 and _number_of(operands[1]) == 15 and not mnemonic.flags:
        value = number(last.expression)
        wide = mnemonic.width == "w" or not own.narrow_literal_fits(first, value)
        return own.thumb_address_of(first, value, wide) if abs(value) < 4096 else None
    if mnemonic.name in ("add", "sub") and number(last.expression) < 0:
        return _negative(mnemonic, operands, last, number)
    return None


def _negative(mnemonic: Mnemonic, operands: list[Operand], last: Immediate, number: Numbers) -> bytes | None:
    """Thumb `add` or `sub` of a negative number that has no encoding: the opposite of its absolute value."""
    value = number(last.expression)
    if own.thumb_modified_immediate(value) is not None:
        return None
    positive = replace(last, expression=Constant(-value, last.span))
    opposite = replace(mnemonic, name=_OPPOSITES[mnemonic.name])
    full = [operands[0], *(operands[1:-1] or [operands[0]]), positive]
    setting = Setting(True, condition=mnemonic.condition)
    data = _by_keystone(replace(opposite, width="w"), full, number, setting)
    return data or _by_keystone(opposite, full, number, setting)


def _double(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, setting: Setting, span: Span) -> bytes | None:
    """`ldrd` and `strd`: `[rn]`, `[rn, offset]`, the same with `!`, and `[rn], offset`."""
    load = mnemonic.name == "ldrd"
    shape = Mistake(
        span, f"`{mnemonic.name}` needs two registers and memory", f"such as `{mnemonic.name} r0, r1, [r2]`"
    )
    at = next((index for index, operand in enumerate(operands) if isinstance(operand, Memory)), 0)
    registers = [_number_of(operand) for operand in operands[:at]]
    if at not in (1, 2) or None in registers or len(operands) > at + 2:
        raise shape
    first = registers[0] or 0
    second = registers[1] if at == 2 else first + 1
    memory = operands[at]
    assert isinstance(memory, Memory)  # noqa: S101
    base = _number_of(memory.parts[0]) if memory.parts else None
    after = operands[at + 1 :]
    if (
        base is None
        or second is None
        or len(memory.parts) > 2
        or (after and (len(memory.parts) > 1 or memory.writeback))
    ):
        raise shape
    offset = after[0] if after else memory.parts[1] if len(memory.parts) == 2 else None
    pre, write = not after, memory.writeback
    if not setting.thumb and (first % 2 or second != first + 1 or first == 14):
        hint = "such as r0, r1 or r4, r5"
        raise Mistake(operands[0].span, f"`{mnemonic.name}` needs an even register and the next one", hint)
    if isinstance(offset, Register) and not setting.thumb:
        index = REGISTER_NUMBERS.get(offset.name)
        if index is None or offset.writeback:
            raise shape
        return own.double_transfer(load, mnemonic.code, first, base, None, index, not offset.negative, pre, write)
    if offset is not None and not isinstance(offset, Immediate):
        raise shape
    value = number(offset.expression) if offset is not None else 0
    if setting.thumb:
        data = own.thumb_double_transfer(load, first, second, base, abs(value), value >= 0, pre, write)
        limit = "a multiple of 4 from -1020 to 1020"
    else:
        data = own.double_transfer(load, mnemonic.code, first, base, abs(value), 0, value >= 0, pre, write)
        limit = "-255 to 255"
    if data is None:
        raise Mistake((offset or memory).span, f"the offset {value} is not possible here", f"it can be {limit}")
    return data


def _coprocessor(mnemonic: Mnemonic, operands: list[Operand], number: Numbers, setting: Setting, span: Span) -> bytes:
    shape = Mistake(
        span, f"`{mnemonic.name}` does not take these operands", f"such as `{mnemonic.name} p15, 0, r0, c13, c0, 3`"
    )
    if len(operands) == 5:
        operands = [*operands, Immediate(Constant(0, span), span, True)]
    if len(operands) != 6:
        raise shape
    coprocessor, opcode1, register, crn, crm, opcode2 = operands
    names = [operand.name if isinstance(operand, Word) else "" for operand in (coprocessor, crn, crm)]
    core = _number_of(register)
    if isinstance(register, Word) and register.name == "apsr_nzcv":
        core = 15
    if not (names[0][:1] == "p" and names[1][:1] == names[2][:1] == "c") or core is None:
        raise shape
    if not isinstance(opcode1, Immediate) or not isinstance(opcode2, Immediate):
        raise shape
    try:
        fields = [int(name[1:]) for name in names]
    except ValueError:
        raise shape from None
    numbers = (fields[0], number(opcode1.expression), core, fields[1], fields[2], number(opcode2.expression))
    data = own.coprocessor_move(mnemonic.name, setting.thumb, mnemonic.code, numbers)
    if data is None:
        raise shape
    return data

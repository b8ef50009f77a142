"""From operands to the bits of a RISC-V instruction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from msgspec import Struct

from app.toolchain.isa.riscv_operands import Memory, Number, Operand, Register
from app.toolchain.isa.riscv_registers import CSRS, FENCE_SETS, ROUNDING
from app.toolchain.isa.riscv_table import rows

Kind = Callable[[Operand, Sequence[Operand]], int | None]
"""The bits that an operand (of all operands) puts into the instruction; None when it is not of this kind."""


def scatter(value: int, *fields: tuple[int, int, int]) -> int:
    """Bits `high` to `low` of `value`, put at bit `at`, for each field (high, low, at)."""
    code = 0
    for high, low, at in fields:
        code |= (value >> low & ((1 << (high - low + 1)) - 1)) << at
    return code


def i_type(value: int) -> int:
    """The 12-bit immediate of loads and of arithmetic."""
    return (value & 0xFFF) << 20


def s_type(value: int) -> int:
    """The 12-bit immediate of stores."""
    return scatter(value, (11, 5, 25), (4, 0, 7))


def u_type(value: int) -> int:
    """Bits 12 to 31 of a value whose low 12 bits another instruction adds as a signed number."""
    return value + 0x800 & 0xFFFFF000


def b_type(distance: int) -> int:
    """The distance of a conditional branch."""
    return scatter(distance, (12, 12, 31), (10, 5, 25), (4, 1, 8), (11, 11, 7))


def j_type(distance: int) -> int:
    """The distance of `jal`."""
    return scatter(distance, (20, 20, 31), (10, 1, 21), (11, 11, 20), (19, 12, 12))


def cb_type(distance: int) -> int:
    """The distance of `c.beqz` and `c.bnez`."""
    return scatter(distance, (8, 8, 12), (4, 3, 10), (7, 6, 5), (2, 1, 3), (5, 5, 2))


def cj_type(distance: int) -> int:
    """The distance of `c.j`."""
    fields = (11, 11, 12), (4, 4, 11), (9, 8, 9), (10, 10, 8), (6, 6, 7), (7, 7, 6), (3, 1, 3), (5, 5, 2)
    return scatter(distance, *fields)


def _ci_type(value: int) -> int:
    return scatter(value, (5, 5, 12), (4, 0, 2))


def _integer(*positions: int, least: int = 0, not_sp: bool = False) -> Kind:
    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        if not isinstance(operand, Register) or operand.bank != "x" or operand.number < least:
            return None
        if not_sp and operand.number == 2:
            return None
        return sum(operand.number << at for at in positions)

    return kind


def _float(*positions: int) -> Kind:
    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        if not isinstance(operand, Register) or operand.bank != "f":
            return None
        return sum(operand.number << at for at in positions)

    return kind


def _popular(position: int, bank: str = "x") -> Kind:
    """The registers 8 to 15, which have 3 bits."""

    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        if not isinstance(operand, Register) or operand.bank != bank or not 8 <= operand.number <= 15:
            return None
        return (operand.number - 8) << position

    return kind


def _exactly(number: int) -> Kind:
    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        return 0 if isinstance(operand, Register) and operand.bank == "x" and operand.number == number else None

    return kind


def _same(operand: Operand, operands: Sequence[Operand]) -> int | None:
    first = operands[0]
    if not isinstance(operand, Register) or not isinstance(first, Register):
        return None
    return 0 if (operand.bank, operand.number) == (first.bank, first.number) else None


def _within(lowest: int, highest: int, bits: Callable[[int], int], step: int = 1, nonzero: bool = False) -> Kind:
    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        value = operand.value if isinstance(operand, Number) else None
        if value is None or not lowest <= value <= highest or value % step or (nonzero and value == 0):
            return None
        return bits(value)

    return kind


def _or_function(plain: Kind, *functions: str) -> Kind:
    """A number, or a part of an address such as `%lo(label)`, which is filled in later."""

    def kind(operand: Operand, operands: Sequence[Operand]) -> int | None:
        if isinstance(operand, Number) and operand.function:
            return 0 if operand.function in functions else None
        return plain(operand, operands)

    return kind


def _upper(operand: Operand, _all: Sequence[Operand]) -> int | None:
    """The operand of `c.lui`: 20 bits, of which the upper ones equal the sign."""
    value = operand.value if isinstance(operand, Number) else None
    if value is None or not (1 <= value <= 31 or 0xFFFE0 <= value <= 0xFFFFF):
        return None
    return _ci_type(value)


def _name(names: dict[str, int], position: int) -> Kind:
    def kind(operand: Operand, _all: Sequence[Operand]) -> int | None:
        number = names.get(operand.word) if isinstance(operand, Number) else None
        return None if number is None else number << position

    return kind


def _csr(operand: Operand, _all: Sequence[Operand]) -> int | None:
    if not isinstance(operand, Number):
        return None
    number = CSRS.get(operand.word, operand.value)
    return number << 20 if number is not None and 0 <= number < 4096 else None


def _place(operand: Operand, _all: Sequence[Operand]) -> int | None:
    if isinstance(operand, Register):
        return 0 if operand.label is not None else None
    return 0 if isinstance(operand, Number) and not operand.function else None


def _memory(offset: Kind) -> Kind:
    def kind(operand: Operand, operands: Sequence[Operand]) -> int | None:
        if not isinstance(operand, Memory):
            return None
        bits = 0 if operand.offset is None else offset(operand.offset, operands)
        return None if bits is None else bits | operand.base << 15

    return kind


def _popular_memory(highest: int, step: int, *fields: tuple[int, int, int]) -> Kind:
    """`offset(base)` with a base of 3 bits."""
    return _short_memory(lambda base: (base - 8) << 7 if 8 <= base <= 15 else None, highest, step, fields)


def _stack_memory(highest: int, step: int, *fields: tuple[int, int, int]) -> Kind:
    """`offset(sp)`."""
    return _short_memory(lambda base: 0 if base == 2 else None, highest, step, fields)


def _short_memory(
    base_bits: Callable[[int], int | None], highest: int, step: int, fields: tuple[tuple[int, int, int], ...]
) -> Kind:
    number = _within(0, highest, lambda value: scatter(value, *fields), step)

    def kind(operand: Operand, operands: Sequence[Operand]) -> int | None:
        if not isinstance(operand, Memory):
            return None
        base = base_bits(operand.base)
        bits = 0 if operand.offset is None else number(operand.offset, operands)
        return None if base is None or bits is None else base | bits

    return kind


def _plain(operand: Operand, _all: Sequence[Operand]) -> int | None:
    """The address of an atomic instruction, which has no offset."""
    if not isinstance(operand, Memory) or (operand.offset is not None and operand.offset.value != 0):
        return None
    return operand.base << 15


_LOW = ("lo", "pcrel_lo")
_SIGNED = _within(-2048, 2047, i_type)

KINDS: dict[str, Kind] = {
    "rd": _integer(7),
    "rdn": _integer(7, least=1),
    "rdl": _integer(7, least=1, not_sp=True),
    "rdh": _integer(7, not_sp=True),
    "rs1": _integer(15),
    "rs2": _integer(20),
    "c2": _integer(2),
    "c2n": _integer(2, least=1),
    "p2": _popular(2),
    "p7": _popular(7),
    "fp2": _popular(2, "f"),
    "fc2": _float(2),
    "fd": _float(7),
    "f1": _float(15),
    "f2": _float(20),
    "f3": _float(27),
    "f12": _float(15, 20),
    "sp": _exactly(2),
    "zero": _exactly(0),
    "=": _same,
    "none": _within(0, 0, lambda _value: 0),
    "i12": _or_function(_SIGNED, *_LOW),
    "u20": _or_function(_within(0, 0xFFFFF, lambda value: value << 12), "hi", "pcrel_hi"),
    "sh6": _within(0, 63, i_type),
    "sh5": _within(0, 31, i_type),
    "z5": _within(0, 31, lambda value: value << 15),
    "c6": _within(-32, 31, _ci_type),
    "c6n": _within(-32, 31, _ci_type, nonzero=True),
    "csh": _within(1, 63, _ci_type),
    "clui": _upper,
    "addi4": _within(4, 1020, lambda v: scatter(v, (5, 4, 11), (9, 6, 7), (2, 2, 6), (3, 3, 5)), 4),
    "addi16": _within(
        -512, 496, lambda v: scatter(v, (9, 9, 12), (4, 4, 6), (6, 6, 5), (8, 7, 3), (5, 5, 2)), 16, nonzero=True
    ),
    "load": _memory(_or_function(_SIGNED, *_LOW)),
    "store": _memory(_or_function(_within(-2048, 2047, s_type), *_LOW)),
    "plain": _plain,
    "cw": _popular_memory(124, 4, (5, 3, 10), (2, 2, 6), (6, 6, 5)),
    "cd": _popular_memory(248, 8, (5, 3, 10), (7, 6, 5)),
    "lwsp": _stack_memory(252, 4, (5, 5, 12), (4, 2, 4), (7, 6, 2)),
    "ldsp": _stack_memory(504, 8, (5, 5, 12), (4, 3, 5), (8, 6, 2)),
    "swsp": _stack_memory(252, 4, (5, 2, 9), (7, 6, 7)),
    "sdsp": _stack_memory(504, 8, (5, 3, 10), (8, 6, 7)),
    "rm": _name(ROUNDING, 12),
    "pred": _name(FENCE_SETS, 24),
    "succ": _name(FENCE_SETS, 20),
    "csr": _csr,
    "branch": _place,
    "jump": _place,
}


class Row(Struct, frozen=True):
    """One form of an instruction. `size` is 2 or 4 bytes."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    code: int
    size: int

    def encode(self, operands: Sequence[Operand]) -> int | None:
        """The instruction with these operands; None when they are not of this form."""
        if len(operands) != len(self.kinds):
            return None
        code = self.code
        for kind, operand in zip(self.kinds, operands, strict=True):
            bits = kind(operand, operands)
            if bits is None:
                return None
            code |= bits
        return code

    def matching(self, operands: Sequence[Operand]) -> int:
        """How many operands, from the first, are of this form."""
        pairs = zip(self.kinds, operands, strict=False)
        return next((n for n, (kind, operand) in enumerate(pairs) if kind(operand, operands) is None), len(operands))


def _table() -> dict[str, tuple[Row, ...]]:
    table: dict[str, list[Row]] = {}
    for name, kinds, code in rows():
        row = Row(tuple(kinds), tuple(KINDS[kind] for kind in kinds), code, 4 if code & 3 == 3 else 2)
        table.setdefault(name, []).append(row)
    return {name: tuple(forms) for name, forms in table.items()}


TABLE: dict[str, tuple[Row, ...]] = _table()
"""The forms of each instruction, the preferred one first."""


def encode(name: str, operands: Sequence[Operand], compressed: bool) -> tuple[int, Row] | None:
    """The first form of `name` that takes these operands; without `compressed` only those of 32 bits."""
    for row in TABLE[name]:
        if compressed or row.size == 4:
            code = row.encode(operands)
            if code is not None:
                return code, row
    return None

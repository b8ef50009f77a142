"""What the layout fills into RISC-V instructions: addresses, their halves, and branches of the right size."""

from __future__ import annotations

from msgspec import Struct

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression
from app.toolchain.isa.riscv_encoder import b_type, cb_type, cj_type, i_type, j_type, s_type, u_type
from app.toolchain.layout import Layout, describe
from app.toolchain.sections import Fixup, Place, Section

_INVERT_BRANCH = 0x1000
_INVERT_SHORT_BRANCH = 0x2000
_JAL = 0x6F


def _word(code: int) -> bytes:
    return code.to_bytes(4, "little")


def _reachable(distance: int, span: Span) -> int:
    """`distance` when two instructions can add it. Raises Mistake."""
    if not -(1 << 31) - 0x800 <= distance < (1 << 31) - 0x800:
        message = f"this is too far away ({describe(distance)} bytes)"
        raise Mistake(span, message, "an address in the program is within 2 GiB; `li` loads any number")
    return distance


class Pair(Struct):
    """`auipc` and the instruction behind it that adds the rest of the distance; a store with `store`."""

    store: bool = False

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """Both instructions at `address`. Raises Mistake when the target is too far away."""
        distance = _reachable(layout.number(fixup.expression) - address, fixup.expression.span)
        low = s_type(distance) if self.store else i_type(distance)
        first, second = int.from_bytes(code[:4], "little"), int.from_bytes(code[4:], "little")
        return _word(first | u_type(distance)) + _word(second | low)


class Part(Struct):
    """`%hi`, `%lo` and `%pcrel_hi`: a part of an address, or of the distance to it."""

    function: str
    store: bool = False

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """The instruction at `address`. Raises Mistake when the value has more than 32 bits."""
        value, span = layout.number(fixup.expression), fixup.expression.span
        if self.function == "pcrel_hi":
            value = _reachable(value - address, span)
        elif not -(1 << 31) <= value < 1 << 32:
            raise Mistake(span, f"{describe(value)} does not fit in 32 bits", "`li` loads any number")
        low = s_type(value) if self.store else i_type(value)
        bits = low if self.function == "lo" else u_type(value)
        return _word(int.from_bytes(code, "little") | bits)


class Highs:
    """The instructions with `%pcrel_hi`, which those with `%pcrel_lo` name by a label."""

    def __init__(self) -> None:
        self._places: list[tuple[Place, Expression]] = []
        self._by_address: dict[int, Expression] | None = None

    def add(self, place: Place, expression: Expression) -> None:
        """`%pcrel_hi(expression)` is used at `place`."""
        self._places.append((place, expression))

    def at(self, address: int) -> Expression | None:
        """What `%pcrel_hi` is of at `address`. Only after layout."""
        if self._by_address is None:
            self._by_address = {
                place.run.section.address + place.run.offset + place.delta: expression
                for place, expression in self._places
            }
        return self._by_address.get(address)


class PcrelLow(Struct):
    """`%pcrel_lo(label)`: the rest of the distance that the instruction at `label` began."""

    highs: Highs
    store: bool

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """The instruction. Raises Mistake when there is no `%pcrel_hi` at the label."""
        place = layout.number(fixup.expression)
        target = self.highs.at(place)
        if target is None:
            hint = "it takes the label of the `auipc`: `1: auipc t0, %pcrel_hi(x)` and `addi t0, t0, %pcrel_lo(1b)`"
            raise Mistake(fixup.expression.span, "there is no `%pcrel_hi` at this label", hint)
        distance = layout.number(target) - place
        return _word(int.from_bytes(code, "little") | (s_type(distance) if self.store else i_type(distance)))


class Jump(Struct):
    """`jal` and, without compressed instructions, `j`."""

    def patch(self, code: bytes, fixup: Fixup, address: int, layout: Layout) -> bytes:
        """The jump at `address`. Raises Mistake when the target is too far away."""
        distance = _distance(layout.number(fixup.expression) - address, 1 << 20, fixup.expression.span)
        return _word(int.from_bytes(code, "little") | j_type(distance))


def _distance(distance: int, reach: int, span: Span) -> int:
    if distance % 2:
        raise Mistake(span, "the target has an odd address", "instructions begin at even ones: `.align 1`")
    if not -reach <= distance < reach:
        hint = "`call` and `tail` reach any address of the program"
        raise Mistake(span, f"the target is too far away for a jump ({describe(distance)} bytes)", hint)
    return distance


class Branch:
    """A branch or jump that takes as many bytes as its distance needs.

    `short` is its 16-bit form, if it has one. A conditional branch that can't reach skips over a jump.
    """

    positional = False

    def __init__(self, span: Span, target: Expression, code: int, short: int | None, conditional: bool) -> None:
        self.line = span.line
        self.size = 4 if short is None else 2
        self._target = target
        self._code = code
        self._short = short
        self._conditional = conditional

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        return max(self.size, self._needed(offset, section, layout))

    def _needed(self, offset: int, section: Section, layout: Layout) -> int:
        base, target = layout.value(self._target)
        distance = target - offset
        short = 256 if self._conditional else 2048
        if base is section and not (layout.impatient and self.size > 2):
            if self._short is not None and -short <= distance < short:
                return 2
            if not self._conditional or -4096 <= distance < 4096:
                return 4
        if not self._conditional:
            return 4
        return 8 if self._short is None or base is not section else 6

    def emit(self, address: int, layout: Layout) -> bytes:
        span = self._target.span
        distance = layout.number(self._target) - address
        if self.size == 2:
            assert self._short is not None  # noqa: S101
            reach, bits = (256, cb_type) if self._conditional else (2048, cj_type)
            return (self._short | bits(_distance(distance, reach, span))).to_bytes(2, "little")
        if not self._conditional:
            return _word(self._code | j_type(_distance(distance, 1 << 20, span)))
        if self.size == 4:
            return _word(self._code | b_type(_distance(distance, 4096, span)))
        skip = self.size - 4
        jump = _word(_JAL | j_type(_distance(distance - skip, 1 << 20, span)))
        if skip == 4:
            return _word((self._code ^ _INVERT_BRANCH) | b_type(8)) + jump
        assert self._short is not None  # noqa: S101
        return ((self._short ^ _INVERT_SHORT_BRANCH) | cb_type(6)).to_bytes(2, "little") + jump

"""Items whose size depends on the layout: branches, alignment, repeated bytes, `.org`."""

from __future__ import annotations

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression
from app.toolchain.layout import Layout, describe
from app.toolchain.sections import MAX_RESERVED_BYTES, Section

# What GNU as fills code with, by length: the longest first, then the rest.
_NOPS = tuple(
    bytes.fromhex(text)
    for text in (
        "",
        "90",
        "6690",
        "0f1f00",
        "0f1f4000",
        "0f1f440000",
        "660f1f440000",
        "0f1f8000000000",
        "0f1f840000000000",
        "660f1f840000000000",
        "662e0f1f840000000000",
        "66662e0f1f840000000000",
    )
)


def nops(size: int) -> bytes:
    """`size` bytes of long NOP instructions."""
    longest = len(_NOPS) - 1
    return _NOPS[longest] * (size // longest) + _NOPS[size % longest]


class Branch:
    """`jmp` or a conditional jump, short as long as the target allows it."""

    positional = False

    def __init__(self, line: int, prefix: bytes, short: bytes, near: bytes, target: Expression) -> None:
        self.line = line
        self.size = len(prefix) + len(short) + 1
        self._prefix = prefix
        self._short = short
        self._near = near
        self._target = target
        self._is_near = False

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        if not self._is_near:
            base, target = layout.value(self._target)
            distance = target - offset - self.size
            self._is_near = base is not section or not -128 <= distance <= 127 or layout.impatient
            if self._is_near:
                return len(self._prefix) + len(self._near) + 4
        return self.size

    def emit(self, address: int, layout: Layout) -> bytes:
        distance = layout.number(self._target) - address - self.size
        if not self._is_near:
            return self._prefix + self._short + distance.to_bytes(1, "little", signed=True)
        if not -(1 << 31) <= distance < 1 << 31:
            raise Mistake(self._target.span, f"the target is too far away ({describe(distance)} bytes)")
        return self._prefix + self._near + distance.to_bytes(4, "little", signed=True)


class Align:
    """Fill up to a multiple of `boundary`, unless that takes more than `most` bytes.

    `fill` None means NOP instructions, else that byte.
    """

    positional = True

    def __init__(self, line: int, boundary: int, fill: int | None, most: int | None, reserve: bool) -> None:
        self.line = line
        self.size = 0
        self._boundary = boundary
        self._fill = fill
        self._most = most
        self._reserve = reserve

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        size = -offset % self._boundary
        return 0 if self._most is not None and size > self._most else size

    def emit(self, address: int, layout: Layout) -> bytes | None:
        if self._reserve:
            return None
        return nops(self.size) if self._fill is None else bytes([self._fill]) * self.size


class Fill:
    """`unit` repeated as often as `count` says once the layout is known; `unit` None with `width` reserves."""

    positional = False

    def __init__(self, line: int, count: Expression, unit: bytes | None, width: int) -> None:
        self.line = line
        self.size = 0
        self._count = count
        self._unit = unit
        self._width = width

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        count = layout.value(self._count)
        if count.base is not None:
            raise Mistake(self._count.span, "a count can't be an address")
        if count.offset < 0:
            return 0
        if count.offset * self._width > MAX_RESERVED_BYTES:
            raise Mistake(self._count.span, f"the count {describe(count.offset)} is too large")
        return count.offset * self._width

    def emit(self, address: int, layout: Layout) -> bytes | None:
        count = layout.number(self._count)
        if count < 0:
            raise Mistake(self._count.span, f"a count can't be negative ({describe(count)})")
        return None if self._unit is None else self._unit * count


class Origin:
    """Fill up to an offset from the section's start (`.org`)."""

    positional = True

    def __init__(self, line: int, target: Expression, fill: int, reserve: bool, span: Span) -> None:
        self.line = line
        self.size = 0
        self._target = target
        self._fill = fill
        self._reserve = reserve
        self._span = span

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        base, target = layout.value(self._target)
        if base is not None and base is not section:
            raise Mistake(self._target.span, "the target is in another section")
        if target < offset:
            raise Mistake(self._span, f".org can't go backwards, from {offset} to {target}")
        return max(0, target - offset)

    def emit(self, address: int, layout: Layout) -> bytes | None:
        return None if self._reserve else bytes([self._fill]) * self.size

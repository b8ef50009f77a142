"""Items whose size depends on the layout: alignment, repeated bytes, `.org`."""

from __future__ import annotations

from collections.abc import Callable

from app.toolchain.errors import Mistake, Span
from app.toolchain.expression import Expression
from app.toolchain.layout import Layout, describe
from app.toolchain.sections import MAX_RESERVED_BYTES, Section


class Align:
    """Fill up to a multiple of `boundary`, unless that takes more than `most` bytes.

    `fill` is one byte, or gives as many bytes of instructions as asked for.
    """

    positional = True

    def __init__(
        self, line: int, boundary: int, fill: int | Callable[[int], bytes], most: int | None, reserve: bool
    ) -> None:
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
        return bytes([self._fill]) * self.size if isinstance(self._fill, int) else self._fill(self.size)


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


def leb128(number: int, signed: bool) -> bytes:
    """`number` in the variable-length code of DWARF."""
    out = bytearray()
    while True:
        byte, number = number & 0x7F, number >> 7
        done = (number == 0 and not (signed and byte & 0x40)) or (signed and number == -1 and bool(byte & 0x40))
        out.append(byte if done else byte | 0x80)
        if done:
            return bytes(out)


class Leb128:
    """A number in the variable-length code that is only known after layout; it never gets shorter again."""

    positional = False

    def __init__(self, line: int, expression: Expression, signed: bool) -> None:
        self.line = line
        self.size = 1
        self._expression = expression
        self._signed = signed

    def resize(self, offset: int, section: Section, layout: Layout) -> int:
        return max(self.size, len(leb128(self._number(layout), self._signed)))

    def _number(self, layout: Layout) -> int:
        base, number = layout.value(self._expression)
        if base is not None or (number < 0 and not self._signed):
            raise Mistake(self._expression.span, "this is not a number that .uleb128 can store")
        return number

    def emit(self, address: int, layout: Layout) -> bytes:
        code = bytearray(leb128(self._number(layout), self._signed))
        while len(code) < self.size:
            sign = 0x7F if code[-1] & 0x40 and self._signed else 0
            code[-1] |= 0x80
            code.append(sign)
        return bytes(code)

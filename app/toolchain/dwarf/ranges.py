"""Address ranges of compile units (DWARF 5, 2.17)."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from .cursor import Cursor, DwarfError
from .forms import ADDRX, RNGLISTX, Encoding, Value

MAX_STEPS = 500_000
_ADDR = 0x01
(
    _END_OF_LIST, _BASE_ADDRESSX, _STARTX_ENDX, _STARTX_LENGTH, _OFFSET_PAIR, _BASE_ADDRESS, _START_END, _START_LENGTH,
) = range(8)  # fmt: skip
_NOTHING = (0, 0)
"""A range that holds nothing: it counts all the same."""


class Budget(Struct):
    """How much may still be read of one file: many units may name the same long list."""

    left: int = MAX_STEPS

    def spend(self, steps: int = 1) -> None:
        """Take `steps` off. Raises DwarfError when there are not so many left."""
        self.left -= steps
        if self.left < 0:
            raise DwarfError("there is too much of it")


class AddressRanges(Struct):
    """The sections that ranges and addresses lie in: `ranges` up to version 4, `lists` and `addresses` since 5."""

    ranges: bytes
    lists: bytes
    addresses: bytes

    def of_unit(
        self,
        encoding: Encoding,
        low: Value | None,
        high: Value | None,
        ranges: Value | None,
        address_base: int,
        lists_base: int,
        budget: Budget,
    ) -> list[tuple[int, int]]:
        """[start, end) of each piece of the code of a unit whose attributes these are. Raises DwarfError."""
        start = 0 if low is None else self._address(low, encoding, address_base)
        if ranges is not None and isinstance(ranges.value, int):
            if encoding.version < 5:
                pairs = self._pairs(Cursor(self.ranges, ranges.value), encoding, start)
            else:
                offset = ranges.value
                if ranges.form == RNGLISTX:
                    size = encoding.offset_size
                    offset = lists_base + Cursor(self.lists, lists_base + offset * size).number(size)
                pairs = self._list(Cursor(self.lists, offset), encoding, start, address_base)
            found = []
            for pair in pairs:
                budget.spend()
                if pair[0] < pair[1]:
                    found.append(pair)
            return found
        if high is None or low is None or not isinstance(high.value, int):
            return []
        is_address = high.form == _ADDR or high.form in ADDRX
        end = self._address(high, encoding, address_base) if is_address else start + high.value
        budget.spend()
        return [(start, end)] if start < end else []

    def _address(self, value: Value, encoding: Encoding, base: int) -> int:
        if not isinstance(value.value, int):
            raise DwarfError("an address is no number")
        return self._indexed(value.value, encoding, base) if value.form in ADDRX else value.value

    def _indexed(self, index: int, encoding: Encoding, base: int) -> int:
        size = encoding.address_size
        return Cursor(self.addresses, base + index * size).number(size)

    @staticmethod
    def _pairs(cursor: Cursor, encoding: Encoding, base: int) -> Iterator[tuple[int, int]]:
        size = encoding.address_size
        top = (1 << 8 * size) - 1
        while True:
            start, end = cursor.number(size), cursor.number(size)
            if not start and not end:
                return
            if start == top:
                base = end
                yield _NOTHING
            else:
                yield base + start, base + end

    def _list(self, cursor: Cursor, encoding: Encoding, base: int, address_base: int) -> Iterator[tuple[int, int]]:
        size = encoding.address_size

        def indexed() -> int:
            return self._indexed(cursor.unsigned(), encoding, address_base)

        while True:
            kind = cursor.number(1)
            if kind == _END_OF_LIST:
                return
            if kind == _BASE_ADDRESSX:
                base = indexed()
                yield _NOTHING
            elif kind == _BASE_ADDRESS:
                base = cursor.number(size)
                yield _NOTHING
            elif kind == _STARTX_ENDX:
                yield indexed(), indexed()
            elif kind == _STARTX_LENGTH:
                start = indexed()
                yield start, start + cursor.unsigned()
            elif kind == _OFFSET_PAIR:
                yield base + cursor.unsigned(), base + cursor.unsigned()
            elif kind == _START_END:
                yield cursor.number(size), cursor.number(size)
            elif kind == _START_LENGTH:
                start = cursor.number(size)
                yield start, start + cursor.unsigned()
            else:
                raise DwarfError(f"there is no range of kind {kind}")

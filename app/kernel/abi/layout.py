"""C structures as data: field names and types in, bytes out."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .struct_text import Fields, record_text


class Layout:
    """A little-endian C structure.

    `fields` are (name, format) pairs, formats as in the `struct` module: `Q`, `i`, or `65s` for an array of
    characters. Fields are aligned to their size and the whole to its widest field, as a C compiler does, unless
    `packed`. Fields of 64 bits are aligned to `align64` bytes, which is 4 on i386. `size` is in bytes. `text` writes
    unpacked fields as strace does.

    A `narrow` structure belongs to a 32-bit ABI, which may lack fields and have smaller ones: values lose
    their upper bits, except that those above the one in `limits` are refused, and that `clamps` says what stands for
    those above the first number of a pair. `copies` are fields that hold the same as another one.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[tuple[str, str]],
        *,
        packed: bool = False,
        align64: int = 8,
        narrow: bool = False,
        limits: Mapping[str, int] | None = None,
        clamps: Mapping[str, tuple[int, int]] | None = None,
        copies: Mapping[str, str] | None = None,
        text: Callable[[Fields], str] = record_text,
    ) -> None:
        self.name = name
        self.text = text
        self._is_narrow = narrow
        self._limits = limits or {}
        self._clamps = clamps or {}
        self._copies = copies or {}
        self._bits: dict[str, tuple[int, bool]] = {}
        self.offsets: dict[str, int] = {}
        self._defaults: dict[str, int | bytes] = {}
        widest = 1
        position = 0
        code = "<"
        for field, kind in fields:
            size = struct.calcsize("<" + kind)
            alignment = 1 if packed or kind.endswith("s") else align64 if size == 8 else size
            if narrow and not kind.endswith("s"):
                self._bits[field] = 8 * size, kind.islower()
            padding = -position % alignment
            self.offsets[field] = position + padding
            self._defaults[field] = b"" if kind.endswith("s") else 0
            code += f"{padding}x{kind}"
            position += padding + size
            widest = max(widest, alignment)
        self._struct = struct.Struct(f"{code}{-position % widest}x")
        self.size = self._struct.size

    def pack(self, **values: int | bytes) -> bytes:
        """The structure's bytes; fields left out are zero. TypeError for a field it does not have.

        OverflowError for a value above its limit.
        """
        unknown = values.keys() - self._defaults.keys()
        if unknown and not self._is_narrow:
            raise TypeError(f"struct {self.name} has no field {min(unknown)!r}")
        if self._is_narrow:
            values = self._narrowed(values)
        return self._struct.pack(*(self._defaults | values).values())

    def _narrowed(self, values: dict[str, int | bytes]) -> dict[str, int | bytes]:
        for field, limit in self._limits.items():
            value = values.get(field, 0)
            if isinstance(value, int) and value > limit:
                raise OverflowError(f"{field} of struct {self.name} cannot be {value}: it ends at {limit}")
        for field, (limit, clamped) in self._clamps.items():
            value = values.get(field, 0)
            if isinstance(value, int) and value > limit:
                values[field] = clamped
        values |= {copy: values[field] for copy, field in self._copies.items() if field in values}
        return {field: self._narrow(field, value) for field, value in values.items() if field in self._defaults}

    def _narrow(self, field: str, value: int | bytes) -> int | bytes:
        if isinstance(value, bytes) or field not in self._bits:
            return value
        bits, is_signed = self._bits[field]
        value &= (1 << bits) - 1
        return value - (1 << bits) if is_signed and value >> (bits - 1) else value

    def unpack(self, data: bytes) -> dict[str, Any]:
        """The value of each field, an int or bytes. ValueError when `data` is not exactly `size` bytes."""
        if len(data) != self.size:
            raise ValueError(f"struct {self.name} has {self.size} bytes, not {len(data)}")
        return dict(zip(self.offsets, self._struct.unpack(data), strict=True))

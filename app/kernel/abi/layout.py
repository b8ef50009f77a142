"""C structures as data: field names and types in, bytes out."""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from typing import Any

from .struct_text import Fields, record_text


class Layout:
    """A little-endian C structure.

    `fields` are (name, format) pairs, formats as in the `struct` module: `Q`, `i`, or `65s` for an array of
    characters. Fields are aligned to their size and the whole to its widest field, as a C compiler does, unless
    `packed`. `size` is in bytes. `text` writes unpacked fields as strace does.
    """

    def __init__(
        self,
        name: str,
        fields: Sequence[tuple[str, str]],
        *,
        packed: bool = False,
        text: Callable[[Fields], str] = record_text,
    ) -> None:
        self.name = name
        self.text = text
        self.offsets: dict[str, int] = {}
        self._defaults: dict[str, int | bytes] = {}
        widest = 1
        position = 0
        code = "<"
        for field, kind in fields:
            size = struct.calcsize("<" + kind)
            alignment = 1 if packed or kind.endswith("s") else size
            padding = -position % alignment
            self.offsets[field] = position + padding
            self._defaults[field] = b"" if kind.endswith("s") else 0
            code += f"{padding}x{kind}"
            position += padding + size
            widest = max(widest, alignment)
        self._struct = struct.Struct(f"{code}{-position % widest}x")
        self.size = self._struct.size

    def pack(self, **values: int | bytes) -> bytes:
        """The structure's bytes; fields left out are zero. TypeError for a field it does not have."""
        unknown = values.keys() - self._defaults.keys()
        if unknown:
            raise TypeError(f"struct {self.name} has no field {min(unknown)!r}")
        return self._struct.pack(*(self._defaults | values).values())

    def unpack(self, data: bytes) -> dict[str, Any]:
        """The value of each field, an int or bytes. ValueError when `data` is not exactly `size` bytes."""
        if len(data) != self.size:
            raise ValueError(f"struct {self.name} has {self.size} bytes, not {len(data)}")
        return dict(zip(self.offsets, self._struct.unpack(data), strict=True))

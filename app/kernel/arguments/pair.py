"""`int pipefd[2]`: room for two descriptors."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from .memory import Pointer

if TYPE_CHECKING:
    from app.kernel.call import Call


class DescriptorPair(Pointer):
    """Two ints that the kernel fills."""

    __slots__ = ("_pair",)

    def __init__(self, call: Call, name: str, address: int, detail: str) -> None:
        super().__init__(call, name, address, detail)
        self._pair: tuple[int, int] | None = None

    def write(self, first: int, second: int) -> None:
        """Store both. Raises EFAULT unless both fit."""
        shown = hex(self.address)
        if self.call.task.mm.copy_out(self.address, struct.pack("<ii", first, second)) < 8:
            raise self._missing("writable room for two ints")
        self._pair = first, second
        self.call.passed(self.name, "memory", shown, f"The two ints at {shown} are writable.")

    def text(self) -> str | None:
        """`[3, 4]`; the address when nothing was written."""
        return f"[{self._pair[0]}, {self._pair[1]}]" if self._pair else super().text()

"""The upper half of the position in preadv(2), which a 64-bit program does not need."""

from __future__ import annotations

from .integers import Long


class HighHalf(Long):
    """`unsigned long`: not used, and not shown."""

    def text(self) -> str | None:
        """Nothing: strace shows the position whole."""
        return None

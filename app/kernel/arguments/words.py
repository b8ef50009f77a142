"""Arguments that a program passes in memory, because there are not enough registers."""

from __future__ import annotations

from .memory import Pointer


class Words(Pointer):
    """An array of machine words, as many as `Annotated[Words, "6"]` says."""

    __slots__ = ()

    def read(self, count: int | None = None) -> tuple[int, ...]:
        """All of them, or the first `count`. Raises EFAULT."""
        count = int(self.detail) if count is None else count
        size = self.call.abi.info.word_size
        data = self.call.task.mm.copy_in(self.address, count * size)
        if len(data) < count * size:
            raise self._missing(f"{count} readable arguments")
        self.call.passed(self.name, "memory", hex(self.address), f"The {count} arguments there are readable.")
        return tuple(int.from_bytes(data[at : at + size], "little") for at in range(0, count * size, size))

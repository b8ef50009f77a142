"""The file of the program that the run began with: it exists, but most programs never look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE

from .inode import RegularFile
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.toolchain.program import LineTable


class ProgramFile(RegularFile):
    """An executable whose contents `make` makes when they are needed for the first time.

    `lines` says which source lines its code comes from; None when nobody knows, and once it has been changed.
    """

    def __init__(self, fs: SuperBlock, owner: int, make: Callable[[], bytes], lines: LineTable) -> None:
        super().__init__(fs, 0o755, owner, owner)
        del self._pages, self._size
        self.lines: LineTable | None = lines if lines.entries else None
        self._make = make

    @cached_property
    def _contents(self) -> bytes:
        return self._make()

    @cached_property
    def _pages(self) -> dict[int, bytearray | memoryview]:  # type: ignore[override]
        data = self._contents
        pages: dict[int, bytearray | memoryview] = {}
        for start in range(0, len(data), PAGE_SIZE):
            if not self.fs.take_page():
                break
            pages[start // PAGE_SIZE] = bytearray(data[start : start + PAGE_SIZE].ljust(PAGE_SIZE, b"\0"))
        return pages

    @cached_property
    def _size(self) -> int:  # type: ignore[override]
        return len(self._contents)

    def modified(self) -> None:
        """It is another program from now on."""
        super().modified()
        self.lines = None

"""The file of the program that the run began with: it exists, but most programs never look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from app.cpu.mmu import PAGE_SIZE

from ..code_map import CodeMap
from .inode import RegularFile
from .superblock import SuperBlock

if TYPE_CHECKING:
    from app.toolchain.program import LineTable, Program


class ProgramFile(RegularFile):
    """An executable whose contents `make` makes when they are needed for the first time.

    `program` is what it was made of, as long as it has not been changed.
    """

    def __init__(self, fs: SuperBlock, owner: int, make: Callable[[], bytes], program: Program) -> None:
        super().__init__(fs, 0o755, owner, owner)
        del self._pages, self._size
        self._program: Program | None = program
        self._code: CodeMap | None = None
        self._make = make

    def lines(self, bias: int) -> LineTable | None:
        """Which source lines its code comes from, when that is moved by `bias`; None when nobody knows."""
        program = self._program
        return None if program is None or not program.lines.entries else program.lines.moved(bias)

    def code(self, bias: int) -> CodeMap | None:
        """What is known of its code, when that is moved by `bias`; None when there is nothing."""
        program = self._program
        if program is None or not program.functions:
            return None
        if self._code is None or self._code.bias != bias:
            self._code = CodeMap(program, bias)
        return self._code

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
        self._program = self._code = None

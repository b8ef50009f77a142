"""A machine with one code page and one data page, and the pieces to build others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.cpu.cpu import Cpu
from app.cpu.exits import Exit
from app.cpu.mmu import EXECUTE, PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, READ, WRITE, PageTable, PhysicalMemory

from .code import assemble

CODE = 0x400000
DATA = 0x500000
STACK_TOP = DATA + PAGE_SIZE


class Machine:
    """A CPU, its memory and one address space."""

    def __init__(self, arch: str = "x86_64") -> None:
        self.arch = arch
        self.memory = PhysicalMemory(2 << 20)
        self.cpu = Cpu(arch, self.memory)
        self.table = PageTable()
        self.cpu.page_table = self.table
        self.map(CODE, READ | EXECUTE)
        self.map(DATA, READ | WRITE)

    def map(self, address: int, perms: int, frame: int | None = None) -> int:
        """Map one page; returns its frame."""
        if frame is None:
            frame = self.memory.allocate()
        self.table.map(address >> PAGE_SHIFT, frame, perms)
        return frame

    def poke(self, address: int, data: bytes) -> None:
        """Store bytes as a kernel does: into the frames, then say so."""
        for i, byte in enumerate(data):
            entry = self.table.entries[(address + i) >> PAGE_SHIFT]
            self.memory.write(entry.frame, (address + i) & PAGE_MASK, bytes((byte,)))
        self.table.code_changed(address, address + len(data))

    def peek(self, address: int, size: int) -> bytes:
        """User memory inside one page."""
        return self.memory.read(self.table.entries[address >> PAGE_SHIFT].frame, address & PAGE_MASK, size)

    def start(self, code: bytes | str, address: int = CODE, **registers: int) -> None:
        """Put `code` (bytes, or hexadecimal digits) at `address` and make ready to run it.

        On ARM an odd address means Thumb.
        """
        self.poke(
            address & ~1 if self.arch == "arm" else address, bytes.fromhex(code) if isinstance(code, str) else code
        )
        self.cpu.reset(address, STACK_TOP)
        for name, value in registers.items():
            self.cpu.set(name, value)

    def run(self, code: bytes | str, address: int = CODE, **registers: int) -> Exit:
        """`start`, then run."""
        self.start(code, address, **registers)
        return self.cpu.run()

    def execute(self, source: str, address: int = CODE, **registers: int) -> Exit:
        """`run` for assembler source with `;` between its lines."""
        return self.run(assemble(self.arch, source), address, **registers)


@pytest.fixture
def machine() -> Iterator[Machine]:
    made = Machine()
    yield made
    made.cpu.close()

"""An address space without a CPU or a program."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from app.cpu.mmu import PhysicalMemory
from app.kernel.abi.x86_64 import X86_64
from app.kernel.mm.address_space import AddressSpace
from app.trace.recorder import Recorder


class Machine:
    """What an address space needs of the kernel, and the events it emitted."""

    def __init__(self, pages: int = 4096) -> None:
        self.events = []
        self.memory = PhysicalMemory(pages << 12)
        self.kernel = SimpleNamespace(
            abi=X86_64,
            memory=self.memory,
            recorder=Recorder(self.events.extend, batch=1),
            scheduler=SimpleNamespace(current=None),
        )
        self.mm = AddressSpace(self.kernel)


@pytest.fixture
def machine() -> Machine:
    """A machine with 16 MiB."""
    return Machine()


@pytest.fixture
def make_machine():
    """Machines of other sizes: `make_machine(pages=4)`."""
    return Machine

"""One module per architecture: register names, how to enter user mode, what each trap and fault means."""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from app.cpu.exits import Access, Exit, FaultExit
from app.cpu.mmu import PAGE_MASK, PAGE_SHIFT, PAGE_SIZE, PhysicalMemory
from app.cpu.unicorn_raw import Engine

_NAMES = ("x86_64", "i386", "arm", "aarch64", "riscv64")


class Architecture(ABC):
    """What `Cpu` must know of one architecture. One instance belongs to one engine.

    `registers` maps lower-case names to Unicorn's numbers; `general`, `pc`, `sp` and `flags` are names in it (RISC-V
    has no flags). `page_fault_vectors` names the page faults. `warm_up_code` is a trap instruction.
    `initial_floating_point` is the floating point state at the start of a program.

    None of them has a single-step mode for others: `Cpu.run(1)` executes one instruction on all of them.
    """

    registers: ClassVar[Mapping[str, int]]
    general: ClassVar[tuple[str, ...]]
    pc: ClassVar[str]
    sp: ClassVar[str]
    flags: ClassVar[str | None]
    engine_kind: ClassVar[tuple[int, int]]
    page_fault_vectors: ClassVar[Mapping[Access, str]]
    warm_up_code: ClassVar[bytes]
    initial_floating_point: ClassVar[bytes]

    def __init__(self, engine: Engine, memory: PhysicalMemory) -> None:
        self.engine = engine
        self.memory = memory

    @abstractmethod
    def enter_user_mode(self, scratch: int) -> None:
        """Leave the privileged mode the engine starts in. `scratch` is the address of a free physical page."""

    @abstractmethod
    def add_hooks(self) -> None:
        """Add the hooks of this architecture's traps; `engine.state.timestamp` answers its cycle counter."""

    @abstractmethod
    def explain(self, event: tuple[Any, ...]) -> Exit | None:
        """Say what an event (see `HookState`) means, and do to the registers what the hardware does.

        The program counter register ends up where user mode goes on. None: there is nothing to report, go on there.
        """

    def refusal(self, pc: int, address: int, access: Access, present: bool) -> FaultExit:
        """The exception of an access that the page table refused, see `FaultExit`."""
        return FaultExit(self.page_fault_vectors[access], pc, address, access, present)

    def entry_point(self, pc: int) -> int:
        """What the emulator must be told to go on at `pc`: it may want to know the instruction set, too."""
        return pc

    def write_register(self, number: int, value: int) -> None:
        """Set a register other than the program counter, by Unicorn's number."""
        self.engine.write_register(number, value)

    def save_descriptors(self) -> tuple[int, ...]:
        """Segment descriptors that each task has of its own; see `Cpu.tls_descriptors`."""
        return ()

    def load_descriptors(self, descriptors: tuple[int, ...]) -> None:
        """Set them, but no segment register. Raises `ValueError` for a wrong number of them."""
        if descriptors:
            raise ValueError("this architecture has no segment descriptors")

    def reload_segments(self) -> None:  # noqa: B027
        """Load segment registers that select such a descriptor again."""

    @abstractmethod
    def finish_block(self, pc: int) -> int:
        """Execute what is left of the page at `pc`, one instruction at a time; returns Unicorn's last error code.

        Called when the emulator refused to run a block only because the block goes on in a page that may not be
        executed: the instructions before that were not executed, though on hardware they are. Afterwards
        `engine.state` holds what ended the last step, or no event when user mode can go on at full speed.
        """

    @abstractmethod
    def read_floating_point(self) -> bytes:
        """The floating point and vector registers, as the processor itself lays them out in memory."""

    @abstractmethod
    def write_floating_point(self, image: bytes) -> None:
        """Set them from such an image, of the length that `read_floating_point` gives."""

    def read_user(self, address: int, size: int) -> bytes:
        """At most `size` bytes of user memory, whatever its permissions; fewer where nothing is mapped."""
        found = b""
        while size > 0:
            entry = self.engine.state.entries.get(address >> PAGE_SHIFT)
            if entry is None:
                break
            offset = address & PAGE_MASK
            part = min(size, PAGE_SIZE - offset)
            found += self.memory.read(entry.frame, offset, part)
            address += part
            size -= part
        return found

    def write_user(self, address: int, data: bytes) -> None:
        """Store bytes within one mapped page of user memory, whatever its permissions."""
        entry = self.engine.state.entries[address >> PAGE_SHIFT]
        self.memory.write(entry.frame, address & PAGE_MASK, data)


def architecture(name: str) -> type[Architecture]:
    """The class for `name`. Raises `ValueError` for an unknown one."""
    if name not in _NAMES:
        raise ValueError(f"unknown architecture {name!r}: one of {', '.join(_NAMES)}")
    found: type[Architecture] = importlib.import_module(f"app.cpu.arch.{name}").ARCHITECTURE
    return found

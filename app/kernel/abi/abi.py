"""What an ABI consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.trace.events import AbiInfo

from .layout import Layout


@dataclass(frozen=True, slots=True)
class Abi:
    """One architecture's calling convention for system calls.

    `traps` are the trap instructions that enter `names`, the complete table number -> name. `structs` are the layouts of
    the structs the calls exchange. `address_limit` is the first address above user memory (Linux's TASK_SIZE).
    """

    info: AbiInfo
    names: Mapping[int, str]
    structs: Mapping[str, Layout]
    stack_register: str
    machine: str
    address_limit: int

    @property
    def argument_registers(self) -> tuple[str, ...]:
        """Registers that carry the arguments, first argument first."""
        return self.info.argument_registers

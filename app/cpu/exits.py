"""Why the CPU left user mode. `Cpu.run` returns one of these; the kernel answers and runs on."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Access = Literal["read", "write", "execute"]


class TrapExit(Struct):
    """A trap instruction asked for the kernel.

    `pc` is the address of the instruction, `next_pc` where user mode goes on. `saved` is what the hardware itself
    keeps, and where: the registers that `syscall` changes (RCX and R11, which has been done), what `int` pushes on the
    kernel's stack, or registers of the privileged mode (`elr_el1`, `lr_svc`, `sepc` ...).
    """

    instruction: str
    pc: int
    next_pc: int
    saved: dict[str, int]


class FaultExit(Struct):
    """An exception: the instruction at `pc` did not complete and would be executed again on resuming.

    `vector` is the architecture's own name (x86: `#PF`, `#GP`, ...): each module in `app/cpu/arch` lists its names.
    For page faults `address` is the first byte refused, `access` what was tried, and `present` whether the page was
    mapped (a permission was missing). An alignment fault has an `address`, but no `access`. For `#BP` of x86 (a trap,
    not a fault) `pc` is the address after the instruction, as the CPU reports it.
    """

    vector: str
    pc: int
    address: int | None = None
    access: Access | None = None
    present: bool = False

    @property
    def is_page_fault(self) -> bool:
        """Whether the MMU refused an access."""
        return self.access is not None


class StopExit(Struct):
    """`Cpu.stop` was called, from another thread; user mode can go on at `pc`."""

    pc: int


class SliceExit(Struct):
    """As many instructions as `Cpu.run` was told have been executed; user mode goes on at `pc`."""

    pc: int


Exit = TrapExit | FaultExit | StopExit | SliceExit

"""The fast way into the kernel of 32-bit x86 programs (`do_fast_syscall_32` of arch/x86/entry/common.c).

`sysenter` does not tell the kernel where it was, nor where the stack is. So only the vDSO uses it, which has stored the
stack pointer in `ebp`, and the sixth argument where that points to. The kernel returns to the vDSO.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.cpu.exits import TrapExit

from .abi.i386 import SYSENTER_RETURN
from .errno import Errno

if TYPE_CHECKING:
    from app.cpu.cpu import Cpu

    from .mm.address_space import AddressSpace

_INT80_SIZE = 2


def enter(cpu: Cpu, mm: AddressSpace, trap: TrapExit) -> tuple[TrapExit, Errno | None]:
    """Make the registers what they would be for the `int 0x80` before the place that the kernel returns to.

    EFAULT is the answer when the sixth argument is not readable.
    """
    stack = cpu.get("ebp")
    cpu.set("esp", stack)
    cpu.pc = SYSENTER_RETURN
    sixth = mm.copy_in(stack, 4)
    if len(sixth) == 4:
        cpu.set("ebp", int.from_bytes(sixth, "little"))
    entered = TrapExit(trap.instruction, SYSENTER_RETURN - _INT80_SIZE, SYSENTER_RETURN, {})
    return entered, None if len(sixth) == 4 else Errno.EFAULT

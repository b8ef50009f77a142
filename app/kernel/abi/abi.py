"""What an ABI consists of."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from app.trace.events import AbiInfo

from .constants import Signo
from .layout import Layout
from .signal_frame import FrameLayout


class Abi(Struct, frozen=True):
    """One architecture's calling convention for system calls.

    `traps` are the trap instructions that enter `names`, the complete table number -> name. `structs` are the layouts
    of the structs the calls exchange. `restores` names, for each register that the return to user mode loads, the
    register that kept its value. `privileged` maps machine code that user mode may not execute to its mnemonic,
    `foreign_traps` the trap instructions of other tables to what is to be said about them. `exceptions` has for each
    vector its name, the signal Linux sends for it and the signal's si_code (arch/x86/kernel/traps.c and its like).
    `thread_register` holds
    the base of thread-local storage. `hwcap` is AT_HWCAP, `restart_number` the number of restart_syscall(2).
    `single_step` is the register and the bit in it that make the CPU trap after each instruction.
    `signal_frame` lays out what a signal handler finds on its stack.
    `address_limit` is the first address above user memory (Linux's TASK_SIZE).
    """

    info: AbiInfo
    names: Mapping[int, str]
    structs: Mapping[str, Layout]
    restores: Mapping[str, str]
    privileged: Mapping[bytes, str]
    foreign_traps: Mapping[bytes, str]
    pc_register: str
    stack_register: str
    thread_register: str
    exceptions: Mapping[str, tuple[str, Signo, str]]
    machine: str
    address_limit: int
    hwcap: int
    restart_number: int
    single_step: tuple[str, int]
    signal_frame: FrameLayout

    @property
    def argument_registers(self) -> tuple[str, ...]:
        """Registers that carry the arguments, first argument first."""
        return self.info.argument_registers

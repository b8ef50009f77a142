"""The x86-64 ABI (System V ABI, AMD64 supplement, A.2.1; syscall(2))."""

from __future__ import annotations

from app.trace.events import AbiInfo

from .abi import Abi
from .x86_64_structs import STRUCTS
from .x86_64_table import NAMES

X86_64 = Abi(
    info=AbiInfo(
        name="x86_64",
        table="x86_64",
        traps=("syscall",),
        number_register="rax",
        argument_registers=("rdi", "rsi", "rdx", "r10", "r8", "r9"),
        return_register="rax",
        user_mode="ring 3",
        kernel_mode="ring 0",
        word_size=8,
    ),
    names=NAMES,
    structs=STRUCTS,
    stack_register="rsp",
    machine="x86_64",
    address_limit=0x7FFF_FFFF_F000,
)

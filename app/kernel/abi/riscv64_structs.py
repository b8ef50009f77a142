"""Structures of RISC-V that are not the generic ones."""

from __future__ import annotations

from .generic_structs import STRUCTS as GENERIC_STRUCTS
from .layout import Layout
from .ptrace_constants import registers_text
from .struct_text import sigaction_text

REGISTERS = (
    *("pc", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1"),
    *(f"a{number}" for number in range(8)),
    *(f"s{number}" for number in range(2, 12)),
    *("t3", "t4", "t5", "t6"),
)
"""In the order of `struct user_regs_struct`, asm/ptrace.h."""

USER_REGS = Layout("user_regs_struct", [(name, "Q") for name in REGISTERS], text=registers_text)
FPREGS = Layout("user_fpregs_struct", [("f", "256s"), ("fcsr", "Q")], text=lambda fields: "{...}")
"""`struct __riscv_d_ext_state`, 264 bytes."""

SIGACTION = Layout("sigaction", [("sa_handler", "Q"), ("sa_flags", "Q"), ("sa_mask", "Q")], text=sigaction_text)
"""The kernel's `struct sigaction`, 24 bytes: there is no SA_RESTORER."""

HWPROBE = Layout("riscv_hwprobe", [("key", "q"), ("value", "Q")])

STRUCTS: dict[str, Layout] = GENERIC_STRUCTS | {
    layout.name: layout for layout in (USER_REGS, FPREGS, SIGACTION, HWPROBE)
}
"""Every structure by its C name."""

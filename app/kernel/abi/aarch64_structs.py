"""Structures of AArch64 that are not the generic ones."""

from __future__ import annotations

from .generic_structs import STRUCTS as GENERIC_STRUCTS
from .layout import Layout
from .ptrace_constants import registers_text

USER_REGS = Layout(
    "user_regs_struct",
    [*((f"x{number}", "Q") for number in range(31)), ("sp", "Q"), ("pc", "Q"), ("pstate", "Q")],
    text=registers_text,
)
"""`struct user_pt_regs` of asm/ptrace.h, 272 bytes."""

FPREGS = Layout(
    "user_fpregs_struct",
    [("vregs", "512s"), ("fpsr", "I"), ("fpcr", "I"), ("reserved", "8s")],
    text=lambda fields: "{...}",
)
"""`struct user_fpsimd_state` of asm/ptrace.h, 528 bytes."""

STRUCTS: dict[str, Layout] = GENERIC_STRUCTS | {layout.name: layout for layout in (USER_REGS, FPREGS)}
"""Every structure by its C name."""

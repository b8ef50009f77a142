"""Structures that ARM programs (EABI) and their kernel exchange, as the uapi headers of Linux define them."""

from __future__ import annotations

from . import compat_structs as compat
from .layout import Layout
from .ptrace_constants import registers_text
from .x86_64_time_structs import EPOLL_EVENT as PACKED_EPOLL_EVENT

STAT64 = compat.stat64(align64=8)
FLOCK64 = compat.flock64(align64=8)
EPOLL_EVENT = Layout("epoll_event", [("events", "I"), ("data", "Q")], text=PACKED_EPOLL_EVENT.text)

USER_REGS = Layout(
    "user_regs_struct",
    [
        *((f"r{number}", "I") for number in range(11)),
        *((name, "I") for name in ("fp", "ip", "sp", "lr", "pc", "cpsr", "orig_r0")),
    ],
    narrow=True,
    text=registers_text,
)
"""`struct pt_regs` of asm/ptrace.h, 72 bytes."""

STRUCTS: dict[str, Layout] = {layout.name: layout for layout in (*compat.COMMON, EPOLL_EVENT, USER_REGS)}
"""The first generation of every structure by its C name."""

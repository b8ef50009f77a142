"""Structures that i386 programs and their kernel exchange, as the uapi headers of Linux define them."""

from __future__ import annotations

from . import compat_structs as compat
from .layout import Layout
from .ptrace_constants import registers_text
from .x86_64_time_structs import EPOLL_EVENT

STAT64 = compat.stat64(align64=4)
FLOCK64 = compat.flock64(align64=4)

USER_REGS = Layout(
    "user_regs_struct",
    [
        *((name, "I") for name in ("ebx", "ecx", "edx", "esi", "edi", "ebp", "eax", "ds", "es", "fs", "gs")),
        *((name, "I") for name in ("orig_eax", "eip", "cs", "eflags", "esp", "ss")),
    ],
    narrow=True,
    text=registers_text,
)
"""`struct user_regs_struct` of i386, 68 bytes."""

STRUCTS: dict[str, Layout] = {
    layout.name: layout for layout in (*compat.COMMON, EPOLL_EVENT, USER_REGS, compat.USER_DESC)
}
"""The first generation of every structure by its C name."""

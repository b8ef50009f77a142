"""Structures of the 64-bit architectures without a history, AArch64 and RISC-V: where they are not those of x86-64.

Source: the uapi headers in include/uapi/asm-generic of Linux.
"""

from __future__ import annotations

from .ipc_structs import perm_fields, semid_text
from .layout import Layout
from .siginfo import SIGINFO_SIZE
from .struct_text import stat_text
from .x86_64_structs import STRUCTS as X86_64_STRUCTS
from .x86_64_time_structs import epoll_event_text

FRAME_HEAD = (
    ("info", f"{SIGINFO_SIZE}s"),
    ("uc_flags", "Q"),
    ("uc_link", "Q"),
    ("ss_sp", "Q"),
    ("ss_flags", "I"),
    ("ss_size", "Q"),
    ("uc_sigmask", "Q"),
    ("reserved", "128s"),
)
"""What `struct rt_sigframe` begins with, up to the registers. `reserved` is the room for larger signal sets."""

STAT = Layout(
    "stat",
    [
        ("st_dev", "Q"),
        ("st_ino", "Q"),
        ("st_mode", "I"),
        ("st_nlink", "I"),
        ("st_uid", "I"),
        ("st_gid", "I"),
        ("st_rdev", "Q"),
        ("pad1", "Q"),
        ("st_size", "q"),
        ("st_blksize", "i"),
        ("pad2", "i"),
        ("st_blocks", "q"),
        ("st_atime", "q"),
        ("st_atime_nsec", "Q"),
        ("st_mtime", "q"),
        ("st_mtime_nsec", "Q"),
        ("st_ctime", "q"),
        ("st_ctime_nsec", "Q"),
        ("reserved", "8s"),
    ],
    text=stat_text,
)
"""`struct stat` of asm-generic/stat.h, 128 bytes."""

EPOLL_EVENT = Layout("epoll_event", [("events", "I"), ("data", "Q")], text=epoll_event_text)

SEMID_DS = Layout(
    "semid_ds",
    [
        *perm_fields("sem_perm"),
        ("sem_otime", "q"),
        ("sem_ctime", "q"),
        ("sem_nsems", "Q"),
        ("reserved1", "Q"),
        ("reserved2", "Q"),
    ],
    text=semid_text,
)
"""`struct semid64_ds` of asm-generic/sembuf.h, 88 bytes."""

STRUCTS: dict[str, Layout] = X86_64_STRUCTS | {layout.name: layout for layout in (STAT, EPOLL_EVENT, SEMID_DS)}
"""Every structure by its C name."""

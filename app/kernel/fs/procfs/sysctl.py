"""/proc/sys: the kernel's settings (sysctl(2)). They are what they are in a run: none can be changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.kernel import utsname
from app.kernel.errno import Errno, KernelError
from app.kernel.fs.inode import Inode
from app.kernel.fs.pseudo import PseudoFile, PseudoSuperBlock, TableDirectory
from app.kernel.fs.pty import MAX_TERMINALS
from app.kernel.fs.superblock import HARD_PIPE_PAGES, MAX_PIPE_PAGES
from app.kernel.ipc import mqueue
from app.kernel.ipc.msg import MSGMAX, MSGMNB, MSGMNI
from app.kernel.ipc.sem import SEMMNI, SEMMNS, SEMMSL, SEMOPM
from app.kernel.mm.address_space import MAX_MAP_COUNT
from app.kernel.mm.faults import MMAP_MIN_ADDR

if TYPE_CHECKING:
    from app.kernel.call import Call
    from app.kernel.kernel import Kernel

THREADS_MAX = 1024
PIPE_MAX_SIZE = 1 << 20
"""Largest pipe that an ordinary user may ask for, bytes."""

_READ_ONLY = frozenset(
    ("osrelease", "ostype", "version", "cap_last_cap", "ngroups_max", "boot_id", "uuid", "entropy_avail", "poolsize")
)


def boot_id(kernel: Kernel) -> str:
    """A random name of this boot."""
    return f"{_uuid(random.Random(~kernel.config.seed).randbytes(16))}\n"  # noqa: S311 - a run must be repeatable


def fresh_uuid(kernel: Kernel) -> str:
    """Another random name at each look."""
    return f"{_uuid(kernel.random.randbytes(16))}\n"


def _uuid(data: bytes) -> str:
    """Random bytes as a UUID of version 4 (RFC 9562)."""
    number = int.from_bytes(data, "big") & ~(0xF << 76 | 0x3 << 62) | 0x4 << 76 | 0x2 << 62
    text = f"{number:032x}"
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


Setting = int | str | Callable[["Kernel"], str]
Tree = dict[str, "Setting | Tree"]

SETTINGS: Tree = {
    "fs": {
        "file-max": 1 << 20,
        "inotify": {"max_queued_events": 16384, "max_user_instances": 128, "max_user_watches": 8192},
        "mqueue": {
            "msg_default": mqueue.DEFAULT_MESSAGES,
            "msg_max": mqueue.MOST_MESSAGES,
            "msgsize_default": mqueue.DEFAULT_SIZE,
            "msgsize_max": mqueue.LARGEST_MESSAGE,
            "queues_max": mqueue.MOST_QUEUES,
        },
        "nr_open": 1 << 20,
        "pipe-max-size": PIPE_MAX_SIZE,
        "pipe-user-pages-hard": HARD_PIPE_PAGES,
        "pipe-user-pages-soft": MAX_PIPE_PAGES,
    },
    "kernel": {
        "cap_last_cap": 40,
        "core_pattern": "core",
        "core_uses_pid": 0,
        "domainname": utsname.DOMAINNAME,
        "hostname": utsname.NODENAME,
        "msgmax": MSGMAX,
        "msgmnb": MSGMNB,
        "msgmni": MSGMNI,
        "ngroups_max": 65536,
        "osrelease": utsname.RELEASE,
        "ostype": utsname.SYSNAME,
        "overflowgid": 65534,
        "overflowuid": 65534,
        "pid_max": 32768,
        "pty": {"max": MAX_TERMINALS, "nr": lambda kernel: f"{len(kernel.terminals)}\n"},
        "random": {"boot_id": boot_id, "entropy_avail": 256, "poolsize": 256, "uuid": fresh_uuid},
        "randomize_va_space": 0,
        "sem": f"{SEMMSL}\t{SEMMNS}\t{SEMOPM}\t{SEMMNI}",
        "shmall": 18446744073692774399,
        "shmmax": 18446744073692774399,
        "shmmni": 4096,
        "threads-max": THREADS_MAX,
        "version": utsname.VERSION,
    },
    "net": {
        "core": {"somaxconn": 4096},
        "ipv4": {"ip_local_port_range": "32768\t60999"},
    },
    "vm": {
        "max_map_count": MAX_MAP_COUNT,
        "mmap_min_addr": MMAP_MIN_ADDR,
        "overcommit_memory": 1,
        "overcommit_ratio": 50,
        "swappiness": 0,
    },
}
"""The settings by path, in the order of the alphabet, as Linux lists them."""


def directory(fs: PseudoSuperBlock, tree: Tree) -> TableDirectory:
    """/proc/sys, or a directory below it."""
    return TableDirectory(fs, {name: _maker(name, value) for name, value in tree.items()})


def _maker(name: str, value: Setting | Tree) -> Callable[[PseudoSuperBlock], Inode]:
    """What makes the inode of one entry."""

    def make(fs: PseudoSuperBlock) -> Inode:
        if isinstance(value, dict):
            return directory(fs, value)
        mode = 0o444 if name in _READ_ONLY else 0o644
        return PseudoFile(fs, lambda: value(fs.kernel) if callable(value) else f"{value}\n", mode, store=_refuse)

    return make


def _refuse(call: Call, data: bytes) -> None:
    raise KernelError(Errno.EPERM, "The settings of a run stay as they are")

"""/proc/config.gz: how this kernel is configured, in the form of Linux's .config, compressed."""

from __future__ import annotations

import binascii

from app.kernel import utsname
from app.kernel.abi import Abi
from app.kernel.fs.descriptors import MAX_DESCRIPTORS
from app.kernel.fs.superblock import MAX_FILE_PAGES, MAX_INODES
from app.kernel.mm.address_space import MAX_MAP_COUNT
from app.kernel.mm.faults import MMAP_MIN_ADDR

_GZIP_HEADER = bytes.fromhex("1f 8b 08 00 00000000 00 03")
"""Deflate, no time, no name, from Unix (RFC 1952)."""

_MAX_STORED = 0xFFFF

_SET = (
    "MMU", "MULTIUSER", "BINFMT_ELF", "BINFMT_SCRIPT", "FUTEX", "EPOLL", "SIGNALFD", "TIMERFD",
    "EVENTFD", "SHMEM", "SYSVIPC", "POSIX_MQUEUE", "POSIX_TIMERS", "INOTIFY_USER", "FILE_LOCKING", "NET", "UNIX",
    "INET", "IPV6", "TTY", "UNIX98_PTYS", "DEVTMPFS", "TMPFS", "PROC_FS", "PROC_SYSCTL", "SYSFS", "IKCONFIG",
    "IKCONFIG_PROC",
)  # fmt: skip
_NOT_SET = ("SMP", "MODULES", "SWAP", "IO_URING", "BPF_SYSCALL", "RSEQ", "SECCOMP", "NAMESPACES", "CGROUPS", "COREDUMP")


def text(abi: Abi) -> str:
    """The settings. What is set is what this kernel has; the numbers are its own limits."""
    numbers = {
        "NR_CPUS": 1,
        "HZ": 100,
        "DEFAULT_MMAP_MIN_ADDR": MMAP_MIN_ADDR,
        "TRAPGATE_MAX_MAP_COUNT": MAX_MAP_COUNT,
        "TRAPGATE_MAX_DESCRIPTORS": MAX_DESCRIPTORS,
        "TRAPGATE_MAX_FILE_PAGES": MAX_FILE_PAGES,
        "TRAPGATE_MAX_INODES": MAX_INODES,
    }
    lines = [
        "#",
        "# This kernel is not built from Linux's source; these are the options that describe what it has.",
        f"# {utsname.SYSNAME}/{abi.machine} {utsname.RELEASE} Kernel Configuration",
        "#",
        *(f"CONFIG_{name}=y" for name in (*abi.config, *_SET)),
        *(f"CONFIG_{name}={value}" for name, value in numbers.items()),
        f'CONFIG_DEFAULT_HOSTNAME="{utsname.NODENAME}"',
        *(f"# CONFIG_{name} is not set" for name in _NOT_SET),
    ]
    return "\n".join(lines) + "\n"


def compressed(abi: Abi) -> bytes:
    """As a gzip file of stored blocks: the same bytes whatever compression library the host has."""
    data = text(abi).encode()
    pieces = [data[start : start + _MAX_STORED] for start in range(0, len(data), _MAX_STORED)]
    blocks = b"".join(
        bytes((piece is pieces[-1],))
        + len(piece).to_bytes(2, "little")
        + (len(piece) ^ _MAX_STORED).to_bytes(2, "little")
        + piece
        for piece in pieces
    )
    return _GZIP_HEADER + blocks + binascii.crc32(data).to_bytes(4, "little") + len(data).to_bytes(4, "little")

"""The mounted file systems. They are the same in every run: only a privileged program could mount more (mount(2))."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from .superblock import DEVICE

if TYPE_CHECKING:
    from .inode import Inode

PROC_SUPER_MAGIC = 0x9FA0
SYSFS_MAGIC = 0x6265_6572
DEVPTS_SUPER_MAGIC = 0x1CD1


class Mount(Struct, frozen=True):
    """One line of /proc/self/mountinfo: `device` is the `st_dev` of what is below `path`."""

    identity: int
    parent: int
    device: int
    path: str
    type: str
    options: str = "rw"


ROOT = Mount(21, 1, DEVICE, "/", "tmpfs")
PROC = Mount(22, 21, 0x1B, "/proc", "proc")
SYS = Mount(23, 21, 0x1C, "/sys", "sysfs")
DEVPTS = Mount(24, 21, 0x1D, "/dev/pts", "devpts", "rw,gid=5,mode=620,ptmxmode=666")
SHM = Mount(25, 21, 0x1E, "/dev/shm", "tmpfs")  # noqa: S108 - a directory of the run, not of the host

MOUNTS = (ROOT, PROC, SYS, DEVPTS, SHM)


def mount_id(inode: Inode) -> int:
    """Which mount a file was reached through (`mnt_id` of /proc/self/fdinfo)."""
    return next((mount.identity for mount in MOUNTS if mount.device == inode.fs.device), ROOT.identity)

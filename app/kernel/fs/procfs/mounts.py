"""/proc/PID/mounts and mountinfo (proc_pid_mountinfo(5))."""

from __future__ import annotations

from app.kernel.fs.mounts import MOUNTS

from .subject import Subject


def mounts(subject: Subject) -> list[str]:
    """As in fstab(5): source, path, type, options."""
    return [f"{mount.type} {mount.path} {mount.type} {_options(mount.options)} 0 0\n" for mount in MOUNTS]


def mountinfo(subject: Subject) -> list[str]:
    """The same with identities, devices, and the options of mount and file system apart."""
    return [
        f"{mount.identity} {mount.parent} {mount.device >> 8}:{mount.device & 0xFF} / {mount.path} rw,relatime"
        f" - {mount.type} {mount.type} {mount.options}\n"
        for mount in MOUNTS
    ]


def _options(own: str) -> str:
    """The options of a mount, then those of its file system."""
    first, *rest = own.split(",")
    return ",".join((first, "relatime", *rest))

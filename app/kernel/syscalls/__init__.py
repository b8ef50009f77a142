"""The system calls, one module per area. Importing an area's module registers its calls."""

from importlib import import_module

AREAS = (
    "descriptor",
    "directory",
    "fcntl",
    "file",
    "inotify",
    "ioctl",
    "link",
    "lock",
    "memfd",
    "memory",
    "mode",
    "owner",
    "pipe",
    "process",
    "root",
    "signal",
    "splice",
    "stat",
    "statfs",
    "sync",
    "system",
    "time",
    "times",
    "truncate",
    "vector",
    "xattr",
)


def load() -> None:
    """Register every call."""
    for area in AREAS:
        import_module(f"{__name__}.{area}")

"""The system calls, one module per area. Importing an area's module registers its calls."""

from importlib import import_module

AREAS = (
    "clone",
    "descriptor",
    "directory",
    "exec",
    "file",
    "futex",
    "ioctl",
    "memory",
    "pipe",
    "process",
    "sched",
    "signal",
    "stat",
    "system",
    "time",
    "wait",
)


def load() -> None:
    """Register every call."""
    for area in AREAS:
        import_module(f"{__name__}.{area}")

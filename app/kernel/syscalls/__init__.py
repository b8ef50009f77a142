"""The system calls, one module per area. Importing an area's module registers its calls."""

from importlib import import_module

AREAS = (
    "descriptor",
    "directory",
    "file",
    "ioctl",
    "memory",
    "pipe",
    "process",
    "signal",
    "stat",
    "system",
    "time",
)


def load() -> None:
    """Register every call."""
    for area in AREAS:
        import_module(f"{__name__}.{area}")

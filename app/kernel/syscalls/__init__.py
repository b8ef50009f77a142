"""The system calls, one module per area. Importing an area's module registers its calls."""

from importlib import import_module

AREAS = (
    "descriptor",
    "directory",
    "file",
    "ioctl",
    "memory",
    "memory_advice",
    "memory_keys",
    "memory_lock",
    "memory_map",
    "memory_remap",
    "memory_remote",
    "shm",
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

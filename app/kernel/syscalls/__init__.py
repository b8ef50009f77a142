"""The system calls, one module per area. Importing an area's module registers its calls."""

from importlib import import_module
from pkgutil import iter_modules


def load() -> None:
    """Register every call."""
    for area in sorted(module.name for module in iter_modules(__path__)):
        import_module(f"{__name__}.{area}")

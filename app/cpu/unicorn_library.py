"""Where the Unicorn library and its constants are, without importing the binding.

The stock binding takes longer to import than a small program takes to run, and nothing here uses it.
"""

from __future__ import annotations

import ctypes
import importlib.util
from pathlib import Path
from types import ModuleType


def _package() -> Path:
    """The installed `unicorn` package. Raises `ModuleNotFoundError` when there is none."""
    spec = importlib.util.find_spec("unicorn")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the unicorn package is not installed", name="unicorn")
    return Path(spec.submodule_search_locations[0])


def constants(name: str) -> ModuleType:
    """A module of constants: `unicorn_const`, or an architecture's such as `x86_const`."""
    spec = importlib.util.spec_from_file_location(f"unicorn.{name}", _package() / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ModuleNotFoundError(f"the unicorn package has no {name}", name=f"unicorn.{name}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def path() -> str:
    """The shared library's file. Raises `OSError` when the package has none for this host."""
    for file in sorted((_package() / "lib").glob("libunicorn.*")):
        if ".so" in file.name or file.suffix == ".dylib":
            return str(file)
    raise OSError("the unicorn package has no library for this host")


def load(kind: type[ctypes.CDLL]) -> ctypes.CDLL:
    """Open the library for calls of `kind`: `CDLL` releases the interpreter lock during each call, `PyDLL` does not."""
    return kind(path())

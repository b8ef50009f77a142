"""Where the compiler and its files are: the `ziglang` package, and what Trapgate adds to it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from msgspec import Struct

OWN = Path(__file__).parent

MUSL_PROOF = "libc/musl/src/malloc/mallocng/malloc.c"
"""A source of musl that releases of zig lack which write parts of the C library anew, in Zig."""


class KitError(Exception):
    """There is no compiler here, or not the right one; the message says what is missing and what to do."""


class Kit(Struct, frozen=True):
    """The installed compiler. `zig` holds clang and lld too, `lib` is what comes with it: headers, musl's sources."""

    zig: str
    lib: str
    version: str

    @property
    def include(self) -> str:
        """Trapgate's own headers."""
        return str(OWN / "include")

    @property
    def start(self) -> str:
        """What a program without the C library is linked with, in C."""
        return str(OWN / "start")


def find_kit() -> Kit:
    """The compiler that is installed. Nothing is executed. Raises KitError."""
    spec = find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise KitError("the package ziglang is not installed: pip install trapgate brings it")
    folder = Path(spec.origin).parent
    try:
        found = version("ziglang")
    except PackageNotFoundError:
        found = "unknown"
    if not (folder / "zig").is_file():
        raise KitError(f"the package ziglang {found} has no `zig`")
    if not (folder / "lib" / MUSL_PROOF).is_file():
        raise KitError(f"ziglang {found} does not bring all of musl: release 0.14 does")
    # Links are followed: a sandbox grants what is there, not what leads to it.
    return Kit(str((folder / "zig").resolve()), str((folder / "lib").resolve()), found)

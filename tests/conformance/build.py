"""Build the programs that run on both kernels: C sources to static executables, once, kept in a cache.

An executable's name in the cache is a hash of its source, the shared header, the compiler's version and the command, so
nothing is ever stale, and only the first run after a change compiles.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
COMPILERS = {"glibc": "gcc", "musl": "musl-gcc"}
FLAGS = ("-static", "-O1", "-std=gnu11", "-w", "-pthread")


def cache_directory() -> Path:
    """Where built executables are kept; other users may read it."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trapgate-tests"
    root.mkdir(parents=True, exist_ok=True)
    return root


@cache
def _version(compiler: str) -> str:
    """What the compiler calls itself. Skips the test where there is none, or no C library to link statically."""
    path = shutil.which(compiler)
    if path is None:
        pytest.skip(f"needs {compiler}")
    shown = subprocess.run([path, "--version"], capture_output=True, text=True, check=True).stdout
    return f"{path} {shown}"


def build(source: Path, compiler: str, libraries: Sequence[str] = ()) -> Path:
    """The executable of a C `source`. Fails the test with the compiler's words when it does not compile."""
    flags = [*FLAGS, f"-I{PROGRAMS}"]
    digest = hashlib.sha256()
    for part in (source.read_bytes(), (PROGRAMS / "check.h").read_bytes(), _version(compiler), *flags, *libraries):
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    target = cache_directory() / f"{source.stem}-{compiler}-{digest.hexdigest()[:16]}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        output = Path(scratch) / "program"
        done = subprocess.run(
            [compiler, *flags, "-o", str(output), str(source), *libraries], capture_output=True, text=True, check=False
        )
        if done.returncode:
            pytest.fail(f"{compiler} {source.name}:\n{done.stderr}", pytrace=False)
        subprocess.run(["strip", str(output)], check=True)
        output.rename(target)
    return target

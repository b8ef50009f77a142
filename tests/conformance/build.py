"""Build the programs that run on both kernels: sources to static executables, once, kept in a cache.

An executable's name in the cache is a hash of its source, the shared header, the compiler's version and the command, so
nothing is ever stale, and only the first run after a change compiles.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest

PROGRAMS = Path(__file__).parent / "programs"
COMPILERS = {"glibc": "gcc", "musl": "musl-gcc"}
FLAGS = ("-static", "-O1", "-std=gnu11", "-w", "-pthread")


def cache_directory() -> Path:
    """Where built executables are kept."""
    root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "trapgate-tests"
    root.mkdir(parents=True, exist_ok=True)
    return root


@cache
def _version(compiler: str) -> str:
    """What the compiler calls itself. Skips the test where there is none."""
    path = shutil.which(compiler)
    if path is None:
        pytest.skip(f"needs {compiler}")
    option = "version" if Path(path).name == "go" else "--version"
    return subprocess.run([path, option], capture_output=True, text=True, check=True).stdout


def build(source: Path, compiler: str, libraries: Sequence[str] = ()) -> Path:
    """The executable of a C `source`. Fails the test with the compiler's words when it does not compile."""

    def command(output: Path) -> list[str]:
        return [compiler, *FLAGS, f"-I{PROGRAMS}", "-s", "-o", str(output), str(source), *libraries]

    return cached(source, compiler, command)


def cached(
    source: Path, compiler: str, command: Callable[[Path], list[str]], environment: Mapping[str, str] | None = None
) -> Path:
    """What `command(output)` makes of `source`, from the cache when it has been made before."""
    digest = hashlib.sha256()
    words = command(Path("output"))
    for part in (source.read_bytes(), (PROGRAMS / "check.h").read_bytes(), _version(compiler), *words):
        digest.update(part if isinstance(part, bytes) else part.encode())
        digest.update(b"\0")
    target = cache_directory() / f"{source.stem}-{Path(compiler).name}-{digest.hexdigest()[:16]}"
    if target.exists():
        return target
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        output = Path(scratch) / "program"
        done = subprocess.run(
            command(output), capture_output=True, text=True, check=False, env={**os.environ, **(environment or {})}
        )
        if done.returncode:
            pytest.fail(f"{compiler} {source.name}:\n{done.stderr}", pytrace=False)
        output.rename(target)
    return target

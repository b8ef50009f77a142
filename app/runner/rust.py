"""The Rust compiler of this host, and what its box has to let it do."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

from app.runner import landlock
from app.runner.landlock import Rule
from app.toolchain.rust.commands import LIBC_SOURCE, RustKit

_SECONDS = 20
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")
# Where Debian has what compilers need of them; besides, there is much there that is no library.
_DEBIAN_LIBRARIES = ("/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib/gcc")
_LINKER_PARTS = ("ld", "ld.bfd", "ld.gold", "ld.lld", "lld")


class RustMissingError(Exception):
    """Rust cannot be compiled here; the message says what to install."""


@cache
def find_rust() -> RustKit:
    """The compiler that PATH names, which is asked once. Starts processes. Raises RustMissingError."""
    rustc = shutil.which("rustc")
    if rustc is None:
        raise RustMissingError("rustc is not installed: install Debian's package rustc, or Rust from https://rustup.rs")
    linker = shutil.which("cc") or shutil.which("gcc")
    if linker is None:
        raise RustMissingError("rustc needs a linker: install Debian's packages gcc and libc6-dev")
    try:
        sysroot = _ask(rustc, "--print", "sysroot")
        # That of rustup is another program, which starts the compiler.
        real = f"{sysroot}/bin/rustc"
        version = _ask(real, "--version").removeprefix("rustc ")
    except (OSError, subprocess.SubprocessError) as error:
        raise RustMissingError(f"rustc does not work: {error}") from error
    libraries = Path(sysroot, "lib", "rustlib")
    targets = tuple(sorted(path.parent.name for path in libraries.glob("*/lib")))
    if not any(target.startswith("x86_64-unknown-linux-") for target in targets):
        raise RustMissingError(
            "rustc has no library for x86_64-unknown-linux-gnu: install Debian's package libstd-rust-dev"
        )
    return RustKit(os.path.realpath(real), version, sysroot, targets, os.path.realpath(linker))


def rules(kit: RustKit, folder: str) -> tuple[Rule, ...]:
    """What may be read, run and written: the compiler, the linker, the libraries of both, and `folder`."""
    programs = [kit.rustc, kit.linker, *(path for name in _LINKER_PARTS if (path := shutil.which(name)))]
    found = [Rule(os.path.realpath(program), landlock.EXECUTE) for program in programs]
    own = f"{kit.sysroot}/lib"
    if os.path.realpath(own) in _LIBRARIES:
        own += "/rustlib"
    found += [Rule(path, landlock.READ) for path in (own, os.path.dirname(LIBC_SOURCE))]
    # The dynamic loader, and the parts of GCC, lie among the libraries.
    libraries = _DEBIAN_LIBRARIES if os.path.isdir(_DEBIAN_LIBRARIES[1]) else _LIBRARIES
    found += [Rule(path, landlock.READ | landlock.EXECUTE) for path in libraries if os.path.isdir(path)]
    if os.path.exists("/etc/ld.so.cache"):
        found.append(Rule("/etc/ld.so.cache", landlock.EXECUTE))
    found.append(Rule(folder, landlock.WORK_TREE))
    return tuple(dict.fromkeys(found))


def _ask(*argv: str) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=_SECONDS)  # noqa: S603 - PATH's own
    return done.stdout.strip()

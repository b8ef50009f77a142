"""Compile one C source for any architecture with Trapgate's own compiler and C library, without the compiler's box.

    python -m tests.support.musl_cc ARCH -o OUTPUT [FLAG...] SOURCE

`zig cc` would first build another C library for each architecture. Those of Trapgate are built by
`trapgate doctor --build`, and by this command when they are missing.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from app.runner import c_library
from app.toolchain.c.commands import Library, include_flags
from app.toolchain.c.kit import Kit, find_kit
from app.toolchain.c.targets import TARGETS


def _library(kit: Kit, arch: str) -> Library:
    found = c_library.find(kit, arch)
    if found is None:
        c_library.build(kit, arch, len(os.sched_getaffinity(0)), lambda done, total: None)
        found = c_library.find(kit, arch)
    assert found is not None
    return found


def main(arch: str, *arguments: str) -> int:
    """Returns the exit status of the tool that failed, or 0."""
    words = list(arguments)
    at = words.index("-o")
    output = words[at + 1]
    del words[at : at + 2]
    kit, target = find_kit(), TARGETS[arch]
    library = _library(kit, arch)
    with tempfile.TemporaryDirectory() as scratch:
        made = str(Path(scratch) / "program.o")
        compiling = [kit.zig, "clang", f"--target={target.triple}", *target.flags, "-fno-pie", "-fno-stack-protector"]
        linking = [kit.zig, "ld.lld", "-m", target.emulation, "-static", "--gc-sections", "-z", "noexecstack", "-s"]
        for command in (
            [*compiling, *include_flags(kit, arch), *words, "-c", "-o", made],
            [*linking, library.start, made, "--start-group", *library.archives, "--end-group", "-o", output],
        ):
            status = subprocess.run(command, check=False).returncode
            if status:
                return status
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

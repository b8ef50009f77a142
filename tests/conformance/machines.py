"""Programs of other architectures: built with Trapgate's own compiler, run here, and compared with two oracles.

The programs print the same on every architecture, so the first oracle is the machine's own Linux, which runs them built
for x86-64. Lines that differ, because an architecture or its C library does, must be those of the second oracle:
qemu-user, which runs the very same file on the machine's Linux. What no oracle can say is in `LINES`, with the reason.

`PORTABLE` is defined when they are compiled, for both: it leaves out what only x86-64 has.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from app.kernel.abi.text import signal_name
from tests.conformance.build import FLAGS, PROGRAMS, cached
from tests.conformance.harness import Outcome, fresh_directory, privileges
from tests.conformance.native import ENVIRONMENT, NATIVE_TRIES, TIMEOUT_SECONDS, differences, run_here, run_native

MACHINES = ("i386", "arm", "aarch64", "riscv64")

CPUS = {"aarch64": "cortex-a72"}
"""The processor that is emulated here, where qemu's usual one has more."""

X86_ONLY = {"signal_frames", "tracer", "tracer_events", "tracer_steps"}
"""Programs about the registers of x86-64."""

QEMU_HANGS = {("passing", "arm")}
"""Programs that come to no end under qemu-user, so that there is nothing to compare with."""

LINES: dict[tuple[str, str], tuple[str, str]] = {
    ("file_systems", "arm"): (r"syscall\(SYS_settimeofday", "musl has no such number for 32-bit ABIs"),
    ("procfs", "arm"): ("code|data|flags", "the linker puts segments elsewhere, O_LARGEFILE is 0400000"),
    ("rlimits", "arm"): (r"syscall\(SYS_getrlimit", "there is no such call"),
    ("futex", "arm"): (r"futex.*&bad|.*set_robust_list", "SYS_futex has times of 32 bits, a robust list has 12 bytes"),
    ("open_flags", "arm"): (r"fcntl\(fd, F_GETFL\) & ~0100000", "O_LARGEFILE is 0400000, which qemu does not show"),
    ("system_info", "arm"): ("name.machine", "qemu shows the machine's own"),
    ("system_info", "i386"): ("name.machine", "a 64-bit kernel shows its own machine to 32-bit programs"),
    ("mmap_basics", "aarch64"): ("huge|beyond user memory", "2**47 is in the middle of a 48-bit address space"),
    ("open_flags", "aarch64"): (r"fcntl\(fd, F_GETFL\) & ~0100000", "O_LARGEFILE is 0400000, which qemu does not show"),
    ("procfs", "aarch64"): ("code|data|flags", "the linker puts segments elsewhere, O_LARGEFILE is 0400000"),
    ("procfs", "riscv64"): ("code|data", "the linker puts segments elsewhere"),
}
"""(program, architecture) -> (pattern of lines that are not compared, why)."""


def build_for(machine: str, source: Path) -> Path:
    """The static executable of a C source, with musl."""
    pytest.importorskip("ziglang")

    def command(output: Path) -> list[str]:
        compiler = [sys.executable, "-m", "tests.support.musl_cc", machine]
        return [*compiler, *FLAGS, "-DPORTABLE", f"-I{PROGRAMS}", "-o", str(output), str(source)]

    return cached(source, sys.executable, command)


def build_portable(source: Path) -> Path:
    """The same program for the machine itself."""

    def command(output: Path) -> list[str]:
        return ["musl-gcc", *FLAGS, "-DPORTABLE", f"-I{PROGRAMS}", "-s", "-o", str(output), str(source)]

    return cached(source, "musl-gcc", command)


def run_emulated(machine: str, executable: Path, stdin: bytes = b"") -> Outcome:
    """Run under qemu-user, or natively what the machine's Linux runs itself. Skips the test where there is no qemu."""
    if machine == "i386":
        return run_native(executable, stdin=stdin)
    qemu = shutil.which(f"qemu-{machine}")
    if qemu is None:
        pytest.skip(f"needs qemu-{machine} (package qemu-user)")
    options = ["-cpu", CPUS[machine]] if machine in CPUS else []
    with fresh_directory() as home, fresh_directory() as work:
        program = home / "program"
        program.write_bytes(executable.read_bytes())
        program.chmod(0o755)
        environment = dict(setting.split("=", 1) for setting in ENVIRONMENT)
        done = subprocess.run(
            [qemu, *options, "-0", "program", str(program)],
            input=stdin,
            capture_output=True,
            check=False,
            cwd=work,
            env=environment,
            timeout=TIMEOUT_SECONDS,
            **privileges(),  # type: ignore[call-overload]
        )
    stderr = b"".join(line for line in done.stderr.splitlines(True) if not line.startswith(b"qemu: "))
    if done.returncode < 0:
        return Outcome(done.stdout, stderr, None, signal_name(-done.returncode))
    return Outcome(done.stdout, stderr, done.returncode, None)


@cache
def on_linux(name: str, attempt: int) -> Outcome:
    """What the machine's Linux prints for one of the programs. `native.compare` says why it gets several attempts."""
    return run_native(build_portable(PROGRAMS / f"{name}.c"))


def check_program(name: str, machine: str) -> None:
    """Fail unless each line that the program prints here is what Linux or qemu-user prints."""
    executable = build_for(machine, PROGRAMS / f"{name}.c")
    ours = run_here(executable)
    assert ours.stdout.count(b"\n") >= 10, "a family has at least ten checks"
    ours = _without(ours, name, machine)
    for attempt in range(NATIVE_TRIES):
        # 32-bit programs for x86 run on the machine's Linux themselves.
        linux = run_native(executable) if machine == "i386" else on_linux(name, attempt)
        real = _without(linux, name, machine)
        difference = differences(real, ours)
        if not difference:
            return
    emulated = _without(run_emulated(machine, executable), name, machine)
    outputs = [outcome.stdout.splitlines() for outcome in (ours, real, emulated)]
    same_ends = (ours.status, ours.signal) == (real.status, real.signal)
    if (
        not same_ends
        or len(set(map(len, outputs))) > 1
        or any(line not in rest for line, *rest in zip(*outputs, strict=True))
    ):
        pytest.fail(difference, pytrace=False)


def check_emulated(source: Path, machine: str) -> Outcome:
    """Fail unless the program prints here what qemu-user prints."""
    executable = build_for(machine, source)
    ours = run_here(executable)
    difference = differences(run_emulated(machine, executable), ours)
    if difference:
        pytest.fail(difference, pytrace=False)
    return ours


def _without(outcome: Outcome, name: str, machine: str) -> Outcome:
    """The outcome without the lines that are not compared."""
    pattern, _ = LINES.get((name, machine), ("(?!)", ""))
    kept = [line for line in outcome.stdout.splitlines(True) if not re.match(pattern, line.decode("latin-1"))]
    return Outcome(b"".join(kept), outcome.stderr, outcome.status, outcome.signal)

"""Run the benchmarks and print the ratios. Nothing here asserts: the figures are for people."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from subprocess import DEVNULL, PIPE

from app.toolchain.assemble import assemble
from app.toolchain.elf import write_elf

from . import programs, tasks
from .assembly import assemble_hundred_lines
from .compile import compile_boxed
from .cpu import compare_architectures
from .web import run_to_first_event

TRAPGATE = [sys.executable, "-m", "app"]
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Modules are compiled once, as in an installed copy, whatever this shell says."""

FEW_CALLS = 1000
"""A program with fewer calls a second is not about calls."""

QILING = """
import sys
from qiling import Qiling
from qiling.const import QL_VERBOSE
Qiling([sys.argv[1]], "/", verbose=QL_VERBOSE.OFF).run()
"""


def seconds(command: list[str], repeat: int = 3, allowed: tuple[int, ...] = (0,)) -> float:
    """Median wall time of `command`, its output thrown away. Exits loudly when the command fails."""
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        done = subprocess.run(command, check=False, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE, env=ENVIRONMENT)
        times.append(time.perf_counter() - start)
        if done.returncode not in allowed:
            sys.exit(f"{command} exited with {done.returncode}: {done.stderr.decode(errors='replace')}")
    return statistics.median(times)


def qiling_python() -> str | None:
    """A Python that has Qiling: this one, or the one TRAPGATE_BENCH_QILING names."""
    candidate = os.environ.get("TRAPGATE_BENCH_QILING", sys.executable)
    found = subprocess.run([candidate, "-c", "import qiling"], check=False, capture_output=True)
    return candidate if found.returncode == 0 else None


def main() -> None:
    """Assemble, run everybody, print."""
    with tempfile.TemporaryDirectory() as folder:
        compare_with_strace(Path(folder))
        compare_hello(Path(folder))
        compare_sieve(Path(folder))
    compare_architectures()
    assemble_hundred_lines()
    compile_boxed()
    run_to_first_event()


def build(folder: Path, name: str, source: str) -> str:
    """Write the ELF of `source`; returns its path."""
    path = folder / name
    path.write_bytes(write_elf(assemble(source, language="gas", filename=f"{name}.s")))
    path.chmod(0o755)
    return str(path)


def compare_with_strace(folder: Path) -> None:
    """Whole-process times with every event written to a file, on the same ELF."""
    strace = shutil.which("strace")
    if strace is None:
        print("strace is not installed: no comparison with it.")
    trace = str(folder / "trace")
    jobs = [
        ("getpid loop", programs.getpid_loop(40_000), (0,)),
        ("64-byte writes", programs.write_loop(30_000), (0,)),
        ("store-heavy sieve", programs.sieve(2_000_000, 10), tuple(range(256))),
        ("fork, pipe, wait", tasks.fork_pipe_wait(2_000), (0,)),
        ("mmap, munmap", tasks.map_unmap(20_000), (0,)),
        ("read and write files", tasks.file_io(8_000), (0,)),
        ("futex ping-pong", tasks.futex_ping_pong(20_000), (0,)),
    ]
    print(f"{'program':22}{'native':>9}{'strace -f -o':>14}{'trapgate json':>15}   calls/s: strace  trapgate   ratio")
    for name, source, allowed in jobs:
        elf = build(folder, name.replace(" ", "-"), source)
        native = seconds([elf], allowed=allowed)
        ours = seconds(
            [*TRAPGATE, "run", "--timeout", "300", "--trace", "json", "--trace-file", trace, elf], allowed=allowed
        )
        our_rate = calls_in(trace, b'{"type":"trap"') / ours
        line = f"{name:22}{native:8.3f}s"
        if strace:
            theirs = seconds([strace, "-f", "-o", trace, elf], allowed=allowed)
            line += f"{theirs:13.3f}s{ours:14.3f}s"
            rate = calls_in(trace, b"(") / theirs
            if rate > FEW_CALLS:
                line += f"{rate:18,.0f}{our_rate:10,.0f}{our_rate / rate:7.2f}x"
        else:
            line += f"{'-':>14}{ours:14.3f}s{our_rate:28,.0f}"
        print(line, flush=True)
    print(
        "Calls are those in each trace: two threads on two CPUs sleep for one another less often than on one.\n"
        "ratio: Trapgate's rate divided by strace's; above 1 Trapgate is faster. Start-up is included on both sides.\n"
    )


def calls_in(trace: str, mark: bytes) -> int:
    """Lines of a trace with `mark`; strace cuts a call that another task interrupts in two, which count once."""
    with open(trace, "rb") as lines:
        return sum(mark in line and b"resumed>" not in line for line in lines)


def compare_sieve(folder: Path) -> None:
    """Stores all over memory, without system calls, against Qiling."""
    elf = build(folder, "sieve", programs.sieve(2_000_000, 5))
    ours = seconds([*TRAPGATE, "run", "--timeout", "300", elf], allowed=tuple(range(256)))
    print(f"sieve without a trace: `trapgate run` {ours:.3f} s", end="")
    if python := qiling_python():
        theirs = seconds([python, "-c", QILING, elf], repeat=1, allowed=tuple(range(256)))
        print(f", Qiling {theirs:.3f} s (Qiling / Trapgate = {theirs / ours:.1f})")
    else:
        print(", Qiling is not installed")


def compare_hello(folder: Path) -> None:
    """From the command line to the exit of a two-call program."""
    source = folder / "hello.s"
    source.write_text(programs.HELLO)
    elf = build(folder, "hello", programs.HELLO)
    ours = seconds([*TRAPGATE, "run", str(source)], repeat=7)
    print(f"hello start-up: `trapgate run hello.s` {ours * 1000:.0f} ms", end="")
    if strace := shutil.which("strace"):
        print(f", strace on the ELF {seconds([strace, '-f', '-o', str(folder / 't'), elf], 7) * 1000:.0f} ms", end="")
    if python := qiling_python():
        theirs = seconds([python, "-c", QILING, elf], repeat=7)
        print(f", Qiling on the ELF {theirs * 1000:.0f} ms (Trapgate / Qiling = {ours / theirs:.2f})")
    else:
        print(", Qiling is not installed (set TRAPGATE_BENCH_QILING to a Python that has it)")


main()

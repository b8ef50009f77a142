"""Differential fuzzing: random sequences of calls on this kernel and on the Linux of the test machine.

`python -m tests.conformance.fuzz --seed 1 --count 1000` prints every difference, shrunk to the calls that matter, in
the notation of the cases. Besides differences it finds sequences that break the rules of the event stream, and
exceptions that escape the kernel; `--wild` looks for these alone, with calls that cannot be tried on a real machine.
"""

from __future__ import annotations

import argparse
import re
import resource
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from types import FrameType

from app.kernel.config import KernelConfig
from app.kernel.errno import Errno
from app.trace.events import AnyEvent, Fd, Return, RunEnd, Trap
from app.trace.recorder import Recorder
from tests.conformance.event_rules import check_events, check_released
from tests.conformance.fuzz_32 import first_name, tame
from tests.conformance.fuzz_wild import wild
from tests.conformance.harness import WORK_DIRECTORY, FedConsole, Outcome, WatchedKernel, run_native
from tests.conformance.program import Call, Field, Packed, Result, call, compile_case, place

INSIDE = "1/2/3/4/5"
"""The working directory lies so deep that `..` stays in the case's own directories."""

NOTHING = call("close", -1, show="none")
STANDARD_INPUT = 0
"""Its open file description."""

STDIN_CALLS = ("ioctl", "fcntl", "fchmod", "fchown", "fchmodat2", "fchownat", "futimesat", "utimensat", "linkat",
               "fstat",
               "fgetxattr", "fsetxattr", "fremovexattr", "flistxattr")  # fmt: skip

ANY_STDIN_CALLS = ("splice", "tee", "sendfile", "copy_file_range", "epoll_ctl")

ARCHES = ("x86_64", "i386", "arm", "thumb", "aarch64", "riscv64")

_MEMORY = 64 << 20
_EVENTS = 200_000
_WILD_EVENTS = 40_000

STOP_SECONDS = 6.0
"""A wild run that has not ended by itself is asked to."""

HANG_SECONDS = 14
"""One that does not end then hangs."""

HOST_BYTES = 256 << 20
"""What the host may need more than before for a run, besides `_MEMORY`."""


class Hang(Exception):
    """The run goes on though it was asked to stop."""


def run_fuzzed(
    steps: Sequence[Call], arch: str = "x86_64", *, max_events: int = _EVENTS, stop_after: float = 0
) -> tuple[Outcome, RunEnd]:
    """Run under this kernel. Whatever the end, the events keep the rules."""
    console = FedConsole([b"typed\n"] if stop_after else [])
    events: list[AnyEvent] = []
    config = KernelConfig(
        cwd=f"{WORK_DIRECTORY}/{INSIDE}",
        streams=("stream", "stream", "stream"),
        memory_bytes=_MEMORY,
        max_events=max_events,
        max_output_bytes=1 << 22,
    )
    kernel = WatchedKernel(compile_case(steps, arch), Recorder(events.extend), console, config)
    with stopped_after(kernel, stop_after):
        kernel.run()
    end = events[-1]
    assert isinstance(end, RunEnd)
    check_events(kernel.last, events)
    check_released(kernel)
    shown = console.shown
    return Outcome(bytes(shown.get(1, b"")), bytes(shown.get(2, b"")), end.status, end.signal, events), end


@contextmanager
def stopped_after(kernel: WatchedKernel, seconds: float) -> Iterator[None]:
    """Ask the run to stop after so long, and raise Hang in it when that does not help. 0 is never."""
    if not seconds:
        yield
        return
    clock = threading.Timer(seconds, kernel.stop, ("time-limit", "The run took too long."))

    def hang(number: int, frame: FrameType | None) -> None:
        raise Hang

    signal.signal(signal.SIGALRM, hang)
    signal.alarm(HANG_SECONDS)
    clock.start()
    try:
        yield
    finally:
        signal.alarm(0)
        clock.cancel()


def find_difference(steps: Sequence[Call], arch: str = "x86_64") -> str | None:
    """Run on both; what differs, or None. A step that would wait for ever is left out."""
    try:
        ours, end = run_fuzzed(steps, arch)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    if end.reason in ("deadlock", "unsupported"):
        last = [index for index, _ in step_traps(steps, ours.events, arch)][-1]
        if steps[last] == NOTHING:
            return find_difference(steps[:last], arch) if last else None
        return find_difference([*steps[:last], NOTHING, *steps[last + 1 :]], arch)
    if end.reason not in ("exit", "signal"):
        return f"ended by {end.reason}: {end.sentence}"
    try:
        real = run_native(compile_case(steps, arch), inside=INSIDE)
    except subprocess.TimeoutExpired:
        return "Linux does not end"
    return compare(steps, real, ours, arch)


def find_wild_fault(steps: Sequence[Call], arch: str = "x86_64") -> str | None:
    """Run under this kernel alone; what went wrong, or None."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        run_fuzzed(steps, arch, max_events=_WILD_EVENTS, stop_after=STOP_SECONDS)
    except Exception as error:
        frames = traceback.extract_tb(error.__traceback__)[-4:]
        where = " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno}" for frame in reversed(frames))
        return f"{type(error).__name__} {where}: {str(error)[:300]}"
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before << 10
    return f"memory: the host needed {grown >> 20} MiB more" if grown > _MEMORY + HOST_BYTES else None


def compare(steps: Sequence[Call], real: Outcome, ours: Outcome, arch: str = "x86_64") -> str | None:
    """The first lines that differ, apart from those that cannot be compared."""
    excused = excuses(steps, ours.events, arch)
    left, right = real.stdout.decode("latin-1").splitlines(), ours.stdout.decode("latin-1").splitlines()
    owners = line_owners(steps, ours.events, arch)
    for position, (index, part) in enumerate(owners):
        mine = right[position] if position < len(right) else None
        linux = left[position] if position < len(left) else None
        if mine == linux:
            continue
        if mine is None or linux is None or index not in excused:
            return f"step {index} ({steps[index].name}), line {part}: Linux {_named(linux)}, here {_named(mine)}"
    if (real.status, real.signal) != (ours.status, ours.signal):
        return f"Linux ends with {real.status} {real.signal}, here {ours.status} {ours.signal}"
    if real.stderr != ours.stderr:
        return f"standard error: Linux {real.stderr[:200]!r}, here {ours.stderr[:200]!r}"
    return None


def _named(line: str | None) -> str:
    if line and line.startswith("-") and line[1:].isdigit() and int(line[1:]) in list(Errno):
        return Errno(int(line[1:])).name
    return line or "nothing"


def excuses(steps: Sequence[Call], events: Sequence[AnyEvent], arch: str = "x86_64") -> set[int]:
    """Steps whose answers are not the same everywhere.

    A write that cannot take its bytes may still make a file longer: nothing after it is compared. Offsets and
    listings of directories belong to the file system. Standard input is not this user's everywhere.
    """
    result: set[int] = set()
    writes = ("write", "writev", "pwrite64", "pwritev", "pwritev2")
    tables: dict[int, dict[int, Fd]] = {}
    kinds: dict[int, Fd] = {}
    answers = {event.call: event.errno for event in events if isinstance(event, Return)}
    numbers = {id(trap): index for index, trap in step_traps(steps, events, arch)}
    for event in events:
        kinds = tables.setdefault(event.task, dict(kinds))
        if isinstance(event, Fd):
            kinds[event.fd] = event
        elif (index := numbers.get(id(event))) is not None and isinstance(event, Trap):
            name = first_name(steps[index].name)
            fd = kinds.get(int(event.args[0], 16) & 0xFFFF_FFFF)
            if fd and name in ("lseek", "getdents64", "read", "readv", "fcntl") and fd.kind == "directory":
                result.add(index)
            if fd and fd.kind == "file" and name in writes and answers.get(event.call) == "EFAULT":
                return result | set(range(index + 1, len(steps)))
            if fd and name in STDIN_CALLS and fd.description == STANDARD_INPUT:
                result.add(index)
            if name in ANY_STDIN_CALLS and any(
                (other := kinds.get(int(word, 16) & 0xFFFF_FFFF)) and other.description == STANDARD_INPUT
                for word in event.args[:3]
            ):
                result.add(index)
    return result


def step_traps(steps: Sequence[Call], events: Sequence[AnyEvent], arch: str = "x86_64") -> list[tuple[int, Trap]]:
    """Each step that began, by its index, with its trap."""
    return [(index, trap) for index, trap, printing in _numbered(steps, events, arch) if not printing]


def line_owners(steps: Sequence[Call], events: Sequence[AnyEvent], arch: str = "x86_64") -> list[tuple[int, int]]:
    """Which step printed each line, and which of the lines of that step it is. A parent prints after its child."""
    owners = [index for index, _, printing in _numbered(steps, events, arch) if printing]
    return [(index, owners[:position].count(index)) for position, index in enumerate(owners)]


def _numbered(steps: Sequence[Call], events: Sequence[AnyEvent], arch: str) -> Iterator[tuple[int, Trap, bool]]:
    """The indices of steps, their traps, and those with which they print."""
    step = place("step_trap", arch)
    printing = (place("decimal_trap", arch), place("hexadecimal_trap", arch))
    last: dict[int, int] = {}
    index = -1
    for trap in events:
        if not isinstance(trap, Trap):
            continue
        if trap.pc == step:
            # A child goes on behind the fork, its parent behind what the child does.
            done = last.get(trap.task)
            index = index + 1 if done is None else done + 1 + steps[done].inner
            last[trap.task] = index
            yield index, trap, False
        elif trap.pc in printing:
            yield last.get(trap.task, index), trap, True


def shrink(steps: Sequence[Call], fails: Callable[[Sequence[Call]], str | None]) -> list[Call]:
    """Leave out what the failure does not need. Steps keep their numbers while that goes on."""
    current = list(steps)
    kind = _kind(fails(current))
    size = len(current) // 2
    while size:
        for start in range(0, len(current), size):
            tried = current[:start] + [NOTHING] * len(current[start : start + size]) + current[start + size :]
            if tried != current and _kind(fails(tried)) == kind:
                current = tried
        size //= 2
    return renumbered(current)


def _kind(difference: str | None) -> str:
    """What stays the same of a failure while steps go: the call, or the exception."""
    if difference is None:
        return ""
    found = re.match(r"step \d+ (\(\w+\))", difference)
    return found[1] if found else difference.partition(": ")[0]


def renumbered(steps: Sequence[Call]) -> list[Call]:
    """Without the steps that do nothing, unless a result of theirs is used."""
    used = {value.index for step in steps for value in _flat(step.arguments) if isinstance(value, Result)}
    kept = [index for index, step in enumerate(steps) if step != NOTHING or index in used]
    numbers = {old: new for new, old in enumerate(kept)}

    def moved(value: object) -> object:
        if isinstance(value, Result):
            return Result(numbers[value.index], value.plus)
        if isinstance(value, Field):
            return Field(moved(value.value), value.size)
        return Packed([moved(word) for word in value.words]) if isinstance(value, Packed) else value

    def inner(index: int) -> int:
        return sum(index < other <= index + steps[index].inner for other in kept)

    return [
        replace(steps[index], arguments=tuple(map(moved, steps[index].arguments)), inner=inner(index)) for index in kept
    ]


def _flat(values: Sequence[object]) -> list[object]:
    return [word for value in values for word in ([value, *value.words] if isinstance(value, Packed) else [value])]


def shown(step: Call) -> str:
    """A step as a case spells it."""
    words = [repr(step.name), *map(repr, step.arguments)]
    words += [f"show={step.show!r}"] * (step.show != "value") + [f"dump={list(step.dump)}"] * bool(step.dump)
    words += [f"inner={step.inner}"] * bool(step.inner)
    return f"call({', '.join(words)}),"


def main() -> int:
    """Fuzz from the command line; 1 when something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--count", type=int, default=100, help="how many seeds")
    parser.add_argument("--hours", type=float, help="go on for so long instead")
    parser.add_argument("--wild", action="store_true", help="calls that only this kernel survives")
    parser.add_argument("--arch", choices=ARCHES, default="x86_64", help="of the programs; arm needs qemu-arm")
    parser.add_argument("--no-shrink", action="store_true", help="only name the failures")
    options = parser.parse_args()
    fails = partial(find_wild_fault if options.wild else find_difference, arch=options.arch)
    found = 0
    began = time.monotonic()
    seed = options.seed - 1
    while time.monotonic() - began < options.hours * 3600 if options.hours else seed + 1 < options.seed + options.count:
        seed += 1
        steps = wild(seed, options.arch) if options.wild else tame(seed, options.arch)
        difference = fails(steps)
        if difference is None:
            continue
        found += 1
        if options.no_shrink:
            print(f"seed {seed}: {difference}", flush=True)
            continue
        small = shrink(steps, fails)
        print(f"seed {seed}: {difference}\n  shrunk: {fails(small)}")
        print("\n".join(f"    {shown(step)}" for step in small), flush=True)
    print(f"{seed + 1 - options.seed} sequences in {time.monotonic() - began:.0f} s, {found} failed")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())

"""The examples of the page: each does the same on every architecture, here and on Linux.

Assembly is compared with what the real assembler and ld make of it, compiled programs with the very same file: run by
the machine's Linux, or by qemu-user.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from msgspec.structs import replace

from app.kernel.config import KernelConfig
from app.kernel.kernel import Kernel
from app.lessons import Example, examples
from app.runner.messages import Built
from app.toolchain.assemble import assemble
from app.toolchain.machines import ARCHES, MACHINES
from app.trace.events import AnyEvent, Dispatch, RunEnd, Trap
from app.trace.recorder import Recorder
from tests.conformance import harness, native
from tests.conformance.harness import FedConsole, Outcome, why_not_native
from tests.conformance.machines import run_emulated
from tests.runner.compiling import c_spec, compile_spec, needs_box, provide_library
from tests.toolchain.cross import PREFIXES
from tests.toolchain.tools import require, run

TYPED = b"Ada\n1915\nexit\n"
ENDLESS = "loop"

DIVIDED = {"arm": 0, "aarch64": 0, "riscv64": 255}
"""Exit status of the division by zero where it is no fault."""

ASSEMBLY = [example for example in examples() if example.language in ("gas", "nasm")]
SHARED = {example.slug for example in ASSEMBLY if example.arches[0] not in ("x86_64", "i386")} & {
    example.slug for example in ASSEMBLY if example.arches[0] == "x86_64"
}
"""Slugs of the examples that are there for all architectures."""

ENDING = [example for example in ASSEMBLY if example.slug != ENDLESS]
C = [(example, arch) for example in examples() if example.language == "c" for arch in example.arches]
RUST = [example for example in examples() if example.language == "rust"]


def named(*values: object) -> str:
    """What pytest calls a test."""
    return "-".join(value.slug if isinstance(value, Example) else str(value) for value in values)


def each(found: list[Example]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("example", found, ids=[named(item, item.arches[0]) for item in found])


def source_of(example: Example) -> str:
    """The source, its files in the working directory: in the machine's /tmp they might be somebody else's."""
    return example.source.replace('"/tmp/', '"./')


@cache
def here(example: Example) -> Outcome:
    """What an assembly example does under this kernel; its events keep the rules."""
    program = assemble(source_of(example), language=example.language, arch=example.arches[0])
    return harness.run_here(program, TYPED)


def really_built(example: Example, directory: Path) -> Path:
    """The executable that the real tools make of an assembly example."""
    arch = example.arches[0]
    source, target, output = directory / "example.s", directory / "example.o", directory / "example"
    source.write_text(source_of(example))
    bits = MACHINES[arch].bits
    prefix = PREFIXES.get(arch, "")
    emulation = [] if prefix else ["-m", "elf_x86_64" if bits == 64 else "elf_i386"]
    options = [f"--{bits}"] if not prefix else []
    assembler = ["nasm", "-f", f"elf{bits}"] if example.language == "nasm" else [f"{prefix}as", *options]
    require(assembler[0], f"{prefix}ld")
    for command in ([*assembler, "-o", target, source], [f"{prefix}ld", *emulation, "-o", output, target]):
        done = run(*command)
        assert done.returncode == 0, done.stderr.decode()
    return output


def on_linux(executable: Path, arch: str) -> Outcome:
    if arch == "x86_64":
        return native.run_native(executable, stdin=TYPED)
    return run_emulated(arch, executable, TYPED)


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as path:
        yield Path(path)


def expect_same(real: Outcome, ours: Outcome) -> None:
    difference = native.differences(real, ours)
    if difference:
        pytest.fail(difference, pytrace=False)


@each(ENDING)
def test_an_assembly_example_does_as_on_linux(example, directory):
    if why_not_native():
        pytest.skip(str(why_not_native()))
    expect_same(on_linux(really_built(example, directory), example.arches[0]), here(example))


@pytest.mark.parametrize("slug", sorted(SHARED - {ENDLESS}))
def test_an_assembly_example_prints_the_same_on_every_architecture(slug):
    siblings = {example.arches[0]: here(example) for example in ASSEMBLY if example.slug == slug}
    assert siblings.keys() == set(ARCHES)
    model = siblings["x86_64"]
    assert {outcome.stdout for outcome in siblings.values()} == {model.stdout}
    statuses = {arch: outcome.status for arch, outcome in siblings.items()}
    if slug == "divide":
        assert statuses == {"x86_64": None, "i386": None} | DIVIDED
    else:
        assert set(statuses.values()) == {model.status}


@each([example for example in ASSEMBLY if example.slug == ENDLESS])
def test_the_endless_example_prints_before_it_is_stopped(example, directory):
    really_built(example, directory)
    events: list[AnyEvent] = []

    class Impatient(FedConsole):
        """Stops the run as soon as something is printed."""

        def write(self, stream: int, data: bytes) -> None:
            super().write(stream, data)
            kernel.stop("time-limit", "enough")

    console = Impatient([])
    program = assemble(example.source, language="gas", arch=example.arches[0])
    kernel = Kernel(program, Recorder(events.extend), console, KernelConfig(streams=("stream", "stream", "stream")))
    kernel.run()
    assert bytes(console.shown[1]) == b"round and round\n"
    end = events[-1]
    assert isinstance(end, RunEnd)
    assert end.reason == "time-limit"


def only(slug: str) -> list[AnyEvent]:
    """The events of an example that is there once."""
    (example,) = (example for example in ASSEMBLY if example.slug == slug)
    return here(example).events


def test_the_old_door_leads_to_the_other_table():
    doors = [(event.table, event.name) for event in only("int80") if isinstance(event, Dispatch)]
    assert doors == [("i386", "write"), ("i386", "write"), ("x86_64", "write"), ("i386", "exit")]


def test_the_fast_door_is_one():
    doors = [event.instruction for event in only("sysenter") if isinstance(event, Trap)]
    assert doors == ["int 0x80", "sysenter", "sysenter"]


@pytest.fixture(scope="module")
def libraries() -> None:
    for arch in ARCHES:
        provide_library(arch)


def compiled(example: Example, arch: str, directory: Path) -> Path:
    spec = replace(c_spec(source_of(example), arch=arch), language=example.language)
    message, image = compile_spec(spec)
    assert isinstance(message, Built), message
    assert not message.mistakes, "an example has no warnings"
    path = directory / "example"
    path.write_bytes(image)
    path.chmod(0o755)
    return path


@cache
def printed_for_x86(example: Example) -> Outcome:
    """What the first test of a C example has printed."""
    with tempfile.TemporaryDirectory() as directory:
        return native.run_here(compiled(example, "x86_64", Path(directory)), stdin=TYPED)


@needs_box
@pytest.mark.parametrize(("example", "arch"), C, ids=[named(*item) for item in C])
def test_a_c_example_does_the_same_everywhere(example, arch, directory, libraries):
    executable = compiled(example, arch, directory)
    ours = native.run_here(executable, stdin=TYPED)
    expect_same(printed_for_x86(example), ours)
    if arch in ("x86_64", "i386") and not why_not_native():
        expect_same(on_linux(executable, arch), ours)
    if example.slug == "vdso":
        calls = [event.name for event in ours.events if isinstance(event, Dispatch)]
        assert calls.count("clock_gettime") == 1, "the other reading of the clock is no trap"


@needs_box
@each(RUST)
def test_a_rust_example_does_as_on_linux(example, directory):
    require("rustc", "cc")
    native.compare(compiled(example, "x86_64", directory), stdin=TYPED)

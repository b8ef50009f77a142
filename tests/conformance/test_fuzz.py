"""Random sequences of calls: a fixed few of those that `python -m tests.conformance.fuzz` makes."""

from __future__ import annotations

import pytest

from tests.conformance.fuzz import find_difference, find_wild_fault, shown
from tests.conformance.fuzz_32 import tame
from tests.conformance.fuzz_calls import Sequence
from tests.conformance.fuzz_code import find_code_fault
from tests.conformance.fuzz_wild import wild
from tests.conformance.harness import need_ext4, why_not_native

UNLIKE: set[int] = {30, 50}
"""Seeds with what differs: orphans that init has not buried yet, writev to an eventfd."""


@pytest.mark.parametrize("seed", range(400))
def test_the_same_answers_as_linux(seed: int) -> None:
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    need_ext4()
    difference = find_difference(Sequence(seed).build())
    assert difference is None, f"python -m tests.conformance.fuzz --seed {seed} --count 1: {difference}"


@pytest.mark.parametrize("seed", [seed for seed in range(70) if seed not in UNLIKE])
def test_the_same_answers_as_linux_gives_32_bit_programs(seed: int) -> None:
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    need_ext4()
    difference = find_difference(tame(seed, "i386"), "i386")
    if difference and difference.startswith("Linux ends with None SIGSEGV") and seed == 0:
        pytest.skip("this Linux serves no 32-bit programs")
    assert difference is None, f"python -m tests.conformance.fuzz --arch i386 --seed {seed} --count 1: {difference}"


@pytest.mark.parametrize("seed", range(7))
@pytest.mark.parametrize("arch", ["i386", "arm", "thumb", "aarch64", "riscv64"])
def test_nothing_escapes_the_kernel_on_other_architectures(arch: str, seed: int) -> None:
    steps = wild(seed, arch)
    fault = find_wild_fault(steps, arch)
    assert fault is None, "\n".join([f"--wild --arch {arch} --seed {seed}: {fault}", *map(shown, steps)])


@pytest.mark.parametrize("arch", ["i386", "arm", "thumb", "aarch64", "riscv64"])
def test_any_bytes_may_be_a_program(arch: str) -> None:
    for seed in range(25):
        fault = find_code_fault(seed, arch)
        assert fault is None, f"find_code_fault({seed}, {arch!r}): {fault}"


@pytest.mark.parametrize("seed", range(300))
def test_nothing_escapes_the_kernel(seed: int) -> None:
    steps = wild(seed)
    fault = find_wild_fault(steps)
    assert fault is None, "\n".join([fault, *map(shown, steps)])

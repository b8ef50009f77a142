"""Random sequences of calls: a fixed few of those that `python -m tests.conformance.fuzz` makes."""

from __future__ import annotations

import pytest

from tests.conformance.fuzz import find_difference, find_wild_fault, shown
from tests.conformance.fuzz_calls import Sequence
from tests.conformance.fuzz_wild import wild
from tests.conformance.harness import need_ext4, why_not_native


@pytest.mark.parametrize("seed", range(400))
def test_the_same_answers_as_linux(seed: int) -> None:
    reason = why_not_native()
    if reason:
        pytest.skip(reason)
    need_ext4()
    difference = find_difference(Sequence(seed).build())
    assert difference is None, f"python -m tests.conformance.fuzz --seed {seed} --count 1: {difference}"


@pytest.mark.parametrize("seed", range(300))
def test_nothing_escapes_the_kernel(seed: int) -> None:
    steps = wild(seed)
    fault = find_wild_fault(steps)
    assert fault is None, "\n".join([fault, *map(shown, steps)])

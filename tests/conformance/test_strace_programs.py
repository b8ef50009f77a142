"""Whole programs under strace: the same lines as on the real machine, apart from addresses, ids and times."""

from __future__ import annotations

import pytest

from tests.conformance.build import PROGRAMS, build
from tests.conformance.native import NATIVE_TRIES
from tests.conformance.strace import calls_here, real_calls

NAMES = [
    "create_exclusive",
    "epoll",
    "faults",
    "fifos",
    "file_times",
    "hard_links",
    "mmap_basics",
    "open_flags",
    "permissions",
    "record_locks",
    "shared_memory",
    "signal_stack",
    "timerfd",
]


@pytest.mark.parametrize("name", NAMES)
def test_prints_the_same_calls(name):
    executable = build(PROGRAMS / f"{name}.c", "gcc")
    ours = calls_here(executable)
    for _ in range(NATIVE_TRIES):
        real = real_calls(executable)
        if real == ours:
            return
    assert ours == real

"""Every program of tests/conformance/programs prints the same on Linux and under Trapgate, and the same twice."""

from __future__ import annotations

import pytest

from app.trace.codec import encode_lines
from tests.conformance.build import COMPILERS, PROGRAMS, build
from tests.conformance.native import compare, run_here
from tests.conformance.unfinished import UNFINISHED, reason_for

NAMES = sorted(path.stem for path in PROGRAMS.glob("*.c"))


def _cases():
    for name in NAMES:
        for library in COMPILERS:
            reason = reason_for(name, library)
            marks = [pytest.mark.xfail(reason=reason, strict=True)] if reason else []
            yield pytest.param(name, library, id=f"{name}-{library}", marks=marks)


@pytest.mark.parametrize(("name", "library"), list(_cases()))
def test_prints_what_linux_prints(name, library):
    """Linux may schedule its processes in several ways; the programs print what holds in all."""
    ours = compare(build(PROGRAMS / f"{name}.c", COMPILERS[library]))
    assert ours.stdout.count(b"\n") >= 10, "a family has at least ten checks"


@pytest.mark.parametrize("name", NAMES)
def test_same_events_twice(name):
    """Scheduling, timers, signals and addresses: nothing differs between two runs, not one byte."""
    if reason_for(name, "glibc"):
        pytest.skip(reason_for(name, "glibc"))
    executable = build(PROGRAMS / f"{name}.c", COMPILERS["glibc"])
    first, second = (encode_lines(run_here(executable).events).splitlines() for _ in range(2))
    for index, (left, right) in enumerate(zip(first, second, strict=False)):
        assert left == right, f"event {index}"
    assert len(first) == len(second)


def test_the_list_of_unfinished_programs_names_programs():
    names = {*NAMES, *(f"{name}-{library}" for name in NAMES for library in COMPILERS)}
    assert set(UNFINISHED) <= names

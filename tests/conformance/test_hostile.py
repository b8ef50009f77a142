"""What hostile sequences of calls found: each case broke the kernel or a rule of the event stream."""

from __future__ import annotations

from tests.conformance.fuzz import find_wild_fault
from tests.conformance.program import Buffer, Edge, Loaded, Packed, call


def survive(*steps: object) -> None:
    fault = find_wild_fault(steps)  # type: ignore[arg-type]
    assert fault is None, fault


def test_a_timer_that_wakes_a_task_in_the_trap_in_which_it_fell_asleep() -> None:
    own_cpu_time = -7
    survive(
        *[call("clock_nanosleep", own_cpu_time, 0, Packed([0, nanoseconds]), 0) for nanoseconds in range(1, 1000, 50)],
        call("getpid"),
    )


def test_an_error_after_messages_that_were_sent() -> None:
    survive(
        call("socketpair", 1, 5, 0, Buffer("pair", 8)),
        call("sendmmsg", Loaded("pair"), Edge(4096), 1024, 0),
    )


def test_sets_of_more_descriptors_than_there_can_be() -> None:
    survive(call("select", 2**31 - 1, Buffer("set", 4096), Buffer("set"), Buffer("set"), Packed([0, 0])))

"""ptrace: what it refuses, in the order of Linux. What it does is in the programs tracer.c and tracer_events.c."""

from __future__ import annotations

from app.trace.events import Return
from tests.conformance.harness import UNMAPPED, Result, call, check

TRACEME, PEEKDATA, CONT, KILL, ATTACH, DETACH = 0, 2, 7, 8, 16, 17
SETOPTIONS, SEIZE, INTERRUPT, LISTEN = 0x4200, 0x4206, 0x4207, 0x4208
NOBODY = 0x3FFF_FFFF


def test_refusals():
    check(
        call("ptrace", PEEKDATA, NOBODY, 0, UNMAPPED),
        call("ptrace", 99, NOBODY, 0, 0),
        call("ptrace", -1, NOBODY, 0, 0),
        call("ptrace", ATTACH, NOBODY, 0, 0),
        call("ptrace", SEIZE, NOBODY, 8, -1),
        call("ptrace", ATTACH, 0, 0, 0),
        call("ptrace", ATTACH, -1, 0, 0),
        call("ptrace", ATTACH, 1, 0, 0),
        call("ptrace", SEIZE, 1, 0, 0),
        call("ptrace", SEIZE, 1, 8, 0),
        call("ptrace", SEIZE, 1, 0, 1 << 31),
        call("ptrace", SEIZE, 1, 0, 1 << 21),
        call("ptrace", CONT, 1, 0, 99),
        call("ptrace", KILL, 1, 0, 0),
        call("ptrace", INTERRUPT, 1, 0, 0),
        call("ptrace", LISTEN, 1, 0, 0),
        call("getpid", show="none"),
        call("ptrace", ATTACH, Result(16), 0, 0),
        call("ptrace", SEIZE, Result(16), 0, 0),
        call("ptrace", SEIZE, Result(16), 0, 0x400),
        call("ptrace", DETACH, Result(16), 0, 99),
        call("ptrace", CONT, Result(16), 0, 0),
    )


def test_strace_text():
    outcome = check(
        call("ptrace", ATTACH, NOBODY, 0, 0),
        call("ptrace", SETOPTIONS, NOBODY, 0, 3),
        call("ptrace", CONT, NOBODY, 0, 10),
        call("ptrace", 99, NOBODY, 0, 0),
        call("ptrace", 6, NOBODY, 8 * 15, 5),
        call("ptrace", INTERRUPT, NOBODY, 0, 0),
    )
    told = [event.strace.removesuffix(" (No such process)") for event in outcome.events if isinstance(event, Return)]
    for line in (
        f"ptrace(PTRACE_ATTACH, {NOBODY}) = -1 ESRCH",
        f"ptrace(PTRACE_SETOPTIONS, {NOBODY}, NULL, PTRACE_O_TRACESYSGOOD|PTRACE_O_TRACEFORK) = -1 ESRCH",
        f"ptrace(PTRACE_CONT, {NOBODY}, NULL, SIGUSR1) = -1 ESRCH",
        f"ptrace(0x63 /* PTRACE_??? */, {NOBODY}, NULL, NULL) = -1 ESRCH",
        f"ptrace(PTRACE_POKEUSER, {NOBODY}, 8*ORIG_RAX, 0x5) = -1 ESRCH",
        f"ptrace(PTRACE_INTERRUPT, {NOBODY}) = -1 ESRCH",
    ):
        assert line in told

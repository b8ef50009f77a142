"""Sending, blocking, ignoring signals and what they do by default: the same on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Packed,
    Result,
    call,
    check,
    check_source,
)

BLOCK, UNBLOCK, SETMASK = 0, 1, 2
SIGKILL, SIGUSR1, SIGSEGV, SIGTERM, SIGCHLD, SIGCONT, SIGSTOP = 9, 10, 11, 15, 17, 18, 19
STOPPING = (19, 20, 21, 22)
IGN = Packed([1, 0, 0, 0])
DFL = Packed([0, 0, 0, 0])


def mask(*numbers):
    """The 64-bit set of these signals."""
    return sum(1 << (number - 1) for number in numbers)


def send(number):
    """kill(getpid(), number), where getpid was the first call."""
    return call("kill", Result(0), number)


PID = call("getpid", show="none")


LIBRARY = (32, 33)
"""Signals that the C library keeps for itself: what starts a program (posix_spawn) may leave them ignored in it."""


@pytest.mark.parametrize("number", [n for n in range(1, 65) if n not in STOPPING + LIBRARY])
def test_default_action(number):
    check(PID, send(number), call("getuid"))


@pytest.mark.parametrize("number", [1, 6, 11, 15, 17, 34, 64])
def test_ignored(number):
    check(PID, call("rt_sigaction", number, IGN, 0, 8), send(number), call("getuid"))


@pytest.mark.parametrize("number", [1, 11, 15, 17, 18, 20, 34, 64])
def test_blocked_until_unblocked(number):
    pending = Buffer("pending", 8)
    check(
        PID,
        call("rt_sigprocmask", BLOCK, Packed([mask(number)]), 0, 8),
        send(number),
        call("rt_sigpending", pending, 8, dump=[("pending", 0, 8)]),
        call("rt_sigaction", number, IGN, 0, 8),
        call("rt_sigpending", pending, 8, dump=[("pending", 0, 8)]),
        send(number),
        call("rt_sigpending", pending, 8, dump=[("pending", 0, 8)]),
        call("rt_sigprocmask", UNBLOCK, Packed([mask(number)]), 0, 8),
        call("rt_sigpending", pending, 8, dump=[("pending", 0, 8)]),
        call("getuid"),
    )


@pytest.mark.parametrize("number", [1, 11, 15, 34, 64])
def test_unblocking_delivers(number):
    check(
        PID,
        call("rt_sigprocmask", SETMASK, Packed([mask(number, 17)]), 0, 8),
        send(number),
        send(17),
        call("getuid"),
        call("rt_sigprocmask", SETMASK, Packed([0]), 0, 8),
        call("getuid"),
    )


def test_the_lowest_pending_signal_comes_first():
    outcome = check(
        PID,
        call("rt_sigprocmask", SETMASK, Packed([-1]), 0, 8),
        send(SIGTERM),
        send(SIGUSR1),
        send(3),
        call("rt_sigprocmask", SETMASK, Packed([0]), 0, 8),
    )
    assert outcome.signal == "SIGQUIT"


@pytest.mark.parametrize("stop", [20, 21, 22])
def test_stopping_and_continuing_cancel_each_other(stop):
    pending, dump = Buffer("pending", 8), [("pending", 0, 8)]
    check(
        PID,
        call("rt_sigprocmask", BLOCK, Packed([mask(stop, SIGCONT)]), 0, 8),
        send(stop),
        send(SIGCONT),
        call("rt_sigpending", pending, 8, dump=dump),
        send(stop),
        call("rt_sigpending", pending, 8, dump=dump),
        send(SIGCONT),
        call("rt_sigprocmask", UNBLOCK, Packed([mask(stop, SIGCONT)]), 0, 8),
        call("getuid"),
    )


def test_kill_and_stop_cannot_be_blocked():
    old = Buffer("old", 8)
    check(
        PID,
        call("rt_sigprocmask", SETMASK, Packed([-1]), 0, 8),
        call("rt_sigprocmask", SETMASK, 0, old, 8, dump=[("old", 0, 8)]),
        send(SIGKILL),
        call("getuid"),
    )


def test_sigprocmask():
    old = Buffer("old", 8)
    check(
        call("rt_sigprocmask", BLOCK, Packed([mask(1, 2)]), old, 8, dump=[("old", 0, 8)]),
        call("rt_sigprocmask", BLOCK, Packed([mask(2, 3)]), old, 8, dump=[("old", 0, 8)]),
        call("rt_sigprocmask", UNBLOCK, Packed([mask(1)]), old, 8, dump=[("old", 0, 8)]),
        call("rt_sigprocmask", 99, 0, old, 8, dump=[("old", 0, 8)]),
        call("rt_sigprocmask", 99, Packed([0]), old, 8),
        call("rt_sigprocmask", -1, Packed([0]), 0, 8),
        call("rt_sigprocmask", SETMASK, UNMAPPED, old, 8),
        call("rt_sigprocmask", 99, UNMAPPED, old, 8),
        call("rt_sigprocmask", SETMASK, Packed([mask(5)]), READ_ONLY, 8),
        call("rt_sigprocmask", SETMASK, 0, old, 8, dump=[("old", 0, 8)]),
        call("rt_sigprocmask", SETMASK, 0, 0, 8),
        *[call("rt_sigprocmask", SETMASK, 0, 0, size) for size in (0, 4, 7, 9, 16, 128, -1)],
        call("rt_sigprocmask", SETMASK, UNMAPPED, 0, 4),
        call("rt_sigprocmask", SETMASK, 0, Edge(7), 8),
        call("rt_sigprocmask", SETMASK, Edge(7), 0, 8),
        call("rt_sigprocmask", SETMASK, 0, Edge(8), 8),
    )


def test_sigpending_arguments():
    check(
        call("rt_sigpending", UNMAPPED, 8),
        call("rt_sigpending", Buffer("p", 16), 16),
        call("rt_sigpending", UNMAPPED, 16),
        call("rt_sigpending", Edge(7), 8),
        call("rt_sigpending", Edge(8), 8),
        call("rt_sigpending", Edge(4), 4),
        call("rt_sigpending", UNMAPPED, 0),
    )


def test_sigaction():
    old, whole = Buffer("old", 32), [("old", 0, 32)]
    check(
        call("rt_sigaction", SIGUSR1, 0, old, 8, dump=whole),
        call("rt_sigaction", SIGUSR1, Packed([0x401000, 0x14000004, 0x402000, -1]), old, 8, dump=whole),
        call("rt_sigaction", SIGUSR1, IGN, old, 8, dump=whole),
        call("rt_sigaction", SIGUSR1, Packed([1, -1, 5, 5]), old, 8, dump=whole),
        call("rt_sigaction", SIGUSR1, DFL, old, 8, dump=whole),
        *[call("rt_sigaction", number, IGN, old, 8) for number in (0, -1, 65, 1000, SIGKILL, SIGSTOP)],
        *[call("rt_sigaction", number, 0, old, 8, dump=whole) for number in (0, 65, SIGKILL, SIGSTOP, 64)],
        *[call("rt_sigaction", number, UNMAPPED, old, 8) for number in (0, SIGUSR1, SIGKILL)],
        *[call("rt_sigaction", SIGUSR1, IGN, old, size) for size in (0, 4, 16, 128)],
        call("rt_sigaction", 0, UNMAPPED, old, 4),
        call("rt_sigaction", SIGUSR1, Packed([1, 0, 7, 0]), READ_ONLY, 8),
        call("rt_sigaction", SIGUSR1, 0, old, 8, dump=whole),
        call("rt_sigaction", SIGUSR1, 0, UNMAPPED, 8),
        call("rt_sigaction", SIGUSR1, 0, 0, 8),
        call("rt_sigaction", SIGUSR1, KERNEL_ADDRESS, 0, 8),
    )


def test_kill_arguments():
    check(
        PID,
        send(0),
        send(65),
        send(-1),
        call("kill", 1, 0),
        call("kill", 1, 9),
        call("kill", 1, 65),
        call("kill", 0x7FFF_FFFF, 0),
        call("kill", 0x7FFF_FFFF, 65),
        call("kill", -0x7FFF_FFFF, 0),
        call("kill", -0x8000_0000, 0),
        call("kill", -0x8000_0000, 65),
        call("kill", 0, 0),
        call("kill", 0, 65),
    )


def test_signals_to_threads():
    check(
        PID,
        call("tkill", Result(0), 0),
        call("tkill", 0, 0),
        call("tkill", -1, 0),
        call("tkill", Result(0), 65),
        call("tkill", 0x7FFF_FFFF, 0),
        call("tkill", 0x7FFF_FFFF, 65),
        call("tgkill", Result(0), Result(0), 0),
        call("tgkill", Result(0), Result(0), 65),
        call("tgkill", 0, Result(0), 0),
        call("tgkill", Result(0), 0, 0),
        call("tgkill", 1, Result(0), 0),
        call("tgkill", Result(0), 0x7FFF_FFFF, 65),
        call("tgkill", Result(0), Result(0), SIGTERM),
        call("getuid"),
    )


@pytest.mark.parametrize("setup", ["ignored", "blocked"])
def test_a_fault_kills_even_if_its_signal_is_ignored_or_blocked(setup):
    number, argument = (13, "1, 0, 0, 0") if setup == "ignored" else (14, "0x400")
    registers = "mov edi, 11" if setup == "ignored" else "xor edi, edi"
    source = f"""
.text
_start:
    mov eax, {number}
    {registers}
    lea rsi, argument
    xor edx, edx
    mov r10d, 8
    syscall
    mov rax, [0]
    mov eax, 60
    xor edi, edi
    syscall
.data
argument: .quad {argument}
"""
    assert check_source(source).signal == "SIGSEGV"

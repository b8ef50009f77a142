"""Timers that send signals, and CPU times: the same on Linux and here."""

from __future__ import annotations

import pytest

from app.toolchain.assemble import assemble
from tests.conformance.harness import (
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Loaded,
    Packed,
    call,
    check,
    check_source,
    run_here,
)

SECOND = 1_000_000_000
SIGUSR1, SIGALRM, SIGVTALRM, SIGPROF, SIGRTMIN = 10, 14, 26, 27, 32


def block(*signals: int):
    return call("rt_sigprocmask", 0, Packed([sum(1 << (n - 1) for n in signals)]), 0, 8)


def pending():
    return call("rt_sigpending", Buffer("s", 8), 8, dump=[("s", 0, 8)])


def sigevent(value: int, signo: int, notify: int, tid: int = 0) -> bytes:
    parts = (value.to_bytes(8, "little"), *((n & 0xFFFF_FFFF).to_bytes(4, "little") for n in (signo, notify, tid)))
    return b"".join(parts).ljust(64, b"\0")


def test_alarm():
    check(
        *[call("alarm", seconds) for seconds in (0, 5, 100, 1 << 31, -1, 3, 0, 0)],
        block(SIGALRM),
        call("alarm", 1),
        call("rt_sigtimedwait", Packed([1 << 13]), 0, Packed([5, 0]), 8),
        pending(),
        call("alarm", 0),
    )


def test_setitimer():
    old = Buffer("o", 32)
    shown = [("o", 0, 32)]
    check(
        *[call("getitimer", which, old, dump=shown) for which in (0, 1, 2)],
        *[call("getitimer", which, UNMAPPED) for which in (0, 3, -1)],
        *[call("setitimer", which, UNMAPPED, 0) for which in (0, 3)],
        *[call("setitimer", which, Packed([0, 0, 0, 0]), UNMAPPED) for which in (0, 3)],
        *[
            call("setitimer", which, Packed(words), 0)
            for which in (0, 3)
            for words in ([-1, 0, 0, 0], [0, -1, 0, 0], [0, 1_000_000, 0, 0], [0, 0, -1, 0], [0, 0, 0, 1_000_000])
        ],
        *[
            step
            for which in (0, 1, 2)
            for step in (
                call("setitimer", which, Packed([1, 2, 0, 0]), old, dump=shown),
                call("getitimer", which, old, dump=shown),
                call("setitimer", which, Packed([3, 4, 1000, 0]), old, dump=shown),
                call("getitimer", which, old, dump=[("o", 0, 16)]),
                call("setitimer", which, 0, old, dump=[("o", 0, 16)]),
                call("getitimer", which, old, dump=shown),
            )
        ],
        call("setitimer", 0, Packed([0, 0, 7, 0]), READ_ONLY),
        call("alarm", 0),
        call("setitimer", 0, Edge(31), 0),
    )


@pytest.mark.parametrize("signo", [SIGALRM, SIGVTALRM, SIGPROF])
def test_a_busy_loop_ends_by_its_timer(signo):
    which = {SIGALRM: 0, SIGVTALRM: 1, SIGPROF: 2}[signo]
    outcome = check_source(
        f"""
_start:
    mov eax, 38
    mov edi, {which}
    lea rsi, soon
    xor edx, edx
    syscall
again:
    jmp again
.data
soon: .quad 0, 0, 0, 20000
"""
    )
    assert outcome.signal is not None


CAUGHT = """
_start:
    mov eax, 13
    mov edi, {signo}
    lea rsi, action
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 38
    mov edi, {which}
    lea rsi, every
    xor edx, edx
    syscall
again:
    cmp dword ptr count, 5
    jb again
    mov eax, 231
    mov edi, count
    syscall
handler:
    inc dword ptr count
    ret
restorer:
    mov eax, 15
    syscall
.data
action: .quad handler, 0x04000000, restorer, 0
every: .quad 0, 5000, 0, 5000
count: .quad 0
"""


@pytest.mark.parametrize(("which", "signo"), [(0, SIGALRM), (1, SIGVTALRM), (2, SIGPROF)])
def test_an_interval_timer_goes_on(which, signo):
    assert check_source(CAUGHT.format(which=which, signo=signo)).status == 5


def test_making_posix_timers():
    t = Buffer("t", 4)
    shown = [("t", 0, 4)]
    default = sigevent(7, SIGUSR1, 0)
    check(
        *[call("timer_create", clock, 0, t, dump=shown) for clock in (0, 1, 2, 3, 7, 11, -2, -6)],
        *[call("timer_create", clock, 0, t) for clock in (4, 5, 6, 10, 12, 100, -1, -5)],
        call("timer_create", 99, UNMAPPED, t),
        call("timer_create", 4, UNMAPPED, t),
        call("timer_create", 1, 0, UNMAPPED),
        call("timer_create", 1, Edge(63), t),
        call("timer_create", 1, default, t, dump=shown),
        *[call("timer_create", 1, sigevent(7, signo, 0), t) for signo in (0, -1, 65)],
        call("timer_create", 1, sigevent(7, 64, 0), t, dump=shown),
        call("timer_create", 1, sigevent(7, 0, 1), t, dump=shown),
        *[call("timer_create", 1, sigevent(7, SIGUSR1, notify), t) for notify in (3, 5, 6, 8, -1)],
        call("timer_create", 1, sigevent(7, SIGUSR1, 2), t),
        call("timer_create", 1, sigevent(7, SIGUSR1, 4, 1), t),
        call("timer_create", 1, sigevent(7, SIGUSR1, 4, 0), t),
        call("timer_create", 1, sigevent(7, 0, 4, 0), UNMAPPED),
        call("timer_create", 4, sigevent(7, 0, 3), UNMAPPED),
    )


def test_errors_of_posix_timers():
    good = Packed([0, 0, 1000, 0])
    check(
        call("timer_create", 1, 0, Buffer("t", 4)),
        *[call("timer_settime", timer, 0, good, 0) for timer in (Loaded("t"), 99, -1)],
        *[call("timer_settime", timer, 0, 0, 0) for timer in (Loaded("t"), 99)],
        *[call("timer_settime", timer, 0, UNMAPPED, 0) for timer in (Loaded("t"), 99)],
        *[call("timer_settime", timer, 0, Packed([-1, 0, 0, 0]), 0) for timer in (Loaded("t"), 99)],
        *[call("timer_settime", Loaded("t"), flags, good, 0) for flags in (2, -1)],
        call("timer_settime", Loaded("t"), 0, good, UNMAPPED),
        *[call("timer_gettime", timer, UNMAPPED) for timer in (Loaded("t"), 99)],
        *[call("timer_getoverrun", timer) for timer in (Loaded("t"), 99)],
        *[call("timer_delete", timer) for timer in (99, Loaded("t"), Loaded("t"))],
        call("timer_getoverrun", Loaded("t")),
    )


def test_what_a_posix_timer_is_set_to():
    o = Buffer("o", 32)
    shown = [("o", 0, 32)]
    check(
        call("timer_create", 1, 0, Buffer("t", 4)),
        call("timer_gettime", Loaded("t"), o, dump=shown),
        call("timer_settime", Loaded("t"), 0, Packed([5, 6, 0, 0]), o, dump=shown),
        call("timer_gettime", Loaded("t"), o, dump=shown),
        call("timer_settime", Loaded("t"), 0, Packed([5, 6, 1000, 0]), o, dump=shown),
        call("timer_gettime", Loaded("t"), o, dump=[("o", 0, 16)]),
        call("timer_settime", Loaded("t"), 0, Packed([0, 0, 0, 0]), o, dump=[("o", 0, 16)]),
        call("timer_gettime", Loaded("t"), o, dump=shown),
        block(SIGALRM),
        call("timer_settime", Loaded("t"), 1, Packed([0, 0, 0, 1]), 0),
        call("nanosleep", Packed([0, 1000]), 0),
        pending(),
        call("timer_gettime", Loaded("t"), o, dump=shown),
        call("timer_settime", Loaded("t"), 0, Packed([0, 0, 0, 0]), o, dump=shown),
        pending(),
    )


@pytest.mark.parametrize("clock", [0, 1, 7, 11])
def test_signals_of_posix_timers(clock):
    b = Buffer("i", 128)
    check(
        block(SIGUSR1, SIGRTMIN + 3),
        call("timer_create", clock, sigevent(0x1234_5678_9ABC, SIGUSR1, 0), Buffer("t", 4)),
        call("timer_create", clock, sigevent(77, SIGRTMIN + 3, 0), Buffer("u", 4)),
        call("timer_settime", Loaded("u"), 0, Packed([0, 0, 0, 1000]), 0),
        call("nanosleep", Packed([0, 2_000_000]), 0),
        call("timer_settime", Loaded("t"), 0, Packed([0, 0, 0, 1000]), 0),
        call("nanosleep", Packed([0, 2_000_000]), 0),
        pending(),
        call("rt_sigtimedwait", Packed([1 << 9]), b, Packed([5, 0]), 8, dump=[("i", 0, 40)]),
        call("rt_sigtimedwait", Packed([1 << 34]), b, Packed([5, 0]), 8, dump=[("i", 0, 40)]),
        call("timer_getoverrun", Loaded("t")),
        call("timer_settime", Loaded("t"), 0, Packed([0, 0, 0, 1000]), 0),
        call("nanosleep", Packed([0, 2_000_000]), 0),
        call("timer_delete", Loaded("t")),
        pending(),
    )


def test_two_timers_with_one_signal():
    b = Buffer("i", 128)
    check(
        block(SIGUSR1),
        call("timer_create", 1, sigevent(1, SIGUSR1, 0), Buffer("t", 4)),
        call("timer_create", 1, sigevent(2, SIGUSR1, 0), Buffer("u", 4)),
        call("timer_settime", Loaded("t"), 0, Packed([0, 0, 0, 1000]), 0),
        call("nanosleep", Packed([0, 2_000_000]), 0),
        call("timer_settime", Loaded("u"), 0, Packed([0, 0, 0, 1000]), 0),
        call("nanosleep", Packed([0, 2_000_000]), 0),
        call("rt_sigtimedwait", Packed([1 << 9]), b, Packed([0, 0]), 8, dump=[("i", 0, 32)]),
        call("rt_sigtimedwait", Packed([1 << 9]), b, Packed([0, 0]), 8, dump=[("i", 0, 32)]),
        call("rt_sigtimedwait", Packed([1 << 9]), b, Packed([0, 0]), 8),
    )


def test_overruns():
    outcome = check_source(
        """
_start:
    mov eax, 14
    xor edi, edi
    lea rsi, set
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 222
    mov edi, 1
    xor esi, esi
    lea rdx, timer
    syscall
    mov eax, 223
    mov edi, timer
    xor esi, esi
    lea rdx, every
    xor r10d, r10d
    syscall
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    mov eax, 128
    lea rdi, set
    lea rsi, info
    lea rdx, pause
    mov r10d, 8
    syscall
    mov ebx, eax
    mov eax, 225
    mov edi, timer
    syscall
    cmp eax, info+20
    jne wrong
    cmp eax, 3
    jb wrong
    mov eax, 231
    mov edi, ebx
    syscall
wrong:
    mov eax, 231
    mov edi, 99
    syscall
.data
set: .quad 0x2000
every: .quad 0, 10000000, 0, 10000000
pause: .quad 0, 45000000
timer: .quad 0
info: .zero 128
"""
    )
    assert outcome.status == SIGALRM


@pytest.mark.parametrize("clock", [2, 3])
def test_timers_on_cpu_time(clock):
    outcome = check_source(
        f"""
_start:
    mov eax, 222
    mov edi, {clock}
    xor esi, esi
    lea rdx, timer
    syscall
    mov eax, 223
    mov edi, timer
    xor esi, esi
    lea rdx, soon
    xor r10d, r10d
    syscall
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    test eax, eax
    jnz wrong
again:
    jmp again
wrong:
    mov eax, 231
    mov edi, 99
    syscall
.data
soon: .quad 0, 0, 0, 20000000
pause: .quad 0, 40000000
timer: .quad 0
"""
    )
    assert outcome.signal == "SIGALRM"


def test_timers_are_not_inherited():
    outcome = check_source(
        """
_start:
    mov eax, 37
    mov edi, 100
    syscall
    mov eax, 222
    mov edi, 1
    xor esi, esi
    lea rdx, timer
    syscall
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, 61
    mov edi, -1
    lea rsi, status
    xor edx, edx
    xor r10d, r10d
    syscall
    movzx edi, byte ptr status+1
    mov eax, 231
    syscall
child:
    mov eax, 37
    xor edi, edi
    syscall
    mov ebx, eax
    mov eax, 225
    mov edi, timer
    syscall
    neg eax
    lea edi, [rax+rbx]
    mov eax, 231
    syscall
.data
timer: .quad 0
status: .quad 0
"""
    )
    assert outcome.status == 22


def test_remainders():
    outcome = check_source(
        """
_start:
    mov eax, 13
    mov edi, 14
    lea rsi, action
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 38
    xor edi, edi
    lea rsi, soon
    xor edx, edx
    syscall
    mov eax, 35
    lea rdi, long
    lea rsi, left
    syscall
    mov ebx, eax
    neg ebx
    cmp qword ptr left, 49
    jne wrong
    mov eax, 38
    xor edi, edi
    lea rsi, soon
    xor edx, edx
    syscall
    mov eax, 35
    lea rdi, long
    mov esi, 0x1000
    syscall
    neg eax
    shl eax, 3
    add ebx, eax
    mov eax, 231
    mov edi, ebx
    syscall
wrong:
    mov eax, 231
    mov edi, 99
    syscall
handler:
    ret
restorer:
    mov eax, 15
    syscall
.data
action: .quad handler, 0x14000000, restorer, 0
soon: .quad 0, 0, 0, 20000
long: .quad 50, 0
left: .quad 0, 0
"""
    )
    assert outcome.status == 4 + 14 * 8


def test_setting_the_time():
    good, bad = Packed([1000, 0]), Packed([-1, 0])
    t = Packed([0] * 26)
    check(
        *[call("clock_settime", clock, good) for clock in (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -2, -6, -1)],
        *[call("clock_settime", clock, UNMAPPED) for clock in (0, 1, 2, 10)],
        *[call("clock_settime", clock, bad) for clock in (0, 1, 2)],
        call("clock_settime", 0, Packed([0, SECOND])),
        call("settimeofday", good, 0),
        call("settimeofday", bad, 0),
        call("settimeofday", UNMAPPED, 0),
        call("settimeofday", 0, UNMAPPED),
        call("settimeofday", 0, 0),
        call("settimeofday", Packed([0, 1_000_001]), UNMAPPED),
        call("settimeofday", Packed([0, -1]), UNMAPPED),
        call("settimeofday", good, UNMAPPED),
        call("settimeofday", 0, Packed([0])),
        call("adjtimex", t, show="sign"),
        call("adjtimex", UNMAPPED),
        call("adjtimex", Packed([1, *[0] * 25])),
        call("adjtimex", Packed([0x8000, *[0] * 25])),
        call("adjtimex", Packed([0x8001, *[0] * 25])),
        call("adjtimex", Packed([0xA001, *[0] * 25]), show="sign"),
        *[call("clock_adjtime", clock, t, show="sign") for clock in (0, 1, 2, 7, 10, 100, -2)],
        *[call("clock_adjtime", clock, UNMAPPED) for clock in (0, 1, 10)],
    )


def test_usage():
    check(
        *[call("getrusage", who, Buffer("r", 144)) for who in (0, -1, 1, 2, -2)],
        *[call("getrusage", who, UNMAPPED) for who in (0, 2)],
        call("times", Buffer("t", 32), show="sign"),
        call("times", 0, show="sign"),
        call("times", UNMAPPED),
        call("times", READ_ONLY),
    )


def test_clocks_of_other_processes():
    check(
        call("clock_gettime", ~1 << 3 | 2, Buffer("t", 16)),
        call("clock_gettime", ~1 << 3 | 6, Buffer("t", 16)),
        call("clock_getres", ~1 << 3 | 2, Buffer("t", 16), dump=[("t", 0, 16)]),
        call("clock_getres", ~1 << 3 | 0, Buffer("t", 16)),
        call("timer_create", ~1 << 3 | 6, 0, Buffer("i", 4)),
    )


def test_cpu_time_limit():
    outcome = check_source(
        """
_start:
    mov eax, 160
    xor edi, edi
    lea rsi, limit
    syscall
again:
    jmp again
.data
limit: .quad 1, 1
"""
    )
    assert outcome.signal in ("SIGXCPU", "SIGKILL")


@pytest.mark.parametrize(("which", "signo"), [(0, SIGALRM), (1, SIGVTALRM), (2, SIGPROF)])
def test_runs_with_timers_are_repeatable(which, signo):
    source = f".intel_syntax noprefix\n.globl _start\n{CAUGHT.format(which=which, signo=signo)}\n"
    first, second = (run_here(assemble(source, language="gas")).events for _ in range(2))
    assert first == second

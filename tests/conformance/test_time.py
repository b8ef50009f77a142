"""Clocks and sleeping: the same errors and relations on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import READ_ONLY, UNMAPPED, Buffer, Edge, Packed, call, check, check_source

SECOND = 1_000_000_000
CLOCKS = (0, 1, 2, 3, 4, 5, 6, 7, 11)
ABSOLUTE = 1


def test_which_clocks_there_are():
    check(
        *[call("clock_gettime", clock, Buffer("t", 16)) for clock in (*CLOCKS, 10, 12, 100, 1 << 31)],
        *[
            call("clock_gettime", clock, Buffer("t", 16))
            for clock in (-1, -2, -3, -4, -5, -6, -7, -8, -9, ~100_000_000 << 3 | 2)
        ],
        *[call("clock_gettime", clock, UNMAPPED) for clock in (*CLOCKS, 10, -1, -6)],
        call("clock_gettime", 0, READ_ONLY),
        call("clock_gettime", 0, Edge(15)),
        call("clock_gettime", 0, Edge(16)),
        call("clock_gettime", 0, 0),
    )


def test_resolutions():
    fine = (0, 1, 2, 3, 4, 7, 11, -2, -6)
    check(
        *[call("clock_getres", clock, Buffer("t", 16), dump=[("t", 0, 16)]) for clock in fine],
        *[call("clock_getres", clock, Buffer("t", 16)) for clock in (5, 6, 10, 12, -1, -4, -5)],
        *[call("clock_getres", clock, 0) for clock in (0, 5, 10, -1)],
        *[call("clock_getres", clock, UNMAPPED) for clock in (0, 10)],
    )


def test_gettimeofday_and_time():
    check(
        call("gettimeofday", Buffer("t", 16), 0),
        call("gettimeofday", 0, Buffer("z", 8), dump=[("z", 0, 8)]),
        call("gettimeofday", 0, 0),
        call("gettimeofday", UNMAPPED, 0),
        call("gettimeofday", 0, UNMAPPED),
        call("gettimeofday", Edge(15), 0),
        call("time", 0, show="sign"),
        call("time", Buffer("t", 16), show="sign"),
        call("time", UNMAPPED),
        call("time", READ_ONLY),
        call("time", Edge(7)),
    )


def test_nanosleep():
    check(
        call("nanosleep", Packed([0, 0]), 0),
        call("nanosleep", Packed([0, 1]), UNMAPPED),
        call("nanosleep", Packed([0, SECOND]), 0),
        call("nanosleep", Packed([0, -1]), 0),
        call("nanosleep", Packed([-1, 0]), 0),
        call("nanosleep", 0, 0),
        call("nanosleep", UNMAPPED, 0),
        call("nanosleep", Edge(15), 0),
        call("nanosleep", Edge(16), 0),
    )


def test_clock_nanosleep():
    soon = Packed([0, 1000])
    check(
        *[call("clock_nanosleep", clock, 0, soon, 0) for clock in (0, 1, 7, 11)],
        *[call("clock_nanosleep", clock, 0, soon, 0) for clock in (3, 4, 5, 6, 10, 12, -1, 100)],
        *[call("clock_nanosleep", clock, 0, UNMAPPED, 0) for clock in (0, 3, 4, 10)],
        *[call("clock_nanosleep", clock, 0, Packed([-1, 0]), 0) for clock in (0, 3, 4, 10)],
        *[call("clock_nanosleep", clock, ABSOLUTE, soon, UNMAPPED) for clock in (0, 1, 2, 7, 11)],
        call("clock_nanosleep", 1, ABSOLUTE, Packed([0, 0]), 0),
        call("clock_nanosleep", 1, ABSOLUTE, Packed([0, SECOND]), 0),
        call("clock_nanosleep", 1, ABSOLUTE, 0, 0),
        call("clock_nanosleep", 1, 2, soon, 0),
        call("clock_nanosleep", 1, -2, soon, 0),
    )


RELATIONS = """
.text
_start:
    mov eax, 228
    mov edi, {clock}
    lea rsi, before
    syscall
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    mov eax, 228
    mov edi, {clock}
    lea rsi, after
    syscall
    mov rax, after
    sub rax, before
    imul rax, rax, 1000000000
    add rax, after+8
    sub rax, before+8
    mov rcx, rax
    xor edi, edi
    cmp rcx, 0
    setge dil
    xor edx, edx
    cmp rcx, 20000000
    setge dl
    lea edi, [rdi+rdx*2]
    mov rax, after+8
    cmp rax, 1000000000
    jb leave
    mov edi, 99
leave:
    mov eax, 60
    syscall
.data
before: .quad 0, 0
after: .quad 0, 0
pause: .quad 0, 30000000
"""


@pytest.mark.parametrize("clock", CLOCKS)
def test_clocks_go_forward_while_sleeping_except_cpu_clocks(clock):
    outcome = check_source(RELATIONS.format(clock=clock))
    assert outcome.status == (1 if clock in (2, 3) else 3)


ABSOLUTE_SLEEP = """
.text
_start:
    mov eax, 228
    mov edi, {clock}
    lea rsi, until
    syscall
    add qword ptr until+8, 30000000
    cmp qword ptr until+8, 1000000000
    jb sleep
    sub qword ptr until+8, 1000000000
    add qword ptr until, 1
sleep:
    mov eax, 230
    mov edi, {clock}
    mov esi, 1
    lea rdx, until
    xor r10d, r10d
    syscall
    mov rbx, rax
    mov eax, 228
    mov edi, {clock}
    lea rsi, after
    syscall
    mov rax, after
    sub rax, until
    imul rax, rax, 1000000000
    add rax, after+8
    sub rax, until+8
    xor edi, edi
    cmp rax, 0
    setge dil
    cmp rbx, 0
    je leave
    mov edi, 99
leave:
    mov eax, 60
    syscall
.data
until: .quad 0, 0
after: .quad 0, 0
"""


@pytest.mark.parametrize("clock", [0, 1, 7, 11])
def test_sleeping_until_a_time(clock):
    assert check_source(ABSOLUTE_SLEEP.format(clock=clock)).status == 1


def test_the_clocks_of_the_day_agree():
    source = """
.text
_start:
    mov eax, 201
    xor edi, edi
    syscall
    mov rbx, rax
    mov eax, 96
    lea rdi, tv
    xor esi, esi
    syscall
    mov rax, tv
    sub rax, rbx
    cmp rax, 1
    ja wrong
    mov eax, 228
    xor edi, edi
    lea rsi, ts
    syscall
    mov rax, ts
    sub rax, tv
    cmp rax, 1
    ja wrong
    cmp qword ptr tv+8, 1000000
    jae wrong
    xor edi, edi
    jmp leave
wrong:
    mov edi, 1
leave:
    mov eax, 60
    syscall
.data
tv: .quad 0, 0
ts: .quad 0, 0
"""
    assert check_source(source).status == 0

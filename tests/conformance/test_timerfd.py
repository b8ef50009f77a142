"""timerfd: the same timers on Linux and here. What depends on the moment is not printed."""

from __future__ import annotations

from tests.conformance.harness import READ_ONLY, UNMAPPED, Buffer, Edge, Packed, Result, call, check, check_source

NONBLOCK, CLOEXEC, ABSTIME, CANCEL = 0o4000, 0o2000000, 1, 2
SECOND = 1_000_000_000


def test_making():
    check(
        *[call("timerfd_create", clock, 0) for clock in (0, 1, 7)],
        *[call("timerfd_create", clock, 0) for clock in (2, 3, 4, 5, 6, 10, 11, 12, -1, -2, -6)],
        call("timerfd_create", 1, NONBLOCK | CLOEXEC),
        *[call("timerfd_create", 1, flags) for flags in (1, 2, 4, -1)],
        call("timerfd_create", 99, 1),
        *[call("fcntl", Result(index), command) for index in (0, 14) for command in (1, 3)],
        call("lseek", Result(0), 5, 0),
        call("write", Result(0), Buffer("b", 8), 8),
        call("pread64", Result(0), Buffer("b", 8), 8, 0),
        call("timerfd_create", 8, 0),
        call("timerfd_create", 9, 0),
    )


def test_errors():
    good = Packed([0, 0, 1000, 0])
    check(
        call("timerfd_create", 1, NONBLOCK),
        call("eventfd2", 0, 0),
        *[call("timerfd_settime", fd, 0, good, 0) for fd in (3, 4, 99)],
        *[call("timerfd_settime", fd, flags, UNMAPPED, UNMAPPED) for fd in (3, 4, 99) for flags in (0, 8)],
        *[call("timerfd_settime", fd, flags, good, UNMAPPED) for fd in (3, 4, 99) for flags in (0, 4, -1)],
        *[
            call("timerfd_settime", fd, 0, Packed(words), 0)
            for fd in (3, 4, 99)
            for words in ([-1, 0, 0, 0], [0, 0, -1, 0], [0, SECOND, 0, 0], [0, 0, 0, SECOND], [0, 0, 0, -1])
        ],
        call("timerfd_settime", 3, 0, Edge(31), 0),
        call("timerfd_settime", 3, 0, good, READ_ONLY),
        *[call("timerfd_gettime", fd, UNMAPPED) for fd in (3, 4, 99)],
        call("timerfd_gettime", 3, 0),
        call("timerfd_gettime", 3, Edge(31)),
    )


def test_what_is_set():
    old = Buffer("o", 32)
    shown = [("o", 0, 32)]
    check(
        call("timerfd_create", 1, NONBLOCK),
        call("timerfd_gettime", 3, old, dump=shown),
        call("timerfd_settime", 3, 0, Packed([5, 6, 0, 0]), old, dump=shown),
        call("timerfd_gettime", 3, old, dump=shown),
        call("timerfd_settime", 3, 0, Packed([7, 8, 1000, 0]), old, dump=shown),
        call("timerfd_gettime", 3, old, dump=[("o", 0, 16)]),
        call("read", 3, Buffer("b", 8), 8),
        call("read", 3, Buffer("b", 8), 7),
        call("poll", Packed([3 | 5 << 32]), 1, 0),
        call("timerfd_settime", 3, 0, Packed([0, 0, 0, 0]), old, dump=[("o", 0, 16)]),
        call("timerfd_gettime", 3, old, dump=shown),
    )


def test_expirations():
    b = Buffer("b", 8)
    check(
        call("timerfd_create", 1, 0),
        call("timerfd_settime", 3, 0, Packed([0, 0, 0, 1000]), 0),
        call("read", 3, b, 8, dump=[("b", 0, 8)]),
        call("timerfd_gettime", 3, Buffer("o", 32), dump=[("o", 0, 32)]),
        call("fcntl", 3, 4, NONBLOCK),
        call("read", 3, b, 8),
        call("timerfd_settime", 3, ABSTIME, Packed([0, 0, 0, 1]), 0),
        call("poll", Packed([3 | 1 << 32]), 1, -1),
        call("read", 3, b, 8, dump=[("b", 0, 8)]),
        call("timerfd_settime", 3, ABSTIME, Packed([1 << 40, 0, 0, 1]), 0),
        call("nanosleep", Packed([0, 1_000_000]), 0),
        call("read", 3, UNMAPPED, 8),
        call("read", 3, b, 8),
        call("timerfd_settime", 3, ABSTIME, Packed([1 << 40, 0, 0, 1]), 0),
        call("timerfd_settime", 3, 0, Packed([0, 0, 1000, 0]), 0),
        call("poll", Packed([3 | 1 << 32]), 1, 0),
        call("timerfd_create", 0, NONBLOCK),
        call("timerfd_settime", 4, ABSTIME | CANCEL, Packed([0, 0, 1000, 0]), 0),
        call("poll", Packed([4 | 1 << 32]), 1, -1),
        call("read", 4, b, 8, dump=[("b", 0, 8)]),
    )


def test_epoll_sees_it_expire():
    check(
        call("timerfd_create", 7, NONBLOCK),
        call("epoll_create1", 0),
        call("epoll_ctl", 4, 1, 3, (1 | 1 << 31).to_bytes(4, "little") + bytes(8)),
        call("epoll_wait", 4, Buffer("e", 12), 1, 0),
        call("timerfd_settime", 3, 0, Packed([0, 0, 0, 1000]), 0),
        call("epoll_wait", 4, Buffer("e", 12), 1, -1, dump=[("e", 0, 12)]),
        call("epoll_wait", 4, Buffer("e", 12), 1, 1),
        call("read", 3, Buffer("b", 8), 8, dump=[("b", 0, 8)]),
        call("timerfd_settime", 3, 0, Packed([0, 0, 0, 1000]), 0),
        call("epoll_wait", 4, Buffer("e", 12), 1, -1, dump=[("e", 0, 12)]),
    )


def test_an_interval_counts_what_was_slept_through():
    outcome = check_source(
        """
_start:
    mov eax, 283
    mov edi, 1
    xor esi, esi
    syscall
    mov ebx, eax
    mov eax, 286
    mov edi, ebx
    xor esi, esi
    lea rdx, every
    xor r10d, r10d
    syscall
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    xor eax, eax
    mov edi, ebx
    lea rsi, count
    mov edx, 8
    syscall
    xor edi, edi
    cmp qword ptr count, 4
    setae dil
    mov eax, 231
    syscall
.data
every: .quad 0, 10000000, 0, 10000000
pause: .quad 0, 45000000
count: .quad 0
"""
    )
    assert outcome.status == 1

"""poll, ppoll, select and pselect6: the same answers on Linux and here."""

from __future__ import annotations

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Loaded,
    Packed,
    Result,
    call,
    check,
    check_source,
)

IN, PRI, OUT, ERR, HUP, NVAL, RDNORM, WRNORM, RDHUP = 1, 2, 4, 8, 16, 32, 64, 256, 0x2000
SECOND = 1_000_000_000


def pollfd(fd: int, events: int) -> int:
    """As one word of `Packed`."""
    return (fd & 0xFFFF_FFFF) | events << 32


def pollfds(*entries: tuple[int, int]) -> bytes:
    return b"".join(pollfd(fd, events).to_bytes(8, "little") for fd, events in entries)


def stored(*entries: tuple[int, int]):
    """Steps that put struct pollfd into the buffer `p`, so that it can be dumped: through a pipe."""
    data = pollfds(*entries)
    return [
        call("pipe", Buffer("t", 8), show="none"),
        call("write", Loaded("t", 4), data, len(data), show="none"),
        call("read", Loaded("t", 0), Buffer("p", 256), 256, show="none"),
        call("close", Loaded("t", 0), show="none"),
        call("close", Loaded("t", 4), show="none"),
    ]


def polled(count: int, timeout: int = 0):
    return call("poll", Buffer("p", 256), count, timeout, dump=[("p", 0, 8 * count)] if count else [])


def test_pipes():
    both = IN | OUT | PRI | RDNORM | WRNORM
    check(
        call("pipe", Buffer("f", 8), dump=[("f", 0, 8)]),
        *stored((3, both), (4, both)),
        polled(2),
        call("write", Loaded("f", 4), b"hello", 5),
        polled(2),
        polled(2, -1),
        polled(2, 100_000),
        call("read", Loaded("f", 0), Buffer("b", 8), 8),
        polled(2),
        call("fcntl", Loaded("f", 4), 1031, 4096),
        call("write", Loaded("f", 4), bytes(4096), 4096),
        polled(2),
        call("read", Loaded("f", 0), Buffer("c", 4096), 100),
        polled(2),
        call("read", Loaded("f", 0), Buffer("c", 4096), 4096),
        polled(2),
        call("close", Loaded("f", 4)),
        polled(1),
    )


def test_ends_that_are_gone():
    check(
        call("pipe", Buffer("f", 8)),
        call("write", Loaded("f", 4), b"rest", 4),
        call("close", 4),
        *stored((3, IN), (4, IN), (-1, IN), (99, OUT), (-7, 0)),
        polled(5),
        call("read", 3, Buffer("b", 8), 8),
        polled(5),
        call("pipe", Buffer("g", 8), dump=[("g", 0, 8)]),
        call("close", Loaded("g", 0)),
        *stored((5, OUT), (5, 0), (5, IN)),
        polled(3),
    )


def test_files_that_are_always_ready():
    check(
        call("openat", -100, "file", 0o102, 0o644),
        call("openat", -100, ".", 0),
        call("openat", -100, "/dev/null", 2),
        call("openat", -100, "/dev/zero", 2),
        call("openat", -100, ".", 0o10000000),
        call("eventfd2", 0, 0),
        *stored(*[(fd, 0xFFFF) for fd in range(3, 9)]),
        polled(6),
        *stored(*[(fd, 0) for fd in range(3, 9)]),
        polled(6),
    )


def test_errors_of_poll():
    check(
        call("poll", UNMAPPED, 1, 0),
        call("poll", Edge(7), 1, 0),
        call("poll", Edge(8), 1, 0),
        call("poll", READ_ONLY, 1, 0),
        call("poll", 0, 0, 0),
        call("poll", UNMAPPED, 0, 0),
        call("poll", KERNEL_ADDRESS, 0, 0),
        call("poll", KERNEL_ADDRESS, 1, 0),
        call("poll", 0, 1024, 0),
        call("poll", 0, 1025, 0),
        call("poll", UNMAPPED, -1, 0),
        call("poll", 0, 0, 5),
        call("poll", Packed([pollfd(-1, IN)]), 1, 7),
    )


def test_errors_of_ppoll():
    soon, mask = Packed([0, 1000]), Packed([0])
    check(
        call("ppoll", 0, 0, soon, 0, 0),
        call("ppoll", 0, 0, soon, mask, 8),
        call("ppoll", 0, 0, soon, mask, 7),
        call("ppoll", 0, 0, soon, UNMAPPED, 8),
        call("ppoll", 0, 0, soon, UNMAPPED, 7),
        call("ppoll", 0, 0, soon, 0, 7),
        call("ppoll", 0, 0, UNMAPPED, UNMAPPED, 7),
        call("ppoll", 0, 0, Packed([-1, 0]), UNMAPPED, 7),
        call("ppoll", 0, 0, Packed([0, SECOND]), UNMAPPED, 7),
        call("ppoll", UNMAPPED, 2000, Packed([0, SECOND]), 0, 8),
        call("ppoll", UNMAPPED, 2000, soon, UNMAPPED, 8),
        call("ppoll", UNMAPPED, 2000, soon, 0, 8),
        call("ppoll", UNMAPPED, 1, soon, 0, 8),
        call("ppoll", UNMAPPED, 1, Packed([0, 0]), 0, 8),
    )


def test_the_time_left():
    left = Buffer("t", 16)
    check(
        call("pipe", Buffer("f", 8)),
        *stored((4, OUT)),
        call("clock_gettime", 1, left, show="none"),
        call("ppoll", Buffer("p"), 1, Packed([0, 0]), 0, 8),
        call("ppoll", Buffer("p"), 1, Packed([-(2**62), 0]), 0, 8),
        call("ppoll", Buffer("p"), 1, READ_ONLY, 0, 8, show="none"),
        call("ppoll", Buffer("p"), 1, 0, 0, 8, dump=[("p", 0, 8)]),
    )


def test_a_short_wait_leaves_no_time():
    zeroes = [call("write", Loaded("f", 4), bytes(8) + (1000).to_bytes(8, "little"), 16)]
    check(
        call("pipe", Buffer("f", 8)),
        *zeroes,
        call("read", Loaded("f", 0), Buffer("t", 16), 16),
        call("ppoll", 0, 0, Buffer("t"), 0, 8, dump=[("t", 0, 16)]),
        *zeroes,
        call("read", Loaded("f", 0), Buffer("t", 16), 16),
        call("pselect6", 0, 0, 0, 0, Buffer("t"), 0, dump=[("t", 0, 16)]),
        *zeroes,
        call("read", Loaded("f", 0), Buffer("t", 16), 16),
        call("select", 0, 0, 0, 0, Buffer("t"), dump=[("t", 0, 16)]),
    )


SETS = [("r", 0, 16), ("w", 0, 16), ("x", 0, 16)]


def set_sets(read: int, write: int, other: int):
    """Steps that fill the three sets."""
    steps = []
    for name, bits in (("r", read), ("w", write), ("x", other)):
        steps += [
            call("pipe", Buffer("t", 8), show="none"),
            call("write", Loaded("t", 4), bits.to_bytes(16, "little"), 16, show="none"),
            call("read", Loaded("t", 0), Buffer(name, 16), 16, show="none"),
            call("close", Loaded("t", 0), show="none"),
            call("close", Loaded("t", 4), show="none"),
        ]
    return steps


def selected(nfds: int, timeout: object = 0, dump=SETS):
    return call("select", nfds, Buffer("r"), Buffer("w"), Buffer("x"), timeout, dump=dump)


def test_select():
    now = Packed([0, 0])
    check(
        call("pipe", Buffer("f", 8)),
        call("openat", -100, "file", 0o102, 0o644),
        *set_sets(0b111000, 0b111000, 0b111000),
        selected(6, now),
        call("write", 4, b"x", 1),
        *set_sets(0b111000, 0b111000, 0b111000),
        selected(6, now),
        *set_sets(0b111000, 0b111000, 0b111000),
        selected(4, now),
        *set_sets(0b111000, 0, 0),
        selected(6, 0),
        *set_sets(0b001000, 0b010000, 0b001000),
        selected(128, now),
        call("read", 3, Buffer("b", 8), 8),
        *set_sets(0b001000, 0, 0),
        selected(4, now),
        call("close", 4),
        *set_sets(0b001000, 0, 0b1000),
        selected(4, now),
        call("close", 3),
        call("pipe", Buffer("f", 8)),
        call("close", 3),
        *set_sets(0, 0b10000, 0b10000),
        selected(5, now),
    )


def test_errors_of_select():
    now = Packed([0, 0])
    check(
        *set_sets(1 << 7, 0, 0),
        selected(7, now),
        *set_sets(1 << 7, 0, 0),
        selected(8, now),
        call("select", -1, 0, 0, 0, now),
        call("select", -1, UNMAPPED, 0, 0, now),
        call("select", 1, UNMAPPED, 0, 0, now),
        call("select", 1, 0, UNMAPPED, 0, now),
        call("select", 1, 0, 0, UNMAPPED, now),
        call("select", 0, UNMAPPED, 0, 0, now),
        call("select", 64, Edge(8), 0, 0, now),
        call("select", 65, Edge(8), 0, 0, now),
        call("select", 64, READ_ONLY, 0, 0, UNMAPPED),
        call("select", 2**31 - 1, UNMAPPED, 0, 0, now),
        call("select", 2**31 - 1, 0, 0, 0, now),
        call("select", -1, 0, 0, 0, UNMAPPED),
        call("select", -1, 0, 0, 0, Packed([-1, 0])),
        call("select", 0, 0, 0, 0, Packed([-1, 0])),
        call("select", 0, 0, 0, 0, Packed([0, -1])),
        call("select", 0, 0, 0, 0, Packed([-1, 1_000_000])),
        call("select", 0, 0, 0, 0, Packed([0, 1_000_001])),
        call("openat", -100, ".", 0o10000000),
        *set_sets(1 << 3, 1 << 3, 1 << 3),
        selected(4, now),
    )


def test_errors_of_pselect6():
    now, mask = Packed([0, 1]), Packed([0])
    check(
        call("pselect6", 0, 0, 0, 0, now, UNMAPPED),
        call("pselect6", 0, 0, 0, 0, UNMAPPED, UNMAPPED),
        call("pselect6", 0, 0, 0, 0, UNMAPPED, 0),
        call("pselect6", 0, 0, 0, 0, Packed([0, SECOND]), Packed([mask_word(), 7])),
        call("pselect6", 0, 0, 0, 0, now, Packed([UNMAPPED, 7])),
        call("pselect6", 0, 0, 0, 0, now, Packed([UNMAPPED, 8])),
        call("pselect6", 0, 0, 0, 0, now, Packed([0, 7])),
        call("pselect6", -1, 0, 0, 0, now, Packed([Buffer("m", 8), 7])),
        call("pselect6", -1, 0, 0, 0, now, Packed([Buffer("m", 8), 8])),
        call("pselect6", 0, 0, 0, 0, now, Packed([Buffer("m", 8), 8])),
        call("ppoll", 0, 0, now, mask, 8),
    )


def mask_word() -> Buffer:
    return Buffer("m", 8)


def test_a_pending_signal_ends_the_wait_unless_something_is_ready():
    blocked = Packed([1 << 9])
    empty, now = Packed([0]), Packed([0, 0])
    check(
        call("rt_sigaction", 10, Packed([1, 0, 0, 0]), 0, 8),
        call("rt_sigprocmask", 0, blocked, 0, 8),
        call("getpid", show="none"),
        call("kill", Result(2), 10),
        call("rt_sigpending", Buffer("s", 8), 8, dump=[("s", 0, 8)]),
        call("ppoll", 0, 0, now, empty, 8),
        call("rt_sigprocmask", 0, 0, Buffer("o", 8), 8, dump=[("o", 0, 8)]),
    )


HANDLED = """
_start:
    mov eax, 13
    mov edi, 14
    lea rsi, action
    xor edx, edx
    mov r10d, 8
    syscall
    mov eax, 38
    xor edi, edi
    lea rsi, interval
    xor edx, edx
    syscall
    {wait}
    syscall
    mov ebx, eax
    neg ebx
    shl ebx, 1
    add ebx, handled
    mov eax, 231
    mov edi, ebx
    syscall
handler:
    inc dword ptr handled
    ret
restorer:
    mov eax, 15
    syscall
.data
action: .quad handler, 0x14000000, restorer, 0
interval: .quad 0, 0, 0, 20000
handled: .quad 0
seconds: .quad 50, 0
events: .zero 24
all: .quad 0
pack: .quad all, 8
"""

WAITS = {
    "poll": "mov eax, 7; xor edi, edi; xor esi, esi; mov edx, -1",
    "poll with a timeout": "mov eax, 7; xor edi, edi; xor esi, esi; mov edx, 50000",
    "ppoll": "mov eax, 271; xor edi, edi; xor esi, esi; lea rdx, seconds; lea r10, all; mov r8d, 8",
    "select": "mov eax, 23; xor edi, edi; xor esi, esi; xor edx, edx; xor r10d, r10d; lea r8, seconds",
    "pselect6": "mov eax, 270; xor edi, edi; xor esi, esi; xor edx, edx; xor r10d, r10d; lea r8, seconds; lea r9, pack",
    "nanosleep": "mov eax, 35; lea rdi, seconds; xor esi, esi",
    "clock_nanosleep": "mov eax, 230; mov edi, 1; xor esi, esi; lea rdx, seconds; xor r10d, r10d",
    "epoll_wait": "mov eax, 291; xor edi, edi; syscall; mov edi, eax; mov eax, 232; lea rsi, events; mov edx, 1; "
    "mov r10d, -1",
    "epoll_pwait": "mov eax, 291; xor edi, edi; syscall; mov edi, eax; mov eax, 281; lea rsi, events; mov edx, 1; "
    "mov r10d, -1; lea r8, all; mov r9d, 8",
}


@pytest.mark.parametrize("name", WAITS)
def test_a_handler_ends_the_wait_in_spite_of_sa_restart(name):
    outcome = check_source(HANDLED.format(wait=WAITS[name].replace("; ", "\n    ")))
    assert outcome.status == 4 * 2 + 1


def test_waiting_for_a_child_to_write():
    outcome = check_source(
        """
_start:
    mov eax, 22
    lea rdi, fds
    syscall
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, fds
    mov poll, eax
    mov word ptr poll+4, 1
    mov eax, 7
    lea rdi, poll
    mov esi, 1
    mov edx, -1
    syscall
    shl eax, 4
    movzx edi, word ptr poll+6
    add edi, eax
    mov eax, 231
    syscall
child:
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    mov eax, 1
    mov edi, fds+4
    lea rsi, fds
    mov edx, 1
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.data
fds: .quad 0
poll: .quad 0
pause: .quad 0, 20000000
"""
    )
    assert outcome.status == 0x11


@pytest.mark.parametrize("stdin", [b"", b"typed"])
def test_standard_input(stdin):
    check(
        *stored((0, IN | OUT), (1, IN | OUT), (2, OUT)),
        polled(3),
        polled(1, -1),
        polled(1, 1000),
        call("read", 0, Buffer("b", 8), 8),
        polled(1, -1),
        polled(3),
        stdin=stdin,
    )


STOPPED = """
_start:
    mov eax, 39
    syscall
    mov r15d, eax
    mov eax, 57
    syscall
    test eax, eax
    jz child
    {wait}
    syscall
    mov ebx, eax
    mov eax, 231
    lea edi, [rbx+7]
    syscall
child:
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    mov eax, 62
    mov edi, r15d
    mov esi, 19
    syscall
    mov eax, 35
    lea rdi, pause
    xor esi, esi
    syscall
    mov eax, 62
    mov edi, r15d
    mov esi, 18
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.data
pause: .quad 0, 20000000
time: .quad 0, 100000000
events: .zero 24
"""

STOPPED_WAITS = {
    "poll": "mov eax, 7; xor edi, edi; xor esi, esi; mov edx, 100",
    "ppoll": "mov eax, 271; xor edi, edi; xor esi, esi; lea rdx, time; xor r10d, r10d",
    "select": "mov eax, 23; xor edi, edi; xor esi, esi; xor edx, edx; xor r10d, r10d; lea r8, time; "
    "mov qword ptr time+8, 100000",
    "nanosleep": "mov eax, 35; lea rdi, time; xor esi, esi",
    "clock_nanosleep": "mov eax, 230; mov edi, 1; xor esi, esi; lea rdx, time; xor r10d, r10d",
    "epoll_wait": "mov eax, 291; xor edi, edi; syscall; mov edi, eax; mov eax, 232; lea rsi, events; mov edx, 1; "
    "mov r10d, 100",
}


@pytest.mark.parametrize("name", STOPPED_WAITS)
def test_being_stopped_and_continued_meanwhile(name):
    outcome = check_source(STOPPED.format(wait=STOPPED_WAITS[name].replace("; ", "\n    ")))
    assert outcome.status == (3 if name == "epoll_wait" else 7)


@pytest.mark.parametrize("stdin", [b"", b"typed"])
def test_reading_standard_input_without_waiting(stdin):
    check(
        call("fcntl", 0, 4, 0o4000),
        call("read", 0, Buffer("b", 8), 8, dump=[("b", 0, 8)]),
        call("read", 0, Buffer("b", 8), 8),
        stdin=stdin,
    )

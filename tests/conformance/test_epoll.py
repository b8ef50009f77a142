"""epoll(7): registering, ready lists, nesting; the same answers on Linux and here."""

from __future__ import annotations

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

IN, PRI, OUT, ERR, HUP, RDHUP = 1, 2, 4, 8, 16, 0x2000
EXCLUSIVE, WAKEUP, ONESHOT, ET = 1 << 28, 1 << 29, 1 << 30, 1 << 31
ADD, DEL, MOD = 1, 2, 3


def event(events: int, data: int) -> bytes:
    """`struct epoll_event`, 12 bytes."""
    return events.to_bytes(4, "little") + data.to_bytes(8, "little")


def control(epfd: object, operation: int, fd: object, events: int = 0, data: int = 0):
    return call("epoll_ctl", epfd, operation, fd, event(events, data))


def wait(epfd: object, most: int = 8, timeout: int = 0):
    return call("epoll_wait", epfd, Buffer("e", 128), most, timeout, dump=[("e", 0, 12 * most)])


def test_making():
    check(
        call("epoll_create", 1),
        call("epoll_create", 0),
        call("epoll_create", -1),
        call("epoll_create1", 0),
        call("epoll_create1", 0o2000000),
        *[call("epoll_create1", flags) for flags in (1, 0o4000, -1)],
        *[call("fcntl", Result(index), command) for index in (0, 4) for command in (1, 3)],
        call("read", Result(0), Buffer("b", 8), 8),
        call("write", Result(0), Buffer("b", 8), 8),
        call("lseek", Result(0), 7, 0),
    )


def test_errors_of_ctl():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 0, 0),
        call("openat", -100, "file", 0o102, 0o644),
        call("openat", -100, ".", 0),
        call("openat", -100, "/dev/null", 2),
        call("openat", -100, ".", 0o10000000),
        *[call("epoll_ctl", 3, operation, 4, UNMAPPED) for operation in (ADD, DEL, MOD, 0, 9)],
        *[call("epoll_ctl", 99, operation, 98, UNMAPPED) for operation in (ADD, DEL, 9)],
        *[
            control(epfd, operation, fd)
            for epfd in (3, 4, 99, 5, 8)
            for operation in (ADD, DEL, MOD, 9)
            for fd in (3, 98)
        ],
        *[control(3, operation, fd, IN) for operation in (ADD, DEL, MOD, 9) for fd in (5, 6, 7, 8)],
        control(4, ADD, 4),
        control(5, ADD, 6),
        control(3, ADD, 4, IN, 1),
        control(3, ADD, 4, OUT, 2),
        wait(3),
        control(3, MOD, 4, OUT, 2),
        wait(3),
        control(3, DEL, 4),
        control(3, DEL, 4),
        control(3, MOD, 4),
        wait(3),
        control(3, ADD, 4, 0xFFFF_FFFF & ~(EXCLUSIVE), 3),
        call("epoll_ctl", 3, DEL, 4, UNMAPPED),
        call("epoll_ctl", 3, ADD, 4, Edge(11)),
        call("epoll_ctl", 3, ADD, 4, Edge(12)),
    )


def test_exclusive():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 0, 0),
        call("epoll_create1", 0),
        control(3, ADD, 4, IN | EXCLUSIVE | ONESHOT),
        control(3, ADD, 4, IN | EXCLUSIVE | PRI),
        control(3, ADD, 5, IN | EXCLUSIVE),
        control(3, MOD, 4, IN | EXCLUSIVE),
        control(3, ADD, 4, IN | OUT | ERR | HUP | EXCLUSIVE | ET | WAKEUP),
        control(3, MOD, 4, IN),
        control(3, MOD, 4, IN | EXCLUSIVE),
        wait(3),
        wait(3),
        control(3, DEL, 4, EXCLUSIVE),
    )


def test_errors_of_wait():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 1, 0),
        *[call("epoll_wait", 3, Buffer("e", 128), most, 0) for most in (0, -1, 178956970, 178956971, 2**31 - 1)],
        *[call("epoll_wait", epfd, UNMAPPED, most, 0) for epfd in (3, 4, 99) for most in (1, 0)],
        *[call("epoll_wait", epfd, KERNEL_ADDRESS, most, 0) for epfd in (3, 4, 99) for most in (1, 0)],
        control(3, ADD, 4, IN, 7),
        call("epoll_wait", 3, UNMAPPED, 1, 0),
        call("epoll_wait", 3, READ_ONLY, 1, 0),
        call("epoll_wait", 3, Edge(11), 1, 0),
        call("epoll_wait", 3, Edge(12), 5, 0),
        wait(3, 2),
        call("epoll_pwait", 3, Buffer("e"), 1, 0, Packed([0]), 7),
        call("epoll_pwait", 3, Buffer("e"), 1, 0, UNMAPPED, 8),
        call("epoll_pwait", 99, Buffer("e"), 0, 0, UNMAPPED, 7),
        call("epoll_pwait", 99, Buffer("e"), 0, 0, 0, 7),
        call("epoll_pwait", 3, Buffer("e"), 1, 0, Packed([0]), 8),
        call("epoll_pwait2", 3, Buffer("e"), 1, 0, Packed([0]), 8),
        call("epoll_pwait2", 3, Buffer("e"), 1, UNMAPPED, UNMAPPED, 7),
        call("epoll_pwait2", 3, Buffer("e"), 1, Packed([0, -1]), UNMAPPED, 7),
        call("epoll_pwait2", 3, Buffer("e"), 1, Packed([0, 1]), UNMAPPED, 7),
        call("epoll_pwait2", 3, Buffer("e"), 1, Packed([0, 1]), 0, 7),
    )


def test_level_and_edge():
    check(
        call("epoll_create1", 0),
        call("pipe", Buffer("f", 8)),
        control(3, ADD, 4, IN | ET, 1),
        control(3, ADD, 5, OUT, 2),
        wait(3),
        wait(3),
        call("write", 5, b"abcd", 4),
        wait(3),
        wait(3),
        call("write", 5, b"e", 1),
        wait(3),
        call("read", 4, Buffer("b", 8), 2),
        wait(3),
        control(3, MOD, 4, IN | ET, 3),
        wait(3),
        wait(3),
        control(3, MOD, 4, IN, 4),
        wait(3),
        wait(3),
        call("read", 4, Buffer("b", 8), 8),
        wait(3),
        call("close", 5),
        wait(3),
        wait(3),
    )


def test_edges_of_a_counter():
    value = (1).to_bytes(8, "little")
    check(
        call("epoll_create1", 0),
        call("eventfd2", 0, 1),
        control(3, ADD, 4, IN | OUT | ET, 1),
        wait(3),
        wait(3),
        call("write", 4, value, 8),
        wait(3),
        wait(3),
        call("write", 4, value, 8),
        call("write", 4, value, 8),
        wait(3),
        wait(3),
        call("read", 4, Buffer("b", 8), 8),
        wait(3),
        wait(3),
        control(3, MOD, 4, IN | ET, 2),
        wait(3),
        call("read", 4, Buffer("b", 8), 8),
        wait(3),
        call("write", 4, value, 8),
        wait(3),
    )


def test_edge_of_a_writer():
    check(
        call("epoll_create1", 0),
        call("pipe2", Buffer("f", 8), 0o4000),
        call("fcntl", 5, 1031, 8192),
        control(3, ADD, 5, OUT | ET, 1),
        wait(3),
        call("write", 5, bytes(8192), 8192),
        wait(3),
        call("read", 4, Buffer("b", 8192), 100),
        wait(3),
        call("read", 4, Buffer("b", 8192), 4096),
        wait(3),
        wait(3),
        call("read", 4, Buffer("b", 8192), 4096),
        wait(3),
        call("close", 4),
        wait(3),
        wait(3),
    )


def test_oneshot():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 1, 0),
        control(3, ADD, 4, IN | OUT | ONESHOT, 1),
        wait(3),
        wait(3),
        call("write", 4, (1).to_bytes(8, "little"), 8),
        wait(3),
        control(3, MOD, 4, IN | ONESHOT, 2),
        wait(3),
        wait(3),
        control(3, MOD, 4, 0, 3),
        wait(3),
    )


def test_order_of_the_ready_list():
    check(
        call("epoll_create1", 0),
        *[call("eventfd2", 1, 0) for _ in range(5)],
        *[control(3, ADD, fd, IN, fd) for fd in (6, 4, 8, 5, 7)],
        *[wait(3, 2) for _ in range(6)],
        call("read", 5, Buffer("b", 8), 8),
        wait(3, 3),
        call("write", 5, (1).to_bytes(8, "little"), 8),
        wait(3, 3),
        wait(3, 8),
        control(3, DEL, 8),
        wait(3, 2),
        wait(3, 8),
    )


def test_duplicates_are_woken_last_first():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 0, 0),
        call("dup", 4),
        call("dup", 4),
        *[control(3, ADD, fd, IN, fd) for fd in (4, 5, 6)],
        wait(3),
        call("write", 5, (1).to_bytes(8, "little"), 8),
        wait(3),
        call("close", 4),
        wait(3),
        control(3, MOD, 4, IN, 9),
        call("close", 5),
        call("close", 6),
        wait(3),
        call("eventfd2", 1, 0),
        control(3, ADD, 4, IN, 11),
        wait(3),
    )


def test_a_number_used_again_is_another_file():
    check(
        call("epoll_create1", 0),
        call("eventfd2", 1, 0),
        call("dup", 4),
        control(3, ADD, 4, IN, 1),
        call("close", 4),
        call("eventfd2", 1, 0),
        control(3, ADD, 4, IN, 2),
        wait(3),
        control(3, DEL, 5),
        control(3, DEL, 4),
        wait(3),
        call("close", 5),
        wait(3),
    )


def test_nesting():
    check(
        call("epoll_create1", 0),
        call("epoll_create1", 0),
        call("eventfd2", 0, 0),
        control(3, ADD, 4, IN, 1),
        control(4, ADD, 5, IN, 2),
        wait(3),
        call("write", 5, (1).to_bytes(8, "little"), 8),
        call("poll", Packed([3 | IN << 32]), 1, 0),
        call("poll", Packed([4 | (IN | OUT | 64) << 32]), 1, 0),
        wait(3),
        wait(3),
        wait(4),
        call("read", 5, Buffer("b", 8), 8),
        wait(3),
        control(3, MOD, 4, IN | ET, 3),
        call("write", 5, (1).to_bytes(8, "little"), 8),
        wait(3),
        wait(3),
        call("write", 5, (1).to_bytes(8, "little"), 8),
        wait(3),
        wait(4),
        call("poll", Packed([4 | IN << 32]), 1, 0),
    )


def test_circles_and_depth():
    chain = [control(fd, ADD, fd + 1, IN) for fd in range(3, 9)]
    check(
        *[call("epoll_create1", 0) for _ in range(8)],
        control(3, ADD, 3, IN),
        control(3, ADD, 4, IN),
        control(4, ADD, 3, IN),
        control(4, ADD, 5, IN),
        control(5, ADD, 3, IN),
        control(5, DEL, 3, IN),
        control(3, ADD, 4, IN),
        control(4, DEL, 5, IN),
        control(3, DEL, 4, IN),
        *chain,
        *[control(fd, ADD, fd - 1, IN) for fd in range(4, 9)],
        *[control(fd, DEL, fd + 1) for fd in range(3, 9)],
        *reversed(chain),
        control(8, ADD, 3, IN),
        control(8, ADD, 9, IN),
        control(8, ADD, 9, IN),
    )


def test_too_many_paths():
    steps = [call("epoll_create1", 0, show="none") for _ in range(40)]
    steps += [call("eventfd2", 0, 0)]
    tops, middles, leaf = range(3, 15), range(15, 27), 43
    steps += [control(middle, ADD, leaf, IN) for middle in middles]
    steps += [control(top, ADD, middle, IN) for top in tops for middle in middles]
    steps += [control(40, ADD, top, IN) for top in tops]
    check(*steps)


def test_pipes_and_hang_ups():
    check(
        call("epoll_create1", 0),
        call("pipe", Buffer("f", 8)),
        control(3, ADD, 4, 0, 1),
        control(3, ADD, 5, 0, 2),
        wait(3),
        call("close", 4),
        wait(3),
        call("pipe", Buffer("f", 8), dump=[("f", 0, 8)]),
        control(3, ADD, Loaded("f", 0), IN | RDHUP, 3),
        call("write", Loaded("f", 4), b"x", 1),
        call("close", Loaded("f", 4)),
        wait(3),
    )


def test_waiting_for_a_child():
    outcome = check_source(
        """
_start:
    mov eax, 22
    lea rdi, fds
    syscall
    mov eax, 291
    xor edi, edi
    syscall
    mov r15d, eax
    mov edi, eax
    mov eax, 233
    mov esi, 1
    mov edx, fds
    lea r10, event
    syscall
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, 232
    mov edi, r15d
    lea rsi, events
    mov edx, 4
    mov r10d, -1
    syscall
    mov ebx, eax
    mov eax, 232
    mov edi, r15d
    lea rsi, events+12
    mov edx, 4
    mov r10d, 10
    syscall
    shl eax, 4
    or eax, ebx
    shl eax, 1
    add eax, events+4
    mov edi, eax
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
pause: .quad 0, 20000000
event: .long 0x80000001, 5, 0
events: .zero 64
"""
    )
    assert outcome.status == 2 + 5

"""eventfd(2): the same counters on Linux and here."""

from __future__ import annotations

from tests.conformance.harness import READ_ONLY, UNMAPPED, Buffer, Edge, Packed, Result, call, check, check_source

SEMAPHORE, NONBLOCK, CLOEXEC = 1, 0o4000, 0o2000000
LARGEST = 2**64 - 2


def number(value: int) -> bytes:
    """As a write gives it."""
    return (value % 2**64).to_bytes(8, "little")


def test_making():
    check(
        call("eventfd2", 0, 0),
        call("eventfd2", -1, SEMAPHORE | NONBLOCK | CLOEXEC),
        call("eventfd", 5),
        *[call("eventfd2", 0, flags) for flags in (2, 4, 0o1000, -1)],
        *[call("fcntl", Result(index), command) for index in (0, 1, 2) for command in (1, 3)],
        call("read", Result(1), Buffer("b", 8), 8, dump=[("b", 0, 8)]),
        call("lseek", Result(0), 5, 0),
        call("lseek", Result(0), 5, 9),
        call("pread64", Result(2), Buffer("b", 8), 8, 0),
        call("pwrite64", Result(2), number(1), 8, 0),
        call("ftruncate", Result(2), 0),
    )


def test_reading_and_writing():
    check(
        call("eventfd2", 3, NONBLOCK),
        call("read", Result(0), Buffer("b", 16), 16, dump=[("b", 0, 16)]),
        call("read", Result(0), Buffer("b", 16), 8),
        call("read", Result(0), Buffer("b", 16), 7),
        call("read", Result(0), Buffer("b", 16), 0),
        *[call("write", Result(0), number(5), size) for size in (7, 8, 9, 16, 0)],
        call("write", Result(0), UNMAPPED, 8),
        call("write", Result(0), Edge(4), 8),
        call("write", Result(0), number(-1), 8),
        call("write", Result(0), number(LARGEST), 8),
        call("write", Result(0), number(LARGEST - 5), 8),
        call("write", Result(0), number(1), 8),
        call("write", Result(0), number(0), 8),
        call("read", Result(0), Buffer("b", 16), 8, dump=[("b", 0, 8)]),
        call("write", Result(0), number(7), 8),
        call("read", Result(0), READ_ONLY, 8),
        call("read", Result(0), Buffer("b", 16), 8),
        call("write", Result(0), number(7), 8),
        call("read", Result(0), Edge(4), 8),
        call("read", Result(0), Buffer("b", 16), 8),
    )


def test_semaphore():
    check(
        call("eventfd2", 2, NONBLOCK | SEMAPHORE),
        *[call("read", Result(0), Buffer("b", 8), 8, dump=[("b", 0, 8)]) for _ in range(3)],
        call("write", Result(0), number(2), 8),
        *[call("read", Result(0), Buffer("b", 8), 8, dump=[("b", 0, 8)]) for _ in range(3)],
    )


def test_vectors():
    check(
        call("eventfd2", 2, NONBLOCK),
        call("readv", Result(0), Packed([Buffer("a", 8), 4, Buffer("b", 8), 4]), 2, dump=[("a", 0, 8), ("b", 0, 8)]),
        call("writev", Result(0), Packed([number(9), 8]), 1),
        call("read", Result(0), Buffer("b", 8), 8, dump=[("b", 0, 8)]),
    )


def test_a_reader_sleeps_until_a_child_writes():
    outcome = check_source(
        """
_start:
    mov eax, 290
    xor edi, edi
    xor esi, esi
    syscall
    mov ebx, eax
    mov eax, 57
    syscall
    test eax, eax
    jz child
    xor eax, eax
    mov edi, ebx
    lea rsi, value
    mov edx, 8
    syscall
    mov eax, 231
    mov edi, value
    syscall
child:
    mov eax, 1
    mov edi, ebx
    lea rsi, seven
    mov edx, 8
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.data
value: .quad 0
seven: .quad 7
"""
    )
    assert outcome.status == 7


def test_a_writer_sleeps_until_there_is_room():
    outcome = check_source(
        """
_start:
    mov eax, 290
    mov edi, 5
    xor esi, esi
    syscall
    mov ebx, eax
    mov eax, 57
    syscall
    test eax, eax
    jz child
    mov eax, 1
    mov edi, ebx
    lea rsi, most
    mov edx, 8
    syscall
    xor eax, eax
    mov edi, ebx
    lea rsi, value
    mov edx, 8
    syscall
    mov rdi, value
    not rdi
    mov eax, 231
    syscall
child:
    xor eax, eax
    mov edi, ebx
    lea rsi, value
    mov edx, 8
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.data
value: .quad 0
most: .quad -3
"""
    )
    assert outcome.status == 2

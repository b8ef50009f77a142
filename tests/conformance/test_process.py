"""Identity, arch_prctl, exit, uname, getrandom: the same on Linux and here."""

from __future__ import annotations

import os

import pytest

from tests.conformance.harness import (
    KERNEL_ADDRESS,
    READ_ONLY,
    UNMAPPED,
    Buffer,
    Edge,
    Result,
    call,
    check,
    check_source,
)

SET_GS, SET_FS, GET_FS, GET_GS = 0x1001, 0x1002, 0x1003, 0x1004


def test_identity():
    check(
        *[call(name) for name in ("getuid", "geteuid", "getgid", "getegid")],
        *[call(name, show="sign") for name in ("getpid", "gettid", "getppid")],
        call("getpid", -1, -1, -1, show="sign"),
    )


def test_the_first_thread_has_the_process_id():
    source = """
.text
_start:
    mov eax, 39
    syscall
    mov ebx, eax
    mov eax, 186
    syscall
    cmp eax, ebx
    jne wrong
    mov eax, 218
    xor edi, edi
    syscall
    cmp eax, ebx
    jne wrong
    mov eax, 110
    syscall
    cmp eax, ebx
    je wrong
    test eax, eax
    jle wrong
    xor edi, edi
    jmp leave
wrong:
    mov edi, 1
leave:
    mov eax, 231
    syscall
"""
    assert check_source(source).status == 0


def test_set_tid_address_does_not_look():
    check(call("set_tid_address", UNMAPPED, show="sign"), call("set_tid_address", KERNEL_ADDRESS, show="sign"))


def test_arch_prctl():
    check(
        call("arch_prctl", SET_FS, 0x1234_5678),
        call("arch_prctl", GET_FS, Buffer("a", 8), dump=[("a", 0, 8)]),
        call("arch_prctl", SET_GS, 0x7FFF_FFFF_EFFF),
        call("arch_prctl", GET_GS, Buffer("a", 8), dump=[("a", 0, 8)]),
        call("arch_prctl", SET_FS, KERNEL_ADDRESS),
        call("arch_prctl", SET_FS, 1 << 47),
        call("arch_prctl", SET_GS, (1 << 47) - 4096),
        call("arch_prctl", SET_GS, -1),
        call("arch_prctl", GET_FS, Buffer("a", 8), dump=[("a", 0, 8)]),
        call("arch_prctl", GET_FS, UNMAPPED),
        call("arch_prctl", GET_FS, READ_ONLY),
        call("arch_prctl", GET_GS, Edge(4)),
        call("arch_prctl", 0, 0),
        call("arch_prctl", 0x1234, 0),
    )


def test_thread_local_storage_is_reached_through_fs():
    source = """
.text
_start:
    mov eax, 158
    mov edi, 0x1002
    lea rsi, area
    syscall
    mov edi, fs:[8]
    mov eax, 60
    syscall
.data
area: .quad 1, 23
"""
    assert check_source(source).status == 23


@pytest.mark.parametrize("number", [60, 231])
@pytest.mark.parametrize("status", [0, 1, 42, 255, 256, 257, -1, 0x1_0000_0005])
def test_exit_status(number, status):
    outcome = check_source(f".text\n_start:\nmov rdi, {status}\nmov eax, {number}\nsyscall\nhlt")
    assert outcome.status == status & 0xFF
    assert (
        outcome.events[-2].strace == f"{'exit' if number == 60 else 'exit_group'}({(status + 2**31) % 2**32 - 2**31})"
    )


def test_uname():
    check(
        call("uname", Buffer("u", 390), dump=[("u", 0, 10), ("u", 260, 10)]),
        call("uname", 0),
        call("uname", READ_ONLY),
        call("uname", Edge(389)),
        call("uname", Edge(390)),
    )


def test_getrandom():
    check(
        call("getrandom", Buffer("r", 64), 64, 0),
        call("getrandom", Buffer("r", 64), 0, 0),
        call("getrandom", 0, 0, 0),
        call("getrandom", 0, 8, 0),
        call("getrandom", UNMAPPED, 300, 0),
        call("getrandom", Edge(10), 20, 0),
        call("getrandom", Edge(100), 200, 0),
        call("getrandom", Edge(0), 200, 0),
        call("getrandom", Buffer("r", 64), 64, 1),
        call("getrandom", Buffer("r", 64), 64, 2),
        call("getrandom", Buffer("r", 64), 64, 4),
        call("getrandom", Buffer("r", 64), 64, 6),
        call("getrandom", Buffer("r", 64), 64, 8),
        call("getrandom", 0, 64, 8),
        call("getrandom", Buffer("r", 64), 64, -1),
        call("getrandom", KERNEL_ADDRESS, 64, 0),
        call("getrandom", KERNEL_ADDRESS, 64, 9),
    )


def test_unknown_calls():
    source = "\n".join(
        f"mov rax, {number}\nsyscall\ncmp rax, -38\njne wrong"
        for number in (400, 500, 10_000, 0x7FFF_FFFF, -1, -(2**31))
    )
    check_source(f".text\n_start:\n{source}\nxor edi, edi\njmp leave\nwrong: mov edi, 1\nleave: mov eax, 60\nsyscall")


def test_the_number_is_the_low_half_of_the_register():
    check_source(
        ".text\n_start:\nmov rax, 0x100000027\nsyscall\ncmp rax, -38\nsete dil\nmovzx edi, dil\nmov eax, 60\nsyscall"
    )


def test_uname_names_this_kernel():
    assert os.uname().sysname == "Linux"
    source = ".text\n_start:\nmov eax, 63\nlea rdi, b\nsyscall\nmov eax, 60\nxor edi, edi\nsyscall\n.bss\nb: .zero 400"
    outcome = check_source(source)
    assert any(
        getattr(e, "strace", None) == 'uname({sysname="Linux", nodename="trapgate", ...}) = 0' for e in outcome.events
    )


def test_results_can_be_arguments():
    check(call("getuid"), call("getrandom", Buffer("r", 8), Result(0, -996), 0))

"""Benchmark programs with several tasks, and those that work on memory and files."""

from __future__ import annotations


def fork_pipe_wait(rounds: int) -> str:
    """`rounds` times: pipe, fork, the child writes a byte and exits, the parent reads it and waits; 7 calls each."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov ebx, {rounds}
again:
    mov eax, 22
    lea rdi, [rip + ends]
    syscall
    mov eax, 57
    syscall
    test eax, eax
    jz child
    xor eax, eax
    mov edi, [rip + ends]
    lea rsi, [rip + byte]
    mov edx, 1
    syscall
    mov eax, 61
    mov edi, -1
    xor esi, esi
    xor edx, edx
    xor r10d, r10d
    syscall
    mov eax, 3
    mov edi, [rip + ends]
    syscall
    mov eax, 3
    mov edi, [rip + ends + 4]
    syscall
    dec ebx
    jnz again
    mov eax, 231
    xor edi, edi
    syscall
child:
    mov eax, 1
    mov edi, [rip + ends + 4]
    lea rsi, [rip + byte]
    mov edx, 1
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.bss
.balign 8
ends: .skip 8
byte: .skip 1
"""


def map_unmap(rounds: int) -> str:
    """`rounds` times: mmap 16 KiB, store into two of its pages, munmap; 2 calls and 2 page faults each."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov ebx, {rounds}
again:
    mov eax, 9
    xor edi, edi
    mov esi, 16384
    mov edx, 3
    mov r10d, 0x22
    mov r8, -1
    xor r9d, r9d
    syscall
    mov byte ptr [rax], 1
    mov byte ptr [rax + 8192], 1
    mov rdi, rax
    mov eax, 11
    mov esi, 16384
    syscall
    dec ebx
    jnz again
    mov eax, 231
    xor edi, edi
    syscall
"""


def file_io(rounds: int) -> str:
    """`rounds` times: open a file, write 4 KiB, seek back, read them, stat, close; 6 calls each. It is removed then."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov ebx, {rounds}
again:
    mov eax, 2
    lea rdi, [rip + path]
    mov esi, 0x42
    mov edx, 0x1a4
    syscall
    mov ebp, eax
    mov eax, 1
    mov edi, ebp
    lea rsi, [rip + data]
    mov edx, 4096
    syscall
    mov eax, 8
    mov edi, ebp
    xor esi, esi
    xor edx, edx
    syscall
    xor eax, eax
    mov edi, ebp
    lea rsi, [rip + data]
    mov edx, 4096
    syscall
    mov eax, 5
    mov edi, ebp
    lea rsi, [rip + data]
    syscall
    mov eax, 3
    mov edi, ebp
    syscall
    dec ebx
    jnz again
    mov eax, 87
    lea rdi, [rip + path]
    syscall
    mov eax, 231
    xor edi, edi
    syscall
.data
path: .asciz "/tmp/trapgate-bench"
.bss
data: .skip 4096
"""


def futex_ping_pong(rounds: int) -> str:
    """Two threads hand a word to and fro `rounds` times, each sleeping for its turn by futex; about 4 calls a round."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov eax, 56
    mov edi, 0x10f00
    lea rsi, [rip + stack_end]
    xor edx, edx
    xor r10d, r10d
    xor r8d, r8d
    syscall
    xor r12d, r12d
    test eax, eax
    jnz play
    inc r12d
play:
    mov r13d, r12d
    xor r13d, 1
    mov ebx, {rounds}
turn:
    cmp dword ptr [rip + word], r12d
    je mine
    mov eax, 202
    lea rdi, [rip + word]
    mov esi, 128
    mov edx, r13d
    xor r10d, r10d
    syscall
    jmp turn
mine:
    mov dword ptr [rip + word], r13d
    mov eax, 202
    lea rdi, [rip + word]
    mov esi, 129
    mov edx, 1
    syscall
    dec ebx
    jnz turn
    test r12d, r12d
    jz last
    mov eax, 60
    xor edi, edi
    syscall
last:
    mov eax, 60
    xor edi, edi
    syscall
.bss
.balign 16
word: .skip 16
stack: .skip 4096
stack_end: .skip 16
"""

"""The programs that the benchmark runs; each is assembled once into a static ELF that every contender gets."""

from __future__ import annotations

HELLO = """
.intel_syntax noprefix
.globl _start
.text
_start:
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 3
    syscall
    mov eax, 60
    xor edi, edi
    syscall
.data
text: .ascii "hi\\n"
"""


def getpid_loop(count: int) -> str:
    """`count` calls of getpid, the cheapest call there is."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov ebx, {count}
again:
    mov eax, 39
    syscall
    dec ebx
    jnz again
    mov eax, 60
    xor edi, edi
    syscall
"""


def write_loop(count: int) -> str:
    """`count` writes of 64 bytes to standard output."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov ebx, {count}
again:
    mov eax, 1
    mov edi, 1
    lea rsi, [rip + text]
    mov edx, 64
    syscall
    dec ebx
    jnz again
    mov eax, 60
    xor edi, edi
    syscall
.data
text: .fill 63, 1, 'x'
      .byte 10
"""


def sieve(limit: int, rounds: int) -> str:
    """The sieve of Eratosthenes over `limit` bytes, `rounds` times: stores, no calls; exits with primes mod 256."""
    return f"""
.intel_syntax noprefix
.globl _start
.text
_start:
    mov r12d, {rounds}
round:
    lea rdi, [rip + flags]
    mov ecx, {limit}
    mov al, 1
    rep stosb
    lea rdi, [rip + flags]
    mov ebx, 2
    xor r8d, r8d
outer:
    cmp byte ptr [rdi + rbx], 0
    je next
    inc r8d
    lea rcx, [rbx + rbx]
inner:
    cmp rcx, {limit}
    jae next
    mov byte ptr [rdi + rcx], 0
    add rcx, rbx
    jmp inner
next:
    inc rbx
    cmp rbx, {limit}
    jb outer
    dec r12d
    jnz round
    movzx edi, r8b
    mov eax, 60
    syscall
.bss
flags: .skip {limit}
"""

# Bubble sort of an array of quads; the median is the exit status.
.intel_syntax noprefix
.set N, 7
.section .data
array: .quad 42, 7, 99, 1, 13, 77, 5
.section .text
.globl _start
_start:
    mov rcx, N - 1
outer:
    mov rdx, rcx
    lea rsi, array
inner:
    mov rax, qword ptr [rsi]
    cmp rax, qword ptr [rsi+8]
    jle no_swap
    xchg rax, qword ptr [rsi+8]
    mov qword ptr [rsi], rax
no_swap:
    add rsi, 8
    dec rdx
    jnz inner
    loop outer
    mov rdi, [array + 3*8]
    mov eax, 60
    syscall

# struct timespec in .data, and the clock before and after.
.intel_syntax noprefix
.data
delay:
    .quad 0             # tv_sec
    .quad 1000000       # tv_nsec: 1 ms
.bss
    .lcomm before, 16
    .lcomm after, 16
.text
.globl _start
_start:
    mov eax, 228
    mov edi, 1
    lea rsi, before
    syscall
    mov eax, 35
    lea rdi, delay
    xor esi, esi
    syscall
    mov eax, 228
    mov edi, 1
    lea rsi, after
    syscall
    mov rax, [after]
    sub rax, [before]
    imul rax, rax, 1000000000
    add rax, [after+8]
    sub rax, [before+8]
    xor edi, edi
    cmp rax, 1000000
    setb dil
    mov eax, 60
    syscall

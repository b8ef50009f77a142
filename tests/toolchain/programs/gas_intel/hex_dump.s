# The bits of a number, and its hexadecimal digits through a table.
    .intel_syntax noprefix
    .section .rodata
hexdigits: .ascii "0123456789abcdef"
    .section .bss
    .balign 16
out: .skip 17
    .text
    .globl _start
_start:
    movabs rbx, 0x0123456789ABCDEF
    lea rdi, out[rip]
    mov ecx, 16
1:  rol rbx, 4
    mov eax, ebx
    and eax, 0xF
    lea rsi, hexdigits[rip]
    movzx eax, byte ptr [rsi + rax]
    stosb
    loop 1b
    mov byte ptr [rdi], '\n'
    mov eax, 1
    mov edi, 1
    lea rsi, out[rip]
    mov edx, 17
    syscall
    mov eax, 60
    xor edi, edi
    syscall

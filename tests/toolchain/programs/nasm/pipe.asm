section .bss
fds:    resd 2
buffer: resb 16
section .rodata
text:   db "through a pipe", `\n`
len     equ $ - text
section .text
global _start
_start:
    mov eax, 22
    mov rdi, fds
    syscall
    mov eax, 1
    mov edi, [fds+4]
    mov rsi, text
    mov edx, len
    syscall
    xor eax, eax
    mov edi, [fds]
    mov rsi, buffer
    mov edx, 16
    syscall
    mov rdx, rax
    mov eax, 1
    mov edi, 1
    mov rsi, buffer
    syscall
    mov eax, 60
    xor edi, edi
    syscall

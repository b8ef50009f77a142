# A pipe within one process.
.intel_syntax noprefix
.data
fds: .long 0, 0
words: .ascii "piped\n"
.bss
got: .zero 8
.text
.globl _start
_start:
    mov eax, 22
    mov rdi, offset fds
    syscall
    mov eax, 1
    mov edi, dword ptr fds[4]
    mov rsi, offset flat:words
    mov edx, 6
    syscall
    xor eax, eax
    mov edi, [fds]
    mov rsi, offset got
    mov edx, 8
    syscall
    mov edx, eax
    mov eax, 1
    mov edi, 1
    syscall
    mov eax, 60
    xor edi, edi
    syscall

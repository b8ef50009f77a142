# title: A descriptor that is not open
# about: Write to descriptor 42. The first check refuses: EBADF.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 1          # write
    mov edi, 42         # nothing is open as 42
    lea rsi, [rip + msg]
    mov edx, 5
    syscall             # rax becomes -9: EBADF

    mov eax, 1          # the same bytes to fd 1
    mov edi, 1
    lea rsi, [rip + msg]
    mov edx, 5
    syscall             # this one works

    mov eax, 60         # exit(0)
    xor edi, edi
    syscall

msg:
    .ascii "lost\n"

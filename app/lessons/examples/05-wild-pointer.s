# title: A wild pointer
# about: Hand the kernel an address that is not yours: EFAULT, not a crash.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 1          # write(1, 0x10, 4)
    mov edi, 1
    mov esi, 0x10       # nothing is mapped there
    mov edx, 4
    syscall             # rax becomes -14: EFAULT

    mov eax, 60         # the program lives on: exit(0)
    xor edi, edi
    syscall

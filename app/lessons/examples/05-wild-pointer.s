# title: A wild pointer
# about: Hand the kernel an address that is not yours: EFAULT, not a crash.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, 0x10, 4)
    mov eax, 1
    mov edi, 1
    mov esi, 0x10  # nothing there
    mov edx, 4
    syscall        # -14: EFAULT

    # exit(0): the program lives on
    mov eax, 60
    xor edi, edi
    syscall

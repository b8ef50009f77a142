# title: A wild pointer
# about: Hand the kernel an address that is not yours: EFAULT, not a crash.

    .intel_syntax noprefix
    .globl _start

_start:
    # write(1, 0x10, 4)
    mov eax, 1
    mov edi, 1
    mov esi, 0x10  # not mapped
    mov edx, 4
    syscall        # -14: EFAULT

    # it lives on: exit(0)
    mov eax, 60
    xor edi, edi
    syscall

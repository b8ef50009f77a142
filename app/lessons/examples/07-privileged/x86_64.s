# title: An instruction for kernels only
# about: hlt stops the CPU. User mode may not: general protection fault.

    .intel_syntax noprefix
    .globl _start

_start:
    hlt            # ring 0 only

    # never reached
    mov eax, 60
    xor edi, edi
    syscall

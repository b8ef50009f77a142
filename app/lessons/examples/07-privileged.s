# title: An instruction for kernels only
# about: hlt stops the CPU. User mode may not: general protection fault.

    .intel_syntax noprefix
    .globl _start

_start:
    hlt                 # allowed in ring 0 only

    mov eax, 60         # never reached
    xor edi, edi
    syscall

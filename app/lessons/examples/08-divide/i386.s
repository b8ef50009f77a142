    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 10
    xor edx, edx
    xor ecx, ecx   # divisor: 0
    div ecx        # divide error

    # never reached
    mov eax, 1
    xor ebx, ebx
    int 0x80

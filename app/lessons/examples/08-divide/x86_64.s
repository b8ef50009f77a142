# title: Division by zero
# about: The CPU cannot divide by zero and tells the kernel: SIGFPE.

    .intel_syntax noprefix
    .globl _start

_start:
    mov eax, 10
    xor edx, edx
    xor ecx, ecx   # divisor: 0
    div ecx        # divide error

    # never reached
    mov eax, 60
    xor edi, edi
    syscall

# Prints the program's own name length and exits with argc.
    .globl _start
_start:
    mov (%rsp), %rbx
    mov 8(%rsp), %rsi
    mov %rsi, %rdi
    xor %eax, %eax
    mov $-1, %rcx
    cld
    repnz scasb
    mov %ebx, %edi
    mov $60, %eax
    syscall

.globl _start
_start:
    mov $5, %edi
    .intel_syntax noprefix
    add edi, 6
    mov eax, offset 60
    .att_syntax
    add $1, %edi
    .att_syntax prefix
    syscall

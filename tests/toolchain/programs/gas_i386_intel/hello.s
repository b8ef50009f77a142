# The 32-bit hello world.
.intel_syntax noprefix
.section .data
msg: .ascii "Hello, 32 bits!\n"
len = . - msg
.section .text
.globl _start
_start:
    mov eax, 4
    mov ebx, 1
    mov ecx, offset msg
    mov edx, len
    int 0x80
    mov eax, 1
    xor ebx, ebx
    int 0x80

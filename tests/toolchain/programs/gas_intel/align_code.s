# Alignment of code and data in every spelling.
.intel_syntax noprefix
.text
.globl _start
_start:
    jmp 1f
.align 16
    ret
.p2align 5
    ret
.p2align 4,,10
    ret
.p2align 4,,3
    ret
.balign 8, 0xCC
1:  mov eax, 60
    xor edi, edi
    syscall
.org _start + 128
    hlt
.org 160, 0x90
.data
    .byte 1
.align 8
    .quad 2
    .byte 3
.balign 4, 0xFF
    .long 4
.p2align 3, 1
    .skip 3, 9
    .fill 2, 4, 0x01020304
    .fill 3, 2
    .space 5
    .octa 0x0102030405060708090a0b0c0d0e0f10
    .zero 2

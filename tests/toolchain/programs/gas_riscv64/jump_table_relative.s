# The jump table that gcc makes for -fpic.
.text
.globl _start
_start:
    li a0, 2
    lla a4, .L4
    slli a5, a0, 2
    add a5, a5, a4
    lw a5, 0(a5)
    add a5, a5, a4
    jr a5
    .section .rodata
    .align 2
.L4:
    .word .L3-.L4
    .word .L5-.L4
    .word .L6-.L4
    .text
.L3: li a0, 1
    j .L7
.L5: li a0, 2
    j .L7
.L6: li a0, 33
.L7:
    li a7, 93
    ecall

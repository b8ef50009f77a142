# Without linker relaxation GNU as fills in all padding itself.
.option norelax
.text
.globl _start
_start:
    li a0, 3
    .align 3
    addi a0, a0, 1
    .p2align 4
    addi a0, a0, 1
    beqz a0, 1f
    .balign 8
1:  lw a1, number
    add a0, a0, a1
    .p2align 4, , 2
    li a7, 93
    ecall
    .align 2, 0
.data
number: .word 30

.text
.globl _start
_start:
    la a0, names
    li a7, 160
    ecall
    la s0, names
    mv t0, s0
1:  lbu t1, 0(t0)
    addi t0, t0, 1
    bnez t1, 1b
    li t1, '\n'
    sb t1, -1(t0)
    li a0, 1
    mv a1, s0
    sub a2, t0, s0
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall
.lcomm names, 390

# Prints pi with three decimals.
.section .rodata
.align 3
pi: .double 3.14159265358979
thousand: .double 1000.0
.text
.globl _start
_start:
    fld fa0, pi, t0
    fld fa1, thousand, t0
    fmul.d fa0, fa0, fa1
    fcvt.lu.d a0, fa0, rne
    addi sp, sp, -16
    addi t0, sp, 8
    li t1, 10
    sb t1, 0(t0)
    li t2, 3
1:  rem t3, a0, t1
    div a0, a0, t1
    addi t3, t3, 48
    addi t0, t0, -1
    sb t3, (t0)
    addi t2, t2, -1
    bnez t2, 1b
    li t3, '.'
    sb t3, -1(t0)
    addi a0, a0, '0'
    sb a0, -2(t0)
    addi a1, t0, -2
    li a0, 1
    li a2, 6
    li a7, 64
    ecall
    frflags a0
    frrm t0
    add a0, a0, t0
    fsflagsi 0
    frcsr t0
    add a0, a0, t0
    li a7, 93
    ecall

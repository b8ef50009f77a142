.globl _start
_start:
    li a0, 0
    li a7, 214
    ecall
    mv s0, a0
    li t0, 8192
    add a0, a0, t0
    ecall
    sub a0, a0, s0
    bne a0, t0, bad
    li t1, 77
    sd t1, 0(s0)
    ld a0, (s0)
    li a7, 93
    ecall
bad:
    li a0, 1
    li a7, 93
    ecall

.globl _start
.text
factorial:
    addi sp, sp, -16
    sd ra, 0(sp)
    sd a0, 8(sp)
    li t0, 2
    blt a0, t0, base
    addi a0, a0, -1
    call factorial
    ld t0, 8(sp)
    mul a0, a0, t0
    j out
base:
    li a0, 1
out:
    ld ra, 0(sp)
    addi sp, sp, 16
    ret
_start:
    li a0, 5
    call factorial
    li a7, 93
    ecall                   # 120

.text
.globl _start
_start:
    la a0, path
    addi sp, sp, -16
    sd a0, 0(sp)
    sd zero, 8(sp)
    mv a1, sp
    li a2, 0
    li a7, 221
    ecall
    neg a0, a0              # ENOENT
    li a7, 93
    ecall
.section .rodata
path: .asciz "/no/such/program"

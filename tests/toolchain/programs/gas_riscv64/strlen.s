.globl _start
.text
strlen:
    mv t0, a0
1:  lbu t1, 0(t0)
    beqz t1, 2f
    addi t0, t0, 1
    j 1b
2:  sub a0, t0, a0
    ret
_start:
    la a0, string
    call strlen
    mv s0, a0
    mv a2, a0
    li a0, 1
    la a1, string
    li a7, 64
    ecall
    mv a0, s0
    li a7, 93
    ecall
.section .rodata
string: .asciz "how long is this?\n"

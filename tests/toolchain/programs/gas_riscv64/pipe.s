.text
.globl _start
_start:
    la a0, ends
    li a1, 0
    li a7, 59               # pipe2
    ecall
    la t0, ends
    lw s0, 0(t0)
    lw s1, 4(t0)
    mv a0, s1
    la a1, text
    li a2, 5
    li a7, 64
    ecall
    mv a0, s0
    addi sp, sp, -32
    mv a1, sp
    li a2, 32
    li a7, 63
    ecall
    mv a2, a0
    li a0, 1
    mv a1, sp
    li a7, 64
    ecall
    li a7, 93
    ecall
.data
text: .ascii "pipe\n"
.bss
.balign 4
ends: .skip 8

.text
.global _start
_start:
    li s0, 5
loop:
    li a0, 1
    la a1, star
    li a2, 1
    li a7, 64
    ecall
    addi s0, s0, -1
    bnez s0, loop
    la a1, newline
    li a0, 1
    li a2, 1
    ecall
    li a0, 0
    li a7, 93
    ecall
.data
star: .byte '*'
newline: .byte '\n'

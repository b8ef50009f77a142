# Branches that can't reach: the assembler turns them around.
.text
.globl _start
_start:
    li a0, 0
    li t0, 1
    beqz a0, near
    ebreak
near:
    beqz a0, middle
    ebreak
    .skip 400, 0
middle:
    addi a0, a0, 1
    bnez a0, far
    ebreak
    .fill 5000, 1, 0
far:
    beq a0, t0, very_far
    j _start
    .zero 6000
very_far:
    addi a0, a0, 1
    bltu t0, a0, back_and_forth
    unimp
other:
    j end
    .zero 3000
back_and_forth:
    bnez a0, other
    .zero 1020
end:
    blt zero, a0, last
    .zero 4086
last:
    li a7, 93
    ecall

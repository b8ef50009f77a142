.option push
.option norvc
.text
.globl _start
_start:
    li a0, 1
    add a0, a0, a0
    beqz a0, 1f
    j 1f
    .align 3
1:  addi a0, a0, 1
.option pop
    addi a0, a0, 1
    .align 4
    addi a0, a0, 1
    .balign 8
    .option push
    .option norelax
    la gp, _start
    .option pop
    .option arch, -c
    addi a0, a0, 1
    .option arch, +c
    addi a0, a0, 1
    .p2align 2
    .option relax
    .option nopic
    .insn 0x00150513
    .insn 0x0505
    .word 0x00150513
    li a7, 93
    ecall

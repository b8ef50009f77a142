.macro push reg
    addi sp, sp, -16
    sd \reg, 0(sp)
.endm
.macro pop reg
    ld \reg, 0(sp)
    addi sp, sp, 16
.endm
.macro syscall_ number, first=0, second=0, third=0
    li a7, \number
    li a0, \first
    la a1, \second
    li a2, \third
    ecall
.endm
.macro countdown reg, from
    li \reg, \from
.Lloop\@:
    addi \reg, \reg, -1
    bgtz \reg, .Lloop\@
.endm
.globl _start
_start:
    syscall_ 64, 1, text, 7
    li t0, 11
    push t0
    li t0, 22
    push t0
    countdown t0, 5
    countdown t1, 6
    pop t1
    pop t2
    add s0, t1, t2
    .irp n, 1, 2, 3
    addi s0, s0, \n
    .endr
    .rept 3
    addi s0, s0, 1
    .endr
    mv a0, s0               # 42
    li a7, 93
    ecall
.data
text: .ascii "macros\n"

.section .rodata
.align 3
table:
    .dword case0, case1, case2, case3
.text
.globl _start
_start:
    li s0, 0
    li s1, 0
again:
    la t0, table
    slli t1, s0, 3
    add t0, t0, t1
    ld t0, 0(t0)
    jr t0
case0: addi s1, s1, 1
    j next
case1: addi s1, s1, 10
    j next
case2: slli s1, s1, 1
    j next
case3: addi s1, s1, 3
next:
    addi s0, s0, 1
    li t0, 4
    bltu s0, t0, again
    mv a0, s1               # 25
    li a7, 93
    ecall

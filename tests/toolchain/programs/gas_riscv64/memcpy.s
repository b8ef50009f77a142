.data
source: .ascii "copied by words\n"
size = . - source
.bss
target: .space size
.text
.globl _start
memcpy:
    mv t0, a0
    andi t1, a2, -8
    add t1, t1, a1
1:  bgeu a1, t1, 2f
    ld t2, 0(a1)
    sd t2, 0(t0)
    addi a1, a1, 8
    addi t0, t0, 8
    j 1b
2:  andi a2, a2, 7
3:  beqz a2, 4f
    lbu t2, 0(a1)
    sb t2, 0(t0)
    addi a1, a1, 1
    addi t0, t0, 1
    addi a2, a2, -1
    j 3b
4:  ret
_start:
    la a0, target
    la a1, source
    li a2, size
    call memcpy
    mv a1, a0
    li a0, 1
    li a2, size
    li a7, 64
    ecall
    li a0, 0
    li a7, 93
    ecall

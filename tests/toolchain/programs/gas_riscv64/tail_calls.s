.globl _start
_start:
    li a0, 10
    call even
    call t0, with_t0
    tail finish
    .text
even:                       # 1 if a0 is even
    beqz a0, yes
    addi a0, a0, -1
    tail odd
odd:
    beqz a0, no
    addi a0, a0, -1
    jump even, t1
yes: li a0, 1
    ret
no: li a0, 0
    ret
with_t0:
    addi a0, a0, 40
    jr t0
finish:
    li a7, 93
    ecall

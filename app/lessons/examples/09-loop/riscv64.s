    .globl _start

_start:
    # write(1, msg, 16)
    li a7, 64
    li a0, 1
    la a1, msg
    li a2, 16
    ecall

again:
    addi s1, s1, 1
    j again        # for ever

msg:
    .ascii "round and round\n"

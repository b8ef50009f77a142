    .globl _start

_start:
    # write(1, 0x10, 4)
    li a7, 64
    li a0, 1
    li a1, 0x10    # not mapped
    li a2, 4
    ecall          # -14: EFAULT

    # it lives on: exit(0)
    li a7, 93
    li a0, 0
    ecall

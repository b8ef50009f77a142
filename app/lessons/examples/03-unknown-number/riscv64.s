    .globl _start

_start:
    li a7, 9999    # no such call
    ecall          # -38: ENOSYS

    # exit(38), to see it outside
    neg a0, a0
    li a7, 93
    ecall

# about: RISC-V has no divide fault: by zero, the quotient is all ones. The program ends with its last byte, 255.

    .globl _start

_start:
    li a0, 10
    li a1, 0       # divisor: 0
    divu a0, a0, a1  # -1, no fault

    # exit(quotient)
    li a7, 93
    ecall

    # ld may address data by gp, which
    # nobody has set up here
    .option norelax
    .globl _start

    .text
_start:
    # pipe2(ends, 0): there is no pipe
    li a7, 59
    la a0, ends
    li a1, 0
    ecall

    # write(ends[1], text, 6)
    li a7, 64
    la a0, ends
    lw a0, 4(a0)
    la a1, text
    li a2, 6
    ecall

    # read(ends[0], buffer, 16)
    li a7, 63
    la a0, ends
    lw a0, (a0)
    la a1, buffer
    li a2, 16
    ecall
    mv s1, a0      # what came

    # write(1, buffer, what came)
    li a7, 64
    li a0, 1
    la a1, buffer
    mv a2, s1
    ecall

    # exit(0)
    li a7, 93
    li a0, 0
    ecall

text:
    .ascii "water\n"

    .bss
    .balign 4
ends:
    .skip 8
buffer:
    .skip 16

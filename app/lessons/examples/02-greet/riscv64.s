    # ld may address data by gp, which
    # nobody has set up here
    .option norelax
    .globl _start

    .text
_start:
    # write(1, ask, 19)
    li a7, 64
    li a0, 1
    la a1, ask
    li a2, 19
    ecall

    # read(0, name, 64)
    li a7, 63
    li a0, 0       # 0: keyboard
    la a1, name
    li a2, 64
    ecall          # may sleep
    mv s1, a0      # bytes read

    # write(1, hello, 7)
    li a7, 64
    li a0, 1
    la a1, hello
    li a2, 7
    ecall

    # write(1, name, bytes read)
    li a7, 64
    li a0, 1
    la a1, name
    mv a2, s1
    ecall

    # exit(0)
    li a7, 93
    li a0, 0
    ecall

ask:
    .ascii "What is your name? "
hello:
    .ascii "Hello, "

    .bss
name:
    .skip 64

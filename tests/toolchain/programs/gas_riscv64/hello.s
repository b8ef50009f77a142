# The first program: write(1, msg, len) and exit(0).
    .global _start
    .equ len, 15
    .section .text
_start:
    li   a7, 64             # write
    li   a0, 1
    la   a1, msg
    li   a2, len
    ecall
    li   a7, 93             # exit
    li   a0, 0
    ecall
    .section .rodata
msg:
    .ascii "Hello, RISC-V!\n"

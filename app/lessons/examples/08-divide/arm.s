@ about: udiv by zero is no fault on ARM: the quotient is 0, and the kernel never hears of it. The program ends with it.

    .arch armv7ve
    .globl _start

_start:
    mov r0, #10
    mov r1, #0     @ divisor: 0
    udiv r0, r0, r1  @ 0, no fault

    @ exit(quotient)
    mov r7, #1
    svc #0

@ about: mcr to the system control register could switch memory protection off. User mode may not: an undefined instruction, SIGILL.

    .globl _start

_start:
    @ SCTLR: user mode may not
    mcr p15, 0, r0, c1, c0, 0

    @ never reached
    mov r7, #1
    mov r0, #0
    svc #0

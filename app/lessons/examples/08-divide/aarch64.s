// about: udiv by zero is no fault on AArch64: the quotient is 0, and the kernel never hears of it. The program ends with it.

    .globl _start

_start:
    mov x0, #10
    mov x1, #0     // divisor: 0
    udiv x0, x0, x1  // 0, no fault

    // exit(quotient)
    mov x8, #93
    svc #0

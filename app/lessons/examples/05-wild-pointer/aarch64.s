    .globl _start

_start:
    // write(1, 0x10, 4)
    mov x8, #64
    mov x0, #1
    mov x1, #0x10  // not mapped
    mov x2, #4
    svc #0         // -14: EFAULT

    // it lives on: exit(0)
    mov x8, #93
    mov x0, #0
    svc #0

    .globl _start

_start:
    mov x8, #9999  // no such call
    svc #0         // -38: ENOSYS

    // exit(38), to see it outside
    neg x0, x0
    mov x8, #93
    svc #0

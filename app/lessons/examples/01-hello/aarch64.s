// To print, ask the kernel: put
// a number and arguments into
// registers, then svc.

    .globl _start

_start:
    // write(1, msg, 3)
    mov x8, #64    // 64: write
    mov x0, #1     // to terminal
    adr x1, msg    // what
    mov x2, #3     // three bytes
    svc #0         // ask kernel

    // exit(0)
    mov x8, #93    // 93: exit
    mov x0, #0     // 0: all well
    svc #0         // no way back

msg:
    .ascii "hi\n"

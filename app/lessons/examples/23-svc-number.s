// title: The number in svc
// about: svc carries a number of its own. Linux never reads it: which call it is, x8 says.
// arch: aarch64

    .globl _start

_start:
    // write(1, msg, 5)
    mov x8, #64
    mov x0, #1
    adr x1, msg
    mov x2, #5
    svc #0         // as everybody does

    mov x0, #1     // -> 5 was in x0
    svc #0x80      // as on macOS

    // exit(0)
    mov x8, #93
    mov x0, #0
    svc #93        // not 93: x8 counts

msg:
    .ascii "same\n"

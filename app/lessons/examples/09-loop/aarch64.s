    .globl _start

_start:
    // write(1, msg, 16)
    mov x8, #64
    mov x0, #1
    adr x1, msg
    mov x2, #16
    svc #0

again:
    add x19, x19, #1
    b again        // for ever

msg:
    .ascii "round and round\n"

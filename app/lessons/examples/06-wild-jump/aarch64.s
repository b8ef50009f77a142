    .globl _start

_start:
    // write(1, msg, 5)
    mov x8, #64
    mov x0, #1
    adr x1, msg
    mov x2, #5
    svc #0

    // no memory there: the CPU
    // finds no instruction
    ldr x0, =0x666000
    br x0

msg:
    .ascii "jump\n"

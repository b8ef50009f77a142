    .globl _start

_start:
    @ write(1, msg, 5)
    mov r7, #4
    mov r0, #1
    adr r1, msg
    mov r2, #5
    svc #0

    @ no memory there: the CPU
    @ finds no instruction
    ldr r0, =0x666000
    bx r0

msg:
    .ascii "jump\n"

    .globl _start

_start:
    @ write(1, msg, 16)
    mov r7, #4
    mov r0, #1
    adr r1, msg
    mov r2, #16
    svc #0

again:
    add r4, r4, #1
    b again        @ for ever

msg:
    .ascii "round and round\n"

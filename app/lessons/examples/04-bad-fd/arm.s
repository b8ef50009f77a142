    .globl _start

_start:
    @ write(42, msg, 5)
    mov r7, #4
    mov r0, #42    @ not open
    adr r1, msg
    mov r2, #5
    svc #0         @ -9: EBADF

    @ write(1, msg, 5)
    mov r7, #4
    mov r0, #1     @ terminal
    adr r1, msg
    mov r2, #5
    svc #0         @ works

    @ exit(0)
    mov r7, #1
    mov r0, #0
    svc #0

msg:
    .ascii "lost\n"

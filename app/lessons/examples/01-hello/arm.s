@ To print, ask the kernel: put
@ a number and arguments into
@ registers, then svc.

    .globl _start

_start:
    @ write(1, msg, 3)
    mov r7, #4     @ 4: write
    mov r0, #1     @ to terminal
    adr r1, msg    @ what
    mov r2, #3     @ three bytes
    svc #0         @ ask kernel

    @ exit(0)
    mov r7, #1     @ 1: exit
    mov r0, #0     @ 0: all well
    svc #0         @ no way back

msg:
    .ascii "hi\n"

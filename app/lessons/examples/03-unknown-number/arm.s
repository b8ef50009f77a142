    .globl _start

_start:
    ldr r7, =9999  @ no such call
    svc #0         @ -38: ENOSYS

    @ exit(38), to see it outside
    rsb r0, r0, #0
    mov r7, #1
    svc #0

.bss
.lcomm buffer, 64
.text
.global _start
_start:
    mov r0, #0
    ldr r1, =buffer
    mov r2, #64
    mov r7, #3
    svc #0
    cmp r0, #0
    ble fail
    mov r2, r0
    mov r0, #1
    ldr r1, =buffer
    mov r7, #4
    svc #0
    mov r0, #0
leave:
    mov r7, #1
    svc #0
fail:
    rsb r0, r0, #0
    b leave

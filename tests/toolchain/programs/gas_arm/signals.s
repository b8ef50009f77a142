@ A handler for SIGUSR1; the kernel is asked to send it.
.text
.global _start
_start:
    mov r0, #10
    ldr r1, =action
    mov r2, #0
    mov r3, #8
    mov r7, #174
    svc #0
    mov r7, #20
    svc #0
    mov r1, #10
    mov r7, #37
    svc #0
    ldr r1, =seen
    ldr r0, [r1]
    mov r7, #1
    svc #0
handler:
    ldr r1, =seen
    str r0, [r1]
    bx lr
restore:
    mov r7, #119
    svc #0
.data
.balign 4
action: .word handler, 0x04000000, restore, 0, 0
seen: .word 0

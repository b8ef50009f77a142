.equ O_RDONLY, 0
.text
.global _start
_start:
    ldr r0, =path
    mov r1, #O_RDONLY
    mov r2, #0
    mov r7, #5
    svc #0
    cmp r0, #0
    blt error
    mov r4, r0
    ldr r1, =buffer
    ldr r2, =256
    mov r7, #3
    svc #0
    mov r0, r4
    mov r7, #6
    svc #0
    mov r0, #0
exit:
    mov r7, #1
    svc #0
error:
    mvn r0, r0
    add r0, r0, #1
    b exit
.data
path: .asciz "/dev/null"
.bss
buffer: .space 256

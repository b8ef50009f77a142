.text
.global _start
_start:
    ldr r0, =request
    mov r1, #0
    mov r7, #162
    svc #0
    mov r7, #1
    svc #0
.data
.align 2
request:
    .word 0
    .long 1000000

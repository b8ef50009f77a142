.equ PROT_READ, 1
.equ PROT_WRITE, 2
.equ MAP_PRIVATE, 2
.equ MAP_ANONYMOUS, 0x20
.text
.global _start
_start:
    mov r0, #0
    mov r1, #8192
    mov r2, #(PROT_READ | PROT_WRITE)
    mov r3, #MAP_PRIVATE|MAP_ANONYMOUS
    mvn r4, #0
    mov r5, #0
    mov r7, #192
    svc #0
    mov r6, r0
    ldr r1, =0x11223344
    add r2, r6, #4096
    str r1, [r2], #1
    ldrb r8, [r2]
    mov r1, #8192
    mov r7, #91
    svc #0
    mov r0, r8
    mov r7, #1
    svc #0

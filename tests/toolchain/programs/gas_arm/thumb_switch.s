@ As shellcode does: from ARM to Thumb by an odd address.
.section .text
.global _start
_start:
    .code 32
    add r3, pc, #1
    bx r3
    .code 16
    mov r0, #1
    mov r1, pc
    add r1, #12
    mov r2, #6
    mov r7, #4
    svc #1
    sub r0, r0, r0
    mov r7, #1
    svc #1
    .ascii "thumb\n"

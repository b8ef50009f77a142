@ Labels may have the names of vector registers.
.text
.global _start
_start:
    ldr r1, =s1
    mov r0, #1
    mov r2, #6
    mov r7, #4
    svc #0
    adr r3, d1
    ldr r0, [r3]
    b q1
    nop
q1: mov r7, #1
    svc #0
d1: .word 9
.data
s1: .ascii "label\n"

.section .text
.global _start
_start:
    .ARM
    add r3, pc, #1
    bx r3
    .THUMB
    add r0, pc, #8
    eor r1, r1, r1
    eor r2, r2, r2
    mov r7, #11
    svc #1
    mov r5, r5
    nop
    b leave
.ascii "/bin/fals"
.ascii "e"
.byte 0, 0
leave:
    mov r0, #1
    mov r7, #1
    svc #1

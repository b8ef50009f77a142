.text
.global _start
_start:
    mov r0, #0
    mov r7, #45
    swi #0
    mov r4, r0
    add r0, r0, #4096
    swi #0
    str r4, [r4]
    mov r1, #0x55
    strb r1, [r4, #4095]
    sub r0, r0, r4
    mov r0, r0, lsr #8
    mov r7, #1
    swi #0

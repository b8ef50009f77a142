.text
.global _start
_start:
    mov r1, #0xf0
    mov r2, r1, lsl #4
    mov r3, r2, lsr #8
    mov r4, r2, asr #2
    mov r5, r1, ror #4
    movs r6, r1, rrx
    add r7, r1, r2, lsl #1
    mov r8, #3
    orr r9, r7, r2, lsl r8
    eor r10, r9, r1, ror r8
    bic r11, r10, #0xff
    mvn r12, r11
    and r0, r12, #0x3f
    lsl r1, r0, #2
    lsrs r1, r1, #2
    asr r1, r1, r8
    ror r1, r1, #1
    clz r2, r1
    rev r3, r2
    add r0, r0, r2
    mov r7, #1
    svc #0

.code 16
.text
.global _start
.thumb_func
_start:
    mov r0, #3
    mov r1, #4
    add r0, r0, r1
    add r0, #1
    sub r0, r0, #2
    add r2, r0, #1
    lsl r3, r2, #2
    lsr r3, r3, #1
    asr r3, r2
    neg r4, r3
    mvn r4, r4
    and r4, r0
    orr r4, r1
    eor r4, r0
    bic r4, r2
    mul r4, r1
    mov r5, r4
    mov r8, r5
    add r5, r8
    cmp r5, r8
    cmp r5, #9
    adc r5, r0
    sbc r5, r1
    ror r5, r1
    tst r5, r1
    push {r0, r5, lr}
    pop {r0, r5}
    add sp, #4
    sub sp, #8
    add r6, sp, #4
    str r0, [sp, #4]
    ldr r0, [r6]
    ldrb r1, [r6, #1]
    strh r1, [r6, #2]
    ldmia r6!, {r2}
    ldr r3, =0x1234
    ldr r3, =0x12345678
    swi 0
    mov r7, #1
    swi 0

.text
.global _start
_start:
    mov r0, #0
    mov r1, #7
    cmp r1, #9
    addlt r0, r0, #1
    addge r0, r0, #2
    cmp r1, #7
    addeqs r0, r0, #4
    movnes r2, #1
    cmpne r1, #0
    addhi r0, r0, #8
    ldreqb r3, flag
    addeq r0, r0, r3
    tst r1, #1
    orrne r0, r0, #32
    teq r1, r1
    addeq r0, r0, #64
    movs r2, r1, lsr #1
    adc r0, r0, #0
    cmn r1, #7
    subpl r0, r0, #1
    rsbs r4, r1, #0
    addmi r0, r0, #1
    mov r7, #1
    svc #0
flag: .byte 16

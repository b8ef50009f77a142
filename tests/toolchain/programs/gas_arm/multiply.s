.text
.global _start
_start:
    ldr r0, =0x76543211
    ldr r1, =0x9abcdef1
    mul r2, r0, r1
    mla r3, r0, r1, r2
    umull r4, r5, r0, r1
    smull r6, r8, r0, r1
    umlal r4, r5, r0, r0
    smulbb r9, r0, r1
    adds r2, r2, r4
    adc r3, r3, r5
    sbcs r6, r6, r8
    rsc r6, r6, #0
    eor r0, r2, r3
    eor r0, r0, r6
    and r0, r0, #63
    mov r7, #1
    svc #0

.text
.global _start
_start:
    ldr x0, =0xfedcba9876543211
    ldr x1, =0x123456789abcdef1
    umulh x2, x0, x1
    smulh x3, x0, x1
    mul x4, x0, x1
    umull x5, w0, w1
    smaddl x6, w0, w1, x5
    mneg x7, x4, x5
    adds x9, x4, x5
    adcs x10, x2, x3
    sbcs x11, x10, x9
    ngc x12, x11
    sdiv x13, x3, x5
    eor x0, x9, x12
    eor x0, x0, x13
    and x0, x0, #63
    mov x8, #93
    svc #0

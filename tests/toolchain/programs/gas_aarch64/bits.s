.text
.global _start
_start:
    mov x0, #0xf0
    ubfx x1, x0, #4, #4
    bfi x2, x1, #8, #4
    rbit x3, x1
    clz x4, x3
    cls x5, x0
    rev w6, w0
    rev16 w6, w6
    ror x7, x0, #4
    eor x7, x7, x0, lsl #2
    bic x9, x7, #0xff
    orn x9, x9, x1
    tst x0, #0x80
    b.eq zero
    and w0, w0, #~15
    extr x10, x9, x7, #16
    sbfx x11, x10, #3, #5
    ands w12, w0, #0xfe
    mov x8, #93
    svc #0
zero:
    mov x0, #1
    mov x8, #93
    svc #0

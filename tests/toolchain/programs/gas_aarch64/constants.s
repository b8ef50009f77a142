.text
.global _start
_start:
    mov x0, #0x12340000
    mov x1, #-5
    mov w2, #0xffff0000
    movz x3, #0xdead, lsl #16
    movk x3, #0xbeef
    movk x3, #0xcafe, lsl #32
    movn x4, #41
    mov x5, #0x5555555555555555
    ldr x6, =0xfedcba9876543210
    ldr w7, =0x89abcdef
    ldr x9, =0xfedcba9876543210
    ldr x10, =end
    ldr x11, =end + 8
    mov x12, #(1 << 20) - 0x10000 + ((3 * 4) - 12)
    add x13, x12, #0x7, lsl #12
    add x13, x13, #0xfff
    cmn x13, #1
    subs x14, x13, #-16
    b end
    .ltorg
end:
    and x0, x3, #0x3f
    ldr s0, =0x40490fdb
    ldr w15, =1
    mov x8, #93
    svc #0

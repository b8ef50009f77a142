.text
.global _start
_start:
    ldr x0, =1234567890
    bl print_number
    mov x0, #0
    bl print_number
    mov x0, #0xffff
    lsl x0, x0, #40
    bl print_number
    mov w0, wzr
    mov x8, #93
    svc #0

print_number:
    stp x29, x30, [sp, #-48]!
    mov x29, sp
    add x1, sp, #47
    mov w2, #10
    strb w2, [x1]
    mov x3, #10
1:  udiv x4, x0, x3
    msub x5, x4, x3, x0
    add w5, w5, #48
    strb w5, [x1, #-1]!
    mov x0, x4
    cbnz x0, 1b
    add x2, sp, #48
    sub x2, x2, x1
    mov x0, #1
    mov x8, #64
    svc #0
    ldp x29, x30, [sp], #48
    ret

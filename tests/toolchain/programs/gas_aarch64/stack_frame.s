.text
.global _start
sum3:
    sub sp, sp, #32
    str x0, [sp, #24]
    str x1, [sp, #16]
    str x2, [sp, #8]
    ldr x0, [sp, #24]
    ldr x3, [sp, #16]
    add x0, x0, x3
    ldr x3, [sp, #8]
    add x0, x0, x3
    add sp, sp, #32
    ret
_start:
    stp fp, lr, [sp, #-16]!
    mov fp, sp
    mov x0, 1
    mov x1, 2
    mov x2, 3
    bl sum3
    ldp fp, lr, [sp], #16
    mov x8, 93
    svc 0

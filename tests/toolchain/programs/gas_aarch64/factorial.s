.text
.global _start
_start:
    mov x0, #5
    bl factorial
    mov x8, #93
    svc #0
factorial:
    cmp x0, #1
    b.hi 1f
    mov x0, #1
    ret
1:  stp x0, x30, [sp, #-16]!
    sub x0, x0, #1
    bl factorial
    ldp x1, x30, [sp], #16
    mul x0, x0, x1
    ret

.text
.global _start
_start:
    mov x0, #6
    mov x19, #0
    bl hanoi
    mov x0, x19
    mov x8, #93
    svc #0
hanoi:
    cbz x0, 1f
    stp x0, x30, [sp, -16]!
    sub x0, x0, 1
    bl hanoi
    add x19, x19, 1
    ldr x0, [sp]
    sub x0, x0, 1
    bl hanoi
    ldp x0, x30, [sp], 16
1:  ret

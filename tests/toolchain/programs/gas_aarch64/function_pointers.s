.text
.global _start
add_one: add x0, x0, #1
    ret
double: lsl x0, x0, #1
    ret
square: mul x0, x0, x0
    ret
_start:
    ldr x19, =functions
    mov x20, #3
    mov x0, #3
1:  ldr x1, [x19], #8
    blr x1
    sub x20, x20, #1
    cbnz x20, 1b
    mov x8, #93
    svc #0
.data
.align 3
functions: .quad add_one, double, square

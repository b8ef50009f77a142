# Counts from 0 to 9.
.text
.global _start
_start:
    mov x19, #0
loop:
    add w1, w19, #'0'
    adr x2, digit
    ldr x2, =digit
    strb w1, [x2]
    mov x0, #1
    mov x1, x2
    mov x2, #2
    mov x8, #64
    svc #0
    add x19, x19, #1
    cmp x19, #10
    b.lt loop
    mov x0, x19
    mov x8, #93
    svc #0
.data
digit: .ascii "?\n"

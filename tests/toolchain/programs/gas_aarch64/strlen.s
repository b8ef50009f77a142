.text
.global _start
_start:
    ldr x0, =text
    bl strlen
    mov x2, x0
    ldr x1, =text
    mov x0, #1
    mov x8, #64
    svc #0
    mov x0, x2
    mov x8, #93
    svc #0

// x0: a string; its length in x0
strlen:
    mov x1, x0
1:  ldrb w2, [x1], #1
    cbnz w2, 1b
    sub x0, x1, x0
    sub x0, x0, #1
    ret
.data
text: .asciz "how long is this?\n"

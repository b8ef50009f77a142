.text
.global _start
_start:
    ldr x1, =text
    ldr x2, =text_end
    sub x2, x2, #2
swap:
    cmp x1, x2
    b.hs show
    ldrb w3, [x1]
    ldrb w4, [x2]
    strb w4, [x1], #1
    strb w3, [x2], #-1
    b swap
show:
    mov x0, #1
    ldr x1, =text
    mov x2, #text_end - text
    mov x8, #64
    svc #0
    mov x0, #0
    mov x8, #93
    svc #0
.data
text: .ascii "desserts\n"
text_end:

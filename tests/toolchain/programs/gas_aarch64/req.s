// Names for registers.
counter .req w19
pointer .req x20
vec .req v3
.text
.global _start
_start:
    ldr pointer, =text
    mov counter, #0
1:  ldrb w0, [pointer], #1
    cbz w0, 2f
    add counter, counter, #1
    b 1b
2:  mov w0, counter
    movi vec.16b, #1
    .unreq counter
    mov x8, #93
    svc #0
.section .rodata
text: .asciz "seven!!"

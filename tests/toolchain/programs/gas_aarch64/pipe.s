.text
.global _start
_start:
    sub sp, sp, #32
    mov x0, sp
    mov x1, #0
    mov x8, #59
    svc #0
    ldr w0, [sp, #4]
    adr x1, word
    mov x2, #4
    mov x8, #64
    svc #0
    ldr w0, [sp]
    add x1, sp, #16
    mov x2, #16
    mov x8, #63
    svc #0
    mov x2, x0
    mov x0, #1
    add x1, sp, #16
    mov x8, #64
    svc #0
    mov x0, x2
    mov x8, #93
    svc #0
word: .ascii "pipe"

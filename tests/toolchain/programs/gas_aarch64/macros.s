.macro exit status
    mov x0, #\status
    mov x8, #93
    svc #0
.endm
.macro print text, size=6
    mov x0, #1
    adr x1, \text
    mov x2, #\size
    mov x8, #64
    svc #0
.endm
.macro push reg
    str \reg, [sp, #-16]!
.endm
.macro pop reg
    ldr \reg, [sp], #16
.endm
.text
.global _start
_start:
    print one
    print two, 4
    mov x5, #3
    push x5
    pop x6
    .if 1
    exit 3
    .else
    exit 4
    .endif
one: .ascii "macro\n"
two: .ascii "two\n"

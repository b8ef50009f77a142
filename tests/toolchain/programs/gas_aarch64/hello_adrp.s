    .arch armv8-a
    .section .rodata
    .align 3
text:
    .string "adrp and lo12\n"
    .equ text_length, . - text - 1
    .section .data
    .balign 8
counter: .xword 41
    .text
    .align 2
    .global _start
_start:
    adrp x1, text
    add x1, x1, :lo12:text
    mov x0, #1
    mov x2, #text_length
    mov x8, #64
    svc #0
    adrp x3, counter
    ldr x0, [x3, #:lo12:counter]
    add x0, x0, #1
    str x0, [x3, :lo12:counter]
    ldrb w0, [x3, :lo12:counter]
    mov x8, #93
    svc #0

.syntax unified
.cpu cortex-a8
.fpu neon
.section .rodata
text: .asciz "movw and movt\n"
.equ text_length, . - text - 1
.text
.global _start
_start:
    movw r1, #:lower16:text
    movt r1, #:upper16:text
    mov r2, #text_length
    mov r0, #1
    mov r7, #4
    svc #0
    mov r0, #0
    mov r7, #1
    svc #0

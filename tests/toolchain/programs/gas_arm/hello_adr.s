    .syntax unified
    .text
    .align 2
    .global _start
    .type _start, %function
_start:
    mov r0, 1
    adr r1, message
    mov r2, $14
    mov r7, 4
    svc 0
    eor r0, r0, r0
    mov r7, 1
    svc 0
message:
    .asciz "from the text\n"
    .size _start, . - _start

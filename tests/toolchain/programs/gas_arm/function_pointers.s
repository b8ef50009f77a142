.syntax unified
.text
.global _start
add_one: add r0, r0, #1
    bx lr
double: lsl r0, r0, #1
    bx lr
square: mul r0, r0, r0
    bx lr
_start:
    ldr r4, =functions
    mov r5, #3
    mov r0, #3
1:  ldr r1, [r4], #4
    blx r1
    subs r5, r5, #1
    bne 1b
    mov r7, #1
    svc #0
.data
.align 2
functions: .word add_one, double, square

.arch armv7-a
.syntax unified
.text
.global _start
.arm
.type _start, %function
_start:
    mov r0, #5
    bl twice
    ldr r1, =thrice
    blx r1
    ldr r2, =thrice
    ldr r3, pointer
    blx r3
    b over
pointer: .word thrice
over:
    blx twice
    mov r7, #1
    svc #0
.thumb
.thumb_func
twice:
    adds r0, r0, r0
    bx lr
.type thrice, %function
thrice:
    push {r4, lr}
    movs r4, #3
    muls r0, r4, r0
    bl back
    pop {r4, pc}
.arm
.type back, %function
back:
    sub r0, r0, #1
    bx lr

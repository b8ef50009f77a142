.syntax unified
.thumb
.text
.global _start
.thumb_func
_start:
    movs r0, #5
    bl factorial
    movs r7, #1
    svc #0
.thumb_func
factorial:
    cmp r0, #1
    bhi 1f
    movs r0, #1
    bx lr
1:  push {r0, lr}
    subs r0, #1
    bl factorial
    pop {r1}
    muls r0, r1, r0
    pop {pc}

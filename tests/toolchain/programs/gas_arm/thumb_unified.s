.syntax unified
.thumb
.text
.global _start
.thumb_func
_start:
    movs r0, #1
    ldr r1, =text
    movs r2, #8
    movs r7, #4
    svc #0
    movs r0, #0
    movs r7, #1
    svc #0
.align 2
.data
text: .ascii "unified\n"

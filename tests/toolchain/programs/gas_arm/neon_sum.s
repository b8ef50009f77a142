.fpu neon
.text
.global _start
_start:
    ldr r0, =values
    vmov.i32 q0, #0
    mov r1, #4
1:  vld1.32 {d2, d3}, [r0]!
    vadd.i32 q0, q0, q1
    subs r1, r1, #1
    bne 1b
    vadd.i32 d0, d0, d1
    vpadd.i32 d0, d0, d0
    vmov.32 r0, d0[0]
    mov r7, #1
    svc #0
.section .rodata
.balign 16
values: .word 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16

.text
.global _start
_start:
    adrp x0, values
    add x0, x0, :lo12:values
    movi v0.4s, #0
    mov w1, #4
1:  ld1 {v1.4s}, [x0], #16
    add v0.4s, v0.4s, v1.4s
    subs w1, w1, #1
    b.ne 1b
    addv s0, v0.4s
    fmov w0, s0
    mov x8, #93
    svc #0
.section .rodata
.balign 16
values: .word 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16

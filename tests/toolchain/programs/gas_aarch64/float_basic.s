.text
.global _start
_start:
    fmov d0, #2.0
    fmov d1, #0.5
    fadd d2, d0, d1
    fmul d2, d2, d0
    ldr d3, =0x4008000000000000
    fdiv d2, d2, d3
    ldr x1, =factor
    ldr s4, [x1]
    fcvt d4, s4
    fmadd d2, d2, d4, d0
    fcmp d2, #0.0
    b.le negative
    fsqrt d5, d3
    fcvtzs w0, d2
    mov x8, #93
    svc #0
negative:
    mov x0, #255
    mov x8, #93
    svc #0
.data
.align 2
factor: .float 100.5
pi: .double 3.14159265358979

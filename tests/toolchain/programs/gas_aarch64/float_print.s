.text
.global _start
_start:
    adr x0, value
    ldr d0, [x0]
    fcvtzs x1, d0
    scvtf d1, x1
    fsub d0, d0, d1
    mov x2, #100
    ucvtf d2, x2
    fmul d0, d0, d2
    frintn d0, d0
    fcvtzu x3, d0
    add x0, x1, x3
    mov x8, #93
    svc #0
.balign 8
value: .double 3.25

default rel
section .data
    align 16
vector: dd 1.0, 2.0, 3.0, 4.0
factor: dd 2.0, 2.0, 2.0, 2.0
half:   dq 0.5
pi:     dq 3.14159265358979
tiny:   dq 1e-10, 1.5e300, -2.5E+3, 1.e10, 0x1p10
ext:    dt 3.14159265358979323846, -1.5, 1e4000
small:  dw 1.5
inf:    dq __Infinity__, -__Infinity__, __QNaN__
        dd __?Infinity?__, __NaN__
section .text
global _start
_start:
    movaps  xmm0, [vector]
    mulps   xmm0, [factor]
    haddps  xmm0, xmm0
    haddps  xmm0, xmm0
    cvttss2si edi, xmm0
    movsd   xmm1, [half]
    addsd   xmm1, [pi]
    cvtsd2si rax, xmm1
    add     edi, eax
    mov     rax, __float64__(2.5)
    movq    xmm2, rax
    mov     eax, __float32__(1.25)
    movd    xmm3, eax
    fld     tword [ext]
    fld1
    faddp
    fistp   qword [half]
    add     edi, [half]
    sqrtsd  xmm4, [tiny+16]
    ucomisd xmm0, xmm1
    mov     eax, 60
    syscall

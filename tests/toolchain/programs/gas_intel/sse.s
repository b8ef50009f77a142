.intel_syntax noprefix
.globl _start
.section .rodata
.align 16
ones: .float 1.0, 2.5, -3.0, 4e2
pi:   .double 3.141592653589793, 2
.text
_start:
    movaps xmm0, [ones]
    movaps xmm1, xmmword ptr [rip + ones]
    addps xmm0, xmm1
    movsd xmm2, pi[rip]
    mulsd xmm2, qword ptr [pi + 8]
    cvttsd2si edi, xmm2
    cvtsi2sd xmm3, rdi
    cvtsi2ss xmm4, dword ptr [ones]
    ucomisd xmm2, xmm3
    seta al
    movq rax, xmm3
    movd xmm5, eax
    pxor xmm6, xmm6
    pshufd xmm7, xmm0, 0x1b
    movdqu [rsp - 32], xmm7
    sqrtsd xmm8, xmm2
    pcmpeqb xmm9, xmm9
    pmovmskb ecx, xmm9
    fld qword ptr [pi]
    fldpi
    faddp
    fadd st, st(1)
    fmul st(1), st
    fstp st(0)
    fistp dword ptr [rsp - 8]
    fninit
    mov eax, 60
    syscall

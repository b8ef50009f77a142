# SSE: the average of floats, rounded to an integer.
.intel_syntax noprefix
.section .rodata
.align 16
values: .float 1.5, 2.5, 3.5, 40.5
count:  .double 4.0
        .align 16
mask:   .long 0x7fffffff, 0, 0, 0
.text
.globl _start
_start:
    movaps xmm0, xmmword ptr [rip + values]
    haddps xmm0, xmm0
    haddps xmm0, xmm0
    cvtss2sd xmm1, xmm0
    divsd xmm1, qword ptr [rip + count]
    cvttsd2si edi, xmm1
    movss xmm2, dword ptr [rip + values + 4]
    mulss xmm2, xmm2
    sqrtss xmm2, xmm2
    comiss xmm2, dword ptr values[rip+4]
    jne wrong
    pxor xmm3, xmm3
    cvtsi2sd xmm3, edi
    ucomisd xmm3, xmm1
    andps xmm2, xmmword ptr mask[rip]
    mov eax, 60
    syscall
wrong:
    mov edi, 255
    mov eax, 60
    syscall

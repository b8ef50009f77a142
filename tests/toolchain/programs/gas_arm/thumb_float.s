.syntax unified
.cpu cortex-a9
.fpu neon
.thumb
.text
.global _start
.thumb_func
_start:
    ldr r0, =values
    vldr s0, [r0]
    vldr s1, [r0, #4]
    vmul.f32 s2, s0, s1
    vcvt.s32.f32 s2, s2
    vmov r0, s2
    vmov.f32 s3, #1.0
    vcmp.f32 s3, s0
    vmrs APSR_nzcv, fpscr
    it gt
    movgt r0, #1
    movs r7, #1
    svc #0
.section .rodata
.balign 4
values: .float 2.5, 4.0

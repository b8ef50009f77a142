.fpu vfpv3
.text
.global _start
_start:
    ldr r0, =values
    vldr s0, [r0]
    vldr s1, [r0, #4]
    vadd.f32 s2, s0, s1
    vmul.f32 s2, s2, s0
    vldr d2, [r0, #8]
    vcvt.f64.f32 d3, s2
    vdiv.f64 d3, d3, d2
    vcmp.f64 d3, #0.0
    vmrs APSR_nzcv, fpscr
    movle r0, #255
    ble leave
    vmov.f64 d4, #2.0
    vmla.f64 d3, d4, d4
    vsqrt.f64 d5, d4
    vneg.f64 d5, d5
    vabs.f64 d5, d5
    vcvt.s32.f64 s6, d3
    vmov r0, s6
    vpush {d8-d9}
    vpop {d8, d9}
leave:
    mov r7, #1
    svc #0
.data
.balign 8
values: .float 10.5, 2.0
    .double 1.5

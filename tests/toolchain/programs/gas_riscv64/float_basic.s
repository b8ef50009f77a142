.text
.globl _start
_start:
    la t0, numbers
    fld fa0, 0(t0)
    fld fa1, 8(t0)
    fadd.d fa2, fa0, fa1
    fmul.d fa2, fa2, fa1
    fsub.d fa2, fa2, fa0
    fdiv.d fa3, fa2, fa1
    fsqrt.d fa4, fa3
    fmadd.d fa5, fa0, fa1, fa2
    fcvt.w.d a0, fa5, rtz   # 13
    fneg.d fa6, fa5
    fabs.d fa6, fa6
    feq.d t1, fa6, fa5
    fgt.d t2, fa5, fa4
    add a0, a0, t1
    add a0, a0, t2
    flw ft0, single, t0
    fcvt.d.s ft1, ft0
    fcvt.l.d t3, ft1
    add a0, a0, t3
    fsw ft0, copy, t0
    lw t4, copy
    fmv.x.w t5, ft0
    sub t4, t4, t5
    seqz t4, t4
    add a0, a0, t4
    li a7, 93
    ecall
.data
.align 3
numbers: .double 1.5, 2.5
single: .float 4.5
copy: .word 0

# Control and status registers that user mode has.
.text
.globl _start
_start:
    csrr t0, fcsr
    csrw frm, 1
    csrr a0, frm
    csrsi fflags, 3
    csrrci a1, fflags, 1
    csrr a2, 0x001
    csrrw a3, fcsr, x0
    csrrs a4, fflags, zero
    fsrm a5, a0
    fsrmi 2
    frrm t1
    fscsr x0
    add a0, a0, a1
    add a0, a0, a2
    add a0, a0, a3
    add a0, a0, a4
    add a0, a0, a5
    add a0, a0, t1
    li a7, 93
    ecall

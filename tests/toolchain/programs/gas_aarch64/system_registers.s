.text
.global _start
_start:
    mrs x0, tpidr_el0
    mov x1, #0x1000
    msr tpidr_el0, x1
    mrs x2, tpidr_el0
    cmp x1, x2
    mrs x3, nzcv
    ubfx x0, x3, #30, #1
    mrs x4, fpcr
    msr fpcr, x4
    mrs x5, cntvct_el0
    isb
    mrs x6, S3_3_C13_C0_2
    mrs x7, dczid_el0
    mrs x9, ctr_el0
    mov x8, #93
    svc #0

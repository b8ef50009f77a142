.text
.globl _start
_start:
    la t0, data
    lb a0, 0(t0)
    lbu a1, 0(t0)
    lh a2, 0(t0)
    lhu a3, 0(t0)
    lw a4, 0(t0)
    lwu a5, 0(t0)
    ld a6, 0(t0)
    mulh t1, a6, a6
    mulhu t2, a6, a6
    mulhsu t3, a6, a5
    divw t4, a4, a0
    divuw t5, a4, a1
    remw t6, a4, a0
    remuw s0, a4, a1
    divu s1, a6, a1
    add a0, a0, a1
    xor a0, a0, a2
    add a0, a0, a3
    xor a0, a0, a5
    add a0, a0, t1
    xor a0, a0, t2
    add a0, a0, t3
    xor a0, a0, t4
    add a0, a0, t5
    xor a0, a0, t6
    add a0, a0, s0
    xor a0, a0, s1
    andi a0, a0, 255
    li a7, 93
    ecall
.data
.align 3
data: .dword 0x8182838485868788

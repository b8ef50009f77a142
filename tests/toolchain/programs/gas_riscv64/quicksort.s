        .text
        .globl  _start
# void sort(long *low, long *high), both inclusive
sort:
        bgeu    a0, a1, .Ldone
        addi    sp, sp, -48
        sd      ra, 40(sp)
        sd      s0, 32(sp)
        sd      s1, 24(sp)
        sd      s2, 16(sp)
        mv      s0, a0
        mv      s1, a1
        ld      t0, 0(a1)
        mv      s2, a0
.Lscan: beq     a0, a1, .Lplace
        ld      t1, 0(a0)
        bge     t1, t0, .Lskip
        ld      t2, 0(s2)
        sd      t1, 0(s2)
        sd      t2, 0(a0)
        addi    s2, s2, 8
.Lskip: addi    a0, a0, 8
        j       .Lscan
.Lplace:
        ld      t1, (s2)
        sd      t0, (s2)
        sd      t1, (s1)
        mv      a0, s0
        addi    a1, s2, -8
        call    sort
        addi    a0, s2, 8
        mv      a1, s1
        call    sort
        ld      s2, 16(sp)
        ld      s1, 24(sp)
        ld      s0, 32(sp)
        ld      ra, 40(sp)
        addi    sp, sp, 48
.Ldone: ret
_start:
        la      a0, numbers
        la      a1, last
        call    sort
        la      t0, numbers
        li      t1, 9
        li      a0, 0
1:      ld      t2, 0(t0)
        ld      t3, 8(t0)
        sgt     t2, t2, t3
        add     a0, a0, t2
        addi    t0, t0, 8
        addi    t1, t1, -1
        bnez    t1, 1b
        ld      t2, numbers
        add     a0, a0, t2
        li      a7, 93
        ecall
        .data
        .align  3
numbers: .dword 50, 3, 99, 12, 7, 64, 31, 8, 22
last:   .dword  15

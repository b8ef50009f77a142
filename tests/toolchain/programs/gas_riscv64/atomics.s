.data
.align 3
counter: .dword 10
lock: .word 0
.text
.globl _start
_start:
    la s0, lock
    la s1, counter
    li t0, 1
acquire:
    amoswap.w.aq t1, t0, (s0)
    bnez t1, acquire
    li t2, 5
    amoadd.d t3, t2, (s1)
    amomax.d.aqrl x0, t2, (s1)
    amoor.d t4, t0, 0(s1)
    amoxor.w t5, t0, (s0)
    amoswap.w.rl x0, x0, (s0)
retry:
    lr.d.aq a0, (s1)
    addi a1, a0, 7
    sc.d.rl a2, a1, (s1)
    bnez a2, retry
    fence
    fence rw, rw
    fence r, w
    fence.i
    fence.tso
    ld a0, (s1)             # 22
    add a0, a0, t3          # 32
    li a7, 93
    ecall

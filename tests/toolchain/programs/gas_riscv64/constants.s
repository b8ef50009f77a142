# `li` with constants of every size; the sum must be what it is.
.equ BIG, 0x123456789abcdef0
.equ PAGE, 1 << 12
.text
.globl _start
_start:
    li a0, 0
    .irp value, 0, 1, -1, 31, 32, -32, -33, 2047, 2048, -2048, -2049, 4096, 4095, 0x1000, 0x1f000, 0x20000, 0x7ffff000
    li t0, \value
    add a0, a0, t0
    .endr
    .irp value, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x12345678, -0x80000000, 0xdeadbeef, 0x8000000000000000
    li t1, \value
    xor a0, a0, t1
    slli a0, a0, 1
    .endr
    .irp value, 0x7fffffffffffffff, 0xffffffffffffffff, 0xfff0000000000000, 0x00ff00ff00ff00ff, 0xcccccccccccccccd, 0x1p
    .ifnc \value, 0x1p
    li a1, \value
    add a0, a0, a1
    .endif
    .endr
    li s0, BIG
    li s1, PAGE - 1
    li sp, 'A'
    li t2, BIG & 0xffff
    li t3, ~BIG
    li t4, BIG >> 60
    xor a0, a0, s0
    add a0, a0, s1
    add a0, a0, sp
    add a0, a0, t2
    xor a0, a0, t3
    add a0, a0, t4
    srli t0, a0, 32
    xor a0, a0, t0
    srli t0, a0, 16
    xor a0, a0, t0
    srli t0, a0, 8
    xor a0, a0, t0
    andi a0, a0, 0xff
    li a7, 93
    ecall

.equ SYS_mmap, 222
.equ SYS_munmap, 215
.equ SYS_exit, 93
.text
.global _start
_start:
    li a0, 0
    li a1, 0x4000
    li a2, 3
    li a3, 0x22
    li a4, -1
    li a5, 0
    li a7, SYS_mmap
    ecall
    li t0, -4096
    bgtu a0, t0, 1f
    mv s0, a0
    li t1, 0x3ff8
    add t1, t1, s0
    li t2, 0x1122334455667788
    sd t2, (t1)
    lbu s1, 7(t1)
    mv a0, s0
    li a1, 0x4000
    li a7, SYS_munmap
    ecall
    add a0, a0, s1          # 0x11
1:  li a7, SYS_exit
    ecall

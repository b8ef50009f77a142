.text
.globl _start
# a0: disks, a1 from, a2 to, a3 by
hanoi:
    beqz a0, 9f
    addi sp, sp, -48
    sd ra, 0(sp)
    sd s0, 8(sp)
    sd s1, 16(sp)
    sd s2, 24(sp)
    sd s3, 32(sp)
    mv s0, a0
    mv s1, a1
    mv s2, a2
    mv s3, a3
    addi a0, s0, -1
    mv a2, s3
    mv a3, s2
    call hanoi
    la t0, move
    sb s1, 0(t0)
    sb s2, 2(t0)
    li a0, 1
    mv a1, t0
    li a2, 4
    li a7, 64
    ecall
    addi a0, s0, -1
    mv a1, s3
    mv a2, s2
    mv a3, s1
    call hanoi
    ld s3, 32(sp)
    ld s2, 24(sp)
    ld s1, 16(sp)
    ld s0, 8(sp)
    ld ra, 0(sp)
    addi sp, sp, 48
9:  ret
_start:
    li a0, 3
    li a1, 'A'
    li a2, 'C'
    li a3, 'B'
    call hanoi
    li a0, 0
    li a7, 93
    ecall
.data
move: .ascii "?>?\n"

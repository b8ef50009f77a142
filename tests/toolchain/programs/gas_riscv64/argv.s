.text
.globl _start
_start:
    ld s0, 0(sp)            # argc
    addi s1, sp, 8          # argv
next:
    ld s2, 0(s1)
    beq s2, zero, done
    addi s1, s1, 8
    mv a0, s2
    jal ra, length
    mv a2, a0
    mv a1, s2
    li a0, 1
    li a7, 64
    ecall
    j next
done:
    mv a0, s0
    li a7, 93
    ecall
length:
    mv t0, a0
0:  lb t1, (t0)
    addi t0, t0, 1
    bne t1, x0, 0b
    sub a0, t0, a0
    addi a0, a0, -1
    jr ra
